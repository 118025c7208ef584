"""Trains the judge of page text that cleaning asks (`radcurate/cleaning/page_judge.py`) on marked rows.

    .venv/bin/python -m benchmarks.page_judge.train [--out FILE]

In: the rows of `rows.py`. Out: `page_judge.tsv`, a weight for pieces and one for spans of each feature, whole numbers
of a hundredth of a unit of log odds. Two logistic regressions (scikit-learn, the extra `bench`), the same rows always
giving the same weights. Features that few texts have, and weights that round to nought, are left out.
"""

import argparse
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from benchmarks.page_judge.rows import Row, candidates, others, pieces, written
from radcurate.cleaning import page_features, page_judge

PLACE = Path(page_judge.__file__).with_suffix(".tsv")
UNIT = 100
FEWEST = 3
# How much is held against large weights, and how much the form of a piece weighs beside its words.
PIECE_FORM, SPAN_FORM = 0.5, 0.5
STRENGTH = 2.0


@dataclass(frozen=True)
class Seen:
    """What a model sees of a text: how often each feature of its words stands there, their number, and its form."""

    words: Counter[str]
    count: int
    form: frozenset[str]


def seen(text: str, form: Iterable[str]) -> Seen:
    """The words and pairs of a text, with what is told of its form."""
    words = page_features.tokens(text)
    counted = Counter(name for word in set(words) for name in page_features.word_features(word))
    counted.update(set(page_features.pair_features(words)))
    return Seen(counted, len(words), frozenset(form))


def seen_pieces(rows: Iterable[Row]) -> tuple[list[Seen], list[bool]]:
    """What pieces look like, each once, and which are noise."""
    found = {(piece.text, piece.noise): None for row in rows for piece in pieces(row)}
    of_text = [seen(text, page_features.form_features(text, page_features.tokens(text))) for text, _ in found]
    return of_text, [noise for _, noise in found]


def seen_spans(rows: Iterable[Row]) -> tuple[list[Seen], list[bool]]:
    """What spans look like where they stand, and which are noise."""
    found = [span for row in rows for span in candidates(row)]
    of_text = [seen(one.text[one.start : one.end], page_judge.span_form(one.text, one.start, one.end)) for one in found]
    return of_text, [one.noise for one in found]


def weights(texts: Sequence[Seen], noise: Sequence[bool], form_share: float) -> dict[str, int]:
    """The weight of each feature, in whole numbers."""
    held = Counter(name for text in texts for name in (*text.words, *text.form))
    place = {name: number for number, name in enumerate(sorted(name for name in held if held[name] >= FEWEST))}
    rows, columns, values = [], [], []
    for number, text in enumerate(texts):
        root = math.sqrt(max(text.count, 1))
        shares = [(name, times / root) for name, times in sorted(text.words.items())]
        for name, value in [*shares, *((name, form_share) for name in sorted(text.form))]:
            if name in place:
                rows.append(number)
                columns.append(place[name])
                values.append(value)
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), len(place)))
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=1000, random_state=0)
    model.fit(matrix, np.asarray(noise))
    forms = {name for text in texts for name in text.form}
    learnt = {
        name: round(UNIT * float(model.coef_[0, number]) * (form_share if name in forms else 1))
        for name, number in place.items()
    }
    return {page_judge.BIAS: round(UNIT * float(model.intercept_[0])), **learnt}


def judge(rows: Sequence[Row]) -> page_judge.Judge:
    """The judge that these rows train."""
    return page_judge.Judge(weights(*seen_pieces(rows), PIECE_FORM), weights(*seen_spans(rows), SPAN_FORM))


def table(trained: page_judge.Judge) -> str:
    """The weights as `page_judge.read` reads them."""
    names = sorted(
        name for name in {*trained.piece, *trained.span} if trained.piece.get(name) or trained.span.get(name)
    )
    return "".join(f"{name}\t{trained.piece.get(name, 0)}\t{trained.span.get(name, 0)}\n" for name in names)


def main() -> None:
    """Writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=PLACE)
    options = parser.parse_args()
    text = table(judge([*written(), *others()]))
    options.out.write_text(text, encoding="utf-8")
    print(f"{options.out}: {text.count(chr(10))} features, {len(text.encode()) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
