"""The page objects of a case with its studies, and of a study on a page of its own."""

import re
from collections.abc import Mapping
from typing import ClassVar

from selectolax.lexbor import LexborNode
from web_poet import ItemPage, Returns

from radcurate.spiders.pages.items import Case, CaseStudies, Study
from radcurate.spiders.pages.page import LONGEST_NAME, at, plain, shown
from radcurate.spiders.pages.radiopaedia import NUMBER, RadiopaediaPage
from radcurate.spiders.pages.text import Block, blocks, joined

STUDY_LINKS = "a[href*='/studies/']"
_STUDY_PAGE = re.compile(r"/cases/(?P<rid>[0-9]{1,18})/studies/(?P<id>[0-9]{1,18})")
STUDIES = {"case-study": ".case-section.case-study", "case-viewer-2022": ".case-viewer-2022"}
_CASE_ID = re.compile(r"case-?_?id\W{1,4}([0-9]+)", re.IGNORECASE)
_DISCUSSION = "case discussion"
MOST_SECTIONS = 200


class CasePage(RadiopaediaPage, ItemPage[Case]):
    """`/cases/<slug>`: presentation, patient, studies, discussion."""

    ANCHORS: ClassVar[Mapping[str, str]] = {
        **RadiopaediaPage.ANCHORS,
        "data": ".data",
        "diagnostic-certainty-title": ".diagnostic-certainty-title",
        "case-patient-data": "#case-patient-data",
        "case-patient-presentation": "#case-patient-presentation",
        "case-study": ".case-study",
        "case-viewer-2022": ".case-viewer-2022",
        "case-discussion": "#case-discussion",
        "case-section": ".case-section",
        "case-related-articles": "#case-related-articles",
    }

    @at(".hidden.data; .citation-info, #citation-info: row rID; .row.rid .col-sm-8")
    def rid(self) -> str:
        """The case's number; needed, and the same wherever the page states it."""
        hidden = self.first_at("data", ".hidden.data")
        found = _CASE_ID.search(hidden.html or "") if hidden is not None else None
        stated = self.row("rid") or plain(self.first_at("rid", ".row.rid .col-sm-8")) or (found[1] if found else "")
        if not NUMBER.fullmatch(stated):
            raise self.wrong("rid", f"no number in {shown(stated)}" if stated else "nothing")
        if found and found[1] != stated:
            raise self.wrong("rid", f"two numbers, {stated} and {found[1][:80]},")
        return stated

    @at(".diagnostic-certainty-title")
    def certainty(self) -> str | None:
        """How certain the diagnosis is, in the site's words."""
        return plain(self.first_at("diagnostic-certainty-title", ".diagnostic-certainty-title"), LONGEST_NAME) or None

    @at("#case-patient-data .data-item: Age")
    def age(self) -> str | None:
        """Age as published."""
        return self._patient("age")

    @at("#case-patient-data .data-item: Gender")
    def sex(self) -> str | None:
        """Sex as published."""
        return self._patient("gender", "sex")

    def _patient(self, *labels: str) -> str | None:
        for item in self.all_at("case-patient-data", "#case-patient-data .data-item"):
            label = plain(item.css_first("strong.data-item-label"))
            if label.rstrip(":").strip().lower() in labels:
                return plain(item, LONGEST_NAME).removeprefix(label).strip(" :") or None
        return None

    @at("#case-patient-presentation p")
    def presentation(self) -> str:
        """Why the patient came."""
        nodes = self.all_at("case-patient-presentation", "#case-patient-presentation p")
        within = self.all_at("case-patient-presentation", "#case-patient-presentation p p")
        inner = {node.mem_id for node in within}
        return joined(block for node in nodes if node.mem_id not in inner for block in blocks(node))

    @at("; ".join(STUDIES.values()))
    def studies(self) -> tuple[Study, ...]:
        """The studies in their order."""
        nodes = next((some for anchor, selector in STUDIES.items() if (some := self.all_at(anchor, selector))), [])
        if len(nodes) > MOST_SECTIONS:
            raise self.wrong("studies", f"{len(nodes):,} studies, more than {MOST_SECTIONS},")
        found: list[Study] = []
        letters = 0
        for node in nodes:
            found.append(_study(node))
            letters += len(found[-1].findings)
            if letters > len(self.response.text):  # only studies within studies show one text again and again
                raise self.wrong("studies", "more text than the page holds")
        return tuple(found)

    @at(STUDY_LINKS)
    def study_pages(self) -> tuple[str, ...]:
        """Links to the case's studies (`/cases/<rID>/studies/<id>`) that this page does not show."""
        shown_here = {study.id for study in self.studies}
        links: dict[str, str] = {}
        for node in self.tree.css(STUDY_LINKS):
            link = node.attributes.get("href") or ""
            found = _STUDY_PAGE.fullmatch(link.partition("#")[0].partition("?")[0])
            if found and found["rid"] == self.rid and found["id"] not in shown_here:
                links.setdefault(found["id"], link)
        if len(links) > MOST_SECTIONS:
            raise self.wrong("study_pages", f"{len(links):,} studies, more than {MOST_SECTIONS},")
        return tuple(links.values())

    @at("#case-discussion; .case-section")
    def discussion(self) -> str:
        """What the author says of the case."""
        node = self.first_at("case-discussion", "#case-discussion")
        if node is not None:
            return joined(_without_title(blocks(node)))
        sections = self.all_at("case-section", ".case-section")
        if len(sections) > MOST_SECTIONS:
            raise self.wrong("discussion", f"{len(sections):,} sections, more than {MOST_SECTIONS},")
        for section in sections:
            parts = blocks(section)
            if parts and parts[0].text.lower().startswith(_DISCUSSION):
                return joined(_without_title(parts))
        return ""

    @at("#case-related-articles ul li a")
    def related(self) -> tuple[str, ...]:
        """Paths of articles on the subject, without query."""
        # One selector for all of it takes the cube of the depth where lists stand in lists.
        boxes = self.all_at("case-related-articles", "#case-related-articles")
        links = (node.attributes.get("href") or "" for box in boxes for node in box.css("ul li a"))
        return tuple(dict.fromkeys(link.partition("?")[0] for link in links if link.startswith("/articles/")))


class StudyPage(CasePage, Returns[CaseStudies], skip_nonitem_fields=True):
    """`/cases/<rID>/studies/<id>`: a study that its case's page only links to."""


def _study(node: LexborNode) -> Study:
    marked = node.css_first(".main-study-desc[id]")
    identity = marked.attributes.get("id") if marked is not None else None
    if not identity:
        marked = node if "data-study-id" in node.attributes else node.css_first("[data-study-id]")
        identity = marked.attributes.get("data-study-id") if marked is not None else None
    findings = node.css_first(".sub-section.study-findings.body")
    return Study(
        id=identity or None,
        title=plain(node.css_first(".study-desc h2"), LONGEST_NAME) or None,
        modality=plain(node.css_first(".study-modality .label"), LONGEST_NAME) or None,
        findings=joined(blocks(findings)) if findings is not None else "",
    )


def _without_title(parts: list[Block]) -> list[Block]:
    """The blocks without the section's own title, which the site prints first."""
    return parts[1:] if parts and parts[0].text.lower().rstrip(":").strip() in (_DISCUSSION, "discussion") else parts
