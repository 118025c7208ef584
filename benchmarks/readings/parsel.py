"""Articles and cases read with parsel: CSS selectors, XPath for text, and the lxml tree under a selector's `root`."""

from lxml.html import HtmlElement
from parsel import Selector

from benchmarks.readings.fields import BULLETS, HEADINGS, INLINE, UNSEEN, Line, article, case, raised, under_headings
from radcurate.spiders.pages.items import Article, Case, Study


def read(html: str, kind: str) -> Article | Case:
    """The page's item; `kind` is `articles` or `cases`."""
    page = Selector(text=html)
    rows = {}
    for label in page.css(".citation-info .col-sm-3, #citation-info .col-sm-3"):
        value = label.xpath("following-sibling::*[contains(concat(' ', @class, ' '), ' col-sm-8 ')][1]")
        rows[one_line(label).rstrip(":").lower()] = value
    shared = {
        "title": one_line(page.css("h1.header-title")),
        "systems": texts(page, ".meta-item-systems .col-sm-8 a"),
        "tags": texts(page, ".meta-item-tags .col-sm-8 a"),
        "authors": texts(page, ".author-info a"),
        "licence": page.css("a[rel=license]::attr(href), link[rel=license]::attr(href)").get(),
        "rows": {label: one_line(value) for label, value in rows.items()},
    }
    if kind == "articles":
        body = page.css("div.body.user-generated-content") or page.css("div.user-generated-content")
        synonyms = [one_line(item) for item in rows["synonyms"].css("li")] if "synonyms" in rows else []
        return article(shared, synonyms, under_headings(blocks(body[0].root)))
    patient = {}
    for item in page.css("#case-patient-data .data-item"):
        label = one_line(item.css("strong.data-item-label"))
        patient[label.rstrip(":").lower()] = one_line(item).removeprefix(label).strip()
    discussion = page.css("#case-discussion") or page.xpath(
        "//*[contains(concat(' ', @class, ' '), ' case-section ')][starts-with(normalize-space(), 'Case Discussion')]"
    )
    links = page.css("#case-related-articles ul li a::attr(href)").getall()
    return case(
        shared,
        page.css(".hidden.data").xpath("string()").get(""),
        one_line(page.css(".diagnostic-certainty-title")),
        patient,
        [block for p in page.css("#case-patient-presentation p") for block in blocks(p.root)],
        [study(one) for one in page.css(".case-section.case-study, .case-viewer-2022")],
        blocks(discussion[0].root)[1:] if discussion else [],
        [link.partition("?")[0] for link in links],
        page.css("a[href*='/studies/']::attr(href)").getall(),
    )


def study(node: Selector) -> tuple[Study, list[Line]]:
    findings = node.css(".sub-section.study-findings.body")
    return Study(
        node.css(".main-study-desc::attr(id)").get() or node.attrib.get("data-study-id"),
        one_line(node.css(".study-desc h2")) or None,
        one_line(node.css(".study-modality .label")) or None,
        "",
    ), blocks(findings[0].root) if findings else []


def one_line(node) -> str:
    return " ".join((node.xpath("string()").get() or "").split())


def texts(page: Selector, selector: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one_line(node) for node in page.css(selector)))


def blocks(body: HtmlElement) -> list[Line]:
    found: list[Line] = []
    walk(body, found, 0)
    return found


def walk(node: HtmlElement, found: list[Line], depth: int, mark: str = "") -> None:
    """Gathers the text of a block; elements that are none of a line end it."""
    line: list[str] = []

    def flush(kind: str = "", level: int = 0) -> None:
        nonlocal mark
        text = " ".join(part for part in "".join(line).replace("\n", " ").split(" ") if part)
        line.clear()
        if text:
            found.append((kind or ("item" if depth else "paragraph"), mark + text, level))
            mark = ""

    def gather(parent: HtmlElement) -> None:
        line.append(parent.text or "")
        for child in parent:
            element(child)
            line.append(child.tail or "")

    def element(child: HtmlElement) -> None:
        tag = child.tag
        if not isinstance(tag, str) or tag in UNSEEN:
            return
        if "hidden" in child.attrib or "hidden" in child.get("class", "").split():
            return
        if tag in ("sup", "sub"):
            line.append(raised("".join(child.itertext()), tag))
        elif tag in INLINE:
            gather(child)
        elif tag in HEADINGS and not depth:
            flush()
            gather(child)
            flush("heading", int(tag[1]))
        elif tag in ("ul", "ol"):
            flush()
            for order, item in enumerate(child.iterchildren("li"), 1):
                walk(item, found, depth + 1, f"{order}. " if tag == "ol" else BULLETS[min(depth, 2)])
        elif tag == "tr":
            flush()
            line.append(" | ".join(" ".join(text for _, text, _ in blocks(cell)) for cell in child))
            flush("row")
        else:
            flush()
            gather(child)
            flush()

    gather(node)
    flush()
