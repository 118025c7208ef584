"""The form of the held-out noisy pages, identifiers and look-alikes; no rule of cleaning is read here."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.cleaning import held_out_pages as held_out

PAGES = held_out.pages(*held_out.FOLDERS)
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@EACH_PAGE
def test_every_piece_stands_in_its_page(page: Path):
    html = page.read_text(encoding="utf-8")
    quiet = held_out.text(held_out.parsed(page, held_out.without_noise(html)))
    unseen = [
        f"{kind} {number}"
        for number, kind in enumerate(held_out.kinds(html))
        if held_out.text(held_out.parsed(page, held_out.with_one_piece(html, number))) == quiet
    ]
    assert unseen == []


@EACH_PAGE
def test_good_text_stands_in_its_page_when_the_noise_is_gone(page: Path):
    html = page.read_text(encoding="utf-8")
    quiet = held_out.plain(held_out.text(held_out.parsed(page, held_out.without_noise(html))))
    good = held_out.keeps(html) + [part for parts in held_out.good_blocks(html) for part in parts]
    assert [words for words in good if held_out.plain(words) not in quiet] == []


@EACH_PAGE
def test_no_mark_stands_inside_another(page: Path):
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    assert [str(tag) for mark in soup.select(held_out.MARKS) for tag in mark.select(held_out.MARKS)] == []


def test_no_two_pages_share_a_name_or_an_rid():
    rid = re.compile(r"rID:</div><div class=\"col-sm-8\">(\d+)<")
    numbers = [rid.findall(page.read_text(encoding="utf-8")) for page in PAGES]
    assert all(len(found) == 1 for found in numbers)
    assert len({found[0] for found in numbers}) == len({page.stem for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("folder", held_out.FOLDERS)
def test_the_readme_counts_what_is_marked(folder: str):
    texts = [page.read_text(encoding="utf-8") for page in held_out.pages(folder)]
    marked = Counter(kind for html in texts for kind in held_out.kinds(html))
    readme = (held_out.HERE / folder / "README.md").read_text(encoding="utf-8")
    written = {kind: int(number) for kind, number in re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", readme, re.MULTILINE)}
    assert written == dict(marked)


SETS = sorted((held_out.HERE / "sets").glob("*_held_out*.jsonl"))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_identifiers_and_lookalikes_stand_in_their_texts(path: Path):
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert lines == [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows]
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)
    for row in rows:
        assert all(row["text"].count(span["text"]) == 1 for span in row.get("spans", ())), row
        assert all(keep in row["text"] for keep in row.get("keep", ())), row
        assert row.get("spans") or row.get("keep"), row


def test_a_figure_that_is_no_longer_raised_is_not_what_was_to_be_kept():
    html = "<p><span data-keep>10<sup>9</sup>/L</span> and <span data-keep>CO<sub>2</sub></span></p>"
    assert [held_out.plain(keep) for keep in held_out.keeps(html)] == ["10⁹/L", "CO₂"]
    assert held_out.plain("109/L") != held_out.plain("10⁹/L") != held_out.plain("10₉/L")
