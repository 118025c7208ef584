"""A question can be asked about a title that names one subject; lists and words of many meanings name none."""

import pytest

from radcurate.tasks import article_titles
from tests.tasks.invented_site import article

REFUSED = [
    ("no_title", None), ("no_title", " "),
    ("title_is_a_list", "List of eponymous fractures"), ("title_is_a_list", "Index of signs"),
    ("title_is_a_list", "Bone tumours (mnemonic)"), ("title_is_a_list", "Carpal bones mnemonic"),
    ("title_is_a_list", "Outline of radiology"), ("title_is_a_list", "Anatomy curriculum"),
    ("title_is_ambiguous", "MS"), ("title_is_ambiguous", "AVN"), ("title_is_ambiguous", "PE"),
    ("title_is_ambiguous", "Collapse (disambiguation)"), ("title_is_ambiguous", "Mass"),
    ("title_is_ambiguous", "Lesions"), ("title_is_ambiguous", "Untitled article"), ("title_is_ambiguous", "12"),
    ("title_is_ambiguous", "Abscess or tumour?"), ("title_too_long", "Adenoma " * 30),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "title"), REFUSED)
def test_a_title_that_names_no_one_subject_is_refused_with_its_reason(reason, title):
    assert article_titles.fault_of(title) == reason


def test_every_reason_is_reached():
    assert {reason for reason, _ in REFUSED} == set(article_titles.REFUSALS)


@pytest.mark.parametrize(
    "title",
    [
        "Hepatic adenoma", "MRI", "CT", "PET-CT", "CADASIL", "BI-RADS", "Pulmonary mass", "Double duct sign",
        "Listeriosis", "Sarcoidosis", "Cavitating lung lesions", "X-ray", "T1 relaxation",
    ],
)  # fmt: skip
def test_a_title_of_one_subject_is_asked_about(title):
    assert article_titles.fault_of(title) is None


@pytest.mark.parametrize(
    ("title", "text", "name"),
    [
        ("Aortic dissection", "In aortic dissection blood enters the wall.", "aortic dissection"),
        ("Aortic dissection", "The wall is split.", "aortic dissection"),
        ("Lipohaemarthrosis", "Fat and blood in a joint.", "lipohaemarthrosis"),
        ("Susac syndrome", "In Susac syndrome the callosum is affected.", "Susac syndrome"),
        ("Colles fracture", "The distal radius breaks.", "Colles fracture"),
        ("Chance fracture", "By chance a Chance fracture is found, a Chance fracture.", "Chance fracture"),
        ("MRI artifact", "An mri artifact.", "MRI artifact"),
        ("Double duct sign", "The double duct sign is seen.", "the double duct sign"),
        ("Adenoma of the parotid gland", "An adenoma of the parotid gland.", "adenoma of the parotid gland"),
        ("Azygos lobe", "An azygos lobe is harmless.", "the azygos lobe"),
    ],
)
def test_a_title_is_in_lower_case_where_its_article_or_common_use_writes_it_so(title, text, name):
    assert article_titles.named(article(title, {"": text})) == name


@pytest.mark.parametrize(
    ("title", "no_disease"),
    [
        ("Bosniak classification of cystic renal masses", True), ("Double duct sign", True), ("Azygos lobe", True),
        ("Hysterosalpingography", True), ("Renal artery stenosis", False), ("Hepatic adenoma", False),
    ],
)  # fmt: skip
def test_a_title_that_affects_nobody_is_known(title, no_disease):
    assert article_titles.is_no_disease(title) is no_disease
