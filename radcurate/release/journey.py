"""A document's way through cleaning, with what each edit found and left: for whoever has the source at hand.

The audit keeps spans and replacements, never the removed text. That comes from the document as it was parsed: from the
build's own stages where they still stand beside the release, or read anew from a source that the manifest names.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radcurate import sources
from radcurate.cleaning.apply import replay
from radcurate.documents import Document, from_row
from radcurate.errors import UsageError
from radcurate.inputs import describe
from radcurate.sources import SourceSpec
from radcurate.tables import read_rows

CONTEXT = 40

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One edit: what stood there when its rule came to it, what stands there since, and the text around it."""

    rule: str
    section: str
    start: int
    end: int
    left: str
    before: str
    after: str
    right: str


def steps(parsed: Document, edits: Sequence[Row]) -> list[Step]:
    """The edits of a document in the order in which they were made, which is that of the audit."""
    texts = {section.name: section.text for section in parsed.sections}
    standing: dict[str, list[Row]] = {}
    found = []
    for edit in edits:
        name, start, end = edit["section"], edit["start"], edit["end"]
        earlier = standing.setdefault(name, [])
        found.append(
            Step(
                rule=edit["rule"],
                section=name,
                start=start,
                end=end,
                left=_between(texts[name], earlier, 0, start)[-CONTEXT:],
                before=_between(texts[name], earlier, start, end),
                after=edit["replacement"],
                right=_between(texts[name], earlier, end, len(texts[name]))[:CONTEXT],
            )
        )
        earlier.append(edit)
    return found


def _between(text: str, edits: Sequence[Row], start: int, end: int) -> str:
    """A stretch of the parsed text as it stood after these edits."""
    within = [
        {**edit, "start": edit["start"] - start, "end": edit["end"] - start}
        for edit in edits
        if start <= edit["start"] and edit["end"] <= end
    ]
    return replay(text[start:end], within)


def cleaned(parsed: Document, edits: Sequence[Row]) -> dict[str, str]:
    """The text of each section after all edits; sections left empty are not there."""
    texts = {
        section.name: replay(section.text, [edit for edit in edits if edit["section"] == section.name])
        for section in parsed.sections
    }
    return {name: text for name, text in texts.items() if text}


def from_stages(work: Path, identities: Collection[str]) -> Iterator[Document]:
    """The documents of these ids that builds under `work` parsed, those of the newest build first."""
    builds = sorted(work.glob("parse-*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for build in (folder for folder in builds if folder.suffix != ".partial"):
        for path in sorted(build.glob("*/documents-*.parquet")):
            if any(row["document_id"] in identities for row in read_rows(path, ["document_id"])):
                yield from (from_row(row) for row in read_rows(path) if row["document_id"] in identities)


def from_source(path: Path, manifest: Row, identity: str) -> Iterator[Document]:
    """The documents of this id in a source that the release was made of; `UsageError` for any other file."""
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    for name, source in manifest["recipe"]["sources"].items():
        given = {item["name"]: item["sha256"] for item in manifest["inputs"] if item["source"] == name}
        if path.name in given:
            spec = SourceSpec(name, source["type"], (path,), {key: source[key] for key in source if key != "type"})
            if describe(spec, path).sha256 != given[path.name]:
                raise UsageError(f"{path}: is not what the release was made of (another sha256)")
            found = sources.load(spec.type).read(path, spec)
            yield from (item for item in found if isinstance(item, Document) and item.document_id == identity)
            return
    names = ", ".join(sorted(item["name"] for item in manifest["inputs"]))
    raise UsageError(f"{path}: the release was made of no file of that name, but of {names}")


def fitting(candidates: Iterable[Document], edits: Sequence[Row], kept: Row | None) -> Document | None:
    """The first candidate that the edits turn into the document that is kept; of a dropped one, that they fit."""
    for document in candidates:
        texts = {section.name: section.text for section in document.sections}
        if any(edit["end"] > len(texts.get(edit["section"], "")) for edit in edits):
            continue
        wanted = {section["name"]: section["text"] for section in kept["sections"]} if kept else None
        if wanted is None or cleaned(document, edits) == wanted:
            return document
    return None
