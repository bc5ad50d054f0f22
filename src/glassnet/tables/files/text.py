"""A text file as UTF-8, whatever its encoding, packed or not; what is no text is refused here.

Rows and cells are found in `delimited.py`.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from glassnet.errors import TableError

GZIP = b"\x1f\x8b"
UTF_8 = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UNPACKED_LIMIT = 16 * 2**30  # bytes; a gzip file of 16 MB could unfold to so much
TEXT_BLOCK = 2**20  # bytes that are looked at together
SAMPLE = 2**18  # bytes from which the layout is told
WIDE_SAMPLE = 2**24  # the same, where fewer than so many lines are in them:
FEW_LINES = 10
LONGEST_ROW = (
    16 * TEXT_BLOCK
)  # with line breaks inside quotes; in longer ones a quote is not closed

LINE_END = re.compile(r"\r\n|\r|\n")

RECORD_SEPARATOR = "\x1e"
UNIT_SEPARATOR = "\x1f"
NO_TEXT = (b"\0", RECORD_SEPARATOR.encode(), UNIT_SEPARATOR.encode())
"""Bytes that no text table holds."""


@dataclass(frozen=True)
class TableText:
    """The text of a table in UTF-8, to be read as often as needed.

    It stays in its file where that can be: a path takes no memory.
    """

    name: str
    """How messages call the file."""
    content: Path | bytes
    start: int = 0
    """Where the text begins, in bytes: after a mark of its encoding."""
    line: int = 1
    """The number of its first line."""

    def open(self) -> IO[bytes]:
        """The bytes of the text."""
        if isinstance(self.content, bytes):
            file: IO[bytes] = io.BytesIO(self.content)
        else:
            file = self.content.open("rb")
        file.seek(self.start)
        return file

    def open_lines(self) -> IO[str]:
        """The lines of the text, each with its end as it is written."""
        return io.TextIOWrapper(self.open(), "utf-8", newline="")

    def after(self, beginning: str) -> "TableText":
        """The text that follows its beginning."""
        start = self.start + len(beginning.encode())
        return replace(self, start=start, line=self.line + len(LINE_END.findall(beginning)))

    def beginning(self) -> str:
        """The first rows; of a table with very many columns a few."""
        with self.open() as file:
            content = file.read(SAMPLE)
            if content.count(b"\n") < FEW_LINES:
                content += file.read(WIDE_SAMPLE)
        return content.decode(errors="replace")

    def blocks(self) -> Iterator[bytes]:
        """All of it, cut where rows end, as far as quotes are closed.

        Raises TableError, naming the line, on what is not UTF-8 text.
        """
        line = self.line
        with self.open() as file:
            for block in _whole_rows(self.name, file):
                self._check(block, line)
                yield block
                line += block.count(b"\n")

    def _check(self, block: bytes, line: int) -> None:
        for byte in NO_TEXT:
            if byte in block:
                raise TableError(
                    f"is not a text table (it holds the byte 0x{byte[0]:02x})",
                    file=self.name,
                    remedy="save it as CSV in UTF-8",
                )
        if block.isascii():
            return
        try:
            block.decode()
        except UnicodeDecodeError as error:
            raise self._not_utf_8(block, error.start, line) from None

    def _not_utf_8(self, block: bytes, at: int, line: int) -> TableError:
        """The error that names the line, and the encoding that it is likely to have."""
        line += block.count(b"\n", 0, at)
        begin, end = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
        encoding = "cp1252" if _is_cp1252(block[begin:end]) else "latin-1"
        letter = block[at : at + 1].decode(encoding)
        return TableError(
            f"line {line} is not UTF-8: its byte 0x{block[at]:02x} is {letter!r} in {encoding}",
            file=self.name,
            remedy=f"save it as UTF-8, or: iconv -f {encoding} -t utf-8 {self.name} > new.csv",
        )


def open_text(name: str, content: Path | bytes) -> TableText:
    """The text of a file, or of bytes: unpacked, and from UTF-16, where it is so.

    Raises TableError on a damaged gzip file, and where it unfolds to more than 16 GiB.
    """
    if _first_bytes(content, 2) == GZIP:
        content = unpacked(name, content)
    mark = _first_bytes(content, 3)
    if mark == UTF_8:
        return TableText(name, content, len(UTF_8))
    if mark[:2] in UTF_16:
        data = content if isinstance(content, bytes) else content.read_bytes()
        try:
            return TableText(name, data.decode("utf-16").encode())
        except UnicodeError:
            raise TableError(
                "begins as UTF-16, but is not whole", file=name, remedy="save it as UTF-8"
            ) from None
    return TableText(name, content)


def unpacked(name: str, content: Path | bytes) -> bytes:
    """What a gzip file holds. Raises TableError as `open_text` does."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")
    out = io.BytesIO()
    try:
        with file, gzip.open(file) as packed:
            while block := packed.read(TEXT_BLOCK):
                out.write(block)
                if out.tell() > UNPACKED_LIMIT:
                    limit = f"{UNPACKED_LIMIT >> 30} GiB"
                    raise TableError(f"unfolds to more than {limit}", file=name)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise TableError("is a damaged gzip file", file=name, remedy="pack it anew") from None
    return out.getvalue()


def _first_bytes(content: Path | bytes, size: int) -> bytes:
    if isinstance(content, bytes):
        return content[:size]
    with content.open("rb") as file:
        return file.read(size)


def _whole_rows(name: str, file: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while more := file.read(TEXT_BLOCK):
        rest += more
        end = rest.rfind(b"\n") + 1
        closed = b'"' not in rest or rest.count(b'"', 0, end) % 2 == 0
        if len(rest) > LONGEST_ROW:
            end, closed = max(end, rest.rfind(b"\r") + 1), True
            if not end:
                raise TableError("is not a text table (it holds a line of 16 MiB)", file=name)
        if end and closed:
            yield rest[:end]
            rest = rest[end:]
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _is_cp1252(line: bytes) -> bool:
    try:
        line.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True
