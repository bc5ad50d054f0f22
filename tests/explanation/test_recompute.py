"""Everything worked out again from each format alone, and compared with the network's own numbers.

Names, encoding, every product, the vote of several networks, the loss, the way back.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from reading import (
    NUMBER,
    Line,
    Term,
    check_line,
    from_title,
    half_unit,
    is_same,
    read_html,
    read_markdown,
    read_text,
    worked_out,
)

import glassnet as gn
from glassnet import article
from glassnet.core.network import Parameters, backprop, feedforward
from glassnet.core.penalties import Penalty
from glassnet.explanation.build import explain
from glassnet.explanation.parts import Explanation
from glassnet.models.conversion import as_model
from glassnet.models.rows import rows_of
from glassnet.tables.inputs import Number

DATA = Path(__file__).parents[2] / "examples" / "data"
RATE = 0.25


class Case(NamedTuple):
    """A model, a table with targets, rows of it, and the penalty of its loss."""

    model: Any
    table: Any
    rows: list[int]
    y: Any = None
    penalty: Penalty = Penalty()


def the_article() -> Case:
    network = article.article_network()
    start = gn.initialize(network, "uniform", seed=1, rng="r")
    return Case((network, start), [list(row) for row in article.X], [0, 1, 2, 3], list(article.Y))


def penguins() -> Case:
    """Two networks, categories and missing cells: row 4 has nothing but its island and year."""
    model = gn.train_table(
        DATA / "penguins.csv", "species", hidden=(4, 3), members=2, epochs=3, l2=0.01, l1=0.001
    )
    return Case(model, DATA / "penguins.csv", [3, 8], penalty=Penalty(0.01, 0.001))


def two_classes() -> Case:
    return Case(
        gn.train_table(DATA / "penguins.csv", "sex", hidden=5, members=1, epochs=3),
        DATA / "penguins.csv",
        [7],
    )


def cars() -> Case:
    """A number to predict, a date, horsepowers missing; the target's way back to its own unit."""
    model = gn.train_table(
        DATA / "cars.csv", "miles_per_gallon", hidden=(3,), members=2, epochs=3, activation="tanh"
    )
    return Case(model, DATA / "cars.csv", [32, 0])


def pieces() -> Case:
    """Numbers in bins, some of whose cells are missing, and a prediction beyond its range."""
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 1500))
    a[::7] = np.nan
    table = {"a": a, "b b": b, "c": np.where(random.random(1500) < 0.5, "u_v", "w&x"), "y": b**3}
    model = gn.train_table(
        table, "y", hidden=(3,), members=2, epochs=2, loss="huber:0.7", learning_rate=0.05, bins=16
    )
    return Case(model, table, [int(np.argmax(b)), 7])


def low_pieces() -> Case:
    """The same with low bins."""
    case = pieces()
    encoding = case.model.encoding
    inputs = tuple(
        replace(column, bin_height=0.25) if isinstance(column, Number) else column
        for column in encoding.inputs
    )
    return case._replace(model=replace(case.model, encoding=replace(encoding, inputs=inputs)))


def two_targets() -> Case:
    targets = ["bill_length_mm", "bill_depth_mm"]
    return Case(
        gn.train_table(DATA / "penguins.csv", targets, hidden=4, members=1, epochs=3),
        DATA / "penguins.csv",
        [0, 1, 2],
    )


CASES: dict[str, Callable[[], Case]] = {
    case.__name__: case
    for case in (the_article, penguins, two_classes, cars, pieces, low_pieces, two_targets)
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]()


@pytest.fixture(scope="module")
def explanation(case: Case) -> Explanation:
    return explain(
        case.model,
        case.table,
        case.rows,
        y=case.y,
        backward=True,
        nodes="all",
        learning_rate=RATE,
        penalty=case.penalty,
    )


def numbers_in(part: Any) -> Iterator[dict[str, Any]]:
    """Every number of a JSON explanation: what has an id."""
    if isinstance(part, dict):
        if "id" in part:
            yield part
        for item in part.values():
            yield from numbers_in(item)
    elif isinstance(part, list):
        for item in part:
            yield from numbers_in(item)


class Truth(NamedTuple):
    """What a network itself makes of the rows; of several that vote, each one by itself."""

    model: Any
    member: str
    """The title of its section; "" where it is the only one."""
    prefix: str
    x: np.ndarray
    trace: Any
    loss: float
    gradients: Parameters
    parameters: Parameters


