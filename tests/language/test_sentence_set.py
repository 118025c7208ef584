"""Every case of the set is met: sentences as a reader cuts them, written before the rules."""

import json
from pathlib import Path

import pytest

from radcurate.language.sentences import sentences

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "sets/sentences.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_report_is_cut_as_its_reader_cut_it(case):
    assert [case["text"][start:end] for start, end in sentences(case["text"])] == case["sentences"]
