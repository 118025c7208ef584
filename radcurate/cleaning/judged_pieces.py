"""Rules that take out what the trained judge of page text (`page_judge.py`) holds for noise.

They stand after the rules that know wordings and forms, for what no list foresees. `judged_pieces.toml` says how sure
the judge must be: of a piece that it doubts nothing goes.
"""

import bisect
import functools
import itertools
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from radcurate.cleaning.page_judge import Judge, trained
from radcurate.cleaning.rules import PAGES, Edit, Example, TextRule
from radcurate.cleaning.units import Unit, lines, sentences, without
from radcurate.documents import Section

# Longer pieces are prose.
_FEWEST_WORDS = 2
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_LINE, _LONGEST_SENTENCE = 600, 400
_MARKED = re.compile(
    r"""(?<![ \t])[ \t]{0,8}(?:
        \[\[?[^\[\]\n]{1,110}\]\]?(?::\d{1,4})?[*†]?
      | \((?:[^()\n]|\([^()\n]{1,50}\)){1,150}\)
      | \{\{?[^{}\n]{1,90}\}\}?
      | [〔【⟨«‹〈⟪｛][^〔【⟨«‹〈⟪｛〕】⟩»›〉⟫｝\n]{1,60}[〕】⟩»›〉⟫｝]
      | <[^<>\n]{1,80}>(?:[\d,\ –-]{1,12}</[a-z]{1,5}>)?
      | \^[^\s^]{1,12}\^
      | [⁽₍][^⁾₎\n]{1,16}[⁾₎]
      | [⁰¹²³⁴⁵⁶⁷⁸⁹](?:[⁰¹²³⁴⁵⁶⁷⁸⁹,;·–—⁻⁺-]|\ (?=[⁰¹²³⁴⁵⁶⁷⁸⁹]))*
      | [ᵃ-ᶿⁱⁿₐ-ₜ]{1,4}(?:[\ ,–]?[ᵃ-ᶿⁱⁿ⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}){0,4}(?!\w)
      | [*†‡§¶✝‖]{1,3}(?:\d{1,3})?
      | (?<!\d)/\d{1,3}/ | \|\d{1,3}\|
      | (?<=[\w.,;)%”"\ ])\#\d{1,3}(?!\w)
      | [①-⑳❶-❿]
    )""",
    re.VERBOSE,
)
# Plain numbers right after a full stop, or at the end of a clause.
_PLAIN = re.compile(
    r"(?<=[a-z%)”\"]\.)\d{1,2}(?:[,–-]\s?\d{1,2}|\ \d{1,2}){0,6}(?=\s+[A-Z]|\s*$)"
    r"|(?<=[a-z)%]{2})[ ,;:]{0,2}(?<![\d.])\d{1,2}(?:(?:[,;–-]\s?|\ |\ ?[,;]\ ?)\d{1,2}){0,6}(?=[.;,](?:\s|$)|\s*$)",
    re.MULTILINE,
)
# What a dash, a bar, a semicolon or a comma parts off, up to the end of the sentence or the next such sign.
_CLAUSE = re.compile(
    r"[ \t]{0,4}(?:[–—|;©✎✏🔎]|,\ )[^\n–—|;,.]{3,110}(?:\b(?:Dr|Prof|Mr|Mrs|Ms|et al|[A-Z])\.[^\n–—|;,.]{0,60}){0,3}"
    r"(?=[.,;](?:\s|$)|\ [–—]|$)",
    re.MULTILINE,
)

_BEFORE = 20
_NUMBER_BEFORE = re.compile(r"(?<![\d.])(\d{1,6}(?:\.\d{1,4})?)\s?[%°a-z]{0,3}\s?\Z")
_LIMITS = re.compile(r"[\[(](\d{1,6}(?:\.\d{1,4})?)\s?(?:[-–,;]|to)\s?(\d{1,6}(?:\.\d{1,4})?)[\])]")

# Without one of these a clause is neither citation nor credit, and is not judged.
_OWES = re.compile(
    r"\d|©|\b(?:Dr|Prof|Mrs?|by|from|see|our|your|page|image|case|photo|courtesy|kind|credit|upload|ref)", re.IGNORECASE
)

Read = Callable[[], Judge]


@functools.cache
def _least() -> dict[str, int]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def lines_by(read: Read) -> Callable[[Section], Iterator[Edit]]:
    """Takes out lines that this judge holds for the site's."""

    def propose(section: Section) -> Iterator[Edit]:
        judge = read()
        yield from without(section.text, [line for line in lines(section.text) if _is_line(judge, line)])

    return propose


def _is_line(judge: Judge, line: Unit) -> bool:
    """The sentences are asked first: the first of a line of prose mostly says that it stays."""
    if len(line.raw) > _LONGEST_LINE:
        return False
    parts = list(sentences(line.raw))
    if len(parts) > 1 and any(judge.piece_score(part.raw) < _least()["beside"] for part in parts):
        return False
    return judge.piece_score(line.raw) >= _least()["line"]


