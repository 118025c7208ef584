"""The shares in which `report_qa` keeps each answer, so that a question alone tells little of its answer.

    .venv/bin/python -m benchmarks.question_shares > radcurate/tasks/report_qa_shares.tsv

In: the Open-i reports, cleaned as the bundled recipe does (`make data`). Out: a row a question: how often each answer
was found, thinned to the second most frequent one, and to at most `MOST` (`MOST_OF_TWO` where hardly more than two
answers come about).
"""

from collections import Counter

from benchmarks.language import OPENI
from radcurate.tasks.report_answers import ANSWERS, YES, Answered
from radcurate.tasks.report_qa import ID, questions
from radcurate.tasks.report_reading import read_report
from tests.openi import clean_reports

MOST, MOST_OF_TWO = 40, 15
# Of open questions, which have no closed answer.
SPANS = {"where": 150, "size": 150}
FEWEST = 5


def counted() -> dict[str, Counter[str]]:
    """How often each question has each answer."""
    archive = next(path for path in OPENI if path.is_file())
    found: dict[str, Counter[str]] = {}
    for document in clean_reports(archive).values():
        reading = read_report(document, ID)
        for question in () if isinstance(reading, str) else questions(reading):
            made, answers = question.made(), found.setdefault(question.key, Counter())
            if not isinstance(made, str):
                answers[made.answer if isinstance(made, Answered) else YES] += 1
    return found


def shares(key: str, answers: Counter[str]) -> list[float]:
    """Of each answer: the share to keep."""
    if key in SPANS:
        return [round(min(1.0, SPANS[key] / max(1, answers[YES])), 4), 0.0, 0.0, 0.0]
    frequent = sorted(answers.values(), reverse=True)
    if len(frequent) < 2:
        return [0.0] * len(ANSWERS)
    several = len(frequent) > 2 and frequent[2] >= FEWEST
    target = min(MOST if several else MOST_OF_TWO, max(FEWEST, frequent[1]))
    return [round(min(1.0, target / answers[name]), 4) if answers[name] else 0.0 for name in ANSWERS]


if __name__ == "__main__":
    print("# Made by `python -m benchmarks.question_shares` on Open-i: the share in which each answer is kept.")
    print("# question\t" + "\t".join(ANSWERS))
    for question, answers in sorted(counted().items()):
        print(question, *shares(question, answers), sep="\t")
