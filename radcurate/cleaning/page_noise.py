"""Rules for what a site's pages put around and into the text of articles and cases.

The text is that of a page object: blocks parted by an empty line, items and rows line by line, sub-headings on lines
that end with a colon, raised numbers as Unicode superscripts (docs/harvest.md).
"""

import re
from collections.abc import Callable, Iterable, Iterator

from radcurate.cleaning.rules import Edit, Example, TextRule
from radcurate.documents import Section

PAGES = ("article", "case")

_ON_THIS_PAGE = re.compile(
    r"""(?:\A|(?<=\n))on\ this\ page:?\s*
        (?:article:\s*(?P<article>.*?)\s*)?
        images:[^\S\n]*(?:\n*(?:[•◦▪]\ [^\n]*(?:\n|\Z))+|[^\n]*)\n*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_BASIC = re.compile(
    r"""^(?:this\ is\ a\ )?basic\ article\ for\ (?:
          medical\ students(?:\ and\ other\ non-radiologists)?\ (?=(?-i:[A-Z]))   # grown together with the text
        | [^.\n]*(?:\.|$)\s*)
        (?:for\ a\ more\ in-depth\ reference\ article,\ see\ [^.\n]*(?:\.|$)\s*)?""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_REVISIONS = re.compile(
    r"^(?:see|view) full revision history(?: and disclosures)?\.?$\n*", re.IGNORECASE | re.MULTILINE
)
_COURTESY = re.compile(
    r"""(?:^|(?<=[.!?:;)]\ )|(?=\())                  # a line, a sentence or a bracket of its own
        \(?(?:case|image|figure|illustration|photo)s?\ courtesy\ of\b""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_RID = re.compile(r",?\s*rID:?\s*\d+\s*\)?\.?", re.IGNORECASE)
_NAME_END = re.compile(
    r"(?<!\bDr)(?<!\bProf)(?<!\bMrs)(?<!\bMr)(?<!\bMs)(?<!\b[A-Z])\.(?=\s|\)|$)\)?|\)|$", re.MULTILINE
)

_NUMBER = "[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
# Looked for from the first of the blanks before it alone: a long run of blanks is read once.
_RAISED = re.compile(
    rf"(?<![^\S\n])[^\S\n]*{_NUMBER}(?:[^\S\n]*[,;–—⁺⁻-][^\S\n]*{_NUMBER})*"
    r"(?:[,;]?[^\S\n]*(?=[.:;,](?!\d))|[,;](?=\s*\Z))?"  # a raised comma, or a blank before the stop
)
# What parted raised numbers, left alone.
_SEPARATOR = re.compile(r"[,;](?=\.(?![.\d]))")
_POWER_OF_TEN = re.compile(r"(?<![\d.,])10\Z")
_UNIT = re.compile(r"(?:(?<=[\s\d/·.(])|\A)(?:[cdkmnµμ]?m|s|kg|g|[mdk]?[Ll]|m?Gy)\Z")
_SYMBOL = re.compile(r"(?<![^\W\d_])[RrχIp]\Z")
_NUCLIDE = re.compile(r"ᵐ?(?:C|N|O|F|P|Cr|Co|Cu|Fe|Ga|H|I|In|Kr|Lu|Ra|Rb|Sm|Sr|Tc|Tl|Xe|Y|Zr)\b")


def _on_this_page(section: Section) -> Iterator[Edit]:
    """Takes out the list of a page's parts that opens many bodies, from "On this page:" to the end of its images."""
    for match in _ON_THIS_PAGE.finditer(section.text):
        yield Edit(match.start(), match.end(), "")


def _matches(pattern: re.Pattern[str]) -> Callable[[Section], Iterator[Edit]]:
    """Takes out whatever the pattern matches."""

    def propose(section: Section) -> Iterator[Edit]:
        for match in pattern.finditer(section.text):
            if match.group():
                yield Edit(match.start(), match.end(), "")

    return propose


def _under(headings: str) -> Callable[[Section], Iterator[Edit]]:
    """Takes out a section under one of these headings, and what stands under such a sub-heading within another."""
    whole = re.compile(rf"(?:{headings})\s*:?", re.IGNORECASE)
    # To the next sub-heading (a line that ends with a colon, before a line that is no item) or to the end.
    within = re.compile(rf"^(?:{headings}):\n.*?(?=^[^\n•◦▪]*:\n(?!\n)|\Z)", re.IGNORECASE | re.MULTILINE | re.DOTALL)

    def propose(section: Section) -> Iterator[Edit]:
        if whole.fullmatch(section.heading.strip()):
            yield from [Edit(0, len(section.text), "")] if section.text else []
        else:
            yield from (Edit(match.start(), match.end(), "") for match in within.finditer(section.text))

    return propose


def _courtesy_line(section: Section) -> Iterator[Edit]:
    """Takes out whom a case or image is owed to; the page's authors stay in the document's metadata."""
    reached = 0
    for match in _COURTESY.finditer(section.text):
        line_end = section.text.find("\n", match.end())
        line_end = len(section.text) if line_end < 0 else line_end
        number = _RID.search(section.text, match.end(), line_end)
        end = number.end() if number else _NAME_END.search(section.text, match.end()).end()  # type: ignore[union-attr]
        if match.start() >= reached:
            yield Edit(match.start(), end, "")
            reached = end


def _citation_number(section: Section) -> Iterator[Edit]:
    """Takes out numbers that point to references; powers of ten, units, ions, nuclides and symbols keep theirs."""
    text = section.text
    found = [match.span() for match in _RAISED.finditer(text) if not _is_measure(text, match)]
    reached = 0
    for start, end in sorted(found + [match.span() for match in _SEPARATOR.finditer(text)]):
        if start >= reached:
            yield Edit(start, end, "")
            reached = end


def _is_measure(text: str, match: re.Match[str]) -> bool:
    number = match.group().strip().rstrip(",;")
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 3]
    attached = match.group()[0] == number[0]
    if after[:1] in ("⁺", "⁻"):
        return not after[1:2].isdigit()  # Ca²⁺, not ⁶⁺⁷
    if number.isdigit() and _NUCLIDE.match(after):
        return not attached or not before or not before[-1].isalpha()  # ¹⁸F
    if not attached or not before:
        return False
    if before.endswith("⁻"):
        return True  # 10⁻⁶, min⁻¹
    if not {",", ";"} & set(number) and _POWER_OF_TEN.search(before):
        return True
    return number in ("²", "³") and bool(_UNIT.search(before) or _SYMBOL.search(before))


def _glued_heading(section: Section) -> Iterator[Edit]:
    """Takes out a section's heading that stands again at the head of its text, grown together with the first word."""
    heading = section.heading
    following = section.text[len(heading) : len(heading) + 1]
    if heading[-1:].islower() and section.text.startswith(heading) and following.isupper():
        yield Edit(0, len(heading), "")


def _bare_heading(section: Section) -> Iterable[Edit]:
    """Takes out a heading without any text of its own: parsing hands it on as the section's text."""
    return [Edit(0, len(section.text), "")] if section.text and section.text == section.heading else []


QUIZ = r"quiz(?:zes)?(?: questions?)?|multiple choice questions?|question of the day|test your(?:self| knowledge)"
PROMOTED = r"promoted(?: articles?| content)?(?: \(advertising\))?|advertisements?|advertising|sponsored content"

RULES = (
    TextRule(
        "on_this_page.v1",
        _on_this_page,
        (
            Example(
                "On this page:\n\nArticle:\n\n• Pathology\n• CT\n\nImages:\n\n• Cases\n\nA cyst is round.",
                "A cyst is round.",
                "",
            ),
            Example("On this page: Article: Pathology CT Images: Cases and figures\n\nA cyst.", "A cyst.", ""),
            Example("ON THIS PAGE:\nImages:\n• Cases and figures\n\nA cyst.", "A cyst.", ""),
            Example("Images: the films on this page show it.", "Images: the films on this page show it.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "basic_article.v2",
        _matches(_BASIC),
        (
            Example(
                "This is a basic article for medical students and other non-radiologists.\n\nA cyst.", "A cyst.", ""
            ),
            Example("This is a basic article for medical students\n\nA cyst.", "A cyst.", ""),
            Example("This is a basic technique for students.", "This is a basic technique for students.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "quiz.v1",
        _under(QUIZ),
        (
            Example("Start quiz", "", "Quiz"),
            Example("Question 12 of the day: sign in to answer.", "", "Multiple choice questions"),
            Example("A cyst.\n\nQuiz questions:\nStart quiz\n\nCT:\nRound.", "A cyst.\n\nCT:\nRound.", "Pathology"),
            Example("A quizzical look is no sign.", "A quizzical look is no sign.", "Clinical presentation"),
        ),
        PAGES,
    ),
    TextRule(
        "promoted.v1",
        _under(PROMOTED),
        (
            Example("• Course: book your seat", "", "Promoted articles (advertising)"),
            Example("Growth is promoted by oestrogen.", "Growth is promoted by oestrogen.", "Pathology"),
        ),
        PAGES,
    ),
    TextRule(
        "revision_history.v1",
        _matches(_REVISIONS),
        (
            Example("A cyst.\n\nSee full revision history", "A cyst.\n\n", ""),
            Example("View full revision history and disclosures\n\nA cyst.", "A cyst.", ""),
            Example("See full revision of the staging history.", "See full revision of the staging history.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "courtesy_line.v1",
        _courtesy_line,
        (
            Example("A cyst.\n\nCase courtesy of Dr Ana B. Roy, Demo site, rID: 12", "A cyst.\n\n", ""),
            Example("Axial CT: a cyst. Case courtesy of Ana Roy, rID: 12", "Axial CT: a cyst. ", ""),
            Example("Image courtesy of Prof. Ana Roy. It is round.", " It is round.", ""),
            Example("A cyst (case courtesy of Dr. A. Roy, rID: 12) is round.", "A cyst  is round.", ""),
            Example(
                "The patient was seen as a courtesy of the ward.", "The patient was seen as a courtesy of the ward.", ""
            ),
        ),
        PAGES,
    ),
    TextRule(
        "citation_number.v2",
        _citation_number,
        (
            Example("It is common¹. It is round ²,³.", "It is common. It is round.", ""),
            Example("In 2010³ and in 40%⁴⁻⁶ of men¹², type 2⁵.", "In 2010 and in 40% of men, type 2.", ""),
            Example("It is common⁶⁺⁷. It is round²,³,. It is flat ⁴ .", "It is common. It is round. It is flat.", ""),
            Example("10⁹/L, 10⁻⁶, 4 cm², kg/m², 30 mm³, s⁻¹", "10⁹/L, 10⁻⁶, 4 cm², kg/m², 30 mm³, s⁻¹", ""),
            Example(
                "¹⁸F-FDG, ¹³¹I, ⁹⁹ᵐTc, Tc-99m, Ca²⁺, H₂O, T2, R²", "¹⁸F-FDG, ¹³¹I, ⁹⁹ᵐTc, Tc-99m, Ca²⁺, H₂O, T2, R²", ""
            ),
            Example("Uptake of ¹⁸F-FDG³ and ⁶⁸Ga.", "Uptake of ¹⁸F-FDG and ⁶⁸Ga.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "glued_heading.v1",
        _glued_heading,
        (
            Example("EpidemiologyIt is common.", "It is common.", "Epidemiology"),
            Example("Epidemiology is the study of it.", "Epidemiology is the study of it.", "Epidemiology"),
            Example("CTA shows it.", "CTA shows it.", "CT"),
        ),
        PAGES,
    ),
    TextRule(
        "bare_heading.v1",
        _bare_heading,
        (
            Example("Radiographic features", "", "Radiographic features"),
            Example("Radiographic features vary.", "Radiographic features vary.", "Radiographic features"),
        ),
        PAGES,
    ),
)
