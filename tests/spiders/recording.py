"""A small site on loopback that keeps every request it got; a test says what it answers."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """What the site answers; HTML unless `headers` say otherwise."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Recording:
    """A site that is being served: its address, the path, headers and arrival of every request, and of which paths the
    answer was not heard to its end."""

    address: str = ""
    requests: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)

    def targets(self) -> list[str]:
        """Path and query of every request in their order."""
        return [target for target, _, _ in self.requests]

    def pauses(self) -> list[float]:
        """Seconds from each request's arrival to that of the next."""
        arrivals = [when for _, _, when in self.requests]
        return [after - before for before, after in itertools.pairwise(arrivals)]

    def times(self, target: str) -> list[float]:
        """When this path and query were asked for."""
        return [when for asked, _, when in self.requests if asked == target]


class Server(ThreadingHTTPServer):
    """Says nothing of askers that were killed."""

    def handle_error(self, *_: object) -> None:
        return


@contextlib.contextmanager
def recorded(answer: Callable[[Recording, str], Reply]) -> Iterator[Recording]:
    """Serves what `answer` gives for a path with its query; the request is in the recording by then."""
    recording = Recording()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # the name that http.server calls
            recording.requests.append((self.path, dict(self.headers.items()), time.monotonic()))
            reply = answer(recording, self.path)
            self.send_response_only(reply.status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                self.wfile.write(reply.body)
            except (BrokenPipeError, ConnectionResetError):
                recording.hung_up.append(self.path)
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            return

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        recording.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield recording
        finally:
            server.shutdown()
            thread.join()
