"""What a recipe says of dates and surrogates: checked, applied by group and source, its key in no release."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from radcurate.cleaning.deidentify import field_names, titled_names
from radcurate.errors import UsageError
from radcurate.recipe import load, locate
from radcurate.tables import read_rows
from tests.conftest import build_here, files_of
from tests.sources.chexpert_layout import CLOSING, EFFUSION, RESOLVED, row, write_csv

KEY = "0123456789abcdef0123456789abcdef"
SHIFTED = [rule if rule != "date.v2" else "shifted_date.v2" for rule in load(locate("chexpert_plus"), ()).rules]
RULES = f"cleaning.rules={json.dumps(SHIFTED)}"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "dates.key"
    path.write_text(f"{KEY}\n", encoding="utf-8")
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    (tmp_path / "chexpert").mkdir()
    told = {**EFFUSION, "section_impression": "SMALL EFFUSION.\nDiscussed with Dr. Okafor, pager 5512, on 8/9/2005."}
    other = {**RESOLVED, "section_comparison": "8/9/2005."}
    table = [row("patient00007", 1, **told), row("patient00007", 2, **other), row("patient00008", 1, **RESOLVED)]
    return write_csv(tmp_path / "chexpert", table)


def texts(release: Path) -> dict[str, str]:
    return {
        document["document_id"].partition(":")[2]: " ".join(section["text"] for section in document["sections"])
        for path in sorted((release / "documents").glob("*.parquet"))
        for document in read_rows(path)
    }


def built(tmp_path: Path, csv: Path, *settings: str) -> Path:
    release, _ = build_here("chexpert_plus", tmp_path / "out", f"sources.chexpert_plus.path={csv}", *settings)
    return release.folder


def studied(release: Path) -> set[str | None]:
    return {row["studied"] for path in (release / "documents").glob("*.parquet") for row in read_rows(path)}


def test_surrogate_names_and_dates_stay_by_default_and_all_else_goes(tmp_path, csv):
    release = built(tmp_path, csv)
    first = texts(release)["patient00007/study1"]
    assert "Dr. Okafor, pager [phone], on 8/9/2005" in first
    assert "CHEST 2 VIEWS: 8-9-2005" in first
    assert studied(release) >= {"2005-08-09"}


def test_treated_surrogates_go_like_real_ones_and_the_day_of_the_study_with_them(tmp_path, csv):
    release = built(tmp_path, csv, "cleaning.surrogates=treat")
    first, second = texts(release)["patient00007/study1"], texts(release)["patient00007/study2"]
    assert "Dr. [name], pager [phone], on 2005" in first
    assert "CHEST 2 VIEWS: 2005" in first
    assert "Okafor" not in first + second
    assert "8/9/2005" not in first + second
    assert studied(release) == {None}


def test_the_closing_line_of_a_report_names_nobody_any_more():
    from radcurate.cleaning.apply import clean_section
    from radcurate.documents import Section

    cleaned, _ = clean_section(Section("impression", "IMPRESSION", CLOSING), [*titled_names.RULES, *field_names.RULES])
    assert cleaned.text == CLOSING.replace("Okafor, Ana", "[name]")


def test_surrogates_of_one_source_stay_beside_real_names_of_another(tmp_path, csv):
    reports = tmp_path / "ours.jsonl"
    reports.write_text(json.dumps({"id": "1", "findings": "Dr. Halvorsen was told on 3/4/2019."}), encoding="utf-8")
    ours = (
        f'sources.ours={{type="table", path="{reports}", licence="CC0-1.0", columns={{id="id", findings="findings"}}}}'
    )
    found = texts(built(tmp_path, csv, ours))
    assert found["1"] == "Dr. [name] was told on 2019."
    assert "Dr. Okafor" in found["patient00007/study1"]


def test_moved_dates_keep_their_distance_within_a_patient_and_the_key_is_nowhere(tmp_path, csv, key):
    settings = ("cleaning.surrogates=treat", RULES, f"cleaning.dates.key={key}")
    release = built(tmp_path, csv, *settings)
    found = texts(release)
    moved = found["patient00007/study1"].split("on [date ")[1][:10]
    assert f"[date {moved}]" in found["patient00007/study2"]
    assert f"[date {moved}]" not in found["patient00008/study1"]
    for name, content in files_of(release).items():
        assert KEY.encode() not in content, name
        assert KEY.encode().hex().encode() not in content, name
        assert str(key).encode() not in content, name
    told = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["recipe"]["cleaning"]["dates"]
    assert told == {"day_first": False, "key_sha256": sha256(KEY.encode()).hexdigest()}


def test_another_key_moves_by_another_number_of_weeks(tmp_path, csv, key):
    settings = ("cleaning.surrogates=treat", RULES, f"cleaning.dates.key={key}")
    first = texts(built(tmp_path, csv, *settings))
    key.write_text(KEY[::-1], encoding="utf-8")
    second = texts(built(tmp_path, csv, *settings, "version=1.0.1"))
    assert first["patient00007/study1"] != second["patient00007/study1"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ((RULES,), "shifted_date.v2 needs `cleaning.dates.key`"),
        (("cleaning.dates.key={key}",), "is for shifted_date.v2, which `cleaning.rules` does not name"),
        (('cleaning.rules=["date.v2", "shifted_date.v2"]', "cleaning.dates.key={key}"), "take one of them"),
        ((RULES, "cleaning.dates.key={key}.lost"), "cannot be read"),
        ((RULES, "cleaning.dates.day_first=true"), "key"),
        (("cleaning.surrogates=drop",), "keep"),
    ],
)
def test_what_does_not_fit_is_refused(settings, words, key):
    with pytest.raises(UsageError, match=words):
        load(
            locate("chexpert_plus"),
            [setting.format(key=key) if "{key}" in setting else setting for setting in settings],
        )


def test_a_key_that_is_too_short_is_refused_with_a_command_that_makes_one(key):
    key.write_text("secret", encoding="utf-8")
    with pytest.raises(UsageError, match=r"32 characters at least\nMake one: python -c"):
        load(locate("chexpert_plus"), [RULES, f"cleaning.dates.key={key}"])
