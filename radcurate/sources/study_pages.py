"""Studies that a case's page only links to: read from pages of their own (`/cases/<rID>/studies/<id>`), joined to it.

In: the case as its page shows it, and the snapshot. Out: the case with all its studies, a digest of all the bytes they
were read from, and for each study page that gave nothing its reason.
"""

import hashlib
import re
from collections.abc import Iterator, Set
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from web_poet import HttpResponse

from radcurate.sources import Rejected
from radcurate.sources.slices import Linked
from radcurate.spiders.pages.case import StudyPage
from radcurate.spiders.pages.items import Case, Study
from radcurate.spiders.pages.page import PageError, item_of
from radcurate.spiders.snapshot import Answer, Contents, Reader, canonical

_STUDY = re.compile(r"/cases/[0-9]+/studies/[0-9]+")


class StudyPages:
    """The pages of studies in the snapshot that `reader` reads, which holds `held`."""

    def __init__(self, reader: Reader, held: Contents) -> None:
        self._reader, self._held = reader, held
        self._found: list[Rejected | Linked] = []

    def join(self, case: Case, answer: Answer) -> tuple[Case, str]:
        """The case with the studies that its page links to after those that it shows.

        The digest is that of the page where there are none, else the sha256 of the digests of all pages, a line each:
        the case's first, then those of its studies in their order.
        """
        studies, digests = list(case.studies), [answer.sha256]
        for link in case.study_pages:
            url = canonical(urljoin(answer.url, link))
            self._found.append(Linked(url))
            found = self._read(url, case.rid)
            if isinstance(found, Rejected):
                self._found.append(found)
            else:
                studies.extend(found[0])
                digests.append(found[1])
        whole = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
        return replace(case, studies=tuple(studies)), whole

    def found(self) -> Iterator[Rejected | Linked]:
        """Pages of studies that cases linked to since this was last asked, and those of them that gave nothing."""
        found, self._found = self._found, []
        yield from found

    def _read(self, url: str, rid: str) -> tuple[tuple[Study, ...], str] | Rejected:
        entry = self._held.entries.get(url)
        if entry is None:
            return Rejected(url, "missing_study.v1", "the case links to this page of a study, and it was not fetched")
        answer = self._reader.answer(entry)
        if not isinstance(answer, Answer):
            return Rejected(url, "missing_study.v1", answer.reason)
        if not entry.is_page or not answer.whole:
            why = f"the site answered {answer.status}" if answer.status != 200 else "the answer is no whole page"
            return Rejected(url, "unreadable_page.v1", why)
        try:
            found = item_of(StudyPage, HttpResponse(url=url, body=answer.body, headers=dict(answer.headers)))
        except PageError as error:
            return Rejected(url, "unreadable_page.v1", str(error))
        if found.rid != rid:
            return Rejected(url, "unreadable_page.v1", f"rid: a study of case {found.rid[:80]} and not of {rid}")
        return found.studies, answer.sha256


def unclaimed(held: Contents, linked: Set[str]) -> Iterator[Rejected]:
    """Pages of studies that no case of the snapshot links to."""
    for url in sorted(held.counting()):
        if url not in linked and _STUDY.fullmatch(urlsplit(url).path):
            yield Rejected(url, "study_without_case.v1", "no case that was read links to this page of a study")
