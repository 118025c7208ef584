"""A second reading of the site's pages, with BeautifulSoup, from docs/harvest.md and the site's facts alone.

It knows nothing of the page objects: instead of walking the tree it rewrites it (unseen things out, a mark at each
border of a block, a row, a heading or a raised number as one string) and takes what stands between the marks.
"""

import codecs
import copy
import json
import re
import warnings
from dataclasses import dataclass
from datetime import date

import webencodings
from bs4 import BeautifulSoup, NavigableString, PageElement, Tag, XMLParsedAsHTMLWarning
from bs4.element import PreformattedString
from html5lib._inputstream import EncodingParser

from radcurate.spiders.pages.items import Article, Case, Listing, Part, Study

INLINE = set(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike"
        " strong sub sup time tt u var wbr",
    )
)
UNSEEN = ["head", "title", "script", "style", "template", "noscript", "noembed", "noframes", "iframe", "textarea"]
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
BREAK, BORDER = "\ue000", "\ue001"
RAISED = dict(zip("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻", strict=True))
LOWERED = dict(zip("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋", strict=True))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass
class Piece:
    """What stands between two borders: its kind (paragraph, item, row, h1 to h6), its text, the mark of its item."""

    kind: str
    bare: str
    mark: str = ""

    @property
    def text(self) -> str:
        return self.mark + self.bare


# --- text -----------------------------------------------------------------------------------------------------------


def is_hidden(tag: Tag) -> bool:
    style = re.sub(r"\s", "", str(tag.get("style", "")))
    return tag.has_attr("hidden") or "hidden" in tag.get("class", []) or "display:none" in style


def pieces(node: Tag) -> list[Piece]:
    """The blocks of a body, on a copy of it that is rewritten on the way."""
    if is_hidden(node):
        return []
    top = copy.copy(node)
    drop_unseen(top)
    if top.find(["xmp", "plaintext"]) is not None:
        raise LookupError("an element that shows markup as text")
    write_numbers(top)
    for br in top.find_all("br"):
        br.replace_with(BREAK)
    for tag in top.find_all(lambda tag: tag.name not in INLINE):
        tag.insert_before(BORDER)
        tag.insert_after(BORDER)
    for table in reversed(top.find_all("table")):
        for row in table.find_all("tr"):
            cells = [one_line(cell, top) for cell in row.find_all(["td", "th"], recursive=False)]
            if cells:
                row.string = " | ".join(cells) if any(cells) else ""
    for heading in top.find_all(HEADINGS):
        if not within(heading, top) & {"ul", "ol", "table"}:
            heading.string = one_line(heading, top)
    return between_borders(top, top)


def drop_unseen(top: Tag) -> None:
    for string in top.find_all(string=lambda string: isinstance(string, PreformattedString)):
        string.extract()
    for tag in top.find_all(True):
        if not tag.decomposed and (tag.name in UNSEEN or is_hidden(tag)):
            tag.decompose()


def write_numbers(top: Tag) -> None:
    """A `<sup>` or `<sub>` of digits and signs becomes the characters for them, the innermost first."""
    for tag in reversed(top.find_all(["sup", "sub"])):
        text = collapsed(tag.get_text())
        simple = all(inner.name in INLINE for inner in tag.find_all(True))
        if simple and set(text) <= set("0123456789+-−–—,; \u00a0") and set(text) & set(RAISED):
            signs = RAISED if tag.name == "sup" else LOWERED
            tag.replace_with("".join(signs.get(sign, sign) for sign in text))


def within(element: PageElement, top: Tag) -> set[str]:
    """Names of the elements that hold this one, below `top`."""
    return {tag.name for tag in holders(element, top)}


def holders(element: PageElement, top: Tag) -> list[Tag]:
    found = []
    for parent in element.parents:
        if parent is top:
            break
        found.append(parent)
    return found


