"""Task `nli`: right or silent on hard pairs, every hypothesis with every label, both texts cited."""

import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radcurate.records import Draft, Refusal, make_record
from radcurate.tasks import nli, triple_search, verdicts
from radcurate.tasks.pool import Neighbours, Pool
from tests.openi import clean_reports
from tests.shards import derived, report, rows

LINES = Path(__file__).with_name("nli_pairs.tsv").read_text(encoding="utf-8").splitlines()
PAIRS = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]
FEWEST_ANSWERED = 0.98


def label(premise: str, hypothesis: str) -> str:
    made = nli.relate(premise, hypothesis)
    return made[0] if made else "none"


@pytest.mark.parametrize(("premise", "hypothesis", "wanted", "phenomenon"), PAIRS)
def test_a_hard_pair_is_labelled_right_or_not_at_all(premise, hypothesis, wanted, phenomenon):
    assert label(premise, hypothesis) in {"none", wanted.removeprefix("none_or:")}, phenomenon


def test_clear_pairs_are_answered():
    clear = [pair for pair in PAIRS if not pair[2].startswith("none")]
    answered = sum(label(*pair[:2]) != "none" for pair in clear)
    assert len(PAIRS) >= 150
    assert answered / len(clear) >= FEWEST_ANSWERED


def test_every_rule_that_is_given_stands_in_the_table():
    given = {made[1] for pair in PAIRS if (made := nli.relate(*pair[:2]))}
    table = {word for line in verdicts.__doc__.splitlines() for word in line.split()[:2]}
    assert given <= table
    assert len(given) >= 20


def test_a_contradiction_holds_in_both_directions_or_is_not_told():
    contradictions = [pair[:2] for pair in PAIRS if label(*pair[:2]) == "contradiction"]
    turned = {(premise, hypothesis): label(hypothesis, premise) for premise, hypothesis in contradictions}
    assert len(turned) > 60
    assert set(turned.values()) <= {"contradiction", "none"}, turned


def test_no_text_contradicts_itself():
    texts = {text for pair in PAIRS for text in pair[:2]}
    assert {text for text in texts if label(text, text) not in {"entailment", "none"}} == set()


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80), st.sampled_from([pair[0] for pair in PAIRS]))
def test_wild_text_raises_nothing_and_gets_no_wrong_entailment(text, premise):
    nli.relate(text, premise)
    assert label(premise, f"{text} xylophone there.") == "none"


WORDINGS = (
    "There is a {} left pleural effusion. No pneumothorax.",
    "{} left pleural effusion without pneumothorax.",
    "The heart is enlarged. No pleural effusion.",
    "Heart size is normal. No pneumothorax.",
    "No pleural effusion or pneumothorax.",
    "No pneumothorax or pleural effusion is seen.",
    "There is cardiomegaly without pulmonary edema.",
    "No pulmonary edema. There is cardiomegaly.",
    "A left pneumothorax is present. No rib fracture.",
    "No rib fracture. There is a {} right pleural effusion.",
)


def invented(count: int = 160) -> list:
    dice = random.Random(3)
    sizes = ("small", "large", "tiny", "moderate")
    made = []
    for number in range(count):
        text = dice.choice(WORDINGS).format(dice.choice(sizes))
        made.append(report(f"r{number:03}", text, "Heart size is normal." if number % 4 == 0 else "", split="train"))
    return made


def all_made(documents) -> list[tuple[object, Draft | Refusal]]:
    neighbours = Neighbours(documents)
    return [(one, made) for one in documents for made in nli.derive(one, Pool(one, (), neighbours))]


INVENTED = invented()
MADE = all_made(INVENTED)
DRAFTS = [(one, made) for one, made in MADE if isinstance(made, Draft)]


def split_input(draft: Draft) -> tuple[str, str]:
    premise, hypothesis = draft.input.split("\n")
    assert premise.startswith("Premise: ")
    assert hypothesis.startswith("Hypothesis: ")
    return premise.removeprefix("Premise: "), hypothesis.removeprefix("Hypothesis: ")


def test_every_label_that_is_written_is_the_one_that_the_rule_gives():
    assert len(DRAFTS) >= 30
    for _, draft in DRAFTS:
        assert nli.relate(*split_input(draft)) == (draft.output, draft.rule.removesuffix(".v2"))


def test_labels_are_equal_in_number():
    counts = Counter(draft.output for _, draft in DRAFTS)
    assert set(counts) == {"entailment", "neutral", "contradiction"}
    assert len(set(counts.values())) == 1


