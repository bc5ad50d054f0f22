"""The lab's page on this machine's own address: one page under a secret path, and nothing else.

The secret keeps other users and pages of this machine out, the check of the host keeps out pages
that give themselves this machine's address. What the page is, is `page.py`'s.
"""

import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import compare_digest, token_urlsafe
from socketserver import TCPServer

from glassnet.errors import GlassnetError, OptionRef, option_error
from glassnet.lab.page import LabPage

ADDRESS = "127.0.0.1"
LARGEST_PORT = 65535
SECONDS_TO_ASK = 10  # after which a connection that asks nothing is closed


class LabServer(ThreadingHTTPServer):
    """Serves a page at `url` once `serve_forever` is called.

    Parameters
    ----------
    page : LabPage
        What it serves.
    port : int
        0: any that is free.

    Raises
    ------
    GlassnetError
        Where the port is none, or cannot be had.
    """

    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # on Windows two could then listen on one port

    def __init__(self, page: LabPage, port: int = 0) -> None:
        if not 0 <= port <= LARGEST_PORT:
            raise option_error("port", f"must be from 0 to {LARGEST_PORT}", port)
        self.content = page.html.encode()
        self.policy = f"{page.policy}; frame-ancestors 'none'"
        self.secret_path = f"/{token_urlsafe()}/"
        try:
            super().__init__((ADDRESS, port), _Handler)
        except OSError as error:
            raise GlassnetError(
                [OptionRef("port", port), f" cannot be used ({error.strerror})"],
                option="port",
                value=port,
                remedy="leave it out, and a free one is taken",
            ) from None

    @property
    def url(self) -> str:
        """The page's address, with the secret."""
        return f"http://{ADDRESS}:{self.server_port}{self.secret_path}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a browser that was sent to this address calls it."""
        return tuple(f"{name}:{self.server_port}" for name in (ADDRESS, "localhost"))

    def server_bind(self) -> None:
        """Take the port. HTTPServer's own would ask for the name of this machine too."""
        TCPServer.server_bind(self)
        self.server_port = self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a browser that went away is no error."""


class _Handler(BaseHTTPRequestHandler):
    server_version = "glassnet"
    sys_version = ""
    timeout = SECONDS_TO_ASK

    def do_GET(self) -> None:
        """The page; 404 for all else."""
        self._respond(with_content=True)

    def do_HEAD(self) -> None:
        """The same without the page itself."""
        self._respond(with_content=False)

    def _respond(self, with_content: bool) -> None:
        lab = self.server
        assert isinstance(lab, LabServer)
        is_page = compare_digest(self.path.encode(), lab.secret_path.encode())
        if not is_page or self.headers.get("Host") not in lab.hosts:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(lab.content)))
        self.send_header("Content-Security-Policy", lab.policy)
        self.end_headers()
        if with_content:
            self.wfile.write(lab.content)

    def end_headers(self) -> None:
        """Headers of every response."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: a log would show the secret."""