@pytest.fixture(scope="module")
def truths(case: Case) -> list[Truth]:
    model = as_model(case.model).as_dtype(np.float64)
    rows = rows_of(model, case.table, case.y).take(case.rows)
    count = len(model.members)
    found: list[Truth] = []
    for place in range(count):
        alone = model.member(place)
        network, parameters = alone.network, alone.parameters
        trace = feedforward(network, parameters, rows.x)
        loss, gradients = backprop(network, parameters, trace, rows.y, penalty=case.penalty)
        np.testing.assert_allclose(trace.output, alone.output_of(rows.x), rtol=1e-12, atol=1e-14)
        member = f"Member {place + 1} of {count}" if count > 1 else ""
        prefix = f"m{place + 1}." if count > 1 else ""
        found.append(
            Truth(alone, member, prefix, rows.x, trace, float(loss), gradients, parameters)
        )
    return found


FACES: dict[str, Callable[[Explanation, int], list[Line]]] = {
    "text": lambda e, digits: read_text(e.text(digits, width=None)),
    "markdown": lambda e, digits: read_markdown(e.markdown(digits)),
    "html": lambda e, digits: read_html(e.html(digits)),
}


@pytest.mark.parametrize("digits", [4, 12])
@pytest.mark.parametrize("face", FACES)
def test_a_face_alone_gives_the_networks_own_numbers(
    face: str, digits: int, explanation: Explanation, case: Case, truths: list[Truth]
) -> None:
    lines = FACES[face](explanation, digits)
    for line in lines:
        check_line(line, digits)
    check_encoding(lines, case, truths[0], digits)
    check_links(lines)
    for truth in truths:
        of_member = [line for line in lines if line.member == truth.member]
        check_against(of_member, case, truth, digits)
    if len(truths) > 1:
        check_vote([line for line in lines if not line.member], case, truths, digits)


def check_encoding(lines: list[Line], case: Case, truth: Truth, digits: int) -> None:
    """Each column is there by its name, and each of its steps goes on from the one before.

    The last ones are the network's inputs.
    """
    for n, row in enumerate(case.rows):
        inputs: list[float] = []
        mine = [
            line
            for line in lines
            if line.row == f"row {row + 1}" and line.section[-1].startswith("Column ")
        ]
        names = [column.name for column in truth.model.encoding.inputs if column.features]
        assert list(dict.fromkeys(line.section[-1] for line in mine)) == [
            f"Column {name}" for name in names
        ]
        for name in names:
            cell, *steps = [line for line in mine if line.section[-1] == f"Column {name}"]
            if cell.words == "as it is":
                assert cell.symbol == name
                steps = [cell]
            else:
                assert cell.symbol == "cell"
            seen = [cell.value]
            for step in steps:
                if step.expressions:
                    assert any(value in step.expressions[-1] for value in seen), step
                seen.append(step.value)
                if step.symbol not in ("filled", "centred", "scaled"):
                    several = re.match(r"(\d+) bins", step.words)
                    inputs += [float(step.value)] * (int(several[1]) if several else 1)
        np.testing.assert_allclose(inputs, truth.x[n], rtol=10.0 ** (1 - digits), atol=1e-14)


def check_links(lines: list[Line]) -> None:
    """A number that goes into another is the one that was shown where it was made."""
    made: dict[tuple[str, str, str], str] = {}
    for line in lines:
        if not line.section[-1].startswith("Weights"):  # a column's last step is the input
            made[line.member, line.row, line.symbol] = line.value
    checked = 0

    def shown(line: Line, row: str, symbol: str) -> str | None:
        """The number of that symbol: the member's, or an input or target that all share."""
        return made.get((line.member, row, symbol), made.get(("", row, symbol)))

    for line in lines:
        for term in line.terms or alone(line):
            symbols = term.words.split(", ")[-1].split("·")
            row = next(iter(re.findall(r"^row \d+", term.words)), line.row)
            factors = [factor.strip("()") for factor in term.expression.split("·")]
            for symbol, factor in zip(symbols, factors, strict=len(symbols) == len(factors)):
                if re.match(r"(a|δ|e|y)\d|x\d$", symbol) and shown(line, row, symbol):
                    assert shown(line, row, symbol) == factor, (line, symbol)
                    checked += 1
        if line.alias:
            assert shown(line, line.row, line.alias) == line.value, line
        if len(line.expressions) == 2:
            symbols = re.findall(r"(?<![\w/])(?:[zaδ]\d+\.\d+|y\d+)", line.expressions[0])
            for symbol in set(symbols):
                value = shown(line, line.row, symbol)
                assert value is not None
                used = re.findall(rf"(?<![\w.])-?{NUMBER}", line.expressions[1])
                same = [number for number in used if is_same(number, value)]
                assert same or value in line.expressions[1], (line, symbol, value)
                checked += 1
    assert checked > 10


