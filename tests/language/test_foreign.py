"""Another language than English is seen by its script or its small words; Latin names in English are not one."""

import pytest

from radcurate.language.foreign import is_foreign


@pytest.mark.parametrize(
    "text",
    [
        "Der Bruch des Kahnbeins ist nicht selten und wird mit einer Schiene behandelt.",
        "La fracture est fréquente chez les jeunes et se voit sur une radiographie.",
        "La fractura es frecuente en los jóvenes y se ve con una radiografía del puño.",
        "La frattura è comune nei giovani e si vede con una radiografia della mano.",
        "De breuk is niet zeldzaam en wordt gezien op een foto van het polsgewricht.",
        "Перелом ладьевидной кости виден на снимке.",
        "心臓の大きさは正常です。",
    ],
)
def test_other_languages_are_seen(text):
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "Cor pulmonale, situs inversus and os odontoideum.",
        "• lymphoma\n• tuberculosis\n• silicosis",
        "The men met in the van; see Legg-Calvé-Perthes disease, per os, in utero, en bloc, et al.",
        "α-fetoprotein and β-hCG are raised in most patients.",
        "",
        "12 34",
    ],
)
def test_english_and_bare_names_are_left_alone(text):
    assert not is_foreign(text)
