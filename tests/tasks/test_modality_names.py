"""Sub-headings that name a modality, in all the ways articles print them."""

import pytest

from radcurate.tasks.modality_names import ends_modality, lower_first, modality_of


@pytest.mark.parametrize(
    ("heading", "key", "asked"),
    [
        ("Plain radiograph", "radiograph", "plain radiographs"),
        ("X-ray", "radiograph", "plain radiographs"),
        ("Radiographs", "radiograph", "plain radiographs"),
        ("Chest radiograph", "radiograph", "chest radiograph"),
        ("CT", "ct", "CT"),
        ("CT chest", "ct", "CT chest"),
        ("CT pulmonary angiography", "ct", "CT pulmonary angiography"),
        ("High-resolution CT", "ct", "high-resolution CT"),
        ("MRI", "mri", "MRI"),
        ("MRI (3 T)", "mri", "MRI (3 T)"),
        ("MRCP", "mri", "MRCP"),
        ("CT and MRI", "ct_mri", "CT and MRI"),
        ("CT/MRI", "ct_mri", "CT/MRI"),
        ("Ultrasound", "ultrasound", "ultrasound"),
        ("Transvaginal ultrasound", "ultrasound", "transvaginal ultrasound"),
        ("Mammography", "mammography", "mammography"),
        ("Nuclear medicine", "nuclear_medicine", "nuclear medicine studies"),
        ("Bone scan", "nuclear_medicine", "bone scan"),
        ("SPECT-CT", "nuclear_medicine", "SPECT-CT"),
        ("PET-CT", "pet_ct", "PET-CT"),
        ("PET/CT", "pet_ct", "PET-CT"),
        ("FDG-PET", "pet_ct", "PET-CT"),
        ("Fluoroscopy", "fluoroscopy", "fluoroscopy"),
        ("Barium swallow", "fluoroscopy", "barium swallow"),
        ("Angiography (DSA)", "angiography", "catheter angiography"),
        ("DSA (angiography)", "angiography", "catheter angiography"),
    ],
)
def test_a_heading_names_its_modality_and_how_a_question_asks_for_it(heading, key, asked):
    assert modality_of(heading) == (key, asked)
    assert ends_modality(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Pathology",
        "T1",
        "Fascia",
        "Music",
        "Pitfalls on CT",
        "Reporting",
        "CT protocol",
        "Ultrasound-guided biopsy",
        "",
    ],
)
def test_a_heading_of_another_kind_names_none(heading):
    assert modality_of(heading) is None


@pytest.mark.parametrize(("heading", "ends"), [("CT protocol", True), ("Complications", True), ("T1", False)])
def test_some_headings_end_a_modality_and_others_stand_within(heading, ends):
    assert ends_modality(heading) is ends


def test_an_abbreviation_keeps_its_capital():
    assert [lower_first(text) for text in ("Barium enema", "CT", "PET-CT whole body")] == [
        "barium enema",
        "CT",
        "PET-CT whole body",
    ]
