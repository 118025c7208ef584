"""Names go with all their parts, and no word beside them does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.deidentify import RULES
from radcurate.cleaning.apply import clean_document, clean_section
from radcurate.cleaning.deidentify.person_names import name_from, name_until
from radcurate.documents import Section
from tests.shards import report


def cleaned(text: str) -> str:
    return clean_section(Section("findings", "FINDINGS", text), RULES)[0].text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("van der Berg, covering", "van der Berg"),
        ("J. R. Halloway.", "J. R. Halloway"),
        ("Ruiz y Cortés of", "Ruiz y Cortés"),
        ("O'Brien has", "O'Brien"),
        ("Grigoryan's team", "Grigoryan"),
        ("H.-P. Lauterbach.", "H.-P. Lauterbach"),
        ("Fenn CT head", "Fenn"),
        ("Marsh. Right lung", "Marsh"),
        ("BAKER AND MS.", "BAKER"),
        ("Ó Ceallaigh agrees", "Ó Ceallaigh"),
    ],
)
def test_a_name_ends_where_it_ends(text, name):
    found = name_from(text, 0, titled=True)
    assert text[found.start : found.end] == name


@pytest.mark.parametrize("text", ["XXXX was told", "Chest CT", "Interventional Radiology", "the ward", "___", ""])
def test_no_name_begins_where_a_report_goes_on(text):
    assert name_from(text, 0, titled=True) is None


def test_a_name_before_a_degree_begins_after_the_words_that_lead_to_it():
    text = "Interpreted by Samuel T. Nakagawa"
    assert text[name_until(text, len(text)).start :] == "Samuel T. Nakagawa"


@pytest.mark.parametrize(
    "text",
    [
        "The echo time was 3 ms. Both times are halved.",
        "Right Major Fissure, Lt Hip, Fr 12 Catheter.",
        "It was published by the American College of Radiology.",
        "The department was notified by phone at 0915 hours.",
        "MR ANGIOGRAPHY WAS PERFORMED. COMPARED TO MR BRAIN.",
        "Unchanged from the prior MR. Hepatic cysts. Views: PA. Biapical scars. Known MS. Periventricular foci.",
        "AS SEEN ON THE PRIOR MR. HEPATIC LESIONS ARE STABLE.",
        "THE PATIENT TOLERATED THE PROCEDURE WELL. SURGEON AWARE.",
        "Results were called to Vascular Surgery and Infection Control.",
    ],
)
def test_words_that_only_look_like_names_stay(text):
    assert cleaned(text) == text


def test_in_articles_those_who_described_something_stay_and_those_who_are_thanked_go():
    text = "Described by Nils Westermark in 1938. Written by Ana Roy."
    article = report("a1", sections={"history": text}, kind="article")
    assert clean_document(article, RULES)[0].text_of("history") == (
        "Described by Nils Westermark in 1938. Written by [name]."
    )


def test_a_row_of_initials_is_read_no_further_than_a_name_goes():
    assert name_from("A. B. C. Lindqvist", 0) is not None
    assert name_from("A. " * 50 + "Lindqvist", 0) is None


def test_a_word_that_is_a_name_too_is_one_after_a_title_and_before_a_surname_alone():
    assert cleaned("Mrs. May Bond may have a bond failure.") == "Mrs. [name] may have a bond failure."
    assert cleaned("Told the Dr. May represent scar.") == "Told the Dr. May represent scar."


def test_names_that_stand_alone_go_from_reports_and_cases_and_stay_on_articles():
    text = "Corisande went home. Her daughter, Yevgenia, agreed."
    gone = "[name] went home. Her daughter, [name], agreed."
    for kind, after in (("report", gone), ("case", gone), ("article", text)):
        document = report("a1", sections={"history": text}, kind=kind)
        assert clean_document(document, RULES)[0].text_of("history") == after


@pytest.mark.parametrize(
    "team", ["Plastics", "Ortho", "Labour Ward", "Cath Lab", "Transplant", "Theatre", "Switchboard"]
)
def test_teams_and_places_that_are_told_stay(team):
    text = f"Discussed with {team}. Told {team} at 5. Reported to {team}."
    assert cleaned(text) == text


@given(
    st.sampled_from(["Dr.", "Dr", "Prof.", "Mrs.", "Nurse"]),
    st.sampled_from(["Okafor", "van der Berg", "Ana Roy", "J. R. Lindqvist", "O'Brien", "Smith-Jorgensen"]),
    st.sampled_from(["No effusion is seen.", "There is a 3 mm nodule at T12.", "Kerley B lines.", "CT ratio 12/33."]),
    st.sampled_from(
        ["{title} {name} was told. {finding}", "{finding} Called to {title} {name}.", "{finding}\n{title} {name}"]
    ),
)
def test_no_finding_goes_with_a_name(title, name, finding, frame):
    text = cleaned(frame.format(title=title, name=name, finding=finding))
    assert finding in text
    assert name not in text
