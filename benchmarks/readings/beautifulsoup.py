"""Articles and cases read with BeautifulSoup on lxml's parser: `select`, `get_text`, and the tree's `children`."""

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

from benchmarks.readings.fields import BULLETS, HEADINGS, INLINE, UNSEEN, Line, article, case, raised, under_headings
from radcurate.spiders.pages.items import Article, Case, Study


def read(html: str, kind: str) -> Article | Case:
    """The page's item; `kind` is `articles` or `cases`."""
    soup = BeautifulSoup(html, "lxml")
    rows = {}
    for label in soup.select(".citation-info .col-sm-3, #citation-info .col-sm-3"):
        rows[one_line(label).rstrip(":").lower()] = label.find_next_sibling(class_="col-sm-8")
    licence = soup.select_one("a[rel=license], link[rel=license]")
    shared = {
        "title": one_line(soup.select_one("h1.header-title")),
        "systems": texts(soup, ".meta-item-systems .col-sm-8 a"),
        "tags": texts(soup, ".meta-item-tags .col-sm-8 a"),
        "authors": texts(soup, ".author-info a"),
        "licence": licence["href"] if licence else None,
        "rows": {label: one_line(value) for label, value in rows.items()},
    }
    if kind == "articles":
        body = soup.select_one("div.body.user-generated-content") or soup.select_one("div.user-generated-content")
        synonyms = [one_line(item) for item in rows["synonyms"].select("li")] if "synonyms" in rows else []
        return article(shared, synonyms, under_headings(blocks(body)))
    hidden = soup.select_one(".hidden.data")
    patient = {}
    for item in soup.select("#case-patient-data .data-item"):
        label = one_line(item.select_one("strong.data-item-label"))
        patient[label.rstrip(":").lower()] = one_line(item).removeprefix(label).strip()
    discussion = soup.select_one("#case-discussion") or next(
        (one for one in soup.select(".case-section") if one.get_text().strip().startswith("Case Discussion")), None
    )
    related = [link["href"].partition("?")[0] for link in soup.select("#case-related-articles ul li a")]
    certainty = soup.select_one(".diagnostic-certainty-title")
    return case(
        shared,
        hidden.get_text() if hidden else "",
        one_line(certainty),
        patient,
        [block for p in soup.select("#case-patient-presentation p") for block in blocks(p)],
        [study(one) for one in soup.select(".case-section.case-study, .case-viewer-2022")],
        blocks(discussion)[1:] if discussion else [],
        related,
        [link["href"] for link in soup.select("a[href*='/studies/']")],
    )


def study(node: Tag) -> tuple[Study, list[Line]]:
    described = node.select_one(".main-study-desc[id]")
    findings = node.select_one(".sub-section.study-findings.body")
    return Study(
        described["id"] if described else node.get("data-study-id"),
        one_line(node.select_one(".study-desc h2")) or None,
        one_line(node.select_one(".study-modality .label")) or None,
        "",
    ), blocks(findings) if findings else []


def one_line(node: Tag | None) -> str:
    return " ".join(node.get_text().split()) if node else ""


def texts(soup: BeautifulSoup, selector: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one_line(node) for node in soup.select(selector)))


def blocks(body: Tag) -> list[Line]:
    found: list[Line] = []
    walk(body, found, [], 0)
    return found


def walk(node: Tag, found: list[Line], line: list[str], depth: int, mark: str = "") -> None:
    """Gathers the text of a block; elements that are none of a line end it."""

    def flush(kind: str = "", level: int = 0) -> None:
        nonlocal mark
        text = " ".join(part for part in "".join(line).replace("\n", " ").split(" ") if part)
        line.clear()
        if text:
            found.append((kind or ("item" if depth else "paragraph"), mark + text, level))
            mark = ""

    def gather(parent: Tag) -> None:
        nonlocal mark
        for child in parent.children:
            if isinstance(child, NavigableString):
                if not isinstance(child, Comment):
                    line.append(child)
            elif child.name in UNSEEN or "hidden" in child.get("class", []) or child.has_attr("hidden"):
                continue
            elif child.name in ("sup", "sub"):
                line.append(raised(child.get_text(), child.name))
            elif child.name in INLINE:
                gather(child)
            elif child.name in HEADINGS and not depth:
                flush()
                gather(child)
                flush("heading", int(child.name[1]))
            elif child.name in ("ul", "ol"):
                flush()
                for order, item in enumerate(child.find_all("li", recursive=False), 1):
                    bullet = f"{order}. " if child.name == "ol" else BULLETS[min(depth, 2)]
                    walk(item, found, [], depth + 1, bullet)
            elif child.name == "tr":
                flush()
                cells = [one_cell(cell) for cell in child.find_all(["td", "th"], recursive=False)]
                line.append(" | ".join(cells))
                flush("row")
            else:
                flush()
                gather(child)
                flush()

    gather(node)
    flush()


def one_cell(cell: Tag) -> str:
    return " ".join(text for _, text, _ in blocks(cell))
