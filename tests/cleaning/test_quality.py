"""A document that holds no text is dropped with its reason, any other is kept."""

import dataclasses

import pytest

from radcurate.cleaning.quality import RULES
from radcurate.documents import Section
from tests.shards import report

(EMPTY,) = RULES


@pytest.mark.parametrize("sections", [(), (Section("findings", "FINDINGS", ""),)])
def test_a_document_without_text_is_dropped_with_its_reason(sections):
    assert EMPTY.judge(dataclasses.replace(report("r1"), sections=sections)) == "no section holds any text"


@pytest.mark.parametrize("name", ["comparison", "findings", "impression"])
def test_one_section_of_text_keeps_a_document(name):
    assert EMPTY.judge(report("r1", sections={name: "None."})) is None
