"""How the judge of page text does on rows of a writer that it has not learnt from.

    .venv/bin/python -m benchmarks.page_judge.validate [--scores] [--misses]

In: the rows of `rows.py`. Of writers a, b and c one at a time is left out of the training, and judged by the judge of
all the others. Out: by kind how many rows have noise, and how many of them the demo's rules leave as they should not
be, alone and with the judge; how many good rows lose anything; `--scores`: how much noise goes for what share of good
pieces, by threshold; `--misses`: the rows themselves.
"""

import argparse
import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.page_judge.rows import GOOD, Row, candidates, others, pieces, written
from benchmarks.page_judge.train import judge
from radcurate import recipe as recipes
from radcurate.cleaning import TextRule, chosen, deidentify
from radcurate.cleaning.apply import clean_section
from radcurate.cleaning.judged_pieces import lines_by, sentences_by, spans_by
from radcurate.cleaning.page_judge import Judge
from radcurate.documents import Section

JUDGED = ("judged_site_line.v1", "judged_sentence.v1", "judged_citation.v1")
LEFT_OUT = ("a", "b", "c")
PER_MILLE = (0, 1, 2, 3, 5, 10, 20)


def rules_of(own: Judge | None) -> list[TextRule]:
    """The demo's rules for noise, with this judge in the place of the packaged one, or none."""
    found = []
    for rule in chosen(recipes.load(recipes.locate("demo")).rules):
        if not isinstance(rule, TextRule) or rule in deidentify.RULES or (rule.kinds and "article" not in rule.kinds):
            continue
        if rule.id in JUDGED:
            if own is None:
                continue
            by = dict(zip(JUDGED, (lines_by, sentences_by, spans_by), strict=True))[rule.id]
            rule = dataclasses.replace(rule, propose=by(lambda: own))
        found.append(rule)
    return found


def cleaned(text: str, rules: Sequence[TextRule]) -> str:
    """A row's text after these rules."""
    return bare(clean_section(Section("text", "Text", text), rules)[0].text)


def bare(text: str) -> str:
    """A text without blanks and the marks beside which noise stood."""
    return "".join(text.split()).rstrip(".,;:")


def folds(rows: Sequence[Row]) -> Iterator[tuple[str, Judge]]:
    """Each writer, with the judge of the other rows."""
    for writer in LEFT_OUT:
        yield writer, judge([row for row in rows if row.writer != writer])


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", action="store_true", help="how much noise goes, by threshold")
    parser.add_argument("--misses", action="store_true", help="the rows that are not as they should be")
    options = parser.parse_args()
    rows = [*written(), *others()]
    there: Counter[str] = Counter()
    left: dict[str, Counter[str]] = {"rules": Counter(), "rules and judge": Counter()}
    scores: dict[str, list[tuple[int, bool, str]]] = {"pieces": [], "spans": []}
    for writer, own in folds(rows):
        mine = [row for row in rows if row.writer == writer]
        there.update(row.kind for row in mine)
        for name, rules in (("rules", rules_of(None)), ("rules and judge", rules_of(own))):
            for row in mine:
                got = cleaned(row.text, rules)
                if got != bare(row.clean):
                    left[name][row.kind] += 1
                    if options.misses and name != "rules":
                        print(f"{row.kind}\t{writer}\t{row.text!r}\t{got[:150]!r}")
        for row in mine if options.scores else ():
            scores["pieces"] += [(own.piece_score(one.text), one.noise, one.text) for one in pieces(row)]
            scores["spans"] += [
                (own.span_score(one.text, one.start, one.end), one.noise, one.text[max(0, one.start - 30) : one.end])
                for one in candidates(row)
            ]
    for name, scored in scores.items():
        good = sorted((score for score, noise, _ in scored if not noise), reverse=True)
        noise = [score for score, is_noise, _ in scored if is_noise]
        for share in PER_MILLE if good else ():
            least = good[len(good) * share // 1000]
            gone = sum(one > least for one in noise) / len(noise)
            print(
                f"{name}: {share / 10}% of {len(good)} good ones are over {least}, {gone:.1%} of {len(noise)} of noise"
            )
    print(f"{'kind':<12} {'rows':>5} {'left by rules':>14} {'and judge':>10}")
    for kind, number in sorted(there.items(), key=lambda item: (item[0] == GOOD, -item[1])):
        print(f"{kind:<12} {number:>5} {left['rules'][kind]:>14} {left['rules and judge'][kind]:>10}")


if __name__ == "__main__":
    main()