def between_borders(root: Tag, top: Tag) -> list[Piece]:
    """The blocks within `root`, which is `top` or a part of it."""
    groups: list[list[NavigableString]] = [[]]
    for string in root.find_all(string=True):
        if string == BORDER:
            groups.append([])
        else:
            groups[-1].append(string)
    found: list[tuple[list[Tag], Piece]] = []
    for group in groups:
        text = tidy("".join(group))
        if text:
            around = holders(group[0], top)
            found.append((around, Piece(kind_of(around), text)))
    for item in root.select("ul > li, ol > li"):
        first = next((piece for around, piece in found if any(tag is item for tag in around)), None)
        if first is not None:  # an item that begins with an item of its own leaves the place to that one's mark
            first.mark = mark_of(item, top)
    return [piece for _, piece in found]


def kind_of(around: list[Tag]) -> str:
    owner = next((tag.name for tag in around if tag.name not in INLINE), "")
    names = {tag.name for tag in around}
    if owner == "tr":
        return "row"
    if names & {"ul", "ol"}:
        return "item"
    return owner if owner in HEADINGS and "table" not in names else "paragraph"


def mark_of(item: Tag, top: Tag) -> str:
    around = holders(item, top)
    if around[0].name == "ol":
        start = str(around[0].get("start", "")).strip()
        first = int(start) if re.fullmatch(r"[+-]?[0-9]{1,9}", start) else 1
        return f"{first + len(item.find_previous_siblings('li'))}. "
    depth = sum(tag.name in ("ul", "ol") for tag in around)
    return {1: "• ", 2: "◦ "}.get(depth, "▪ ")


def collapsed(text: str) -> str:
    return re.sub(r"[ \t\n\r\f]+", " ", text)


def tidy(text: str) -> str:
    lines = [line.strip(" ") for line in collapsed(text).split(BREAK)]
    return "\n".join(lines).strip("\n")


def one_line(node: Tag, top: Tag) -> str:
    return " ".join(piece.text.replace("\n", " ") for piece in between_borders(node, top))


def joined(parts: list[Piece]) -> str:
    text = ""
    for number, part in enumerate(parts):
        if number:
            before = parts[number - 1].kind
            text += "\n" if before in HEADINGS or before == part.kind in ("item", "row") else "\n\n"
        text += part.text
        if part.kind in HEADINGS and not part.text.endswith(":"):
            text += ":"
    return text


def parts_of(node: Tag) -> tuple[Part, ...]:
    """The body under the headings of its highest level."""
    all_pieces = pieces(node)
    highest = min((piece.kind for piece in all_pieces if piece.kind in HEADINGS), default="none")
    stretches: list[tuple[str, list[Piece]]] = [("", [])]
    for piece in all_pieces:
        if piece.kind == highest:
            stretches.append((piece.text, []))
        else:
            stretches[-1][1].append(piece)
    if not stretches[0][1]:
        del stretches[0]
    return tuple(Part(heading, joined(stretch)) for heading, stretch in stretches)


def text_of(node: Tag | None) -> str:
    return joined(pieces(node)) if node is not None else ""


def plain(node: Tag | None) -> str:
    """A field: one line, single spaces."""
    return " ".join(" ".join(piece.text for piece in pieces(node)).split()) if node is not None else ""


