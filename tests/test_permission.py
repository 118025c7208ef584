"""A permission covers what it says, on the days it says, and nothing else; loopback alone needs none."""

from datetime import date

import pytest

from radcurate import permission
from radcurate.errors import UsageError

TODAY = date(2026, 6, 1)
GRANTED = """\
basis = "granted"
hosts = ["radiology.test"]
scopes = ["download", "derive"]
granted_by = "A. Sample, editor"
reference = "letter 26-014"
granted = 2026-02-03
expires = 2027-02-02
contact = "lab@university.test"
"""
OPEN = """\
basis = "open-licence"
hosts = ["wiki.test", "mirror.wiki.test"]
scopes = ["download", "derive", "train", "share"]
licence = "CC-BY-SA-4.0"
contact = "lab@university.test"
"""


def written(folder, text=GRANTED):
    path = folder / "permission.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(*asked, **options) -> str:
    with pytest.raises(UsageError) as caught:
        permission.demand(*asked, **options)
    return str(caught.value)


def test_the_printed_example_is_a_permission(tmp_path):
    found = permission.load(written(tmp_path, permission.EXAMPLE))
    assert found.hosts == ("radiology.example",)
    assert found.scopes == ("download", "derive", "train")
    assert (found.granted, found.expires) == (date(2026, 2, 3), date(2027, 2, 2))


def test_the_digest_is_that_of_the_files_bytes(tmp_path):
    one = permission.load(written(tmp_path))
    assert permission.load(written(tmp_path, GRANTED + "# a word more\n")).digest != one.digest


@pytest.mark.parametrize("scope", permission.SCOPES)
def test_each_scope_is_asked_for_by_itself(tmp_path, scope):
    allowed = permission.load(written(tmp_path, OPEN))
    permission.demand(["wiki.test"], scope, allowed, TODAY)
    others = ", ".join(f'"{other}"' for other in permission.SCOPES if other != scope)
    narrowed = OPEN.replace('["download", "derive", "train", "share"]', f"[{others}]")
    found = refusal(["wiki.test"], scope, permission.load(written(tmp_path, narrowed)), TODAY)
    assert f"does not allow to {scope}" in found
    assert f"for the scope `{scope}`" in found


@pytest.mark.parametrize("scope", permission.SCOPES)
def test_without_a_permission_no_scope_is_allowed(scope):
    found = refusal(["radiology.test"], scope, None, TODAY)
    assert "radiology.test" in found
    assert "--explain-permission" in found


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST."])
def test_loopback_needs_none(host):
    permission.demand([host], "download", None, TODAY)


@pytest.mark.parametrize(
    "host", ["radiology.test", "127.0.0.1.radiology.test", "localhost.test", "10.0.0.1", "0.0.0.0", "", "1"]
)
def test_any_other_host_needs_one(host):
    assert refusal([host], "download", None, TODAY)


@pytest.mark.parametrize("host", ["www.radiology.test", "test", "xradiology.test", "radiology.test.evil.test"])
def test_a_host_is_covered_by_its_full_name_alone(tmp_path, host):
    assert f"does not cover {host}" in refusal([host], "download", permission.load(written(tmp_path)), TODAY)


def test_one_host_that_is_not_covered_is_enough(tmp_path):
    allowed = permission.load(written(tmp_path))
    permission.demand(["radiology.test", "127.0.0.1", "RADIOLOGY.test."], "derive", allowed, TODAY)
    assert "elsewhere.test" in refusal(["radiology.test", "elsewhere.test"], "derive", allowed, TODAY)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 2), "holds from 2026-02-03 only"),
        (date(2027, 2, 3), "expired on 2027-02-02"),
    ],
)
def test_before_its_first_and_after_its_last_day_it_allows_nothing(tmp_path, day, words):
    assert words in refusal(["radiology.test"], "download", permission.load(written(tmp_path)), day)


@pytest.mark.parametrize("day", [date(2026, 2, 3), date(2027, 2, 2)])
def test_the_first_and_the_last_day_belong_to_it(tmp_path, day):
    permission.demand(["radiology.test"], "download", permission.load(written(tmp_path)), day)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('contact = "lab@university.test"\n', "", "missing key `contact`"),
        ('contact = "lab@university.test"', 'contact = "lab"', "`contact` is wrong"),
        ('"radiology.test"', '"https://radiology.test/"', "`hosts.0` is wrong"),
        ('"radiology.test"', '"Radiology.test"', "`hosts.0` is wrong"),
        ('["radiology.test"]', "[]", "`hosts` is wrong"),
        ('"derive"', '"drive"', "nearest allowed: 'derive'"),
        ('"granted"', '"hearsay"', "`basis` is 'hearsay'"),
        ("expires = 2027-02-02\n", "", "missing key `expires`"),
        ('reference = "letter 26-014"\n', "", "missing key `reference`"),
        ("expires = 2027-02-02", 'expires = "next year"', "`expires` must be a day"),
        ("expires = 2027-02-02", "expires = 2027-02-02T10:00:00Z", "`expires` must be a day"),
        ('basis = "granted"', 'basis = "open-licence"', "missing key `licence`"),
        ('reference = "', 'referenced = "', "unknown key `referenced`; nearest allowed: `reference`"),
        ('reference = "letter', "reference = letter", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key_and_what_is_allowed(tmp_path, old, new, words):
    assert old in GRANTED
    path = written(tmp_path, GRANTED.replace(old, new))
    with pytest.raises(UsageError) as caught:
        permission.load(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        permission.load(tmp_path / "nowhere.toml")
