"""Every page of the demo site is read alike by the page objects and by the independent oracle."""

import pytest

from radcurate.demo.site.answers import Site, every_path
from tests.spiders.test_oracle import assert_same_reading

SITE = Site()


@pytest.mark.parametrize("path", [*every_path(SITE), "/search?scope=articles", "/search?scope=cases&page=2"])
def test_a_page_of_the_site_is_read_as_the_oracle_reads_it(path):
    assert_same_reading(SITE.answer(path).body.decode(), f"https://demo.example{path}")
