"""The server gives its page to whoever knows the secret and calls it by its own name, and nothing
else to anyone.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from urllib.parse import urlsplit

import pytest

from glassnet.errors import GlassnetError
from glassnet.lab.page import LabPage
from glassnet.lab.server import LabServer

PAGE = LabPage("<!doctype html><p>ä</p>", "default-src 'none'")


@pytest.fixture
def server() -> Iterator[LabServer]:
    with LabServer(PAGE) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def asked(
    server: LabServer, path: str, method: str = "GET", **headers: str
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def test_it_gives_the_page_at_its_address(server: LabServer) -> None:
    parts = urlsplit(server.url)
    assert (parts.scheme, parts.hostname, parts.port) == ("http", "127.0.0.1", server.server_port)
    assert len(parts.path) > 40
    answer, content = asked(server, parts.path)
    assert (answer.status, content.decode()) == (200, PAGE.html)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'"
    )
    answer, content = asked(server, parts.path, Host=f"localhost:{server.server_port}")
    assert (answer.status, content.decode()) == (200, PAGE.html)
    answer, content = asked(server, parts.path, "HEAD")
    assert (answer.status, content) == (200, b"")


def test_it_says_nothing_of_all_else(server: LabServer) -> None:
    secret = urlsplit(server.url).path
    others = ["/", "/favicon.ico", "/lab.js", secret[:-1], secret + "x", secret.upper()]
    for path in [*others, f"{secret}?a=1", f"/..{secret}", secret[:-2] + "A/"]:
        if path != secret:
            answer, content = asked(server, path)
            assert answer.status == 404, path
            assert secret.strip("/").encode() not in content
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert asked(server, secret, method)[0].status == 501


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{}", "127.0.0.1", "[::1]:{}", ""])
def test_a_page_that_gives_itself_this_address_gets_nothing(server: LabServer, host: str) -> None:
    given = host.format(server.server_port)
    answer, content = asked(server, urlsplit(server.url).path, Host=given)
    assert answer.status == 404
    assert PAGE.html.encode() not in content


def test_no_answer_may_be_kept_sniffed_or_used_by_others(server: LabServer) -> None:
    for path in (urlsplit(server.url).path, "/"):
        headers = asked(server, path)[0].headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Server"] == "glassnet "


def test_nothing_is_printed(server: LabServer, capfd: pytest.CaptureFixture[str]) -> None:
    asked(server, "/")
    asked(server, urlsplit(server.url).path)
    assert capfd.readouterr() == ("", "")


def test_it_listens_on_this_machine_alone_and_each_has_its_secret(server: LabServer) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
    with LabServer(PAGE) as other:
        assert urlsplit(other.url).path != urlsplit(server.url).path


def test_a_port_that_cannot_be_had(server: LabServer) -> None:
    with pytest.raises(GlassnetError, match=f"port={server.server_port} cannot be used") as error:
        LabServer(PAGE, server.server_port)
    assert "leave it out" in str(error.value)
    for port in (-1, 65536):
        with pytest.raises(GlassnetError, match="port must be from 0 to 65535"):
            LabServer(PAGE, port)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_end(by: signal.Signals) -> None:
    code = """
from glassnet.lab import page
page.lab_files = lambda: page.LabFiles("let shown", "")
from glassnet.cli import main
main()
"""
    command = [sys.executable, "-c", code, "lab", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().split()[-1]
        assert process.stdout.readline() == b"Ctrl-C ends it\n"
        parts = urlsplit(address)
        connection = HTTPConnection(parts.netloc, timeout=10)
        connection.request("GET", parts.path)
        assert b"let shown" in connection.getresponse().read()
        connection.close()
        process.send_signal(by)
        out, error = process.communicate(timeout=20)
    assert (process.returncode, error) == (0, b"")
    assert out == b"Ended\n"
