"""Rows and cells of delimited text: whose they are, and one error with the line where they fail."""

import csv
import io
import random

import pytest

from glassnet.errors import TableError
from glassnet.tables.files import delimited
from glassnet.tables.files.delimited import read_delimited
from glassnet.tables.files.layout import find_layout
from glassnet.tables.files.text import TableText


def cells_of(text: str, separator: str | None = None) -> list[tuple]:
    """The header and the rows."""
    frame, layout = read_delimited(TableText("t.csv", text.encode()), separator)
    return [tuple(layout.header), *frame.rows()]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('size,y\n1" steel,2\n', ('1" steel', "2")),  # an inch mark
        ('name,y\nO"Brian,2\nx,3\n', ('O"Brian', "2")),
        ('name,y\n"Big" Joe,2\n', ("Big Joe", "2")),
        ('name,y\n6 ft 2",2\n', ('6 ft 2"', "2")),
        ('name,y\n"say ""no""",2\n', ('say "no"', "2")),
        ('name,y\n"a\r\nb",2\n', ("a\r\nb", "2")),
        ('name,y\n a , "b, c"\n', ("a", "b, c")),
        ('name,y\n"",2\n', (None, "2")),
        ('name,y\n" ",2\n', (None, "2")),
    ],
)
def test_quotes_are_read_as_python_and_pandas_read_them(text: str, rows: tuple) -> None:
    assert cells_of(text)[1] == rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(end: str) -> None:
    expected = [("a", "b"), ("1", "2"), ("3", "4")]
    assert cells_of(end.join(["a,b", "1,2", "3,4"])) == expected
    assert cells_of(end.join(["", "a,b", "1,2", "", "3,4", ",", "", ""])) == expected


def test_line_ends_may_be_mixed() -> None:
    assert cells_of("a,b\r\n1,2\r3,4\n5,6\n\r\n") == [
        ("a", "b"),
        ("1", "2"),
        ("3", "4"),
        ("5", "6"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n\n1\n", r"t.csv: line 4 \(row 2\) has 1 cells, the header has 2"),
        (
            'a,b\n"x\ny",2\n1,2,3\n',
            r"line 4 \(row 2\) has 3 cells, the header has 2: a cell that holds a ',' must stand",
        ),
        ("a\tb\n1\t2\n1\t2\t3\n", "a cell that holds a tab must stand in quotes"),
        ("sep=;\na;b\n1;2\n1\n", r"line 4 \(row 2\) has 1 cells"),
        ("Sales 2024\na,b,c\n1,2,3\n4,5,6\n", "line 2 .*delete what stands above it"),
        ("area,rent\n20,5,100\n31,7,200\n", r"line 2 \(row 1\) has 3 cells, the header has 2"),
        ('a,b\n1,2\n3,"4\n5,6\n', "line 3: a quote is opened and not closed"),
        ('a,b\n1,2\n3,"4\n5,6', "line 3: a quote is opened and not closed"),
        ('a,b\n1,"x\ny"\n3,"4\n5,6\n', "line 4: a quote is opened and not closed"),
        # the lone quote meets a later one, and would swallow what lies between
        ('a,b\n"x,1\ny,2\n"z",3\n', "line 2: a quote is opened and not closed where the cell ends"),
        ('a,b\n1,"' + "x" * 200_000, "line 2: a quote is opened"),
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("sep=;", "holds only the separator"),
        ("sep=;\r\n", "holds only the separator"),
    ],
)
def test_what_does_not_fit_is_one_error_with_its_line(text: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        cells_of(text)


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("Size, m2;rent\n20,5;100\n31,7;200\n", ";"),
        ("Price, EUR;Size, m2;Rooms, all\n1,5;20,1;3\n2,5;31,7;4\n", ";"),
        ("a, x;b, y\np, q;r, s\nt, u;v, w\n", ";"),
        ("a|b,c|d\n1|2|3\n4|5|6\n", "|"),
        ("a;b\tc\n1\t2\n3\t4\n", "\t"),
        ("name,text;y,z\na,b;c,1\nd,e,2\n", ","),
        ('"a;b","c;d"\n"1;2",3\n"4;5",6\n', ","),
        ("sep=|\na,b|c\n1,2|3\n", "|"),
        ("size\n20,5\n31,7\n", ";"),  # one column of decimal commas
        ("text\nsome; words\nand, more\n", "\t"),
    ],
)
def test_the_separator_is_told_from_several_rows(text: str, separator: str) -> None:
    frame, layout = read_delimited(TableText("t.csv", text.encode()))
    assert layout.separator == separator
    assert frame.height == 2 - text.startswith("sep=")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a;b;;\n1;2;;\n3;4;;\n", ["a", "b", "", ""]),
        ("a;b\n1;2;;\n3;4;;\n", ["a", "b", "", ""]),
        ("a;b;;\n1;2\n3;4\n", ["a", "b"]),
        ('"x","y"\n"1",5,6\n"2",7,8\n', ["", "x", "y"]),  # R's write.table
        ("mpg,cyl\nMazda RX4,21,6\nDatsun 710,22.8,4\n", ["", "mpg", "cyl"]),
    ],
)
def test_a_header_that_is_shorter_or_longer_than_all_rows(text: str, header: list[str]) -> None:
    layout = find_layout(text)
    assert layout.header == header
    rows = [line.replace('"', "").split(layout.separator) for line in text.splitlines()[1:]]
    expected = [tuple(cell or None for cell in row) for row in rows]
    assert cells_of(text)[1:] == expected


def test_a_blank_line_is_a_missing_cell_in_a_table_of_one_column() -> None:
    assert cells_of("a\n1\n\n3\n\n\n") == [("a",), ("1",), (None,), ("3",)]


def test_both_ways_of_reading_give_the_same_cells() -> None:
    """Texts that Polars reads, taken by csv as well, and by csv as anyone would call it."""
    draw, ways = random.Random(5), 0
    cells = ["1", "2.5", "a", "", '"q"', '"a""b"', '""', '"l\nm"', '"l\r\nm"', '"s,;"', " é "]
    for _ in range(300):
        width, separator = draw.randrange(1, 4), draw.choice(",;\t|")
        end = draw.choice(["\n", "\r\n"])
        rows = [[f"h{number}" for number in range(width)]]
        rows += [draw.choices(cells, k=width) for _ in range(draw.randrange(1, 6))]
        content = end.join(separator.join(row) for row in rows) + draw.choice(["", end])
        text = TableText("t.csv", content.encode())
        layout = find_layout(content, separator)
        regular = delimited.find_regular(text, layout)
        assert regular is not None
        by_polars = delimited.by_polars(text, layout, regular)
        assert by_polars is not None
        assert by_polars.equals(delimited.by_csv(text, layout))
        plain = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
        known = [tuple(cell.strip() or None for cell in row) for row in plain if any(row)]
        found = [row for row in by_polars.rows() if any(row)]
        assert found == [row for row in known[1:] if any(row)]
        ways += 1
    assert ways == 300


def test_blocks_end_with_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells of several lines over the blocks in which a text is looked at."""
    monkeypatch.setattr("glassnet.tables.files.text.TEXT_BLOCK", 16)
    content = "a,b\n" + "".join(f'"x\ny {row}",{row}\n' for row in range(50))
    text = TableText("t.csv", content.encode())
    assert b"".join(text.blocks()) == content.encode()
    assert delimited.find_regular(text, find_layout(content)) == (51, False)
    assert cells_of(content)[50] == ("x\ny 49", "49")
