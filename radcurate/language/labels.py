"""Labels of a report: its observations, counted under the policy of a label set.

In: the text of a report, with headings or without. Out: for each label of the set 1 (present), 0 (absent), -1
(uncertain) or None (not mentioned), with the evidence. Policies are data: `lexicon/label_sets.toml` says what each
class of cue counts as in a set, the tables of findings which finding stands for which label.

Of several mentions of a label the strongest counts, as in the CheXpert labeler (Irvin 2019): present, then uncertain,
then absent. What stands under the heading of an indication, a technique, a comparison or a recommendation makes none.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from radcurate.language.conflicts import conflicts
from radcurate.language.lexicon import LabelSet, Lexicon
from radcurate.language.lexicon.entries import Label
from radcurate.language.observations import Observation, observe
from radcurate.language.report_parts import parts

PRESENT, ABSENT, UNCERTAIN = 1, 0, -1
# What a class of cue counts as; `nothing`: the mention makes no label.
_COUNTS_AS = {"present": PRESENT, "absent": ABSENT, "uncertain": UNCERTAIN, "nothing": None}
STATEMENT = "statement"
_STRENGTH = {ABSENT: 0, UNCERTAIN: 1, PRESENT: 2}


class Evidence(NamedTuple):
    """A mention: `part` names the text it stands in, `start` and `end` the words of the finding there, `cue_start` and
    `cue_end` the words that deny or hedge it (None without). `value` is what it counts as in the label set."""

    part: str
    start: int
    end: int
    cue_start: int | None
    cue_end: int | None
    finding: str
    polarity: str
    cue: str
    qualifier: str | None
    value: int


class Labelled(NamedTuple):
    """A label of a report: 1, 0, -1 or None, the mentions of it in the order of the text, and `conflict`: why the
    report contradicts itself in one of them (`conflicts.py` has the reasons), or None."""

    value: int | None
    evidence: tuple[Evidence, ...] = ()
    conflict: str | None = None


_NOT_MENTIONED = Labelled(None)


def label(text: str, label_set: str) -> dict[str, Labelled]:
    """The labels of one report in the order of the set; raises `KeyError` for a set that is not known."""
    return label_texts({"text": text}, label_set)


def names_of(label_set: str) -> tuple[str, ...]:
    """The labels of a set in its order."""
    return Lexicon.load().label_sets[label_set].labels


def with_uncertain(value: int | None, how: str) -> int | None:
    """A label's value where `how` says what uncertain is written as: keep, as-present, as-absent."""
    return {"keep": value, "as-present": PRESENT, "as-absent": ABSENT}[how] if value == UNCERTAIN else value


class _Seen(NamedTuple):
    """An observation, the text it was made in with its name, and where in it the part begins that was read."""

    part: str
    text: str
    offset: int
    one: Observation


def label_texts(texts: Mapping[str, str], label_set: str) -> dict[str, Labelled]:
    """The labels of one report whose text stands in several parts (findings, impression), each under its name."""
    policy = Lexicon.load().label_sets[label_set]
    seen = [_Seen(name, text, offset, one) for name, text in texts.items() for offset, one in observed(text, name)]
    mentions: dict[str, list[tuple[_Seen, int]]] = {}
    for mention in seen:
        for name, value in _values(mention, label_set, policy):
            mentions.setdefault(name, []).append((mention, value))
    found = {name: _strongest(mentions[name]) if name in mentions else _NOT_MENTIONED for name in policy.labels}
    for conflict in conflicts(mention.one for mention in seen):
        for name, made in mentions.items():
            if found[name].conflict is None and any(
                mention.one in (conflict.one, conflict.other) for mention, _ in made
            ):
                found[name] = found[name]._replace(conflict=conflict.reason)
    if policy.no_finding and _nothing_found(seen, found, policy):
        found[policy.no_finding] = Labelled(PRESENT)
    return found


def observed(text: str, name: str = "text") -> Iterator[tuple[int, Observation]]:
    """What is observed under the headings of a report that count, each with where the part begins that it was read in:
    its offsets are of that part. `name` is that of the text; with the heading it is the section of an observation."""
    for part in parts(text):
        if part.counts:
            for one in observe(text[part.start : part.end], f"{name} {part.heading}".rstrip()):
                yield part.start, one


def _values(mention: _Seen, label_set: str, policy: LabelSet) -> Iterator[tuple[str, int]]:
    """The labels that a mention stands for and what it counts as; none where the policy says nothing of it."""
    one = mention.one
    if one.kind == STATEMENT or one.polarity == "none":
        return
    labels = _labels_of(one.finding, label_set, one.region)
    value = _value(mention, policy) if labels else None
    if value is None or (value == ABSENT and one.statement and one.finding in policy.by_name_alone):
        return
    for label in labels:
        yield label.name, UNCERTAIN if label.uncertain and value == PRESENT else value


@functools.cache
def _labels_of(finding: str, label_set: str, region: str | None) -> tuple[Label, ...]:
    lexicon = Lexicon.load()
    return lexicon.labels(lexicon.findings[finding], label_set, region)


def _value(mention: _Seen, policy: LabelSet) -> int | None:
    """What a mention counts as: a denial as absent, others as the policy says of their cue. A denial that a mark of
    redaction stands in ("no XXXX effusion") is named by no policy, so it makes no label."""
    one = mention.one
    if one.polarity == "absent":
        return ABSENT
    cue = "redacted" if one.polarity == "unknown" and one.cue == "plain" else one.cue
    return _COUNTS_AS[policy.counts_as.get(cue, "nothing")]


def _strongest(made: Sequence[tuple[_Seen, int]]) -> Labelled:
    value = max((value for _, value in made), key=_STRENGTH.__getitem__)
    return Labelled(value, tuple(_evidence(seen, value) for seen, value in made))


def _evidence(seen: _Seen, value: int) -> Evidence:
    part, _, offset, one = seen
    cue_start, cue_end = one.cue_span or (None, None)
    return Evidence(
        part,
        offset + one.start,
        offset + one.end,
        None if cue_start is None else offset + cue_start,
        None if cue_end is None else offset + cue_end,
        one.finding,
        one.polarity,
        one.cue,
        one.qualifier,
        value,
    )


def _nothing_found(seen: Sequence[_Seen], found: Mapping[str, Labelled], policy: LabelSet) -> bool:
    """True where the text says something, and nothing that stands against a report without findings."""
    against = {PRESENT, UNCERTAIN}
    if any(found[name].value in against for name in policy.labels if name not in policy.despite):
        return False
    return bool(seen) and not any(
        mention.one.kind in policy.blocked_by and _value(mention, policy) in against for mention in seen
    )
