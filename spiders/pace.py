"""When the next request may be sent: the pause that a site is owed, and the waits that it asks for.

The pause counts from the end of the answer before, so that a slow site gets the more rest, and it holds for
robots.txt, redirects and retries alike. With a pause one request at a time is on its way; without one (loopback whose
robots.txt asks for none) they overlap.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from radcurate.permission import needs_permission

# Seconds. No option lowers the first: it is what is owed to any site but one on loopback.
LEAST_PAUSE = 5.0
LONGEST_PAUSE = 3600.0
LONGEST_BACKOFF = 600.0
_LEAST_BACKOFF = 0.002


def pause_for(host: str, asked: float = 0.0) -> float:
    """Seconds between requests to a host that asks for `asked` of them; what counts is the name, not its address."""
    return max(asked, LEAST_PAUSE if needs_permission(host) else 0.0)


def backoff(failures: int, pause: float) -> float:
    """Seconds of rest after so many failures in a row: twice the pause, then twice as much each time."""
    return float(min(max(pause, _LEAST_BACKOFF) * 2 ** min(failures, 64), LONGEST_BACKOFF))


class Pace:
    """The turns of one run: every request takes one, whichever spider sends it."""

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        self._one = asyncio.Lock()
        self._ended = asyncio.Event()
        self._earliest = time.monotonic()

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits until a request may be sent; leave it when its answer came. After `end` nobody waits."""
        if not self.pause:
            await self._wait()
            yield
            return
        async with self._one:
            await self._wait()
            try:
                yield
            finally:
                self.rest(self.pause)

    def rest(self, seconds: float) -> None:
        """No request is sent in the next `seconds`, nor before what was asked for earlier."""
        self._earliest = max(self._earliest, time.monotonic() + seconds)

    def end(self) -> None:
        """Wakes all who wait: the crawl is over, and they must look for that."""
        self._ended.set()

    async def _wait(self) -> None:
        # Again after each wait: another answer may have asked for a longer one meanwhile.
        while not self._ended.is_set() and (left := self._earliest - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), left)
