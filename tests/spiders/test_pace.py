"""How long a site is left alone between requests, and that everything waits where it is asked to."""

import asyncio
import itertools
import time

import pytest

from radcurate.spiders.pace import LEAST_PAUSE, LONGEST_BACKOFF, Pace, backoff, pause_for


@pytest.mark.parametrize(
    ("host", "asked", "pause"),
    [
        ("radiology.test", 0.0, 5.0),
        ("radiology.test", 0.5, 5.0),
        ("radiology.test", 30.0, 30.0),
        ("0.0.0.0", 0.0, 5.0),
        ("localhost.test", 0.0, 5.0),
        ("127.0.0.1", 0.0, 0.0),
        ("localhost", 0.0, 0.0),
        ("::1", 0.3, 0.3),
    ],
)
def test_a_real_host_is_owed_five_seconds_or_more_and_loopback_what_it_asks_for(host, asked, pause):
    assert pause_for(host, asked) == pause


def test_five_seconds_is_what_is_owed():
    assert LEAST_PAUSE == 5.0


def test_rest_doubles_with_every_failure_up_to_ten_minutes():
    assert [backoff(failures, 5.0) for failures in range(1, 9)] == [10, 20, 40, 80, 160, 320, 600, 600]
    assert backoff(10_000, 5.0) == LONGEST_BACKOFF


def taken(pace: Pace, number: int, lasting: float = 0.0) -> list[tuple[float, float]]:
    """Begin and end of so many turns that are asked for at once."""
    spans: list[tuple[float, float]] = []

    async def one() -> None:
        async with pace.turn():
            begun = time.monotonic()
            await asyncio.sleep(lasting)
            spans.append((begun, time.monotonic()))

    async def all_of_them() -> None:
        await asyncio.gather(*(one() for _ in range(number)))

    asyncio.run(all_of_them())
    return sorted(spans)


def test_with_a_pause_turns_come_one_at_a_time_and_the_pause_counts_from_the_end_of_the_one_before():
    spans = taken(Pace(0.05), 4, lasting=0.02)
    assert all(after[0] - before[1] >= 0.05 for before, after in itertools.pairwise(spans))


def test_without_a_pause_turns_overlap():
    spans = taken(Pace(), 4, lasting=0.1)
    assert max(begun for begun, _ in spans) < min(ended for _, ended in spans)


def test_a_rest_holds_for_every_turn_and_a_shorter_one_does_not_end_it():
    pace, before = Pace(), time.monotonic()
    pace.rest(0.2)
    pace.rest(0.01)
    assert all(begun - before >= 0.2 for begun, _ in taken(pace, 3))


def test_a_rest_that_is_asked_for_while_a_turn_waits_lengthens_that_wait():
    pace = Pace(0.05)
    pace.rest(0.05)
    before = time.monotonic()

    async def both() -> float:
        async def ask() -> None:
            await asyncio.sleep(0.01)
            pace.rest(0.3)

        asking = asyncio.create_task(ask())
        async with pace.turn():
            begun = time.monotonic()
        await asking
        return begun

    assert asyncio.run(both()) - before >= 0.3


def test_after_the_end_nobody_waits():
    pace = Pace()
    pace.rest(3600.0)
    pace.end()
    assert len(taken(pace, 3)) == 3


def test_who_waits_is_woken_by_the_end():
    pace = Pace(3600.0)

    async def ended_meanwhile() -> int:
        async def end() -> None:
            await asyncio.sleep(0.01)
            pace.end()

        ending, turns = asyncio.create_task(end()), 0
        for _ in range(3):
            async with pace.turn():
                turns += 1
        await ending
        return turns

    assert asyncio.run(ended_meanwhile()) == 3
