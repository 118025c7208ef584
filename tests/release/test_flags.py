"""`inspect --pii`: Presidio's patterns flag, nothing changes; without Presidio one line says what to install."""

import json
import sys

import pytest

from radcurate.errors import UsageError
from radcurate.release.flags import flags
from tests.conftest import build_here, files_of, radcurate

REASON = "Presidio is an extra: pip install 'radcurate[pii]'"


@pytest.fixture
def release(tmp_path):
    (tmp_path / "reports.jsonl").write_text(
        json.dumps(
            {"id": "1", "findings": "CT ratio 12/33, T12 fracture. Call (555) 014-2288.", "impression": "Clear."}
        ),
        encoding="utf-8",
    )
    (tmp_path / "recipe.toml").write_text(
        """name = "flagged"
version = "1.0.0"
title = "Flagged"
[sources.ours]
type = "table"
path = "reports.jsonl"
licence = "CC0-1.0"
columns = { id = "id", findings = "findings", impression = "impression" }
[cleaning]
rules = ["spaces.v1"]
[tasks.impression]
generator = "impression.v2"
""",
        encoding="utf-8",
    )
    return build_here(tmp_path / "recipe.toml", tmp_path / "out")[0].folder


def test_what_presidio_finds_is_listed_with_its_place_and_the_release_stays(release):
    pytest.importorskip("presidio_analyzer", reason=REASON)
    before = files_of(release)
    (found,) = flags(release)
    assert (found["entity"], found["section"], found["text"]) == ("PHONE_NUMBER", "findings", "(555) 014-2288")
    assert files_of(release) == before


def test_the_command_prints_a_line_or_json_and_asks_no_network(release):
    pytest.importorskip("presidio_analyzer", reason=REASON)
    done = radcurate("inspect", release, "--pii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ours:1 findings 35-49  PHONE_NUMBER")
    assert json.loads(radcurate("inspect", release, "--pii", "--json").stdout)["entity"] == "PHONE_NUMBER"


def test_without_presidio_one_line_says_what_to_install(release, monkeypatch):
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(UsageError, match=r"not installed\npip install 'radcurate\[pii\]'"):
        list(flags(release))
