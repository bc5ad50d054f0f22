"""Lines of text are broken where the terminal ends, and nothing is lost or added by it."""

from pathlib import Path

import pytest

import glassnet as gn
from glassnet.explanation.parts import Explanation
from glassnet.explanation.render.wrapping import wrapped_line

DATA = Path(__file__).parents[2] / "examples" / "data"


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    model = gn.train_table(DATA / "penguins.csv", "species", hidden=(9, 4), members=2, epochs=2)
    return gn.explain(model, DATA / "penguins.csv", [0, 3], backward=True)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_longer_and_nothing_is_lost(explanation: Explanation, width: int) -> None:
    text = explanation.text(width=width)
    assert max(map(len, text.splitlines())) <= width
    arithmetic = text[text.index("2 networks of") :]
    unbroken = explanation.text(width=None)
    unbroken = unbroken[unbroken.index("2 networks of") :]
    assert max(map(len, unbroken.splitlines())) > 120
    assert arithmetic.split() == unbroken.split()


def broken(text: str, width: int) -> list[str]:
    return ["".join(part for part, _ in line) for line in wrapped_line([(text, "")], width)]


def test_an_equation_goes_on_below_its_first_equals_sign() -> None:
    symbols, numbers = "exp(z3.1) / (exp(z3.1) + exp(z3.2))", "exp(1) / (exp(1) + exp(2))"
    assert broken(f"    a3.1 = {symbols} = {numbers} = 0.27   softmax", 60) == [
        "    a3.1 = exp(z3.1) / (exp(z3.1) + exp(z3.2))",
        "         = exp(1) / (exp(1) + exp(2))",
        "         = 0.27   softmax",
    ]


def test_what_does_not_fit_even_so_is_broken_at_spaces_further_in() -> None:
    line = "  z = aaaa + bbbb + cccc + dddd"
    assert broken(line, 20) == ["  z = aaaa + bbbb +", "      cccc + dddd"]
    assert broken("  " + "w" * 30, 20) == ["  " + "w" * 30]
    assert broken("x = 1 = 2   some remark", 18) == ["x = 1", "  = 2", "    some remark"]


def test_a_remark_stands_below_where_it_does_not_fit_behind() -> None:
    assert broken("cell = 12345678   a date", 17) == ["cell = 12345678", "       a date"]


def test_styles_stay_with_their_letters() -> None:
    lines = [list(line) for line in wrapped_line([("aa bb ", "bold"), ("cc dd", "dim")], 6)]
    assert lines == [[("aa bb", "bold")], [("  ", ""), ("cc", "dim")], [("  ", ""), ("dd", "dim")]]
