"""A model as a class of Java's standard library.

A method of Java holds at most 64 kB and a class 65,535 constants, so whatever may be long, such as
weights, is kept in nested classes of its own, each below both limits.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from glassnet.errors import visible
from glassnet.exports.code.cells import (
    CELL_BLANKS,
    CELL_CONSTANTS,
    CELL_READERS,
    CellReadings,
    named_groups,
    pattern_parts,
)
from glassnet.exports.columns import Cell, UsedColumn, levels_of
from glassnet.exports.formulas import CamelFormulas, Formulas
from glassnet.exports.plan import ExportPlan, PlannedLayer
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import LINE_WIDTH, rendered
from glassnet.notation.dialects import JAVA, JAVA_TEXTS
from glassnet.tables.formats.clocks import CLOCK
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.inputs import Number

ITEMS_OF_A_CLASS = 3000  # each takes up to 12 bytes of a method and 2 constants
ITEMS_OF_SHORT_ARRAY = 150  # of an array that stands where it is used
CONSTANTS_OF_A_COLUMN = 20  # what the code of a column takes, as so many constants
ARRAY_INDENT = 12  # of the lines of an array
LETTERS_OF_A_LITERAL = 10_000  # of 65,535 bytes; a letter takes up to 6

USED_NAMES = frozenset(
    {
        "Arrays", "Boolean", "Double", "DoubleStream", "DoubleUnaryOperator", "Float", "Format",
        "IllegalArgumentException", "IllegalStateException", "Instant", "Integer", "Layer",
        "LinkedHashMap", "List", "LocalDate", "LocalDateTime", "LocalTime", "Locale", "Long",
        "Map", "Matcher", "Math", "Number", "Object", "OffsetDateTime", "Override", "Pattern",
        "Set", "String", "StringBuilder", "System", "TemporalAccessor", "YearMonth",
        "ZoneOffset", "ZonedDateTime",
        "BLANK", "BLANKS", "CHECKS", "CLOCK", "COLUMNS", "MISSING", "MONTHS", "NETWORKS",
        "PREDICTED",
    }
)  # fmt: skip
"""The classes and constants that the code names, which the model's own must not be called."""
NESTED_NAME = re.compile(r"(?:Inputs|Network|Columns|Predicted|Labels|Scale|Row|Levels)[0-9].*")


def java_files(plan: ExportPlan, options: ExportOptions) -> Files:
    """The class."""
    readings = CellReadings(plan)
    text = rendered(
        "java.jinja",
        literal=java_literal,
        comment=_comment,
        plan=plan,
        class_name=java_class_name(options.name),
        formulas=CamelFormulas(plan, JAVA, java_literal, "Java"),
        formulas_of_text=Formulas(plan, JAVA_TEXTS, java_literal, "Java"),
        constants=Constants(),
        readings=readings,
        pattern=_pattern,
        clock=_pattern_texts(CLOCK.pattern),
        parts_of_columns=list(_parts_of_columns(plan.columns)),
        readers=CELL_READERS,
        settings=partial(readings.settings, literal=_setting),
        levels=levels_of,
        numbers_of=_numbers_of,
        pairs=_pairs,
        blanks=CELL_BLANKS,
        **CELL_CONSTANTS,
    )
    return {".java": text}


