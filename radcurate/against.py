"""An earlier release as seen (`build --against RELEASE`), and the stage `seen` that makes its documents comparable.

In: the release's `documents/`. Out, a folder for each of their files: `signatures.parquet`, as `clean` writes it, which
`resolve` gathers, and the sketches of its articles and cases, which `candidates` and `near` gather. An article or case
is seen when the release holds its text, exactly or nearly; a report when the release holds its id, or the same text of
the same group. Records are not compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from radcurate.cleaning import CollectionRule, chosen
from radcurate.cleaning.clean import SIGNATURE_SCHEMA
from radcurate.cleaning.duplicates import EXACT_DUPLICATE, NEAR_DUPLICATE, length
from radcurate.cleaning.near_stages import write_sketches
from radcurate.cleaning.resolve import ALREADY_RELEASED, SEEN
from radcurate.documents import Document, Section, bucket
from radcurate.errors import DataError, UsageError
from radcurate.release import manifest as manifests
from radcurate.stages import Stage, Unit
from radcurate.tables import TableWriter, file_sha256, read_rows

COLUMNS = ("document_id", "source", "kind", "licence", "raw_sha256", "group_id", "revised", "sections")


@dataclass(frozen=True)
class Against:
    """An earlier release: its files of documents with their sha256, and what a manifest tells of it."""

    name: str
    version: str
    self_sha256: str
    files: tuple[tuple[Path, str], ...]

    @property
    def told(self) -> dict[str, str]:
        """As the manifest names it."""
        return {"name": self.name, "version": self.version, manifests.SELF: self.self_sha256}


def earlier_release(folder: Path, rules: Sequence[str]) -> Against:
    """The release in this folder, its documents unchanged since it was built.

    Raises `DataError` where there is none or it was changed, `UsageError` where `rules` find no duplicates at all.
    """
    if not {EXACT_DUPLICATE, NEAR_DUPLICATE}.intersection(rules):
        raise UsageError(
            f"--against {folder}: the recipe's `cleaning.rules` name no rule that finds duplicates\n"
            f"Add {EXACT_DUPLICATE}, {NEAR_DUPLICATE} or both"
        )
    manifest = manifests.read(folder)
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    files = {folder / path: digest for path, digest in listed.items() if path.startswith("documents/")}
    for path, digest in files.items():
        if not path.is_file() or file_sha256(path) != digest:
            raise DataError(f"{path}: is missing or was changed since it was built: run `radcurate verify {folder}`")
        if missing := set(COLUMNS) - set(pq.read_schema(path).names):
            raise DataError(f"{path}: has no column {min(missing)}: it is of a radcurate too old to build against")
    return Against(manifest["name"], manifest["version"], manifest[manifests.SELF], tuple(sorted(files.items())))


def seen_stage(against: Against, rules: Sequence[str], threshold: float | None, shards: int) -> Stage:
    """One unit a file of the earlier release's documents."""
    return Stage(
        "seen",
        seen_file,
        tuple(Unit((path,)) for path, _ in against.files),
        {path.name: digest for path, digest in against.files},
        {"rules": list(rules), "threshold": threshold, "shards": shards},
    )


def seen_file(inputs: Sequence[Path], output: Path, parameters: Mapping[str, Any]) -> dict[str, int]:
    """`inputs` is the file; `parameters`: rules, shards (parts of all signatures), threshold (None: no sketches)."""
    (path,) = inputs
    rules = [rule for rule in chosen(tuple(parameters["rules"])) if isinstance(rule, CollectionRule)]
    with TableWriter(output / "signatures.parquet", SIGNATURE_SCHEMA) as signatures:
        for document in _documents(path):
            report = document.kind == "report"
            found = [(rule.id, rule.signature(document)) for rule in rules]
            for rule, signature in [*found, *([(ALREADY_RELEASED, document.document_id)] if report else [])]:
                if signature is None:
                    continue
                signatures.write(
                    {
                        "rule": rule,
                        "signature": signature,
                        "bucket": bucket(document.group_id if report else signature, parameters["shards"]),
                        "shard": SEEN,
                        "document_id": document.document_id,
                        "length": length(document),
                        "revised": document.revised,
                        "raw_sha256": document.raw_sha256,
                        "split": None,
                    }
                )
    if parameters["threshold"] is not None:
        write_sketches(_documents(path), output, parameters["threshold"])
    return {}


def _documents(path: Path) -> Iterator[Document]:
    for row in read_rows(path, COLUMNS):
        yield Document(**{**row, "sections": tuple(Section(**section) for section in row["sections"])})
