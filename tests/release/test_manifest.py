"""The manifest: canonical, free of place and time, sealed, and in agreement with its schema."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radcurate import schemas
from radcurate.errors import DataError
from radcurate.release import manifest as manifests
from radcurate.stages import canonical_json
from radcurate.tables import ContentHash
from tests.conftest import build_here
from tests.releases import copy_of, rows_of, write_recipe

PLAIN = st.none() | st.booleans() | st.integers() | st.text()
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
CONTENT = st.dictionaries(st.text().filter(lambda key: key != manifests.SELF), VALUES, min_size=1, max_size=4)


@pytest.fixture(scope="module")
def text(demo_release: Path) -> str:
    """The demo's manifest as it lies in the release."""
    return (demo_release / manifests.NAME).read_bytes().decode()


@pytest.fixture(scope="module")
def manifest(text: str) -> dict[str, Any]:
    """The demo's manifest."""
    return dict(json.loads(text))


def test_its_form_is_canonical(text: str, manifest: dict[str, Any]) -> None:
    body = {key: value for key, value in manifest.items() if key != manifests.SELF}
    assert text.startswith(canonical_json(body).removesuffix("\n}\n"))
    assert text.endswith("}\n")
    assert "\r" not in text


def test_it_ends_with_the_sha256_of_the_rest_of_itself(text: str, manifest: dict[str, Any]) -> None:
    assert list(manifest)[-1] == "self_sha256"
    body = {key: value for key, value in manifest.items() if key != "self_sha256"}
    rest = json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert manifest["self_sha256"] == hashlib.sha256(rest.encode()).hexdigest()


def test_it_agrees_with_its_schema(manifest: dict[str, Any]) -> None:
    assert [error.message for error in schemas.validator("manifest").iter_errors(manifest)] == []


@pytest.mark.parametrize("key", sorted(schemas.load("manifest")["required"]))
def test_its_schema_needs_every_key(manifest: dict[str, Any], key: str) -> None:
    without = {name: value for name, value in manifest.items() if name != key}
    assert not schemas.validator("manifest").is_valid(without)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *_texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def test_it_holds_no_path_of_this_machine(manifest: dict[str, Any], demo_release: Path) -> None:
    texts = _texts(manifest)
    assert [text for text in texts if text.startswith(("/", "~", "file:")) or re.match(r"[A-Za-z]:[\\/]", text)] == []
    assert [text for text in texts if str(demo_release.parent.parent) in text or str(Path.home()) + "/" in text] == []
    assert "path" not in manifest["recipe"]["sources"]["demo"]


def test_it_holds_no_time_and_no_number_of_workers(manifest: dict[str, Any]) -> None:
    # The hosts that a permission covers and its days are what was allowed, not where or when the build ran.
    texts = _texts({key: value for key, value in manifest.items() if key != "permissions"})
    texts = [text for text in texts if not re.fullmatch(r"[a-z_]+\.v\d+", text)]  # ids of rules: `date.v1`
    assert [text for text in texts if re.search(r"\d{4}-\d\d-\d\d|\d\d:\d\d", text)] == []
    assert [text for text in texts if re.search(r"worker|engine|built|date|time|host|user", text, re.IGNORECASE)] == []


def test_the_same_build_in_another_folder_gives_the_same_manifest(tmp_path: Path) -> None:
    """Of reports alone; tests/test_determinism.py has it of every byte of the demo."""
    recipe = write_recipe(tmp_path)
    here, _ = build_here(recipe, tmp_path / "here")
    there, _ = build_here(recipe, tmp_path / "elsewhere" / "there", workers=2)
    texts = [(built.folder / manifests.NAME).read_bytes() for built in (here, there)]
    assert texts[0] == texts[1]


