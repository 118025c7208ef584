"""Rules that say when a document holds too little to learn from; `judging.toml` has their thresholds.

They judge a document once its text is clean. Each reason says what was counted.
"""

import itertools
import re
from collections.abc import Callable, Sequence

from radcurate.cleaning.encoding import damage
from radcurate.cleaning.judging import limits_of, text_of, words_of
from radcurate.cleaning.rules import DocumentRule, Judged
from radcurate.documents import Document

_TOKEN = re.compile(r"[^\W_]+")
_CITES = re.compile(
    r"""\bet\ al\b | \bdoi\b | 10\.\d{4,9}/ | \bPMID\b | \b(?:19|20)\d\d\s*;\s*\d+
        | \b(?:19|20)\d\d[.;,]\s*\d+\s*\(?\d*\)?\s*:\s*\d+""",
    re.IGNORECASE | re.VERBOSE,
)
_VOWEL = re.compile(r"[aeiouyà-öø-ÿ]", re.IGNORECASE)
_TURNS = re.compile(r"(?:[A-Za-z]\d|\d[A-Za-z])")
_ROW = " | "


def _empty_document(document: Document) -> str | None:
    """Drops a document none of whose sections holds any text."""
    return None if any(section.text for section in document.sections) else "no section holds any text"


def _too_little_text(document: Document) -> str | None:
    """Drops a document of fewer words than its kind needs to say anything."""
    fewest = limits_of("too_little_text")[document.kind]
    words = len(_TOKEN.findall(text_of(document)))
    return f"{words} words are left after cleaning, fewer than {fewest}" if words < fewest else None


def _encoding_damage(document: Document) -> str | None:
    """Drops a document that stays damaged by a wrong decoding after repair."""
    limits, text = limits_of("encoding_damage"), text_of(document)
    places = damage(text)
    share = 1000 * places / max(1, len(text))
    if places < limits["fewest"] or share <= limits["most_per_thousand"]:
        return None
    return f"{places:,} places are damaged by a wrong decoding, {share:.0f} in 1,000 characters"


def _mostly_references(document: Document) -> str | None:
    """Drops a document most of whose text is a list of references."""
    return _mostly("mostly_references", "lines of references", document, lambda line: bool(_CITES.search(line)))


def _mostly_tables(document: Document) -> str | None:
    """Drops a document most of whose text is rows of tables."""
    return _mostly("mostly_tables", "rows of tables", document, lambda line: _ROW in line)


def _mostly(rule: str, what: str, document: Document, holds: Callable[[str], bool]) -> str | None:
    limits = limits_of(rule)
    lines = [line for line in text_of(document).splitlines() if line.strip()]
    found = [line for line in lines if holds(line)]
    share = sum(map(len, found)) / max(1, sum(map(len, lines)))
    if len(found) < limits["fewest_lines"] or share <= limits["most"]:
        return None
    return f"{share:.0%} of its text is {what}"


def _stub(document: Document) -> str | None:
    """Drops a page that says of itself that nothing is there yet."""
    limits, text = limits_of("stub"), " ".join(text_of(document).lower().split())
    if document.kind == "report" or len(text.split()) > limits["most_words"]:
        return None
    phrase = next((phrase for phrase in limits["phrases"] if re.search(rf"\b{re.escape(phrase)}\b", text)), None)
    return f"it says of itself {phrase!r}" if phrase else None


def _repetitive_text(document: Document) -> str | None:
    """Drops a document in which one word runs on and on, or few words make up a long text."""
    limits, words = limits_of("repetitive_text"), words_of(text_of(document))
    run, word = max(((sum(1 for _ in same), word) for word, same in itertools.groupby(words)), default=(0, ""))
    if run > limits["longest_run"]:
        return f"{_shown(word)} stands {run:,} times in a row"
    different = len(set(words)) / max(1, len(words))
    # A longer text repeats more of its words, so only the first words count that often.
    if (
        len(words) >= limits["fewest_words"]
        and _different_early(words, limits["fewest_words"]) < limits["fewest_different"]
    ):
        return f"only {different:.0%} of its {len(words):,} words are different"
    return None


