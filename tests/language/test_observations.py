"""What is said of a finding is bound to it and to no other; wild text makes no error, and no more work
than its length."""

import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.documents import Document, Section
from radcurate.language.lexicon import Lexicon
from radcurate.language.observations import Observation, observe, observe_document

WORDS = (
    "no|No|effusion|pneumothorax|left|right lower lobe|small|2.4 cm|possible|may represent|is|are|not seen|unchanged|"
    "removed|chest tube|XXXX|___|history of|if|with|but|and|or|versus|/|,|;|:|.|?|(|)|\n|\n\n|1.|heart|normal|lungs|"
    "clear|cannot be excluded|in the|which is|there is|or both|replaced by|CT|showed|é"
)
PIECES = st.sampled_from(WORDS.split("|"))
TEXT = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=20).map("".join),
)
POLARITIES = {"present", "absent", "uncertain", "unknown", "none"}
CUES = {"plain", "compatible", "probable", "suggestive", "possible", "alternatives"} | {
    "negated",
    "historical",
    "hypothetical",
    "recommendation",
}


def one(text: str, finding: str, section: str | None = None) -> Observation:
    (found,) = [each for each in observe(text, section) if each.finding == finding]
    return found


@given(TEXT)
def test_spans_lie_within_the_text_and_the_sentence_and_stand_in_order(text):
    found = observe(text)
    assert [each.sentence for each in found] == sorted(each.sentence for each in found)
    for each in found:
        assert 0 <= each.sentence[0] <= each.start < each.end <= len(text)
        assert each.cue_span is None or 0 <= each.cue_span[0] < each.cue_span[1] <= len(text)
        assert each.polarity in POLARITIES
        assert each.cue in CUES


@given(TEXT)
def test_the_same_text_is_read_the_same_way_twice(text):
    assert observe(text) == observe(text)


@given(TEXT)
def test_the_words_of_a_finding_name_it_in_the_lexicon(text):
    lexicon = Lexicon.load()
    for each in observe(text):
        words = text[each.start : each.end].lower()
        phrase = " ".join("".join(" " if sign in "-’'\n" else sign for sign in words).split())
        assert phrase in lexicon.phrases


@given(TEXT)
def test_silent_sections_make_no_finding(text):
    assert {each.polarity for each in observe(text, "indication")} <= {"none"}


@pytest.mark.parametrize(
    "text", ["", " ", "effusion", "Geen pleuravocht, het hart is niet vergroot.", "\x00\ud7ff\ufffd" * 99]
)
def test_little_and_foreign_text_makes_no_error(text):
    assert len(observe(text)) <= 1


WILD = {
    "report": lambda size: "There is no pleural effusion, small nodule. " * size,
    "a list of denials": lambda size: "no " + ", ".join(["effusion"] * size) + " or mass",
    "a list that one cue ends": lambda size: " and ".join(["effusion"] * size) + " are not seen",
    "many cues behind many findings": lambda size: " and ".join(["effusion"] * size) + " are stable" * size,
    "alternatives": lambda size: " or ".join(["small left effusion"] * size),
    "alternatives that share a place": lambda size: " or ".join(["left effusion"] + ["effusion"] * size),
    "alternatives, each with a place": lambda size: "left basal effusion" + " or apical effusion" * size,
    "questions": lambda size: "effusion?effusion? " * size,
    "places without end": lambda size: "left lower lobe " * size + "effusion",
    "places after commas": lambda size: "effusion" + ", left" * size,
    "subjects without end": lambda size: "heart, hila, " * size + " normal",
    "marks": lambda size: "XXXX effusion " * size,
    "withdrawn statements": lambda size: "lungs are clear of effusion and " * size,
    "organs before an adjective": lambda size: "heart, hila, " * size + " enlarged",
    "adjectives far from their organ": lambda size: "heart " + "shadow enlarged " * size,
    "possibilities weighed": lambda size: "probable " + "effusion over effusion versus " * size,
    "hedges in a row": lambda size: "may be compatible with effusion, " * size,
    "denials and openers": lambda size: "no effusion, small mass, " * size,
}


