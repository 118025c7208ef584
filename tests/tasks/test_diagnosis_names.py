"""A diagnosis is named by its words, by other names of the disease, and by words of the same family."""

import pytest

from radcurate.tasks.diagnosis_names import names


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Acute appendicitis", "In keeping with ACUTE APPENDICITIS."),
        ("Acute appendicitis", "Findings of appendicitis, without abscess."),
        ("Acute appendicitis", "An inflamed appendix is seen."),
        ("Ruptured renal angiomyolipoma", "A bleeding angiomyolipoma is seen."),
        ("Giant-cell tumours of bone", "A giant cell tumour of the radius."),
        ("Lateral tibial plateau fracture", "A fracture crosses the lateral tibial plateau."),
        ("Lateral tibial plateau fracture", "The tibial plateau is fractured."),
        ("Stanford type A aortic dissection", "Aortic dissection from the root on."),
        ("Stanford type A aortic dissection", "The aorta is dissected from the root on."),
        ("Splenic infarct", "The spleen is infarcted."),
        ("Acute pulmonary embolism with right heart strain", "Bilateral pulmonary emboli."),
        ("Slipped upper femoral epiphysis", "Left SCFE."),
        ("Vestibular schwannoma", "Typical of an acoustic neuroma."),
        ("Renal calculus", "A kidney stone of 5 mm."),
        ("Ovarian torsion due to dermoid", "Torsion of the left ovary."),
        ("Oesophageal perforation", "The esophagus is perforated."),
    ],
)
def test_a_text_that_names_the_diagnosis_is_seen(title, text):
    assert names(["Nothing.", text], title)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Spinal epidural abscess", "An abscess in the psoas."),
        ("Butterfly vertebra", "The vertebra is cleft in two."),
        ("Susac syndrome", "No syndrome is known. Susac was a neurologist."),
        ("High-grade ductal carcinoma in situ", "Ductal carcinoma cannot be excluded."),
        ("Body packing", "Capsules in the colon."),
        ("Splenic infarct", "The spleen is normal. The kidney is infarcted."),
        ("Vestibular schwannoma", "A mass in the cerebellopontine angle."),
    ],
)
def test_a_text_that_does_not_name_it_is_left_alone(title, text):
    assert not names(["Nothing.", text], title)
