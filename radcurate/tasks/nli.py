"""Task `nli`: does the premise entail the hypothesis, contradict it, or neither?

Same patient, same time, open world, in one direction: what the premise does not mention may or may not be. Of reports,
both are passages of the findings or the impression, from different reports of one split or from different sections of
one; of articles, the one is a sentence and the other the same with a side, a growth or a comparison turned round
(`article_pairs.py`). Every hypothesis stands with all three labels, and its premises are alike in words of negation and
in words that they share with it. A sentence with a word that no observation covers makes no record.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from radcurate.documents import Document
from radcurate.records import Draft, Evidence, Refusal
from radcurate.tasks import article_pairs, triples
from radcurate.tasks.claims import claims
from radcurate.tasks.inference import infer
from radcurate.tasks.pool import Pool
from radcurate.tasks.verdicts import LABELS

ID = "nli.v2"
KINDS = ("article", "report")

INSTRUCTIONS = (
    "Does the premise entail the hypothesis, contradict it, or neither? Answer entailment, contradiction or neutral.",
    "Both sentences are about the same patient at the same time. Label the hypothesis entailment, neutral or "
    "contradiction, given the premise.",
    "Given the premise, is the hypothesis true (entailment), false (contradiction) or undetermined (neutral)?",
    "Decide whether the hypothesis follows from the premise. Reply with entailment, neutral or contradiction.",
    "Taking the premise as true and everything it does not mention as unknown, judge the hypothesis: entailment, "
    "contradiction or neutral.",
    "You check statements of radiology reports against each other. Name the relation of premise to hypothesis: "
    "entailment, neutral or contradiction.",
    "Read the premise, then the hypothesis, and say which holds: entailment, contradiction or neutral.",
)

# Of the shares of the labels, in every split; a triple can lose one of its own to the comparison with training.
BALANCE = {"label_spread": 0.05}

REFUSALS = {**triples.REFUSALS, **article_pairs.REFUSALS}


def relate(premise: str, hypothesis: str) -> tuple[str, str] | None:
    """Label and rule (the table is in `verdicts.py`), or None where it cannot be told."""
    given, wanted = claims(premise), claims(hypothesis)
    verdict = infer(given, wanted) if given and wanted else None
    return (verdict.label, verdict.rule) if verdict else None


def derive(document: Document, pool: Pool) -> Iterator[Draft | Refusal]:
    """Three drafts for each hypothesis of the document, or why it has none."""
    if document.kind == "article":
        yield from article_pairs.drafts(document)
        return
    for made in pool.neighbours.once(_of_reports).get(document.document_id, ()):
        yield made if isinstance(made, Refusal) else _draft(made)


def _of_reports(documents: Sequence[Document]) -> triples.Made:
    return triples.triples([document for document in documents if document.kind == "report"])


def _draft(pair: triples.Pair) -> Draft:
    premise, hypothesis = pair.premise, pair.hypothesis
    return Draft(
        slot=f"{hypothesis.slot}-{premise.slot}-{pair.verdict.label}",
        input=written(premise.text, hypothesis.text),
        output=pair.verdict.label,
        evidence=tuple(
            Evidence(one.document.document_id, one.section, one.start, one.end) for one in (premise, hypothesis)
        ),
        rule=f"{pair.verdict.rule}.v2",
        others=() if premise.document is hypothesis.document else (premise.document,),
    )


def written(premise: str, hypothesis: str) -> str:
    """The two lines of an input."""
    return f"Premise: {premise}\nHypothesis: {hypothesis}"


def labels(output: str) -> list[str]:
    """The label, in whose counts a release's balance is seen."""
    return [output]


def score(record: Mapping[str, Any], answer: str) -> dict[str, float]:
    """`exact`, and for the summary which label was wanted and which given; an answer that is no label is malformed."""
    said = answer.strip().lower().removesuffix(".")
    wanted = record["output"]
    return {
        "malformed": float(said not in LABELS),
        "exact": float(said == wanted),
        **{f"wanted_{label}": float(wanted == label) for label in LABELS},
        **{f"given_{label}": float(said == label) for label in LABELS},
    }


def summarise(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Accuracy (`exact`) and `macro_f1`, the mean F1 of the labels that were wanted or given."""
    summary = {"answers": float(len(scores)), "malformed": sum(score["malformed"] for score in scores)}
    if not scores:
        return summary
    each = []
    for label in LABELS:
        wanted, given = (sum(score[f"{name}_{label}"] for score in scores) for name in ("wanted", "given"))
        hits = sum(score[f"wanted_{label}"] * score[f"given_{label}"] for score in scores)
        if wanted + given:
            each.append(2 * hits / (wanted + given))
    return {
        **summary,
        "exact": sum(score["exact"] for score in scores) / len(scores),
        "macro_f1": sum(each) / len(each) if each else 0.0,
    }