def java_literal(value: Any) -> str:
    r"""A value as Java writes it: numbers to the last digit, text in ASCII whatever it holds.

    Whole numbers are longs.

    >>> [java_literal(value) for value in (0.1, float("-inf"), 3, "\u00fc\n", None)]
    ['0.1', 'Double.NEGATIVE_INFINITY', '3L', '"\\u00fc\\012"', 'null']
    """
    if isinstance(value, str):
        return _text_literal(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and abs(value) < 2**63:
        return f"{value}L"
    number = float(value)
    if math.isfinite(number):
        return repr(number)
    return (
        "Double.NaN"
        if math.isnan(number)
        else ("Double.POSITIVE_INFINITY" if number > 0 else "Double.NEGATIVE_INFINITY")
    )


def _setting(value: Any) -> str:
    """A value as an argument: a list as several."""
    values = value if isinstance(value, list) else [value]
    return ", ".join(map(java_literal, values))


def _text_literal(text: str) -> str:
    if len(text) > LETTERS_OF_A_LITERAL:
        parts = (
            text[start : start + LETTERS_OF_A_LITERAL]
            for start in range(0, len(text), LETTERS_OF_A_LITERAL)
        )
        return f'String.join("", {", ".join(map(_text_literal, parts))})'
    return f'"{"".join(map(_letter, text))}"'


def _letter(letter: str) -> str:
    r"""A letter within quotes; not as \u000a, which would end the line."""
    if letter in '"\\':
        return f"\\{letter}"
    if ord(letter) < 128:
        return letter if letter.isprintable() else f"\\{ord(letter):03o}"
    return _unicode(letter)


def _unicode(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def _comment(text: str) -> str:
    r"""Text as it may stand in a line's comment, in which Java takes \u000a for the line's end."""
    doubled = visible(text).replace("\\", "\\\\")
    return "".join(letter if letter.isascii() else _unicode(letter) for letter in doubled)


def java_class_name(name: str) -> str:
    """The class for a model of that name.

    >>> [java_class_name(name) for name in ("house price", "2nd", "String", "-")]
    ['HousePrice', 'Model2nd', 'StringModel', 'Model']
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    found = "".join(word[0].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", letters))
    if not found or found[0].isdigit():
        found = f"Model{found}"
    return f"{found}Model" if found in USED_NAMES or NESTED_NAME.fullmatch(found) else found


class ConstantLine(NamedTuple):
    """A line of an array's constants, and how many there are in it."""

    text: str
    items: int


class NestedArray(NamedTuple):
    """A nested class that holds an array, or a part of one: `kind` is the type of its items."""

    name: str
    kind: str
    comment: str
    lines: list[str]


class Constants:
    """Arrays that may be long: those that are become a nested class or, if need be, several.

    These are written at the end of the file, after all that refer to them.
    """

    def __init__(self) -> None:
        self.nested: list[NestedArray] = []

    @property
    def are_joined(self) -> bool:
        """Whether any array of numbers is in several parts."""
        return any(one.kind == "double" and one.name.endswith("Part2") for one in self.nested)

    def list_of(self, name: str, comment: str, texts: Iterable[str]) -> str:
        """The expression of an unchanging list of texts."""
        lines = list(_lines_of(map(java_literal, texts)))
        if sum(line.items for line in lines) > ITEMS_OF_SHORT_ARRAY:
            return f"List.of({self.long_array('String', name, comment, lines)})"
        inside = "".join(f"\n        {line.text}" for line in lines).removesuffix(",")
        return f"List.of({inside}\n    )"

    def array(self, kind: str, name: str, comment: str, values: Iterable[Any], indent: int) -> str:
        """What an array of values is declared as."""
        lines = list(_lines_of(java_literal(value) for value in values))
        return self.short_array(kind, name, comment, lines, indent)

    def short_array(
        self, kind: str, name: str, comment: str, lines: list[ConstantLine], indent: int
    ) -> str:
        """What an array is declared as: its items between braces, unless there are many."""
        if sum(line.items for line in lines) > ITEMS_OF_SHORT_ARRAY:
            return self.long_array(kind, name, comment, lines)
        inside = "".join(f"\n{' ' * (indent + 4)}{line.text}" for line in lines)
        return f"{{{inside}\n{' ' * indent}}}"

    def long_array(self, kind: str, name: str, comment: str, lines: Iterable[ConstantLine]) -> str:
        """The expression of an array in nested classes, which are added."""
        parts = list(_parts_of_lines(lines))
        names = [name] if len(parts) == 1 else [f"{name}Part{i + 1}" for i in range(len(parts))]
        for one, part in zip(names, parts, strict=True):
            self.nested.append(NestedArray(one, kind, comment, part))
        arrays = ", ".join(f"{one}.ITEMS" for one in names)
        if len(names) == 1:
            return arrays
        if kind == "double":
            return f"joined({arrays})"
        all_parts = f"Arrays.stream(new {kind}[][] {{{arrays}}})"
        return f"{all_parts}.flatMap(Arrays::stream).toArray({kind}[]::new)"


def _parts_of_lines(lines: Iterable[ConstantLine]) -> Iterator[list[str]]:
    part: list[str] = []
    count = 0
    for text, items in lines:
        if count + items > ITEMS_OF_A_CLASS:
            yield part
            part, count = [], 0
        part.append(text)
        count += items
    yield part


def _lines_of(items: Iterable[str]) -> Iterator[ConstantLine]:
    """Constants on as few lines as they need."""
    line: list[str] = []
    width = ARRAY_INDENT
    for item in items:
        if line and width + len(item) + 1 > LINE_WIDTH:
            yield _line_of(line)
            line, width = [], ARRAY_INDENT
        line.append(item)
        width += len(item) + 2
    yield _line_of(line)


def _line_of(items: list[str]) -> ConstantLine:
    return ConstantLine(f"{', '.join(items)},", len(items))


def _numbers_of(layer: PlannedLayer) -> Iterator[ConstantLine]:
    """A layer's numbers, each node on lines of its own: for each its weights, then all biases."""
    for numbers in (*layer.weights.T, layer.biases):
        yield from _lines_of(java_literal(float(number)) for number in numbers)


def _pairs(cells: dict[str, Cell]) -> list[ConstantLine]:
    """Names and cells in turn, a pair a line."""
    return [
        ConstantLine(f"{java_literal(name)}, {java_literal(cell)},", 2)
        for name, cell in cells.items()
    ]


def _parts_of_columns(columns: Iterable[UsedColumn]) -> Iterator[list[UsedColumn]]:
    """The columns in parts, each for one method."""
    part: list[UsedColumn] = []
    size = 0
    for column in columns:
        constants = len(column.bin_edges if isinstance(column, Number) else column.levels)
        if part and size + constants > ITEMS_OF_A_CLASS:
            yield part
            part, size = [], 0
        part.append(column)
        size += constants + CONSTANTS_OF_A_COLUMN
    yield part


def _pattern(written: NumberFormat | DateFormat) -> list[str]:
    """Texts that make up the pattern of a whole cell; in it blanks and the like are Unicode's."""
    return _pattern_texts(written.regex.pattern, "i" if isinstance(written, DateFormat) else "")


def _pattern_texts(pattern: str, flags: str = "") -> list[str]:
    parts = pattern_parts(f"(?{flags}U){pattern}", LINE_WIDTH - 30)
    return [_text_literal(named_groups(part)) for part in parts]
