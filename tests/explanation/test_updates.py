"""What a step makes of every weight stands in a table before the arithmetic."""

import re

import numpy as np
import pytest

import glassnet as gn
from glassnet import article
from glassnet.explanation.parts import Explanation
from glassnet.notation.numerals import numeral


@pytest.fixture(scope="module", params=[False, True])
def explanation(request: pytest.FixtureRequest) -> Explanation:
    network = gn.Network([3, 4, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=request.param)
    start = gn.initialize(network, seed=1)
    return gn.explain(
        (network, start), np.array(article.X), range(4), y=list(article.Y), backward=True
    )


def test_they_are_the_numbers_of_the_arithmetic_and_one_is_the_largest(
    explanation: Explanation,
) -> None:
    every = [one for layer in explanation.updates for one in layer.weights]
    steps = {one.symbol: one for one in explanation.numbers()}
    assert len(every) == sum(symbol.startswith("new ") for symbol in steps)
    for one in every:
        assert one.gradient == pytest.approx(steps[f"dE/d{one.symbol}"].value, rel=1e-12)
        assert one.after == pytest.approx(steps[f"new {one.symbol}"].value, rel=1e-12)
    (largest,) = [one for one in every if one.largest]
    assert abs(largest.gradient) == max(abs(one.gradient) for one in every)
    (sentence,) = explanation.opening
    assert f"changes {largest.symbol} most" in sentence
    for written in (explanation.text(), explanation.markdown()):
        every = "weights and biases" if "new b1.1" in steps else "weights"
        assert written.startswith(f"Of all {every} the step changes ")
    page = explanation.html()
    assert page.index(sentence) < page.index('<section class="answer">')


def test_the_tables_come_before_the_arithmetic(explanation: Explanation) -> None:
    text, markdown, page = explanation.text(), explanation.markdown(), explanation.html()
    assert text.index("The step in layer 2: ") < text.index("Node 1.1")
    assert text.count("← the largest change") == 1
    assert markdown.index("## The step in layer 1: ") < markdown.index("**Node 1.1")
    assert page.index("The step in layer 1: ") < page.index("Node 1.1")
    for one in explanation.updates[0].weights:
        line = rf"^    {re.escape(one.symbol)} +{re.escape(numeral(one.before, 4))}\b"
        assert re.search(line, text, re.MULTILINE)
        assert re.search(rf"\| {re.escape(numeral(one.gradient, 4))} \|", markdown)
    rows = explanation.to_dict()["updates"][0]["weights"]
    assert rows[0]["symbol"] == "w1[1→1]"


def test_there_are_none_of_a_large_network_and_on_the_way_forward() -> None:
    network = gn.Network([20, 10, 1])
    start = gn.initialize(network, seed=1)
    x, y = np.ones((2, 20)), [0.0, 1.0]
    assert gn.explain((network, start), x, y=y, backward=True).updates == ()
    small = gn.Network([20, 2, 1])
    assert gn.explain((small, gn.initialize(small, seed=1)), x, y=y).updates == ()