def test_every_file_is_listed_with_hash_bytes_and_rows(manifest: dict[str, Any], demo_release: Path) -> None:
    listed = {entry["path"]: entry for entry in manifest["files"]}
    there = {path for path in demo_release.rglob("*") if path.is_file() and path != demo_release / manifests.NAME}
    assert [*listed] == sorted(path.relative_to(demo_release).as_posix() for path in there)
    for path in there:
        entry = listed[path.relative_to(demo_release).as_posix()]
        assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert entry["bytes"] == len(path.read_bytes())
        assert entry.get("rows") == (len(pandas.read_parquet(path)) if path.suffix == ".parquet" else None)


def test_the_content_hash_of_a_table_can_be_made_by_hand(manifest: dict[str, Any], demo_release: Path) -> None:
    for name, table in manifest["tables"].items():
        digests = [
            hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).digest()
            for row in rows_of(demo_release, name)
        ]
        total = sum(int.from_bytes(digest, "big") for digest in digests) % 2**256
        assert table == {"rows": len(digests), "content_sha256": f"{total:064x}"}, name


ROWS = st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.none() | st.integers()}), max_size=8)


def _hash(rows: list[dict[str, Any]]) -> str:
    content = ContentHash()
    for row in rows:
        content.add(row)
    return content.hexdigest()


@given(ROWS, st.randoms())
def test_a_content_hash_does_not_depend_on_the_order_of_rows(rows: list[dict[str, Any]], lot: Any) -> None:
    shuffled = list(rows)
    lot.shuffle(shuffled)
    assert _hash(shuffled) == _hash(rows)


@given(ROWS, st.text())
def test_a_content_hash_changes_with_one_more_row_even_an_equal_one(rows: list[dict[str, Any]], text: str) -> None:
    assert _hash([*rows, {"a": text, "b": 0}]) != _hash(rows)
    assert _hash([*rows, *rows]) != _hash(rows) or not rows


@settings(max_examples=40)
@given(CONTENT)
def test_whatever_is_sealed_reads_back_and_its_seal_fits(content: dict[str, Any]) -> None:
    text = manifests.sealed(content)
    read = json.loads(text)
    seal = read.pop(manifests.SELF)
    assert read == content
    assert seal == hashlib.sha256(canonical_json(content).encode()).hexdigest()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, r"is no release: it has no manifest\.json$"),
        (lambda folder: folder.rmdir(), r"there is no such folder$"),
        (lambda folder: (folder / "manifest.json").write_text("{"), r"manifest\.json: is damaged: "),
        (lambda folder: (folder / "manifest.json").write_text("[]"), r"manifest\.json: is damaged: no JSON object"),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff"), r"manifest\.json: is damaged: "),
    ],
)
def test_a_folder_that_is_no_release_is_refused_in_one_line(tmp_path: Path, make: Any, words: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder)
    with pytest.raises(DataError, match=words) as caught:
        manifests.read(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("depth", [1, 2])
def test_the_folder_above_a_release_is_answered_with_the_release(demo_release: Path, depth: int) -> None:
    above = demo_release.parents[depth - 1]
    with pytest.raises(DataError, match=f"did you mean {re.escape(str(demo_release))}"):
        manifests.read(above)


def test_a_file_is_no_release(demo_release: Path) -> None:
    with pytest.raises(DataError, match="is no release"):
        manifests.read(demo_release / "README.md")


def test_faults_names_where_the_schema_is_broken(demo_release: Path, tmp_path: Path) -> None:
    release = copy_of(demo_release, tmp_path)
    content = manifests.read(release)
    del content[manifests.SELF]
    content["inputs"][0]["bytes"] = "many"
    (release / manifests.NAME).write_text(manifests.sealed(content), encoding="utf-8")
    (fault,) = manifests.faults(release)
    assert fault.startswith("manifest.json: breaks its schema at inputs.0.bytes: ")


def test_differences_names_the_keys_that_differ() -> None:
    ours = {"name": "a", "version": "1.0.0", "limit": None}
    assert manifests.differences(ours, {**ours, "version": "1.0.1", "counts": {}}) == ["version"]
