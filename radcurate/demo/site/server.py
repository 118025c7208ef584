"""Serves the demo site on loopback: python -m radcurate.demo.site.server --port 8000"""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import click

from radcurate.demo.site.answers import Site

HOST = "127.0.0.1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:  # the name that http.server calls
        answer = self.site.answer(self.path, dict(self.headers.items()))
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # the names that http.server gives them
        return


def _server(site: Site, port: int) -> ThreadingHTTPServer:
    return ThreadingHTTPServer((HOST, port), type("Handler", (_Handler,), {"site": site}))


@contextlib.contextmanager
def serving(site: Site) -> Iterator[str]:
    """Serves the site on a free port while the context lasts; gives its address."""
    with _server(site, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@click.command()
@click.option("--port", default=8000, show_default=True, help="The port on 127.0.0.1.")
def main(port: int) -> None:
    """Serve the demo site until Ctrl-C.

    Example: python -m radcurate.demo.site.server --port 8000
    """
    with _server(Site(), port) as server, contextlib.suppress(KeyboardInterrupt):
        click.echo(f"the demo site: http://{HOST}:{port}/search?scope=articles (Ctrl-C ends)")
        server.serve_forever()


if __name__ == "__main__":
    main()