def alone(line: Line) -> list[Term]:
    """A number of one term, which stands on one line with it."""
    symbols = re.fullmatch(r"(?:.*, )?(\S+·\S+|[eδ]\d\S*|b\d+\.\d+)", line.words)
    return (
        [Term(line.expressions[-1] if line.expressions else line.value, line.value, line.words)]
        if symbols
        else []
    )


def check_against(lines: list[Line], case: Case, truth: Truth, digits: int) -> None:
    """z, a, loss, gradients, weights and their new values are those of `core`, and none lacks."""
    values = {(line.row, line.symbol): line for line in lines}
    weights: dict[str, float] = {}

    def same(shown: str, real: float) -> None:
        check_same(shown, real, digits)

    for n, row in enumerate(case.rows):
        for layer, (z, a) in enumerate(zip(truth.trace.z, truth.trace.a, strict=True), 1):
            for j in range(z.shape[1]):
                same(values[f"row {row + 1}", f"z{layer}.{j + 1}"].value, z[n, j])
                same(values[f"row {row + 1}", f"a{layer}.{j + 1}"].value, a[n, j])
    same(values["", "E"].value, truth.loss)
    for line in lines:
        for term in line.terms or alone(line):
            for symbol in re.findall(r"w\d+\[\d+→\d+\]|b\d+\.\d+", term.words):
                if not line.symbol.startswith("dE"):
                    weights[symbol] = float(term.expression.split("·")[-1].strip("()"))
    for layer, (w, gradient) in enumerate(
        zip(truth.parameters.weights, truth.gradients.weights, strict=True), 1
    ):
        for (i, j), value in np.ndenumerate(w):
            symbol = f"w{layer}[{i + 1}→{j + 1}]"
            same(repr(weights[symbol]), value) if digits == 12 else None
            same(values["", f"dE/d{symbol}"].value, gradient[i, j])
            same(values["", f"new {symbol}"].value, value - RATE * gradient[i, j])
    for layer, (b, gradient) in enumerate(
        zip(truth.parameters.biases, truth.gradients.biases, strict=True), 1
    ):
        for j, value in enumerate(b):
            same(values["", f"dE/db{layer}.{j + 1}"].value, gradient[j])
            same(values["", f"new b{layer}.{j + 1}"].value, value - RATE * gradient[j])


def check_same(shown: str, real: float, digits: int) -> None:
    """A number as it is shown is the real one, as far as its digits tell."""
    allowed = half_unit(shown, digits) + 1e-13 * max(1, abs(real))
    assert abs(float(shown) - real) <= allowed, (shown, real)


def check_vote(lines: list[Line], case: Case, truths: list[Truth], digits: int) -> None:
    """The vote's z is the mean of the members', its outputs and loss are the model's."""
    values = {(line.row, line.symbol): line for line in lines}
    model = as_model(case.model)
    rows = rows_of(model, case.table, case.y).take(case.rows)
    output, mean = model.output_of(rows.x), model.pre_activations_of(rows.x)
    layer = len(truths[0].trace.z)
    for n, row in enumerate(case.rows):
        for k in range(output.shape[1]):
            z = values[f"row {row + 1}", f"z{layer}.{k + 1}"]
            check_same(z.value, mean[n, k], digits)
            check_same(values[f"row {row + 1}", f"a{layer}.{k + 1}"].value, output[n, k], digits)
            assert len(z.terms) == len(truths)
            for term, truth in zip(z.terms, truths, strict=True):
                vote, of_member = term.expression.split("·")
                check_same(vote, 1 / len(truths), digits)
                check_same(of_member.strip("()"), truth.trace.z[-1][n, k], digits)
    loss, _ = model.loss(model.output_activation, mean, output, rows.y)
    check_same(values["", "E"].value, float(loss), digits)


