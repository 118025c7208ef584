"""Source `mimic_cxr`: the reports of MIMIC-CXR as PhysioNet ships them, with the tables of MIMIC-CXR-JPG beside them.

    radcurate build mimic_cxr --out releases --set sources.mimic_cxr.path=mimic-cxr-reports.zip

In: `files/` (or the download that holds it, or its zip), and the tables for splits, times, images and labels, each
optional. Out: one document a report, group and prior by subject. Reports are read one by one, a subject's at a time;
of the rest the tables are in memory, about 550 bytes a study, and the numbers of the studies met.
"""

import bisect
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from radcurate.documents import Document
from radcurate.errors import DataError
from radcurate.licences import licence_url
from radcurate.sources import Rejected, SourceSpec, labels
from radcurate.sources.mimic_cxr_tables import KINDS, LABELLERS, Study, found, load
from radcurate.sources.mimic_cxr_text import sections
from radcurate.sources.mimic_cxr_tree import Entry, described, opened

__all__ = ["beside", "check", "described", "notices", "read"]

PREFIX = "mimic-cxr"
LICENCE = "PhysioNet-Credentialed-1.5.0"
COLLECTION_URL = "https://physionet.org/content/mimic-cxr/"
PATH_EXAMPLE = "mimic-cxr-reports.zip"

# Of a file that is no report by its name, these say more than that.
TELLING = ("unsafe_path.v1", "unreadable_file.v1")
# What a release lacks without each of the tables.
_WITHOUT = {
    "split": "the official splits are unknown, so a hash of the subject gives them",
    "metadata": "reports have neither a time nor a prior",
    "chexpert": "reports have no labels by CheXpert",
    "negbio": "reports have no labels by NegBio",
}


def check(path: Path, spec: SourceSpec) -> None:
    """Reads the tables and the names of the reports; raises a `RadcurateError` for what is damaged as a whole."""
    load(found(path, spec))
    with opened(path) as entries:
        if all(entry.study is None for entry in entries):
            raise DataError(
                f"{path}: holds no report of MIMIC-CXR; expected files/p10/p10000032/s50414267.txt and so on"
            )


def beside(path: Path, spec: SourceSpec) -> list[Path]:
    """The tables that are read with the reports."""
    return list(found(path, spec).values())


def notices(path: Path, spec: SourceSpec) -> Iterator[str]:
    """What is missing beside the reports, and what that means."""
    tables = found(path, spec)
    for kind in KINDS:
        if kind not in tables:
            yield f"warning: {path}: no table mimic-cxr-2.0.0-{kind}.csv.gz beside it: {_WITHOUT[kind]}"


def read(path: Path, spec: SourceSpec) -> Iterator[Document | Rejected]:
    """A document or rejection for every file of the tree; locators are `path:name`."""
    tables = found(path, spec)
    reader = _Reader(path, spec, load(tables), "split" in tables)
    with opened(path) as entries:
        for subject, own in itertools.groupby(entries, key=lambda entry: entry.subject):
            if subject is None:
                yield from map(reader.stray, own)
            else:
                yield from reader.subject(subject, own)


class _Reader:
    """Makes documents of entries; `met` remembers which studies made one, and of which subject."""

    def __init__(self, path: Path, spec: SourceSpec, studies: dict[int, Study], has_splits: bool) -> None:
        self._path, self._spec, self._studies, self._has_splits = path, spec, studies, has_splits
        self._met: dict[int, int] = {}

    def stray(self, entry: Entry) -> Rejected:
        """Why a file whose name is not a report's makes no document."""
        content = entry.load()
        if isinstance(content, Rejected) and content.rule in TELLING:
            return self._rejected(entry, content.rule, content.reason)
        return self._rejected(entry, "not_a_report.v1", "its name is not that of a report: p10/p10000032/s50414267.txt")

    def subject(self, subject: int, entries: Iterable[Entry]) -> Iterator[Document | Rejected]:
        """The documents of one subject, each with its prior among them."""
        made = [self._report(entry, subject, entry.study or 0) for entry in entries]
        timed = sorted((one.studied, one.document_id) for one in made if isinstance(one, Document) and one.studied)
        for one in made:
            if isinstance(one, Document) and one.studied:
                earlier = bisect.bisect_left(timed, (one.studied, ""))
                one = replace(one, prior=timed[earlier - 1][1] if earlier else None)
            yield one

    def _report(self, entry: Entry, subject: int, number: int) -> Document | Rejected:
        study = self._studies.get(number)
        if study is not None and study.subject != subject:
            reason = f"stands under subject {subject}, where the tables give study {number} to {study.subject}"
            return self._rejected(entry, "other_subject.v1", reason)
        if self._has_splits and (study is None or study.split is None):
            return self._rejected(entry, "not_in_split_table.v1", f"the split table does not know study {number}")
        content = entry.load()
        if isinstance(content, Rejected):
            return self._rejected(entry, content.rule, content.reason)
        if number in self._met:
            reason = f"study {number} was read before, under subject {self._met[number]}"
            return self._rejected(entry, "repeated_study.v1", reason)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return self._rejected(entry, "wrong_encoding.v1", f"is not UTF-8 at byte {error.start}")
        cut = sections(text)
        if not cut:
            return self._rejected(entry, "empty_report.v1", "holds no text, or nothing but titles and empty headings")
        self._met[number] = subject
        study = study or Study(subject)
        return Document(
            document_id=f"{PREFIX}:s{number:08d}",
            source=self._spec.name,
            kind="report",
            url=COLLECTION_URL,
            licence=LICENCE,
            licence_url=licence_url(LICENCE),
            raw_sha256=hashlib.sha256(content).hexdigest(),
            group_id=f"{PREFIX}:p{subject:08d}",
            split=study.split,
            systems=("Chest",),
            modality="X-ray",
            images=tuple(study.images.decode().split()),
            studied=study.studied,
            labels=tuple(
                label
                for by, codes in zip(LABELLERS, study.labels, strict=True)
                if codes is not None
                for label in labels.unpacked(by, codes)
            ),
            sections=cut,
        )

    def _rejected(self, entry: Entry, rule: str, reason: str) -> Rejected:
        return Rejected(f"{self._path.name}:{entry.name}", rule, reason)
