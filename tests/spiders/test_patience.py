"""How long a site asks us to wait."""

from datetime import UTC, datetime, timedelta

import pytest

from radcurate.spiders.patience import asked_to_wait

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("retry_after", "date", "seconds"),
    [
        (b"120", None, 120),
        (b" 7 ", None, 7),
        (b"0", None, 0),
        (b"Mon, 01 Jun 2026 12:01:30 GMT", None, 90),
        # The site's clock is an hour ahead of ours: what counts is the time between.
        (b"Mon, 01 Jun 2026 13:01:30 GMT", b"Mon, 01 Jun 2026 13:00:00 GMT", 90),
        (b"Mon, 01 Jun 2026 11:00:00 GMT", None, 0),
        (b"Mon, 01 Jun 2026 14:01:30 +0200", None, 90),
        (b"9" * 400, None, 10**9),
        (None, None, None),
        (b"", None, None),
        (b"-5", None, None),
        (b"1.5", None, None),
        (b"soon", None, None),
        ("²".encode("latin-1"), None, None),
    ],
)
def test_seconds_and_dates_are_understood(retry_after, date, seconds):
    found = asked_to_wait({"Retry-After": retry_after, "Date": date}, NOW)
    assert found == (None if seconds is None else timedelta(seconds=seconds))