def sentences_by(read: Read) -> Callable[[Section], Iterator[Edit]]:
    """Takes out sentences that this judge holds for the site's, of lines that hold others too."""

    def propose(section: Section) -> Iterator[Edit]:
        judge, gone = read(), []
        for line in lines(section.text):
            parts = list(sentences(line.raw))
            if len(parts) > 1:
                judged = [_is_sentence(judge, part) for part in parts]
                gone += [
                    Unit(line.start + part.start, line.start + part.end, part.raw, part.text)
                    for part in itertools.compress(parts, judged)
                ]
        yield from without(section.text, gone)

    return propose


def _is_sentence(judge: Judge, part: Unit) -> bool:
    """False for what an abbreviation's full stop cut off ("Ref.", "8) in the trial."), which is no sentence."""
    if len(part.raw) > _LONGEST_SENTENCE or part.raw[0].islower() or len(_WORD.findall(part.raw)) < _FEWEST_WORDS:
        return False
    return judge.piece_score(part.raw) >= _least()["sentence"]


def spans_by(read: Read) -> Callable[[Section], Iterator[Edit]]:
    """Takes out brackets, raised numbers, signs and clauses that this judge holds for citations or credits."""

    def propose(section: Section) -> Iterator[Edit]:
        judge, text, reached = read(), section.text, 0
        for start, end, least in spans(text):
            if (
                start < reached
                or (least == "clause" and not _OWES.search(text, start, end))
                or _measures(text, start, end)
            ):
                continue
            if judge.span_score(text, start, end) >= _least()[least]:
                yield Edit(start, end, "")
                reached = end

    return propose


def _measures(text: str, start: int, end: int) -> bool:
    """True for the limits of what was measured: "2 [1-4]", "80 (70, 90)"."""
    measured = _NUMBER_BEFORE.search(text[max(0, start - _BEFORE) : start])
    limits = _LIMITS.fullmatch(text[start:end].strip())
    return bool(measured and limits and float(limits[1]) <= float(measured[1]) <= float(limits[2]))


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of what may be a citation or a credit within a line, in order, and which threshold holds."""
    found = [(*match.span(), "span") for match in _MARKED.finditer(text)]
    begins_of, reach = [start for start, _, _ in found], list(itertools.accumulate((end for _, end, _ in found), max))
    for least, pattern in (("plain", _PLAIN), ("clause", _CLAUSE)):
        for match in pattern.finditer(text):
            before = bisect.bisect_right(begins_of, match.start()) - 1
            after = bisect.bisect_left(begins_of, match.end())
            # What stands in a bracket is no span of its own, nor is what holds the beginning of one.
            if (before < 0 or reach[before] <= match.start()) and after == before + 1:
                found.append((*match.span(), least))
    for start, end, least in sorted(found):
        # What begins a line is no mark of what stands before it.
        if start and text[start - 1] != "\n" and text[start:end].strip():
            yield start, end, least


RULES = (
    TextRule(
        "judged_site_line.v1",
        lines_by(trained),
        (
            Example("A cyst.\nYour membership ends soon: renew it to keep the checklists.", "A cyst.", ""),
            Example("A cyst.\nThe author has been paid for lectures by a maker of coils.", "A cyst.", ""),
            Example(
                "Supplementary views\nScore: 4/5\nSee the notch.", "Supplementary views\nScore: 4/5\nSee the notch.", ""
            ),
            Example("The trial was sponsored by the ministry.", "The trial was sponsored by the ministry.", ""),
        ),
        PAGES,
    ),
    TextRule(
        "judged_sentence.v1",
        sentences_by(trained),
        (
            Example("A cyst. Unlock the full lecture with a free account. It is round.", "A cyst. It is round.", ""),
            Example("It is round. Tell us what you think of this page.", "It is round.", ""),
            Example("Is the ring whole? If so, stop.", "Is the ring whole? If so, stop.", ""),
            Example(
                "Members of the family are affected. It is rare.", "Members of the family are affected. It is rare.", ""
            ),
        ),
        PAGES,
    ),
    TextRule(
        "judged_citation.v1",
        spans_by(trained),
        (
            Example("The wall is thin [4: a review] and smooth.", "The wall is thin and smooth.", ""),
            Example("It bleeds ⟨7⟩. It heals (op. cit.).", "It bleeds. It heals.", ""),
            Example(
                "The cyst (4 mm) is bright (T2). Type [A], 2 [1-4].",
                "The cyst (4 mm) is bright (T2). Type [A], 2 [1-4].",
                "",
            ),
            Example(
                "Cells are CD20(+). At 10⁹/L, 3 cm² and ⁹⁹ᵐTc.", "Cells are CD20(+). At 10⁹/L, 3 cm² and ⁹⁹ᵐTc.", ""
            ),
        ),
        PAGES,
    ),
)
