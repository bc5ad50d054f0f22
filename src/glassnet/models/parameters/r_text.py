"""Weights and biases in R's text: assigned, as by matrix(c(...), 3, 4) or dput, or printed.

Only numbers that are written out are read; nothing is run.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from glassnet.models.parameters.found import FileOrNone, FoundNetwork, unusable

BESIDE = ("networks", "inputs", "outputs", "activations")
"""What else is looked for."""
MOST_NESTED = 20  # calls within calls
PARAMETER = re.compile(r"(?:weights|biases)[1-9]\d{0,3}")
TOKEN = re.compile(
    r"(?P<space>[ \t\r\f\v\u00a0]+|\#[^\n]*)"
    r"|(?P<line>\n)"
    r"|(?P<hex>0[xX][\da-fA-F]+(?:\.[\da-fA-F]*)?(?:[pP][+-]?\d{1,4})?L?)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<name>[^\W\d_][\w.]*|\.[\w.]*)"
    r"|(?P<other><<?-|==|[^\s])",
    re.DOTALL,
)
ASSIGNED = ("<-", "<<-", "=")
VALUES: dict[str, Any] = {
    **dict.fromkeys(("TRUE", "T"), True),
    **dict.fromkeys(("FALSE", "F"), False),
    "NULL": None,
}
ESCAPE = re.compile(r"\\(u\{?[0-9a-fA-F]{1,4}\}?|U\{?[0-9a-fA-F]{1,8}\}?|.)", re.DOTALL)
HEADING = re.compile(rf"\s*>?\s*(?:print\()?[\w.$]*?({PARAMETER.pattern})\)?\s*")
COLUMN_NUMBERS = re.compile(r"\s*\[,\d+\](\s+\[,\d+\])*\s*")
ROW = re.compile(r"\s*\[(\d+)(,?)\]\s(.*)")
WRITE_OUT = "write the numbers out, as dput(weights1) prints them"


class _Token(NamedTuple):
    kind: str
    text: str


class _Arguments(NamedTuple):
    """The arguments of a call, or the items of a list."""

    plain: list[Any]
    named: dict[str, Any]


class _UnreadableError(Exception):
    """What stands there is no number that is written out."""


def read_r_text(text: str, file: FileOrNone) -> list[FoundNetwork]:
    """The networks in a text of R: weights1, biases1, weights2 ..., or a list `networks` of such.

    Raises GlassnetError, naming file and matrix, where there are none or one is not written out.
    """
    found: dict[str, Any] = {}
    for name, value in [*_assigned(text, file), *_printed(text, file)]:
        if name in found:
            raise unusable(file, name, "stands there twice", "leave one of them")
        found[name] = value
    beside = {name: _texts(found.pop(name, None), name, file) for name in ("inputs", "outputs")}
    networks = found.pop("networks", None)
    if networks is None:
        return [_network(found, beside, file)]
    items = networks.plain if isinstance(networks, _Arguments) else [networks]
    if not items or not all(isinstance(item, _Arguments) for item in items):
        raise unusable(file, "networks", "must be a list of lists of weights1, weights2, ...")
    return [_network(dict(item.named), beside, file) for item in items]


def _network(found: dict[str, Any], beside: dict[str, Any], file: FileOrNone) -> FoundNetwork:
    activations = _texts(found.pop("activations", None), "activations", file)
    arrays = {
        name: _array(value, name, file)
        for name, value in found.items()
        if PARAMETER.fullmatch(name)
    }
    if not any(name.startswith("weights") for name in arrays):
        message = "has no weights1, weights2, ... that are assigned or printed"
        raise unusable(file, "", message, WRITE_OUT)
    return FoundNetwork(arrays, activations=activations, **beside)


def _texts(value: Any, name: str, file: FileOrNone) -> tuple[str, ...]:
    items = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise unusable(file, name, 'must be texts, as in c("a", "b")')
    return tuple(items)


def _array(value: Any, name: str, file: FileOrNone) -> np.ndarray:
    array = np.asarray(value) if not isinstance(value, _Arguments) else np.empty(0, object)
    if array.dtype.kind not in "fi":
        raise unusable(file, name, "must be numbers, as in matrix(c(1, 2), 2, 1)")
    if name.startswith("weights") and array.ndim < 2:
        return array.reshape(-1, 1)  # R multiplies by a vector as by a column
    return np.atleast_1d(array)


def _tokens(text: str) -> list[_Token]:
    found = ((match.lastgroup, match[0]) for match in TOKEN.finditer(text))
    return [_Token(kind or "", part) for kind, part in found if kind != "space"]


def _assigned(text: str, file: FileOrNone) -> Iterator[tuple[str, Any]]:
    """(name, value) of what is assigned, or is a named item of a list."""
    tokens = _tokens(text)
    at = 0
    while at < len(tokens) - 1:
        kind, name = tokens[at]
        name = _unquoted(name) if kind == "text" else name
        at += 1
        if kind not in ("name", "text") or not (PARAMETER.fullmatch(name) or name in BESIDE):
            continue
        while kind == "text" and tokens[at].text == "]" and at < len(tokens) - 1:
            at += 1  # nn[["weights1"]] <-
        if tokens[at].text == "[" and _is_assigned_to(tokens, at) and PARAMETER.fullmatch(name):
            raise unusable(file, name, "is changed part by part", WRITE_OUT)
        if tokens[at].text not in ASSIGNED:
            continue
        reader = _Reader(tokens, at + 1)
        try:
            value = reader.value(0)
            reader.check_end()
        except _UnreadableError as error:
            if not PARAMETER.fullmatch(name) and name != "networks":
                continue  # a name that anything may have
            raise unusable(file, name, f"is not written out: {error}", WRITE_OUT) from None
        at = reader.at
        yield name, value


def _is_assigned_to(tokens: list[_Token], at: int) -> bool:
    """Whether the brackets that open there are followed by an assignment."""
    depth = 0
    for position in range(at, len(tokens) - 1):
        depth += {"[": 1, "]": -1}.get(tokens[position].text, 0)
        if depth == 0:
            return tokens[position + 1].text in ASSIGNED
    return False


class _Reader:
    """Reads numbers, texts, and calls that only put them together, from a token on."""

    def __init__(self, tokens: list[_Token], at: int) -> None:
        self.tokens = tokens
        self.at = at

    def value(self, depth: int) -> Any:
        """What stands there. Raises _UnreadableError on all else."""
        if depth > MOST_NESTED:
            raise _UnreadableError("calls within too many calls")
        token = self._next()
        if token.text in ("-", "+"):
            value = self.value(depth + 1)
            if not isinstance(value, (int, float)):
                raise _UnreadableError(f"'{token.text}' before what is no number")
            return -value if token.text == "-" else value
        if token.kind == "hex":
            return float.fromhex(token.text.rstrip("L"))
        if token.kind == "number":
            number = float(token.text.rstrip("L"))
            if not self._follows(":"):
                return number
            self.at += 1
            return _range(number, self.value(depth + 1))
        if token.kind == "text":
            return _unquoted(token.text)
        if token.kind == "name" and self._follows("("):
            self.at += 1
            return _called(token.text, self._arguments(depth + 1))
        if token.kind == "name" and token.text in VALUES:
            return VALUES[token.text]
        raise _UnreadableError(
            f"'{token.text[:40]}'" if token.text.strip() else "nothing stands there"
        )

    def check_end(self) -> None:
        """Raises _UnreadableError where the expression goes on."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else _Token("line", "\n")
        if token.kind != "line" and token.text not in (";", ",", ")", "}"):
            raise _UnreadableError(f"'{token.text[:40]}' follows")

    def _arguments(self, depth: int) -> _Arguments:
        """Those of a call whose bracket is open."""
        plain: list[Any] = []
        named: dict[str, Any] = {}
        while self._peek().text != ")":
            self._peek()
            following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
            is_named = following is not None and following.text == "="
            if is_named:
                token = self._next()
                name = _unquoted(token.text) if token.kind == "text" else token.text
                self._next()
                if name in named:
                    raise _UnreadableError(f"'{name[:40]}' twice")
                named[name] = self.value(depth)
            else:
                plain.append(self.value(depth))
            if self._peek().text == ",":
                self._next()
            elif self._peek().text != ")":
                raise _UnreadableError(f"'{self._peek().text[:40]}'")
        self._next()
        return _Arguments(plain, named)

    def _follows(self, text: str) -> bool:
        """Whether that stands next, on the same line."""
        return self.at < len(self.tokens) and self.tokens[self.at].text == text

    def _peek(self) -> _Token:
        """The next token that ends no line."""
        while self.at < len(self.tokens) and self.tokens[self.at].kind == "line":
            self.at += 1
        if self.at == len(self.tokens):
            raise _UnreadableError("the text ends")
        return self.tokens[self.at]

    def _next(self) -> _Token:
        token = self._peek()
        self.at += 1
        return token


