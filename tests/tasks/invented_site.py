"""Articles and cases written for one test."""

from typing import Any

from radcurate.documents import Document, Patient, Section

Study = tuple[str, str, str | None]


def article(title: str | None, sections: dict[str, str] | None = None, **fields: Any) -> Document:
    """An article of the site `here`; `sections` are texts by published heading (`""` before the first)."""
    made = tuple(
        Section("_".join(heading.lower().split()) or "introduction", heading, text)
        for heading, text in (sections or {}).items()
    )
    return _document("article", title, made, fields)


def case(
    title: str | None,
    *studies: Study,
    certainty: str | None = "Diagnosis certain",
    presentation: str = "",
    discussion: str = "",
    age: str | None = None,
    sex: str | None = None,
    **fields: Any,
) -> Document:
    """A case of the site `here`; a study is its title, its findings and its modality."""
    made = [Section("presentation", "Presentation", presentation)]
    for number, (heading, text, modality) in enumerate(studies, 1):
        made.append(Section("findings" if number == 1 else f"findings_{number}", heading, text, modality))
    made.append(Section("discussion", "Discussion", discussion))
    made.append(Section("diagnostic_certainty", "Diagnostic certainty", certainty or ""))
    names = dict.fromkeys(modality for *_, modality in studies if modality)
    given = {"modality": ", ".join(names) or None, "patient": Patient(age, sex) if age or sex else None, **fields}
    return _document("case", title, tuple(section for section in made if section.text), given)


def _document(kind: str, title: str | None, sections: tuple[Section, ...], fields: dict[str, Any]) -> Document:
    name = fields.pop("name", "d1")
    return Document(
        document_id=f"here:{kind}:{name}",
        source="here",
        kind=kind,
        licence="CC0-1.0",
        raw_sha256="0" * 64,
        group_id=f"here:{kind}:{name}",
        title=title,
        sections=sections,
        **fields,
    )