@pytest.mark.parametrize("face", ["json", "python"])
def test_the_structure_alone_gives_them_to_the_last_digit(
    face: str, explanation: Explanation, case: Case, truths: list[Truth]
) -> None:
    whole = (
        json.loads(json.dumps(explanation.to_dict())) if face == "json" else explanation.to_dict()
    )
    numbers = list(numbers_in(json.loads(json.dumps(whole))))
    made = {number["id"]: number["value"] for number in numbers}
    assert len(made) == len(numbers), "two numbers have one id"
    if face == "python":
        assert {number.id: number.value for number in explanation.numbers()} == made
    operands = 0
    for number in numbers:
        used = [
            *(number.get("operands") or {}).values(),
            *(operand for _, operand in number.get("added", ())),
        ]
        for product in number.get("products", ()):
            used += [product["left"], product["right"]]
            assert product["value"] == pytest.approx(
                product["left"]["value"] * product["right"]["value"], rel=1e-14
            )
        for operand in used:
            assert operand["source"] not in made or made[operand["source"]] == operand["value"], (
                number["id"],
                operand,
            )
            operands += operand["source"] in made
        if "products" in number:
            assert number["left_out"] == 0
            parts = [product["value"] for product in number["products"]] + [
                operand["value"] for _, operand in number["added"]
            ]
            assert number["value"] == pytest.approx(sum(parts), rel=1e-11, abs=1e-14)
        elif number["formula"]:
            names = {name: operand["value"] for name, operand in number["operands"].items()}
            found = worked_out(number["formula"], **names)
            assert found == (pytest.approx(number["value"], rel=1e-10, abs=1e-14)), number
    assert operands > 50
    for n, row in enumerate(case.rows):
        inputs = {i: value for id_, value in made.items() for i in inputs_of(id_, f"r{row + 1}.x")}
        assert [inputs[i] for i in range(1, len(inputs) + 1)] == pytest.approx(
            truths[0].x[n].tolist(), rel=1e-13, abs=1e-15
        )
    for truth in truths:
        check_made(made, case, truth)


def check_made(made: dict[str, float], case: Case, truth: Truth) -> None:
    """A network's activations, loss and gradients are those of `core`, to the last digit."""
    prefix = truth.prefix
    for n, row in enumerate(case.rows):
        for layer, a in enumerate(truth.trace.a, 1):
            names = [f"{prefix}r{row + 1}.a{layer}.{j + 1}" for j in range(a.shape[1])]
            assert [made[name] for name in names] == a[n].tolist()
    assert made[f"{prefix}E"] == pytest.approx(truth.loss, rel=1e-12)
    for layer, gradient in enumerate(truth.gradients.weights, 1):
        for (i, j), value in np.ndenumerate(gradient):
            assert made[f"{prefix}gw{layer}.{i + 1}.{j + 1}"] == value
    for layer, gradient in enumerate(truth.gradients.biases, 1):
        names = [f"{prefix}gb{layer}.{j + 1}" for j in range(len(gradient))]
        assert [made[name] for name in names] == gradient.tolist()


def inputs_of(name: str, prefix: str) -> range:
    """The network inputs, from 1, that a number of that id is: r1.x3, or a run of them, r1.x3-6."""
    found = re.fullmatch(re.escape(prefix) + r"(\d+)(?:-(\d+))?", name)
    return range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)


@pytest.mark.parametrize("face", FACES)
def test_a_changed_digit_is_noticed(face: str) -> None:
    """The check itself: make one number of the article's first step larger, and it fails."""
    case = the_article()
    explanation = explain(case.model, case.table, [3], y=case.y, backward=True, nodes="all")
    written = {
        "text": partial(explanation.text, width=None),
        "markdown": explanation.markdown,
        "html": explanation.html,
    }[face](6)
    begin = written.index(
        '<div class="beside">' if face == "html" else from_title(written)
    )  # below what is predicted and the columns' contributions
    note = re.search("the step changes .* to [0-9.]+", written)  # words, checked in test_shown.py
    assert note is not None
    begin = max(begin, note.end())
    places = list(re.compile(r"(?<=[ (>])0\.\d{4,6}(?=[ )<\n])").finditer(written, begin))
    assert len(places) > 50
    read = {"text": read_text, "markdown": read_markdown, "html": read_html}[face]

    def check(text: str) -> None:
        lines = read(text)
        for line in lines:
            check_line(line, 6)
        check_links(lines)

    check(written)
    for place in places[::5]:
        changed = f"{float(place[0]) * 1.01:.6g}"
        with pytest.raises(AssertionError):
            check(written[: place.start()] + changed + written[place.end() :])
