"""What a text of R assigns: numbers that are written out, and calls that put them together."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from glassnet.models.parameters.found import unusable
from glassnet.models.parameters.r_calls import RArguments, UnreadableError, r_called, r_range

PARAMETER = re.compile(r"(?:weights|biases)[1-9]\d{0,3}")
BESIDE = ("networks", "inputs", "outputs", "activations")
"""What else is looked for."""
WRITE_OUT = "write the numbers out, as dput(weights1) prints them"

MOST_NESTED = 20  # calls within calls
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


class _Token(NamedTuple):
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found = ((match.lastgroup, match[0]) for match in TOKEN.finditer(text))
    return [_Token(kind or "", part) for kind, part in found if kind != "space"]


def assigned_in(text: str) -> Iterator[tuple[str, Any]]:
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
            raise unusable(name, "is changed part by part", WRITE_OUT)
        if tokens[at].text not in ASSIGNED:
            continue
        reader = _Reader(tokens, at + 1)
        try:
            value = reader.value(0)
            reader.check_end()
        except UnreadableError as error:
            if not PARAMETER.fullmatch(name) and name != "networks":
                continue  # a name that anything may have
            raise unusable(name, f"is not written out: {error}", WRITE_OUT) from None
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
        """What stands there. Raises UnreadableError on all else."""
        if depth > MOST_NESTED:
            raise UnreadableError("calls within too many calls")
        token = self._next()
        if token.text in ("-", "+"):
            value = self.value(depth + 1)
            if not isinstance(value, (int, float)):
                raise UnreadableError(f"'{token.text}' before what is no number")
            return -value if token.text == "-" else value
        if token.kind == "hex":
            return float.fromhex(token.text.rstrip("L"))
        if token.kind == "number":
            number = float(token.text.rstrip("L"))
            if not self._follows(":"):
                return number
            self.at += 1
            return r_range(number, self.value(depth + 1))
        if token.kind == "text":
            return _unquoted(token.text)
        if token.kind == "name" and self._follows("("):
            self.at += 1
            return r_called(token.text, self._arguments(depth + 1))
        if token.kind == "name" and token.text in VALUES:
            return VALUES[token.text]
        raise UnreadableError(
            f"'{token.text[:40]}'" if token.text.strip() else "nothing stands there"
        )

    def check_end(self) -> None:
        """Raises UnreadableError where the expression goes on."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else _Token("line", "\n")
        if token.kind != "line" and token.text not in (";", ",", ")", "}"):
            raise UnreadableError(f"'{token.text[:40]}' follows")

    def _arguments(self, depth: int) -> RArguments:
        """Those of a call whose bracket is open."""
        items: list[tuple[str, Any]] = []
        while self._peek().text != ")":
            self._peek()
            following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
            name = ""
            if following is not None and following.text == "=":
                token = self._next()
                name = _unquoted(token.text) if token.kind == "text" else token.text
                self._next()
            items.append((name, self.value(depth)))
            if self._peek().text == ",":
                self._next()
            elif self._peek().text != ")":
                raise UnreadableError(f"'{self._peek().text[:40]}'")
        self._next()
        return RArguments(items)

    def _follows(self, text: str) -> bool:
        """Whether that stands next, on the same line."""
        return self.at < len(self.tokens) and self.tokens[self.at].text == text

    def _peek(self) -> _Token:
        """The next token that ends no line."""
        while self.at < len(self.tokens) and self.tokens[self.at].kind == "line":
            self.at += 1
        if self.at == len(self.tokens):
            raise UnreadableError("the text ends")
        return self.tokens[self.at]

    def _next(self) -> _Token:
        token = self._peek()
        self.at += 1
        return token


def _unquoted(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = found[1]
        if code[0] in "uU" and len(code) > 1:
            number = int(code[1:].strip("{}"), 16)
            return chr(number) if number < 0x110000 else "?"
        return {"n": "\n", "t": "\t", "r": "\r"}.get(code, code)

    return ESCAPE.sub(character, text[1:-1])
