"""What a licence allows is read from one table, and an unknown one allows nothing."""

import pytest

from radcurate.licences import conflict, is_restricted, licence_url, named_by_url


@pytest.mark.parametrize("licence", ["CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-SA-4.0"])
def test_what_is_derived_under_these_may_be_published(licence):
    assert not is_restricted(licence)


@pytest.mark.parametrize("licence", ["CC-BY-NC-ND-4.0", "CC-BY-ND-4.0", "PhysioNet Credentialed 1.5.0", "", "cc0"])
def test_no_derivatives_and_unknown_licences_are_restricted(licence):
    assert is_restricted(licence)


def test_a_licence_is_known_by_its_address_with_http_too():
    assert named_by_url("http://creativecommons.org/licenses/by-nc-nd/4.0/") == "CC-BY-NC-ND-4.0"
    assert named_by_url("https://example.test/terms ") == "https://example.test/terms"
    assert licence_url("CC0-1.0") == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert licence_url("https://example.test/terms") is None


@pytest.mark.parametrize(
    "address",
    [
        "//creativecommons.org/licenses/by-sa/4.0/",
        "http://creativecommons.org/licenses/by-sa/4.0/deed.de",
        "https://creativecommons.org/licenses/by-sa/4.0/deed",
        "https://creativecommons.org/licenses/by-sa/4.0/legalcode",
        "https://www.creativecommons.org/licenses/by-sa/4.0",
    ],
)
def test_a_licence_is_known_by_every_form_of_its_address(address):
    assert named_by_url(address) == "CC-BY-SA-4.0"


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("", None),
        ("https://creativecommons.org/licenses/by/4.0/deed.en", None),
        (
            "https://creativecommons.org/licenses/by-sa/4.0/",
            "states the licence CC-BY-SA-4.0, where CC-BY-4.0 was expected",
        ),
        (
            "https://creativecommons.org/licenses/by/3.0/",
            "states the licence https://creativecommons.org/licenses/by/3.0/, where CC-BY-4.0 was expected",
        ),
    ],
)
def test_a_site_that_states_another_licence_than_the_one_expected_is_in_conflict(stated, words):
    assert conflict("CC-BY-4.0", stated) == words