def steps(text: str) -> int:
    """How many lines of Python are run to read `text`: the same on every machine."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        observe(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("wild", WILD.values(), ids=WILD.keys())
def test_work_grows_with_the_length_of_the_text_and_no_faster(wild):
    """Four times the text may take four times the steps; quadratic rules would take near to sixteen."""
    observe(wild(2))
    assert steps(wild(800)) < 5 * steps(wild(200))


@pytest.mark.parametrize(
    "text",
    [
        WILD["report"](24_000),
        WILD["a list of denials"](10_000),
        "a" * 1_000_000,
        "." * 1_000_000,
        " " * 1_000_000,
        "".join(map(chr, range(0xD7FF))) * 4,
    ],
    ids=["a megabyte of report", "10,000 findings", "no blank", "stops", "blanks", "rubbish"],
)
def test_a_megabyte_makes_no_error(text):
    assert all(each.end <= len(text) for each in observe(text))


@pytest.mark.parametrize(
    ("text", "finding", "wanted"),
    [
        ("No large left effusion.", "pleural effusion", {"polarity": "absent", "qualifier": "large", "side": "left"}),
        ("No focal infiltrate.", "infiltrate", {"polarity": "absent", "qualifier": "focal"}),
        ("No other nodules.", "nodule", {"polarity": "absent", "qualifier": "other"}),
        ("There is a 2.4 cm mass in the left apex.", "mass", {"size": "2.4 cm", "places": ("left lung apex",)}),
        ("Endotracheal tube 4 cm above the carina.", "endotracheal tube", {"size": None, "device_status": "present"}),
        ("NG tube has been removed.", "nasogastric tube", {"polarity": "absent", "device_status": "removed"}),
        (
            "The effusion is moderate and has increased.",
            "pleural effusion",
            {"severity": "moderate", "change": "increased"},
        ),
        ("Stable cardiomegaly.", "cardiomegaly", {"polarity": "present", "change": "unchanged"}),
        ("No change in the effusion.", "pleural effusion", {"polarity": "present", "change": "unchanged"}),
        ("The effusion has resolved.", "pleural effusion", {"polarity": "absent", "change": "resolved"}),
        ("Resolving effusion.", "pleural effusion", {"polarity": "present", "change": "resolving"}),
        ("Increased markings, perhaps edema.", "pulmonary edema", {"change": None, "cue": "possible"}),
        ("Pneumonia cannot be excluded.", "pneumonia", {"polarity": "uncertain", "cue": "possible"}),
        ("Findings compatible with pneumonia.", "pneumonia", {"polarity": "present", "cue": "compatible"}),
        ("Atelectasis or pneumonia.", "pneumonia", {"polarity": "uncertain", "cue": "alternatives"}),
        ("No XXXX consolidation.", "consolidation", {"polarity": "unknown"}),
        ("No ___ consolidation.", "consolidation", {"polarity": "unknown"}),
        ("No XXXX sign of consolidation.", "consolidation", {"polarity": "unknown", "cue": "negated"}),
        ("There are no XXXX of an effusion.", "pleural effusion", {"polarity": "unknown", "cue": "negated"}),
        ("Perhaps XXXX pneumonia.", "pneumonia", {"polarity": "unknown", "cue": "possible"}),
        ("XXXX pneumonia.", "pneumonia", {"polarity": "unknown", "cue": "plain"}),
        ("Heart size XXXX normal.", "cardiomegaly", {"polarity": "unknown", "cue": "negated"}),
        ("Costal XXXX without effusion.", "pleural effusion", {"polarity": "absent"}),
        ("Pleural effusions or pneumothorax.", "pneumothorax", {"polarity": "unknown", "cue": "negated"}),
        ("There is pleural effusion or consolidation.", "consolidation", {"polarity": "uncertain"}),
        ("Scar or pleural effusion.", "pleural effusion", {"polarity": "uncertain", "cue": "alternatives"}),
        ("This might be compatible with a fracture.", "fracture", {"cue": "possible"}),
        ("Opacity perhaps consistent with pneumonia.", "pneumonia", {"cue": "possible"}),
        ("Opacity perhaps consistent with pneumonia.", "opacity", {"polarity": "present"}),
        ("The shadow would be compatible with a cyst.", "cyst", {"polarity": "present", "cue": "compatible"}),
        ("This may be scar versus mild edema.", "pulmonary edema", {"cue": "possible"}),
        ("Edema versus small infiltrate.", "infiltrate", {"cue": "alternatives"}),
        ("Effusion versus a fold of skin.", "pleural effusion", {"cue": "alternatives"}),
        ("The differential includes scar, small infiltrate and mild edema.", "pulmonary edema", {"cue": "possible"}),
        ("Scar, less likely pneumonia.", "scar", {"polarity": "present"}),
        ("Scar, less likely pneumonia.", "pneumonia", {"cue": "possible"}),
        ("Pneumonia is less likely.", "pneumonia", {"cue": "possible"}),
        ("Pneumonia is not favored.", "pneumonia", {"cue": "possible"}),
        ("I favor scar over pneumonia.", "scar", {"cue": "probable"}),
        ("I favor scar over pneumonia.", "pneumonia", {"cue": "possible"}),
        ("Scar is more likely than pneumonia.", "pneumonia", {"cue": "possible"}),
        ("Opacity over the right rib fracture.", "rib fracture", {"polarity": "present", "cue": "plain"}),
        ("Density possibly representing pneumonia.", "pneumonia", {"cue": "possible"}),
        ("Most suggestive of pneumonia.", "pneumonia", {"polarity": "uncertain", "cue": "suggestive"}),
        ("On a prior outside CT (of May), the lingula was consolidated.", "consolidation", {"polarity": "none"}),
        ("Clearing of the previously described infiltrate.", "infiltrate", {"change": "resolving"}),
        ("Lesions could be followed up after therapy for edema.", "pulmonary edema", {"polarity": "none"}),
        ("Edema can have a similar appearance.", "pulmonary edema", {"polarity": "uncertain"}),
        ("Considering the technique, stable cardiomegaly.", "cardiomegaly", {"polarity": "present"}),
        ("Atelectasis in the right clinical setting.", "atelectasis", {"side": None}),
        ("No evidence of growth of the known nodule or new infiltrate.", "infiltrate", {"polarity": "absent"}),
        ("No evidence of growth of the known nodule.", "nodule", {"polarity": "present", "change": None}),
        ("Clear w/o effusion.", "pleural effusion", {"polarity": "absent"}),
        ("R/O effusion.", "pleural effusion", {"polarity": "none", "side": None}),
        ("Opacity c/w pneumonia.", "pneumonia", {"cue": "compatible"}),
        ("No efusion.", "pleural effusion", {"polarity": "absent"}),
        ("History of pneumonia.", "pneumonia", {"polarity": "none", "cue": "historical"}),
        ("If pneumonia is suspected, repeat.", "pneumonia", {"polarity": "none", "cue": "hypothetical"}),
        ("CT is recommended to exclude a mass.", "mass", {"polarity": "none", "cue": "recommendation"}),
        ("CT showed a pneumothorax.", "pneumothorax", {"polarity": "none", "cue": "historical"}),
        ("Her mother had pneumonia.", "pneumonia", {"polarity": "none", "cue": "historical"}),
        ("Pleura: no effusion.", "pleural effusion", {"polarity": "absent"}),
        ("RECOMMENDATION: No effusion.", "pleural effusion", {"polarity": "none"}),
    ],
)
def test_words_are_bound_to_their_finding(text, finding, wanted):
    found = one(text, finding)._asdict()
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("end", [":", ";", ".", " but", " although", "\n-", ", there is", " except for"])
def test_a_denial_ends_there(end):
    assert one(f"No pneumothorax{end} effusion.", "pleural effusion").polarity == "present"


@pytest.mark.parametrize("joint", [",", " or", ", or", " and", " nor"])
def test_a_denial_goes_on_in_a_list(joint):
    assert one(f"No pneumothorax{joint} effusion.", "pleural effusion").polarity == "absent"


@pytest.mark.parametrize(
    ("text", "nodule"),
    [
        ("No effusion, small nodule.", "present"),
        ("No effusion, small nodule, or mass.", "absent"),
        ("No effusion nodule or mass.", "absent"),
        ("No effusion small nodule.", "present"),
        ("No effusion is seen, nodule at the base.", "present"),
        ("No effusion and the nodule is stable.", "present"),
    ],
)
def test_an_assertion_of_its_own_ends_a_denial_but_not_within_a_list_that_comes_to_an_or(text, nodule):
    assert one(text, "nodule").polarity == nodule


def test_a_place_may_change_what_a_finding_is():
    assert one("Mass in the left breast.", "breast mass").region == "breast"


def test_a_statement_denies_what_it_is_about_and_says_so():
    found = one("Heart size is normal.", "cardiomegaly")
    assert (found.polarity, found.statement) == ("absent", True)
    listed = {each.finding for each in observe("The heart, mediastinum and pleural spaces are normal.")}
    assert {"cardiomegaly", "mediastinal widening", "pleural effusion"} <= listed


@pytest.mark.parametrize(
    ("text", "finding", "polarity"),
    [
        ("The heart is again mildly enlarged.", "cardiomegaly", "present"),
        ("The cardiac silhouette is overall noted to be large.", "cardiomegaly", "present"),
        ("The heart may still be enlarged.", "cardiomegaly", "uncertain"),
        ("The heart is not significantly enlarged.", "cardiomegaly", "absent"),
        ("The heart is no longer enlarged.", "cardiomegaly", "absent"),
        ("The heart size XXXX moderately enlarged.", "cardiomegaly", "unknown"),
        ("The heart was enlarged on the prior film.", "cardiomegaly", "none"),
        ("The heart size is greater than normal.", "cardiomegaly", "present"),
        ("The heart remains borderline enlarged.", "borderline cardiomegaly", "present"),
        ("The costophrenic angles still appear somewhat blunted.", "costophrenic angle blunting", "present"),
        ("The diaphragms are again flattened.", "flattened diaphragm", "present"),
        ("Lung volumes are still low.", "low lung volumes", "present"),
        ("The vasculature is not congested.", "pulmonary vascular congestion", "absent"),
    ],
)
def test_an_adjective_said_of_an_organ_names_its_finding(text, finding, polarity):
    assert {each.finding: each.polarity for each in observe(text)} == {finding: polarity}


@pytest.mark.parametrize(
    "text",
    ["The heart has increased in size.", "Heart, enlarged thyroid.", "The heart and a large hernia.", "Enlarged."],
)
def test_an_adjective_of_something_else_makes_no_finding_of_the_heart(text):
    assert "cardiomegaly" not in {each.finding for each in observe(text)}


def test_a_denied_statement_ends_with_its_clause():
    assert one("The lungs are not clear, small effusion.", "pleural effusion").polarity == "present"
    assert one("The lungs are not hyperinflated.", "hyperinflation").polarity == "absent"


@pytest.mark.parametrize("sign", ["\u00a0", "¹ ", "²,³ ", "⁴–⁶ ", " ⁷ "])
def test_no_break_spaces_and_raised_figures_are_read_as_blanks(sign):
    text = f"There is no renal{sign}mass.{sign}Small pleural{sign}effusion"
    plain = text.replace(sign, " ")
    assert [(each.finding, each.polarity, each.size) for each in observe(text)] == [
        (each.finding, each.polarity, each.size) for each in observe(plain)
    ]
    assert len({each.sentence for each in observe(text)}) == 2


def test_clear_of_something_is_no_statement_on_all():
    assert {each.finding for each in observe("The lungs are clear of infiltrates.")} == {"infiltrate"}


def test_a_statement_of_the_whole_examination_is_no_finding():
    (found,) = observe("No acute cardiopulmonary disease.")
    assert found.kind == "statement"


def test_sections_of_a_document_are_read_each_by_its_name():
    sections = (
        Section("indication", "INDICATION", "Pneumothorax?"),
        Section("findings", "FINDINGS", "Small left effusion."),
        Section("findings_2", "FINDINGS", "No pneumothorax."),
    )
    found = observe_document(Document("x:1", "x", "report", "none", "0", "x:1", sections))
    assert [(each.section, each.finding, each.polarity) for each in found] == [
        ("indication", "pneumothorax", "none"),
        ("findings", "pleural effusion", "present"),
        ("findings_2", "pneumothorax", "absent"),
    ]