def test_evidence_cites_the_premise_and_the_hypothesis_in_their_documents():
    texts = {one.document_id: one for one in INVENTED}
    for one, draft in DRAFTS:
        cited = [texts[e.document_id].text_of(e.section)[e.start : e.end] for e in draft.evidence]
        assert tuple(cited) == split_input(draft)
        named = {one.document_id, *(other.document_id for other in draft.others)}
        assert {e.document_id for e in draft.evidence} == named


def test_a_record_of_two_reports_names_both_documents_and_groups():
    one, draft = next((one, draft) for one, draft in DRAFTS if draft.others)
    made = make_record(nli.ID, nli.INSTRUCTIONS, [one, *draft.others], draft)
    other = draft.others[0]
    assert made["document_ids"] == [one.document_id, other.document_id]
    assert made["group_ids"] == sorted({one.group_id, other.group_id})
    assert made["record_key"].startswith(f"nli/{one.document_id}+{other.document_id}/")


def test_keys_are_unique():
    keys = [(one.document_id, made.slot, *(o.document_id for o in getattr(made, "others", ()))) for one, made in MADE]
    assert len(set(keys)) == len(keys)


def test_each_label_has_premises_with_as_many_words_of_negation():
    counts = defaultdict(Counter)
    for _, draft in DRAFTS:
        premise, _ = split_input(draft)
        counts[draft.output][
            sum(word in triple_search.NEGATIONS for word in premise.lower().replace(".", "").split())
        ] += 1
    assert counts["entailment"] == counts["neutral"] == counts["contradiction"]


def test_some_pairs_stand_in_both_directions_and_some_hypotheses_are_longer():
    pairs = {split_input(draft) for _, draft in DRAFTS}
    assert sum((hypothesis, premise) in pairs for premise, hypothesis in pairs) >= len(pairs) // 10
    assert any(len(hypothesis) > len(premise) for premise, hypothesis in pairs)


def test_what_is_made_does_not_hang_on_the_order_of_the_reports():
    turned = all_made(INVENTED[::-1])
    key = lambda made: (made[0].document_id, made[1].slot)  # noqa: E731
    assert sorted(turned, key=key) == sorted(MADE, key=key)


REFUSED = [
    ("no_sections", report("x", sections={"indication": "Cough."})),
    ("section_repeated", report("x", "No effusion.", "Normal.", sections={"findings_2": "An effusion."})),
    ("inner_heading", report("x", "Chest. Clear. Right foot. No fracture.", "Normal.")),
    ("conflicting", report("x", "There is a pneumothorax.", "No pneumothorax.")),
    ("not_understood", report("x", "No XXXX consolidation is seen.")),
    ("not_understood", report("x", "This may represent pneumonia.")),
    ("length", report("x", "Cardiomegaly.")),
    ("balanced_away", report("x", "There is scoliosis of the spine.")),
]


@pytest.mark.parametrize(("reason", "document"), REFUSED)
def test_what_cannot_be_used_is_refused_with_its_reason(reason, document):
    assert {made.reason for _, made in all_made([document])} == {reason}
    assert reason in nli.REFUSALS


def test_no_pair_mixes_two_splits_or_sources(tmp_path):
    documents = [
        report(f"{split}{number}", one.text_of("findings"), one.text_of("impression"), split=split, source=source)
        for split, source in (("train", "here"), ("test", "here"), ("train", "there"))
        for number, one in enumerate(INVENTED)
    ]
    folders, counts = derived(tmp_path, [documents[::2], documents[1::2]], nli.ID)
    made = rows(folders, "records")
    of = {one.document_id: (one.split, one.source) for one in documents}
    assert len({row["record_id"] for row in made}) == len(made) == counts["records.made"] > 60
    assert any(len(row["document_ids"]) == 2 for row in made)
    assert all(len({of[name] for name in row["document_ids"]}) == 1 for row in made)


def test_scores_are_accuracy_and_macro_f1_and_malformed_answers_count():
    wanted = ["entailment", "neutral", "contradiction", "neutral"]
    answers = ["Entailment.", "neutral", "neutral", "perhaps"]
    scores = [nli.score({"output": one}, answer) for one, answer in zip(wanted, answers, strict=True)]
    summary = nli.summarise(scores)
    assert summary["exact"] == 0.5
    assert summary["malformed"] == 1.0
    assert summary["macro_f1"] == pytest.approx((1.0 + 0.5 + 0.0) / 3)


def test_labels_are_counted_one_by_one():
    assert nli.labels("neutral") == ["neutral"]


def test_real_reports_give_every_label_as_often(openi_reports):
    documents = sorted(clean_reports(openi_reports).values(), key=lambda one: one.document_id)[:300]
    made = [made for _, made in all_made(documents) if isinstance(made, Draft)]
    counts = Counter(draft.output for draft in made)
    assert len(set(counts.values())) == 1
    assert len(made) > 90
    assert not any("XXXX" in draft.input for draft in made)
