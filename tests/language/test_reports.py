"""What real reports taught: each id is a case of `radiology-language`, none is a rule. Skipped without the archive."""

import pytest

from radcurate.documents import Document
from radcurate.language.conflicts import conflicts
from radcurate.language.observations import Observation, observe_document
from tests.openi import clean_reports


@pytest.fixture(scope="module")
def every_report(openi_reports) -> dict[str, tuple[Document, tuple[Observation, ...]]]:
    """Every report of the archive with its observations, by its id."""
    reports = clean_reports(openi_reports)
    return {number: (document, observe_document(document)) for number, document in reports.items()}


@pytest.fixture
def read(every_report):
    """The observations of a report."""
    return lambda number: every_report[number][1]


def said(observations: tuple[Observation, ...], finding: str, section: str | None = None) -> list[Observation]:
    return [each for each in observations if each.finding == finding and section in (None, each.section)]


@pytest.mark.parametrize(
    ("number", "finding"),
    [
        # A mark where "new" or "likely" was.
        ("CXR1325", "consolidation"),
        ("CXR2130", "septal lines"),
        ("CXR1991", "septal lines"),
        ("CXR2864", "consolidation"),
        # Slips of dictation.
        ("CXR343", "consolidation"),
        ("CXR343", "pleural effusion"),
        ("CXR3085", "pneumothorax"),
        ("CXR3085", "pleural effusion"),
        ("CXR3170", "pleural effusion"),
        ("CXR3170", "pneumothorax"),
        ("CXR1229", "cardiomegaly"),
    ],
)
def test_what_cannot_be_known_is_unknown(read, number, finding):
    found = said(read(number), finding)
    assert found
    assert {each.polarity for each in found} <= {"unknown", "none"}


@pytest.mark.parametrize(
    ("number", "finding"),
    [
        # Indications.
        ("CXR1122", "pneumothorax"),
        ("CXR1262", "pneumonia"),
        ("CXR2130", "pulmonary edema"),
        # Seen on CT, or in the prior alone.
        ("CXR744", "consolidation"),
        ("CXR3103", "pneumonia"),
        ("CXR3693", "mass"),
    ],
)
def test_what_is_not_of_these_images_is_not_present(read, number, finding):
    found = said(read(number), finding)
    assert found
    assert not {"present", "uncertain"} & {each.polarity for each in found if each.section != "impression"}


@pytest.mark.parametrize(
    ("number", "reason"), [("CXR157", "change"), ("CXR1262", "acuteness"), ("CXR1475", "side"), ("CXR619", "exclusion")]
)
def test_a_report_that_contradicts_itself_is_told(read, number, reason):
    assert reason in {conflict.reason for conflict in conflicts(read(number))}


def test_contradictions_are_rare(every_report):
    assert 20 <= sum(bool(conflicts(observations)) for _, observations in every_report.values()) <= 60


def test_a_tube_taken_out_is_removed_and_one_changed_is_exchanged(read):
    (tube,) = said(read("CXR3248"), "nasogastric tube")
    assert (tube.polarity, tube.device_status) == ("absent", "removed")
    assert "exchanged" in {each.device_status for each in read("CXR1936")}


def test_retrosternal_airspace_that_is_increased_compares_nothing(read):
    assert {each.change for each in read("CXR2428") if each.section == "findings"} == {None}


def test_change_is_read_where_the_comparison_says_none(read):
    assert {each.polarity for each in said(read("CXR2231"), "opacity")} == {"uncertain"}


def test_a_hedge_behind_the_finding_counts(read):
    assert {each.cue for each in said(read("CXR1991"), "infiltrate", "findings")} == {"possible"}


@pytest.mark.parametrize("number", ["CXR202", "CXR47", "CXR61"])
def test_findings_that_stand_in_the_impression_alone_are_read(read, number):
    assert {each.section for each in read(number) if each.polarity != "none"} == {"impression"}


def words_before(document: Document, each: Observation, most: int) -> str:
    text = document.text_of(each.section or "")
    return text[max(0, each.start - most) : each.start].lower()


def test_denials_with_a_qualifier_never_lose_it(every_report):
    """ "No large effusion" is never "no effusion"."""
    qualified = [
        each
        for document, observations in every_report.values()
        for each in observations
        if each.polarity == "absent" and not each.statement and words_before(document, each, 9) == "no large "
    ]
    assert len(qualified) > 100
    assert all(each.qualifier and "large" in each.qualifier for each in qualified)


def test_no_pleural_line_is_no_device(every_report):
    assert not [
        each
        for document, observations in every_report.values()
        for each in observations
        if each.finding == "line" and words_before(document, each, 8) == "pleural "
    ]
