"""What of robots.txt is read, and what it asks of us."""

import pytest
from protego import Protego
from scrapy.http import Response

from radcurate.spiders.robots import MOST_BYTES, pause_asked, robots_address, rules_text, unreadable


@pytest.mark.parametrize(
    ("text", "pause"),
    [
        ("", 0.0),
        ("User-agent: *\nCrawl-delay: 10\n", 10.0),
        ("User-agent: *\nCrawl-delay: 0.5\n", 0.5),
        ("User-agent: *\nRequest-rate: 1/20\n", 20.0),
        ("User-agent: *\nRequest-rate: 2/1m 0900-1700\n", 30.0),
        ("User-agent: *\nCrawl-delay: 40\nRequest-rate: 2/1m\n", 40.0),
        ("User-agent: *\nCrawl-delay: 40\n\nUser-agent: radcurate\nCrawl-delay: 7\n", 7.0),
        ("User-agent: otherbot\nCrawl-delay: 40\n", 0.0),
        ("User-agent: *\nCrawl-delay: soon\nRequest-rate: often\n", 0.0),
        ("User-agent: *\nCrawl-delay: -3\n", 0.0),
        ("User-agent: *\nCrawl-delay: inf\n", 0.0),
    ],
)
def test_the_pause_is_the_larger_of_delay_and_rate_for_us(text, pause):
    assert pause_asked(Protego.parse(text)) == pause


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (200, None),
        (204, None),
        (404, None),
        (410, None),
        (451, None),
        (302, "answered 302"),
        (500, "answered 500"),
        (503, "answered 503"),
        (599, "answered 599"),
    ],
)
def test_an_answer_that_there_are_none_is_one_and_a_servers_failure_is_not(status, why):
    assert unreadable(Response("http://radiology.test/robots.txt", status=status)) == why


def test_the_first_500_kib_are_read_in_whole_lines():
    line = b"Disallow: /private/archive/of/long/names\n"
    text = rules_text(b"User-agent: *\n" + line * (MOST_BYTES // len(line) + 100))
    assert MOST_BYTES - len(line) < len(text) <= MOST_BYTES
    assert set(text.splitlines()) == {"User-agent: *", line.decode().strip()}
    assert rules_text(line * 3) == line.decode() * 3


def test_a_byte_order_mark_and_bytes_that_are_no_text_do_not_hide_a_rule():
    rules = Protego.parse(rules_text(b"\xef\xbb\xbfUser-agent: *\n# \xff\xfe\nDisallow: /a\n"))
    assert not rules.can_fetch("http://radiology.test/a", "radcurate")
    assert rules.can_fetch("http://radiology.test/b", "radcurate")


@pytest.mark.parametrize(
    ("served", "address"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/robots.txt"),
        ("https://radiology.test/wiki", "https://radiology.test/robots.txt"),
    ],
)
def test_robots_txt_stands_at_the_root(served, address):
    assert robots_address(served) == address