def _different_early(words: Sequence[str], stretch: int) -> float:
    """The share of different words in a stretch of the text, the highest of all stretches."""
    return max(
        len(set(part)) / stretch
        for start in range(0, len(words) - stretch + 1, stretch)
        if (part := words[start : start + stretch])
    )


def _gibberish(document: Document) -> str | None:
    """Drops a document of tokens that are no words of any language: no vowel, letters and digits in turns, endless."""
    limits, tokens = limits_of("gibberish"), _TOKEN.findall(text_of(document))
    if len(tokens) < limits["fewest_words"]:
        return None
    odd = sum(1 for token in tokens if _is_odd(token, limits["longest_word"]))
    return f"{odd / len(tokens):.0%} of its words are none" if odd / len(tokens) > limits["most"] else None


def _is_odd(token: str, longest: int) -> bool:
    if len(token) > longest:
        return True
    if token.isdigit() or len(token) < 4 or token.isupper():
        return False
    return not _VOWEL.search(token) or len(_TURNS.findall(token)) > 1


def _shown(word: str) -> str:
    return repr(word) if len(word) <= 30 else f"{word[:30]!r} …"


_GOOD = (
    "The scaphoid is broken more often than any other carpal bone, because the force of a fall on the outstretched "
    "hand passes through its waist. Its blood comes in from the distal pole, so that a fracture of the waist may "
    "leave the proximal pole without any. Films can be normal at first; MRI shows the fracture within a day."
)
_CITED = (
    "1. Sample A, Placeholder B. Bones of the wrist. 2019;12(3):44-51.\n"
    "2. Invented C et al. Blood supply. 2020;7:101-9.\n3. Nobody D. Films. doi:10.5555/12345.\n4. Some E, et al. MRI."
)
_TABLE = "\n".join(
    f"grade {number} | displacement {number} mm | union in {number} of 10 patients" for number in range(1, 7)
)

RULES = (
    DocumentRule(
        "empty_document.v1", _empty_document, (Judged("Clear.", None), Judged("", "no section holds any text"))
    ),
    DocumentRule(
        "too_little_text.v1",
        _too_little_text,
        (
            Judged("Normal chest.", None, "report"),
            Judged("Please", "1 words are left", "report"),
            Judged("See also the fracture of the wrist.", "7 words are left after cleaning, fewer than 12", "article"),
        ),
    ),
    DocumentRule(
        "encoding_damage.v1",
        _encoding_damage,
        (
            Judged(_GOOD, None),
            Judged("M\ufffdni\ufffdre disease of the ear\ufffd", "3 places are damaged by a wrong decoding"),
            Judged("Ménière, Behçet and Sjögren: 10⁹/L at 37 °C, “water bottle” heart", None),
        ),
    ),
    DocumentRule(
        "mostly_references.v1",
        _mostly_references,
        (Judged(_GOOD, None), Judged(_CITED, "of its text is lines of references"), Judged(f"{_GOOD}\n{_CITED}", None)),
    ),
    DocumentRule(
        "mostly_tables.v1",
        _mostly_tables,
        (Judged(_TABLE, "100% of its text is rows of tables"), Judged(f"{_GOOD}\n{_TABLE}", None)),
    ),
    DocumentRule(
        "stub.v1",
        _stub,
        (
            Judged("This article is a stub. You can help by writing it.", "it says of itself 'this article is a stub'"),
            Judged("The stub of the amputated finger is the site of a neuroma.", None),
            Judged("Imaging of the graft coming soon after surgery is normal.", None, "report"),
        ),
    ),
    DocumentRule(
        "repetitive_text.v1",
        _repetitive_text,
        (
            Judged(_GOOD, None),
            Judged("The lung lung lung lung lung lung lung is clear.", "'lung' stands 7 times in a row"),
            Judged("fracture bone wrist " * 40, "only 2% of its 120 words are different"),
        ),
    ),
    DocumentRule(
        "gibberish.v1",
        _gibberish,
        (
            Judged(_GOOD, None),
            Judged("xkcd qwrtz brtgh vbnmk pqrst wxyz zzzt grmpf lkjhg mnbvc " * 3, "of its words are none"),
            Judged("CT MRI FLAIR T2 DWI ADC SWI MRA STIR PET " * 3, None),
        ),
    ),
)
