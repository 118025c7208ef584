"""A site of as many articles as asked for, on loopback, in a process of its own that does as little as it can.

    .venv/bin/python -m benchmarks.site --pages 2000 --size 60000 [--core 0]

Every page is an article of the demo site with a number of its own, within a frame up to `--size` bytes (0: as it is).
Listings name a hundred each. The first line on stdout is the site's address; `/counted` answers how many pages were
asked for since it was asked last, and the seconds from the first of them to the last, so that crawlers are timed alike.
"""

import argparse
import asyncio
import json
import os
import time
from urllib.parse import parse_qs, urlsplit

from benchmarks.pages import framed
from radcurate.demo.site.answers import Site
from radcurate.demo.site.render import listing

LISTED = 100
ROBOTS = b"User-agent: *\nDisallow: /users/\n"


class Pages:
    """What the site answers, and the times at which pages were asked for."""

    def __init__(self, pages: int, size: int) -> None:
        demo = Site()
        self._pages = pages
        self._times: list[float] = []
        self._parts = []
        for slug, text in demo.articles.items():
            body = framed(demo.answer(f"/articles/{slug}").body, size)
            self._parts.append(body.split(str(text.about["rid"]).encode()))

    def answer(self, target: str) -> tuple[str, bytes]:
        """The type and body for a path with its query."""
        address = urlsplit(target)
        if address.path.startswith("/articles/"):
            self._times.append(time.perf_counter())
            number = address.path.removeprefix("/articles/number-")
            return "text/html; charset=utf-8", number.encode().join(self._parts[int(number) % len(self._parts)])
        if address.path == "/search":
            return "text/html; charset=utf-8", self._listing(int(parse_qs(address.query)["page"][0]))
        if address.path == "/counted":
            return "application/json", self._counted()
        return "text/plain", ROBOTS

    def _listing(self, page: int) -> bytes:
        numbers = range((page - 1) * LISTED, min(page * LISTED, self._pages))
        hits = [(f"/articles/number-{1_000_000 + number}", f"Article {number}", "") for number in numbers]
        following = f"/search?page={page + 1}" if page * LISTED < self._pages else None
        return listing("article", hits, following, self._pages).encode()

    def _counted(self) -> bytes:
        times, self._times = self._times, []
        return json.dumps([len(times), times[-1] - times[0] if times else 0]).encode()


class Answering(asyncio.Protocol):
    """One connection: requests without bodies, answered in their order."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._asked = pages, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers every request that has come whole."""
        *whole, self._asked = (self._asked + data).split(b"\r\n\r\n")
        for request in whole:
            kind, body = self._pages.answer(request.split(b" ", 2)[1].decode())
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
            self._transport.write(head.encode() + body)


async def serve(pages: Pages) -> None:
    """Serves until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(pages), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--core", type=int)
    asked = parser.parse_args()
    if asked.core is not None:
        os.sched_setaffinity(0, {asked.core})
    asyncio.run(serve(Pages(asked.pages, asked.size)))


if __name__ == "__main__":
    main()
