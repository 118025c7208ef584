"""A title of a case is a diagnosis, with words that are no part of it left out, or it is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radcurate.tasks import case_titles

NO_DIAGNOSIS = [
    "Normal chest radiograph", "Normal hysterosalpingogram", "Anatomical variant of the circle of Willis", "Case 2",
    "Unknown case", "Meningioma 4", "Meningioma?", "Abscess versus tumour", "Quiz", "Quiz case 12", "Apple core sign",
    "Double-line sign", "Hot cross bun", "Ground-glass opacities", "Annotated knee", "Skull base anatomy", "17",
    "CT abdomen", "Chest radiograph", "Barium swallow", "Pacemaker", "Inferior vena cava filter",
    "Total hip replacement", "Ventriculoperitoneal shunt", "Coronary artery stents", "What is the diagnosis",
    "Azygos lobe", "Azygos fissure", "Bipartite patella", "Os trigonum", "Accessory spleen", "Cavum septum pellucidum",
    "Retroaortic left renal vein", "Concha bullosa", "Riedel lobe", "Pterygopalatine fossa", "Craniotomy",
    "Solitary pulmonary nodule", "No fracture", "Breast lump", "Abdominal pain", "Azygos lobe (CT)",
    "Apple core sign - classic", "Brain metastases (2)", "Neonatal chest", "Skeletal survey", "Calcium score",
    "Post-mortem CT", "Pre- and post-contrast MRI", "Breast augmentation", "Early intrauterine pregnancy",
    "Accessory soleus muscle",
]  # fmt: skip
DIAGNOSES = [
    "Normal pressure hydrocephalus", "Neurofibromatosis type 2", "COVID-19", "Trisomy 21", "Body packing",
    "Brain death", "Misplaced nasogastric tube", "Stent fracture", "Fallopian tube torsion",
    "Significant renal artery stenosis", "Signet ring cell carcinoma", "Portosystemic shunt", "Raynaud phenomenon",
    "Postoperative abscess", "Silo filler disease", "Retained surgical swab", "Lung cancer, stage IIIA",
    "Splenic infarct after embolisation", "Os trigonum syndrome", "Azygos lobe pneumonia", "Accessory spleen torsion",
    "Haemangioma of T12", "Seroma post mastectomy", "Pneumonia in HIV", "Classical Hodgkin lymphoma",
    "Old scaphoid fracture", "Subdural collection", "Testicular torsion", "ACL tear", "Bosniak IIF cyst",
    "Prostate carcinoma (PI-RADS 5)", "Persistent left SVC", "Ectopic pregnancy", "Healed rib fractures",
    "Salter-Harris II fracture",
]  # fmt: skip


@pytest.mark.parametrize("title", NO_DIAGNOSIS)
def test_a_title_that_is_no_diagnosis_is_known(title):
    assert case_titles.fault_of(title, "") == "title_is_no_diagnosis"


@pytest.mark.parametrize("title", DIAGNOSES)
def test_a_diagnosis_is_left_alone(title):
    assert case_titles.fault_of(title, "") is None
    assert case_titles.diagnosis_of(title) == title


@pytest.mark.parametrize(
    "title",
    ["Meningioma - post op", "Meningioma (postoperative)", "Meningioma, treated", "Postoperative chest",
     "Lymphoma: follow-up", "Glioma post resection", "Hip dislocation post reduction",
     "Colles fracture - reduced", "Abscess, pre and post", "Status post nephrectomy", "Treated tuberculosis"],
)  # fmt: skip
def test_a_disease_that_was_treated_need_not_be_seen_any_more(title):
    assert case_titles.fault_of(title, "") == "title_after_treatment"


@pytest.mark.parametrize("title", ["Suspected appendicitis", "Appendicitis (probable)", "Possible meningioma"])
def test_a_title_that_says_itself_how_certain_it_is_is_refused(title):
    assert case_titles.fault_of(title, "") == "title_hedges"


@pytest.mark.parametrize(
    ("title", "diagnosis"),
    [
        ("Situs inversus — classic", "Situs inversus"),
        ("Situs inversus - classic case", "Situs inversus"),
        ("Situs inversus (CT)", "Situs inversus"),
        ("Situs inversus (CT and MRI)", "Situs inversus"),
        ("Situs inversus: MRI findings", "Situs inversus"),
        ("Situs inversus on ultrasound", "Situs inversus"),
        ("Situs inversus on CT and MRI", "Situs inversus"),
        ("Classic case of situs inversus", "Situs inversus"),
        ("MRI: situs inversus", "Situs inversus"),
        ("Situs inversus: a case report", "Situs inversus"),
        ("Interesting situs inversus", "Situs inversus"),
        ("Chest x-ray: situs inversus", "Situs inversus"),
        ("Silhouette sign - middle lobe pneumonia", "Middle lobe pneumonia"),
        ("Typical  appearance of a meningioma", "Meningioma"),
        ("Diffuse osteoblastic metastases (superscan)", "Diffuse osteoblastic metastases (superscan)"),
        ("Pulmonary sarcoidosis, stage II", "Pulmonary sarcoidosis, stage II"),
    ],
)
def test_words_that_are_no_part_of_the_diagnosis_are_left_out(title, diagnosis):
    assert case_titles.diagnosis_of(title) == diagnosis


@pytest.mark.parametrize(
    ("title", "text", "fault"),
    [
        ("PRES", "", "abbreviation_unexplained"),
        ("PRES", "Posterior reversible encephalopathy syndrome (PRES) is likely.", None),
        ("HCC in cirrhosis", "A hepatocellular carcinoma (HCC) was proven.", None),
        ("HCC in cirrhosis", "The HCC was proven.", "abbreviation_unexplained"),
        ("HCC in cirrhosis", "A mass (HCC) was proven.", "abbreviation_unexplained"),
        ("Posterior reversible encephalopathy syndrome (PRES)", "", None),
        ("DVT (deep vein thrombosis)", "", None),
        ("TB of the spine", "", None),
        ("Fracture of L2, type IIB", "", None),
    ],
)
def test_an_abbreviation_is_known_or_told_or_refused(title, text, fault):
    assert case_titles.fault_of(title, text) == fault


def test_a_case_without_a_title_is_refused():
    assert case_titles.fault_of(None, "") == case_titles.fault_of("  ", "") == "no_title"


@given(st.text(max_size=60))
def test_any_title_is_a_diagnosis_or_has_a_listed_fault(title):
    fault = case_titles.fault_of(title, title)
    assert fault in case_titles.REFUSALS or (fault is None and case_titles.diagnosis_of(title).strip())