def _range(first: float, last: Any) -> list[float]:
    """The whole numbers from one to the other, as 3:1 has them."""
    if not isinstance(last, float) or abs(last - first) >= 10**6:
        raise _UnreadableError("a range that is no range of whole numbers")
    step = 1 if last >= first else -1
    return [first + step * number for number in range(int(abs(last - first)) + 1)]


def _called(function: str, given: _Arguments) -> Any:
    """What a call that puts numbers together gives."""
    if function == "c":
        items = [*given.plain, *given.named.values()]
        return [one for item in items for one in (item if isinstance(item, list) else [item])]
    if function == "list":
        return given
    if function == "matrix":
        return _matrix(given)
    if function == "structure":
        return _structure(given)
    if function in ("rbind", "cbind"):
        parts = [*given.plain, *given.named.values()]
        lengths = {len(part) if isinstance(part, list) else -1 for part in parts}
        if len(lengths) != 1 or -1 in lengths:
            raise _UnreadableError(f"{function}() of what are not vectors of one length")
        array = _numbers(parts)
        return array if function == "rbind" else array.T
    raise _UnreadableError(f"{function[:40]}()")


def _matrix(given: _Arguments) -> np.ndarray:
    """matrix(data, nrow, ncol, byrow), by columns unless it says otherwise."""
    settings = dict(zip(("data", "nrow", "ncol", "byrow", "dimnames"), given.plain, strict=False))
    settings |= given.named
    data = settings.get("data")
    numbers = _numbers(data if isinstance(data, list) else [data])
    rows, columns = settings.get("nrow"), settings.get("ncol")
    rows, columns = (None if one is None else _size(one) for one in (rows, columns))
    if rows is None:
        rows = len(numbers) if columns is None else -(-len(numbers) // columns)
    columns = -(-len(numbers) // rows) if columns is None else columns
    if rows * columns != len(numbers):
        raise _UnreadableError(f"{len(numbers)} numbers in a matrix of {rows} x {columns}")
    order = "C" if settings.get("byrow") is True else "F"
    return numbers.reshape((rows, columns), order=order)


def _structure(given: _Arguments) -> np.ndarray:
    """structure(c(...), dim = c(3, 4)), as dput writes a matrix."""
    sizes = given.named.get("dim", given.named.get(".Dim"))
    [data] = given.plain if len(given.plain) == 1 else [None]
    numbers = _numbers(data if isinstance(data, list) else [data])
    if not isinstance(sizes, list) or len(sizes) != 2:
        raise _UnreadableError("structure() without the two sizes of a matrix")
    rows, columns = map(_size, sizes)
    if rows * columns != len(numbers):
        raise _UnreadableError(f"{len(numbers)} numbers in a matrix of {rows} x {columns}")
    return numbers.reshape((rows, columns), order="F")


def _numbers(items: list[Any]) -> np.ndarray:
    flat = [one for item in items for one in (item if isinstance(item, list) else [item])]
    if not flat or not all(isinstance(one, float) for one in flat):
        raise _UnreadableError("what are not all numbers")
    return np.array(items, float)


def _size(value: Any) -> int:
    if not isinstance(value, float) or not 1 <= value < 2**31 or value != int(value):
        raise _UnreadableError("a size that is no whole number")
    return int(value)


def _unquoted(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = found[1]
        if code[0] in "uU" and len(code) > 1:
            number = int(code[1:].strip("{}"), 16)
            return chr(number) if number < 0x110000 else "?"
        return {"n": "\n", "t": "\t", "r": "\r"}.get(code, code)

    return ESCAPE.sub(character, text[1:-1])


def _printed(text: str, file: FileOrNone) -> Iterator[tuple[str, np.ndarray]]:
    """(name, array) of the matrices and vectors that stand there as R prints them."""
    lines = text.split("\n")
    for at, line in enumerate(lines[:-1]):
        heading = HEADING.fullmatch(line)
        if heading is None:
            continue
        body = lines[at + 1 :]
        if COLUMN_NUMBERS.fullmatch(body[0]):
            yield heading[1], _printed_matrix(body, heading[1], file)
        elif ROW.fullmatch(body[0]):
            yield heading[1], _printed_vector(body, heading[1], file)


def _printed_matrix(lines: list[str], name: str, file: FileOrNone) -> np.ndarray:
    blocks: list[list[list[float]]] = []
    for line in lines:
        row = ROW.fullmatch(line)
        if COLUMN_NUMBERS.fullmatch(line):
            blocks.append([])
        elif row is not None and row[2]:
            blocks[-1].append(_printed_numbers(row[3], name, file))
        else:
            break
    try:
        return np.concatenate([np.array(block, float) for block in blocks], axis=1)
    except ValueError:
        raise unusable(file, name, "is printed with rows of several lengths") from None


def _printed_vector(lines: list[str], name: str, file: FileOrNone) -> np.ndarray:
    numbers: list[float] = []
    for line in lines:
        row = ROW.fullmatch(line)
        if row is None or row[2]:
            break
        numbers += _printed_numbers(row[3], name, file)
    return np.array(numbers)


def _printed_numbers(text: str, name: str, file: FileOrNone) -> list[float]:
    try:
        return [float(number) for number in text.split()]
    except ValueError:
        raise unusable(file, name, f"is printed with what is no number: '{text[:40]}'") from None
