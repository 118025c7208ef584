"""Premises and hypotheses from the sentences of an article, where a swap is provably false.

In: an article. Out: drafts, three by three. A sentence counts that says without any doubt which of
two is more ("more common on the right than on the left"), what grows or shrinks, or which of two opposites holds, and
that has no word of doubt, habit, exception or negation. Its opposite stands in place of one word, so the two cannot
both be true. The premises are the sentence as it is (entailment), with the swap (contradiction) and with a "may"
(neutral), each with a sentence of another section before it, so that neither length nor common words tell them apart.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from radcurate.documents import Document
from radcurate.language.sentences import sentences
from radcurate.records import Draft, Evidence, Refusal

REFUSALS = {
    "no_swap": "no word of the article's sentences has an opposite that makes them provably false",
    "no_context": "the article has no other sentence that could stand beside the one that is swapped",
}
FEWEST_WORDS, MOST_WORDS = 5, 30
_WORD = re.compile(r"[A-Za-z]+")


class Sentence(NamedTuple):
    """A sentence of an article's section."""

    section: str
    start: int
    end: int
    text: str


def drafts(document: Document) -> Iterator[Draft | Refusal]:
    """Three drafts for each sentence that can be swapped and three for its swap; one refusal where there is none."""
    every = [one for section in document.sections for one in _sentences(section.name, section.text)]
    usable = [(one, swap) for one in every if (swap := swapped(one.text)) and (_hedged(one.text))]
    if not usable:
        yield Refusal("article", "no_swap")
        return
    for sentence, (kind, text) in usable:
        context = next((one for one in every if _is_context(one, sentence)), None)
        slot = f"{sentence.section}-{sentence.start}"
        if context is None:
            yield Refusal(slot, "no_context")
            continue
        for turned, (true, false) in enumerate(((sentence.text, text), (text, sentence.text))):
            for label, premise in (("entailment", true), ("contradiction", false), ("neutral", _hedged(true))):
                yield Draft(
                    slot=f"{slot}-{'swapped' if turned else 'plain'}-{label}",
                    input=f"Premise: {context.text} {premise}\nHypothesis: {true}",
                    output=label,
                    evidence=tuple(
                        Evidence(document.document_id, one.section, one.start, one.end) for one in (context, sentence)
                    ),
                    rule=f"article_{kind}.v1",
                )


def _sentences(section: str, text: str) -> Iterator[Sentence]:
    for start, end in sentences(text):
        said = text[start:end]
        if said.endswith(".") and "\n" not in said and FEWEST_WORDS <= len(said.split()) <= MOST_WORDS:
            yield Sentence(section, start, end, said)


def swapped(sentence: str) -> tuple[str, str] | None:
    """Kind of the swap and the sentence with it, or None where none is provably false."""
    words = [word.lower() for word in _WORD.findall(sentence)]
    data = _data()
    if (
        set(words) & set(data["never"]["words"])
        or any(mark in sentence for mark in "();:\"'%")
        or re.search(r"\d", sentence)
    ):
        return None
    if not words or words[0] in data["pointing"]["words"]:
        return None
    for swap in data["swap"]:
        found = list(re.finditer(swap["pattern"], sentence))
        if len(found) == 1:
            (match,) = found
            one, other = match["one"], _opposite(match["one"], swap["opposites"])
            if other and sentence.count(one) == 1:
                return swap["kind"], f"{sentence[: match.start('one')]}{other}{sentence[match.end('one') :]}"
    return None


def _opposite(word: str, pairs: Sequence[Sequence[str]]) -> str | None:
    for one, other in pairs:
        if word in (one, other):
            return other if word == one else one
    return None


def _hedged(sentence: str) -> str:
    """The sentence with a "may" before its one verb, or an empty text where the verb is not plain."""
    found = [
        (match, verb) for verb in _data()["verbs"] for match in re.finditer(rf"(?<= ){verb['plain']}(?= )", sentence)
    ]
    if len(found) != 1:
        return ""
    match, verb = found[0]
    return f"{sentence[: match.start()]}may {verb['infinitive']}{sentence[match.end() :]}"


def _is_context(one: Sentence, sentence: Sentence) -> bool:
    """A sentence of another section that shares no word of content with it can say nothing of what is swapped."""
    if one.section == sentence.section or swapped(one.text):
        return False
    words, others = (
        {word for word in _WORD.findall(text.lower()) if len(word) > 4} for text in (one.text, sentence.text)
    )
    return not words & others and not words & set(_data()["pointing"]["words"])


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
