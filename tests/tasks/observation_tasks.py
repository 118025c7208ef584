"""What the tests of the tasks on observations share: one reading of a report whatever inputs its hash draws."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from radcurate.documents import Document
from radcurate.records import Draft, Evidence, Refusal, make_record
from radcurate.tasks.pool import Pool
from tests.shards import report


def derived(task: Any, document: Document) -> list[Draft | Refusal]:
    """All that the task makes of a report."""
    return list(task.derive(document, Pool(document, ())))


def outcome(task: Any, findings: str, impression: str = "", **fields: Any) -> str:
    """The output, or the reason of the refusal, of a report of which the task makes one record. Its name is one by
    which the whole report is shown, so that the impression counts."""
    (made,) = derived(task, named(task, findings, impression, **fields))
    return made.output if isinstance(made, Draft) else made.reason


def named(task: Any, findings: str, impression: str = "", **fields: Any) -> Document:
    """A report by whose name the task shows it whole."""
    for number in range(60):
        document = report(f"r{number}", findings, impression, **fields)
        for made in derived(task, document):
            if not isinstance(made, Draft) or not impression or impression in made.input:
                return document
    raise AssertionError("no name shows the whole report")


def record(task: Any, document: Document) -> dict[str, Any]:
    """The first record of a report."""
    draft = next(made for made in derived(task, document) if isinstance(made, Draft))
    return make_record(task.ID, task.INSTRUCTIONS, [document], draft)


def cited(document: Document, evidence: tuple[Evidence, ...]) -> list[str]:
    """The texts that evidence points at."""
    return [document.text_of(piece.section)[piece.start : piece.end] for piece in evidence]


def drafts(task: Any, documents: Iterator[Document]) -> Iterator[tuple[Document, Draft]]:
    """Every draft with its document."""
    for document in documents:
        for made in derived(task, document):
            if isinstance(made, Draft):
                yield document, made


LONG = "The lungs are clear. Small left pleural effusion. " * 20_000

# Inputs that are no report, and the refusal that each must get from every task on observations.
BAD = [
    ("no_text", report("r1")),
    ("no_text", report("r1", " \n", "\t")),
    ("holds_nothing", report("r1", "Normal.")),
    ("holds_nothing", report("r1", "PA and lateral views of the chest.")),
    ("too_long", report("r1", LONG)),
    ("too_long", report("r1", "No pleural effusion is seen.", sections={"indication": LONG})),
    ("not_english", report("r1", "Kein Pneumothorax. Kein Erguss. Herz nicht vergrößert.")),
    ("not_english", report("r1", "Sin neumotórax ni derrame pleural. Cardiomegalia leve estable.")),
    ("section_repeated", report("r1", "No effusion is seen.", sections={"findings_2": "A large effusion is seen."})),
    ("addendum", report("r1", "No effusion is seen.", sections={"addendum": "A small effusion is seen."})),
    ("unknown_section", report("r1", "No effusion is seen.", sections={"second_opinion": "A large effusion."})),
    ("inner_heading", report("r1", "Chest. The lungs are clear. Left ribs. No fracture.")),
    ("contradiction", report("r1", "There is a left pneumothorax.", "No pneumothorax is seen.")),
    ("contradiction", report("r1", "Small right pleural effusion.", "Small left pleural effusion.")),
    ("contradiction", report("r1", "There is cardiomegaly.", "Heart size is normal.")),
    ("contradiction", report("r1", "Heart size at the upper limits of normal.", "There is cardiomegaly.")),
]

WORD = """
no not the small left right bilateral pleural effusion pneumothorax cardiomegaly stable new increased resolved
resolving may represent or and XXXX ___ chest tube removed 2 cm nodule in upper lobe . , ; : is are clear lungs heart
size normal FINDINGS: unchanged catheter tip SVC old fracture Ödem / ( ) compatible with
"""
WORDS = st.lists(st.sampled_from([*WORD.split(), "\n"]), min_size=1, max_size=60).map(" ".join)
TEXTS = st.one_of(WORDS, st.text(max_size=200))