def soup_of(html: str, parser: str) -> BeautifulSoup:
    """The page's tree, without what stands in templates: none of these parsers knows that it is no part of the page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(html, parser)
    for template in soup.find_all("template"):
        template.extract()
    return soup


def text_of_page(body: bytes, content_type: str) -> str:
    """The page's characters, as browsers tell them: a byte-order mark, the header, a `<meta>`, else UTF-8 or Windows.

    A mark of UTF-32 is beyond what browsers know.
    """
    if body.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return body.decode("utf-32", "replace")
    said = re.search(r"charset=\"?([\w-]+)", content_type)
    coding = webencodings.lookup(said[1]) if said else None
    coding = (
        coding
        or EncodingParser(body[:1024]).getEncoding()
        or webencodings.lookup("utf-8" if is_utf_8(body) else "latin1")
    )
    return str(webencodings.decode(body, coding)[0])


def is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


# --- fields ---------------------------------------------------------------------------------------------------------


def plains(soup: BeautifulSoup, selector: str) -> tuple[str, ...]:
    """Each text once, in order."""
    found: list[str] = []
    for node in soup.select(selector):
        text = plain(node)
        if text and text not in found:
            found.append(text)
    return tuple(found)


def rows_of(soup: BeautifulSoup) -> dict[str, Tag]:
    rows: dict[str, Tag] = {}
    box = soup.select_one(".citation-info, #citation-info")
    for value in box.select(".col-sm-8") if box is not None else []:
        label = value.find_previous_sibling()
        if isinstance(label, Tag) and "col-sm-3" in label.get("class", []):
            rows[plain(label).strip(" :").lower()] = value
    return rows


def day(text: str) -> str | None:
    """ISO 8601 of the day that a row states."""
    if not text:
        return None
    if found := re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", text):
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    if found := re.search(rf"\b(\d\d?) ({'|'.join(MONTHS)}) (\d{{4}})\b", text):
        return date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1])).isoformat()
    raise LookupError(f"no day in {text!r}")


def needed(value: str, what: str, url: str) -> str:
    if not value:
        raise LookupError(f"{url} has no {what}")
    return value


def common(soup: BeautifulSoup, url: str) -> dict[str, object]:
    """What articles and cases have alike, without the rID."""
    rows = {label: plain(value) for label, value in rows_of(soup).items()}
    doi = rows.get("doi", "")
    if doi and "10." not in doi:
        raise LookupError(f"{url}: no DOI in {doi!r}")
    created = next((rows[f"{kind}created"] for kind in ("", "article ", "case ") if f"{kind}created" in rows), "")
    licence = soup.select_one("[rel~=license][href]")
    return {
        "title": needed(plain(soup.select_one("h1.header-title")), "title", url),
        "systems": plains(soup, ".meta-item-systems .col-sm-8 a"),
        "tags": plains(soup, ".meta-item-tags .col-sm-8 a"),
        "authors": plains(soup, ".author-info a"),
        "citation": rows.get("citation") or None,
        "doi": doi[doi.index("10.") :].split()[0] if doi else None,
        "permalink": rows.get("permalink") or None,
        "created": day(created),
        "revised": day(rows.get("last revised", "")),
        "licence": str(licence["href"]) or None if licence is not None else None,
    }


def stated_rid(soup: BeautifulSoup) -> str:
    rows = rows_of(soup)
    return (plain(rows["rid"]) if "rid" in rows else "") or plain(soup.select_one(".row.rid .col-sm-8"))


def number(text: str) -> str:
    if not re.fullmatch(r"[0-9]+", text):
        raise LookupError(f"no number in {text!r}")
    return text


def named(text: str) -> tuple[str, ...]:
    """Names in a line, parted by semicolons where it has any, else by commas."""
    return tuple(name.strip() for name in text.split(";" if ";" in text else ",") if name.strip())


def read_article(html: str, url: str, parser: str = "lxml") -> Article:
    soup = soup_of(html, parser)
    rows = rows_of(soup)
    body = soup.select_one("div.body.user-generated-content") or soup.select_one("div.user-generated-content")
    if body is None:
        raise LookupError(f"{url} has no body")
    listed = [plain(item) for item in rows["synonyms"].select("li")] if "synonyms" in rows else []
    revisions = plain(rows.get("revisions"))
    return Article(
        **common(soup, url),
        rid=number(stated_rid(soup)),
        sections=tuple(name.strip() for name in plain(rows.get("sections")).split(",") if name.strip()),
        synonyms=tuple(name for name in listed if name) or named(plain(rows.get("synonyms"))),
        revisions=int(number(revisions.split()[0].replace(",", ""))) if revisions else None,
        body=parts_of(body),
    )


def read_case(html: str, url: str, parser: str = "lxml") -> Case:
    soup = soup_of(html, parser)
    rid = {stated_rid(soup), case_id(soup)} - {""}
    if len(rid) != 1:
        raise LookupError(f"{url} has {len(rid)} numbers")
    case_rid = rid.pop()
    patient: dict[str, str] = {}
    for item in soup.select("#case-patient-data .data-item"):
        own = copy.copy(item)  # the label stays where it is: a page that was never closed has it in other fields too
        label = own.select_one("strong.data-item-label")
        if label is not None:
            name = plain(label.extract()).strip(" :").lower()
            patient[name] = plain(own).strip(" :")
    studies = soup.select(".case-section.case-study") or soup.select(".case-viewer-2022")
    within_another = soup.select("#case-patient-presentation p p")
    presentation = [
        piece
        for node in soup.select("#case-patient-presentation p")
        if not any(node is inner for inner in within_another)
        for piece in pieces(node)
    ]
    return Case(
        **common(soup, url),
        rid=number(case_rid),
        certainty=plain(soup.select_one(".diagnostic-certainty-title")) or None,
        age=patient.get("age") or None,
        sex=patient.get("gender") or patient.get("sex") or None,
        presentation=joined(presentation),
        studies=tuple(read_study(node) for node in studies),
        study_pages=studies_elsewhere(soup, number(case_rid), {read_study(node).id for node in studies}),
        discussion=discussion_of(soup),
        related=related_to(soup),
    )


def case_id(soup: BeautifulSoup) -> str:
    data = soup.select_one(".hidden.data")
    if data is None:
        return ""
    if stated := re.search(r"\{[^{}]*\}", data.get_text()):
        return str(json.loads(stated[0]).get("caseId", ""))
    return str(data.get("data-case-id", ""))


def read_study(node: Tag) -> Study:
    marked = node.select_one(".main-study-desc[id]")
    carrier = node if node.has_attr("data-study-id") else node.select_one("[data-study-id]")
    identity = str(marked["id"]) if marked is not None else ""
    return Study(
        id=identity or (str(carrier["data-study-id"]) if carrier is not None else "") or None,
        title=plain(node.select_one(".study-desc h2")) or None,
        modality=plain(node.select_one(".study-modality .label")) or None,
        findings=text_of(node.select_one(".sub-section.study-findings.body")),
    )


def discussion_of(soup: BeautifulSoup) -> str:
    """The discussion without the section's own title."""
    candidates = [pieces(node) for node in soup.select("#case-discussion")[:1]]
    if not candidates:
        sections = [pieces(node) for node in soup.select(".case-section")]
        candidates = [parts for parts in sections if parts and parts[0].text.lower().startswith("case discussion")]
    parts = candidates[0] if candidates else []
    if parts and parts[0].text.strip(" :").lower() in ("case discussion", "discussion"):
        parts = parts[1:]
    return joined(parts)


def studies_elsewhere(soup: BeautifulSoup, rid: str, here: set[str | None]) -> tuple[str, ...]:
    links: dict[str, str] = {}
    for link in soup.find_all("a", href=True):
        parts = str(link["href"]).split("#")[0].split("?")[0].split("/")
        is_study = len(parts) == 5 and parts[:2] == ["", "cases"] and parts[3] == "studies"
        if is_study and parts[2] == rid and re.fullmatch("[0-9]{1,18}", parts[4]) and parts[4] not in here:
            links.setdefault(parts[4], str(link["href"]))
    return tuple(links.values())


def related_to(soup: BeautifulSoup) -> tuple[str, ...]:
    paths = [str(link.get("href", "")).split("?")[0] for link in soup.select("#case-related-articles ul li a")]
    return tuple(path for number, path in enumerate(paths) if "/articles/" in path and path not in paths[:number])


def read_listing(html: str, url: str) -> Listing:
    soup = soup_of(html, "lxml")
    hits: list[str] = []
    for link in soup.find_all("a", class_="search-result", href=True):
        if {"search-result-article", "search-result-case"} & set(link["class"]) and link["href"] not in hits:
            hits.append(str(link["href"]))
    following = soup.select_one("div.pagination a.next_page[rel=next]")
    count = plain(soup.select_one(".search-results-count"))
    numbers = re.findall("[0-9]+", count.replace(",", ""))
    if count and not numbers:
        raise LookupError(f"{url} states no number of hits")
    stated = int(numbers[-1]) if numbers else None
    return Listing(tuple(hits), str(following["href"]) if following is not None else None, stated)
