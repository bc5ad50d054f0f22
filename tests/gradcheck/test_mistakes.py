"""Every usual mistake, planted in a way back written by hand, is named by `check_gradient`.

With its layer; and nothing else is named.
"""

import re
from typing import Any

import numpy as np
import pytest
from by_hand import ByHand, sigma

from conftest import PAIRS, targets
from glassnet import (
    Activation,
    Loss,
    Network,
    Parameters,
    backprop,
    check_gradient,
    feedforward,
)
from glassnet.errors import GlassnetError
from glassnet.gradcheck.mistakes.table import MISTAKES
from glassnet.gradcheck.mistakes.wording import wording

NETWORKS = {
    "article": Network([3, 4, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False),
    "classes": Network([5, 4, 4, 3], "tanh", loss="categorical_cross_entropy"),
    "two classes": Network([3, 5, 1], "tanh", loss="binary_cross_entropy"),
    "numbers": Network([4, 6, 2], "relu", loss="mean_squared_error"),
    "square": Network([3, 3, 3, 3], "sigmoid", "softmax", "mean_squared_error"),
    "smooth": Network([3, 4, 2], "silu", "tanh", "half_mean_squared_error"),
}
N = 7


def problem(name: str, seed: int = 3) -> tuple[Network, Parameters, Any, Any]:
    network, random = NETWORKS[name], np.random.default_rng(seed)
    weights = tuple(random.normal(size=s) for s in network.shapes)
    biases = tuple(random.normal(size=m) for _, m in network.shapes) if network.bias else ()
    return (
        network,
        Parameters(weights, biases),
        random.normal(size=(N, network.sizes[0])),
        targets(network, random, N),
    )


SIGN = "has the wrong sign (it is minus the gradient: the step, not the slope)"
WORDS = {
    "missing": "missing activation slope in layer {l}: write delta{l} = ",
    "missing in own": "missing activation slope in the gradient of W{l}, though not on the way "
    "back: ",
    "missing on the way": "missing activation slope on the way back from layer {l}: ",
    "other": "the slope of .* in layer {l} is taken at [za]{l} in place of [za]{l}: ",
    "again": "the slope of .* in layer {l} activates a{l} again, as if it were z{l}: ",
    "next": "the slope in layer {l} is taken at the values of the next layer: ",
    "twice": "the activation slope of layer {l} is multiplied in once too often( .that is squared "
    "error's delta, but the loss is .*cross_entropy.)?: ",
    "diagonal": "the slope of softmax in layer {l} is a .1 - a., but each output depends on "
    "every z: ",
    "not turned": "missing transpose on the way back from layer {l} to layer {k}: "
    "write delta{l} @ W{l}.T",
    "reshaped": "reshape in place of transpose on the way back from layer {l} to layer {k}: ",
    "weights before": "W{k} in place of W{l} on the way back from layer {l} to layer {k}: ",
    "z in": "z{k} in place of a{k} in the gradient of W{l}: ",
    "x in": "x in place of a{k} in the gradient of W{l}: write a{k}.T @ delta{l}",
    "out in": "a{l} in place of (a{k}|x) in the gradient of W{l}: ",
}


def can_be_made(name: str, mistake: str, layer: int) -> bool:
    """Whether the mistake runs at all in NumPy there, and changes something."""
    network = NETWORKS[name]
    L, shapes, f = len(network.shapes), network.shapes, network.activations[layer - 1].name
    square = shapes[layer - 1][0] == shapes[layer - 1][1]
    return {
        "missing": f != "identity",
        "missing in own": layer > 1 and f != "identity",
        "missing on the way": layer > 1 and f != "identity",
        "other": f in ("sigmoid", "tanh", "silu"),
        "again": f in ("sigmoid", "tanh"),
        "next": layer < L and f != "relu" and network.sizes[layer + 1] in (1, network.sizes[layer]),
        "twice": f not in ("identity", "relu"),
        "diagonal": f == "softmax",
        "not turned": layer > 1 and square,
        "reshaped": layer > 1 and not square and min(shapes[layer - 1]) > 1,
        "weights before": layer > 1 and shapes[layer - 1] == shapes[layer - 2],
        "z in": layer > 1,
        "x in": layer > 1 and network.sizes[layer - 1] == network.sizes[0],
        "out in": square,
    }[mistake]


CASES = [
    (n, m, at)
    for n in NETWORKS
    for m in WORDS
    for at in (1, 2, 3)[: len(NETWORKS[n].shapes)]
    if can_be_made(n, m, at)
]


def named(name: str, gradient: Parameters) -> str:
    network, parameters, x, y = problem(name)
    check = check_gradient(
        lambda p: loss_of(network, p, x, y), gradient, parameters, network=network, x=x, y=y
    )
    assert str(check).endswith(check.mistake)
    return "right" if check else check.mistake


def loss_of(network: Network, parameters: Parameters, x: Any, y: Any) -> Any:
    return backprop(network, parameters, feedforward(network, parameters, x), y)[0]


def by_hand(name: str, mistake: str = "", at: int | None = None, rate: float = 0.0) -> Parameters:
    network, parameters, x, y = problem(name)
    dW, db = ByHand(network, parameters, x, y, mistake, at).gradient(rate)
    return Parameters(dW, db if network.bias else ())


def times(r: float, gradient: Parameters) -> Parameters:
    return Parameters(*(tuple(r * a for a in arrays) for arrays in gradient))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_hand_written_network_is_right(name: str) -> None:
    assert named(name, by_hand(name)) == "right"


@pytest.mark.parametrize(("name", "mistake", "at"), CASES)
def test_a_planted_mistake_is_named_with_its_layer(name: str, mistake: str, at: int) -> None:
    found = named(name, by_hand(name, mistake, at))
    assert re.match(WORDS[mistake].format(l=at, k=at - 1), found), found
    assert ", or " not in found
    assert (
        named(name, times(-1, by_hand(name, mistake, at)))
        == f"{found}; besides, the gradient {SIGN}"
    )


@pytest.mark.parametrize(
    "mistake", ["missing", "missing on the way", "other", "again", "twice", "not turned", "z in"]
)
def test_a_mistake_at_every_layer_is_named_at_each(mistake: str) -> None:
    layers = [at for name, m, at in CASES if (name, m) == ("square", mistake)]
    assert len(layers) > 1
    found = named("square", by_hand("square", mistake)).split("; ")
    for text, at in zip(found, layers, strict=True):
        assert re.match(WORDS[mistake].format(l=at, k=at - 1), text), text


def test_a_mistake_in_the_loop_over_hidden_layers() -> None:
    network, parameters, x, y = problem("classes")
    hand = ByHand(network, parameters, x, y, "missing")
    hand.step = lambda layer, da: (
        da if layer < 3 else hand.a[3] * (da - (hand.a[3] * da).sum(axis=1, keepdims=True))
    )
    found = named("classes", hand.gradient())
    assert found.split("; ") == [
        f"missing activation slope in layer {n}: "
        f"write delta{n} = (delta{n + 1} @ W{n + 1}.T) * (1 - a{n}**2)"
        for n in (1, 2)
    ]


def test_a_focal_losss_way_back_through_softmax() -> None:
    """Its derivative in the output is worked out from its formula, as no one wrote it down."""
    network = Network([2, 3], loss="categorical_focal", bias=False)
    random = np.random.default_rng(0)
    w, x, y = random.normal(size=(2, 3)), random.normal(size=(4, 2)), np.eye(3)[[0, 2, 1, 0]]
    a = feedforward(network, Parameters((w,)), x).output
    da = y * (2 * (1 - a) * np.log(a) - (1 - a) ** 2 / a) / 4  # of -y (1 - a)^2 log a, a mean
    elementwise = [x.T @ (da * a * (1 - a))]
    check = check_gradient(
        lambda p: loss_of(network, Parameters(tuple(p)), x, y),
        elementwise,
        [w],
        network=network,
        x=x,
        y=y,
    )
    assert check.mistake.startswith("the slope of softmax in layer 1 is a (1 - a), but each output")
    assert check.mistake.endswith("write delta1 = dE/dz1")


@pytest.mark.parametrize(
    ("hidden", "written"),
    [
        ("relu", "(a1 > 0)"),
        ("leaky_relu", "np.where(a1 > 0, 1, 0.01)"),
        ("softplus", "(1 - np.exp(-a1))"),
        ("exponential", "a1"),
        ("gelu", "(the slope of gelu at z1)"),
        (Activation("wave", value=np.sin, derivative=np.cos), "(the slope of wave at z1)"),
    ],
)
def test_the_right_line_comes_from_the_activations_formula(hidden: Any, written: str) -> None:
    text = wording(MISTAKES[0], Network([2, 3, 1], hidden), 0)
    assert text.endswith(f"write delta1 = (delta2 @ W2.T) * {written}")


@pytest.mark.parametrize(
    ("loss", "written"),
    [
        ("sum_of_squares", "2 * (a2 - y)"),
        ("half_mean_squared_error", "(a2 - y) / (N * K)"),
        ("huber:0.5", "np.maximum(-0.5, np.minimum(a2 - y, 0.5)) / (N * K)"),
        ("mean_absolute_error", "np.sign(a2 - y) / (N * K)"),
        ("binary_cross_entropy", "(a2 - y) / N"),
        ("poisson", "(a2 - y) / (N * K)"),
        ("binary_focal", "dE/dz2"),
        (Loss("fourth", value=np.multiply, delta=np.multiply), "dE/da2"),
    ],
)
def test_the_right_line_comes_from_the_losss_formula(loss: Any, written: str) -> None:
    network = Network([2, 3, 1], loss=loss)
    assert wording(MISTAKES[0], network, 1).endswith(f"write delta2 = {written}")


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("rate", [0.1, -2.0])
def test_weights_that_change_too_early_are_named(name: str, rate: float) -> None:
    gradient = by_hand(name, rate=rate)
    for r, besides in ((1, ""), (-1, f"; besides, the gradient {SIGN}")):
        assert named(name, times(r, gradient)) == (
            f"weights changed before the way back has used them (rate {abs(rate):g}): "
            f"find every delta first, then change the weights{besides}"
        )


ROWS, OUTPUTS = "7 being the number of rows", "3 being the number of outputs"
SUM, MEAN, TWO = (
    "(a sum where the loss is a mean)",
    "(a mean where the loss is a sum, or divided by them twice)",
    "lacks a factor 2 (of the derivative of a square?)",
)


@pytest.mark.parametrize(
    ("r", "words"),
    [
        (-1, SIGN),
        (0.5, TWO),
        (2, "has a factor 2 too many (the loss has a half?)"),
        (7, f"is 7 times too large, {ROWS} {SUM}"),
        (1 / 7, f"is 7 times too small, {ROWS} {MEAN}"),
        (3, f"is 3 times too large, {OUTPUTS} {SUM}"),
        (21, f"is 21 times too large, 21 being the number of rows times outputs {SUM}"),
        (-3.5, f"{SIGN} and {TWO} and is 7 times too large, {ROWS} {SUM}"),
        (-0.03, f"{SIGN} and is multiplied by 0.03 (a learning rate?)"),
        (0, "is all zeros"),
    ],
)
def test_a_factor_is_named_by_what_it_may_be(r: float, words: str) -> None:
    assert named("square", times(r, by_hand("square"))) == f"the gradient {words}"


def test_the_factor_of_the_biases_alone() -> None:
    right = by_hand("square")
    wrong = right._replace(biases=tuple(b / N for b in right.biases))
    assert named("square", wrong) == (
        "the gradient of W1, W2, W3 is right; "
        f"the gradient of b1, b2, b3 is 7 times too small, {ROWS} {MEAN}"
    )


def test_two_mistakes_with_the_same_numbers_are_both_named() -> None:
    """With 2 outputs, half the gradient may be a mean over them, or the 2 of a square."""
    found = named("numbers", times(0.5, by_hand("numbers")))
    assert (
        found == f"the gradient {TWO} or is 2 times too small, 2 being the number of outputs {MEAN}"
    )
    network = Network([3, 3, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
    parameters = Parameters((np.eye(3), np.ones((3, 1))))  # z1 is x
    _, _, x, y = problem("article")
    wrong = Parameters(ByHand(network, parameters, x, y, "z in", 2).gradient().weights)
    check = check_gradient(
        lambda p: loss_of(network, p, x, y), wrong, parameters, network=network, x=x, y=y
    )
    texts = [WORDS[mistake].format(l=2, k=1) for mistake in ("z in", "x in")]
    assert re.match(f"{texts[0]}.*, or {texts[1]}", check.mistake)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("seed", range(5))
def test_where_nothing_fits_nothing_is_named(name: str, seed: int) -> None:
    right, random = by_hand(name), np.random.default_rng(seed)
    anything = Parameters(*(tuple(random.normal(size=a.shape) for a in arrays) for arrays in right))
    near = Parameters(
        *(tuple(a * random.normal(1, 1e-3, size=a.shape) for a in arrays) for arrays in right)
    )
    assert named(name, anything) == named(name, near) == ""
    assert named(name, Parameters(*(tuple(a * np.nan for a in arrays) for arrays in right))) == ""


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_with_every_output_and_loss_nothing_is_named_wrongly(output: str, loss: str) -> None:
    network, random = Network([2, 3, 2], "gelu", output, loss), np.random.default_rng(0)
    x, y = random.normal(size=(N, 2)), targets(network, random, N)
    parameters = Parameters(
        (30 * random.normal(size=(2, 3)), random.normal(size=(3, 2))),
        (random.normal(size=3), random.normal(size=2)),
    )
    _, right = backprop(network, parameters, feedforward(network, parameters, x), y)
    given = {"network": network, "x": x, "y": y}
    anything = Parameters(
        *(tuple(a + random.normal(size=a.shape) for a in arrays) for arrays in right)
    )
    assert (
        check_gradient(lambda p: loss_of(network, p, x, y), anything, parameters, **given).mistake
        == ""
    )
    minus = check_gradient(
        lambda p: loss_of(network, p, x, y), times(-1, right), parameters, **given
    )
    assert minus.mistake == f"the gradient {SIGN}"


def test_a_slope_of_nothing_is_no_excuse() -> None:
    """Where an output is 1 to the last digit, dE/da is not a number.

    Mistakes that use it fit nothing, others are still found.
    """
    network, parameters, x, y = problem("two classes")
    y[0] = 1
    parameters = parameters._replace(biases=(parameters.biases[0], np.array([100.0])))
    trace = feedforward(network, parameters, x)
    _, right = backprop(network, parameters, trace, y)

    def found(dw: Any, *after: Any) -> str:
        wrong = right._replace(weights=(dw, *after))
        return check_gradient(
            lambda p: loss_of(network, p, x, y), wrong, parameters, network=network, x=x, y=y
        ).mistake

    assert found(right.weights[0], np.cos(right.weights[1])) == (
        "the gradient of W1, b1, b2 is right; the gradient of W2 is wrong"
    )
    assert found(right.weights[0], trace.z[0].T @ (trace.output - y) / N).startswith(
        "z1 in place of a1 in the gradient of W2"
    )


def test_a_kink_is_no_mistake() -> None:
    network, x, y = NETWORKS["numbers"], np.ones((N, 4)), np.ones((N, 2))
    parameters = Parameters((np.zeros((4, 6)), np.ones((6, 2))), (np.zeros(6), np.zeros(2)))
    _, right = backprop(network, parameters, feedforward(network, parameters, x), y)
    check = check_gradient(
        lambda p: loss_of(network, p, x, y), right, parameters, network=network, x=x, y=y
    )
    assert not check
    assert check.mistake == ""


def test_with_one_hidden_node_a_factor_is_not_taken_for_a_step() -> None:
    network, random = Network([3, 1, 1], "tanh", loss="sum_of_squares"), np.random.default_rng(0)
    parameters = Parameters(
        (random.normal(size=(3, 1)), np.ones((1, 1))), (np.zeros(1), np.zeros(1))
    )
    x, y = random.normal(size=(N, 3)), random.normal(size=(N, 1))
    _, right = backprop(network, parameters, feedforward(network, parameters, x), y)
    wrong = Parameters(
        (1.5 * right.weights[0], right.weights[1]), (1.5 * right.biases[0], right.biases[1])
    )
    check = check_gradient(
        lambda p: loss_of(network, p, x, y), wrong, parameters, network=network, x=x, y=y
    )
    assert check.mistake.startswith("the gradient of W1 is multiplied by 1.5; ")


def test_one_wrong_layer_is_located_and_no_more() -> None:
    right = by_hand("classes")
    wrong = right._replace(
        weights=(np.cos(right.weights[0]), *right.weights[1:]),
        biases=(np.cos(right.biases[0]), *right.biases[1:]),
    )
    assert named("classes", wrong) == (
        "the gradient of W1, b1 is wrong; "
        "the gradient of W2, W3, b2, b3 is right: "
        "look at the step back from layer 2 to layer 1, delta1 = (delta2 @ W2.T) * slope1"
    )


@pytest.mark.parametrize("bias_rows", [False, True])
def test_parameters_in_any_nest(bias_rows: bool) -> None:
    """A list of W1, b1, W2, b2 with biases as rows, for one."""
    network, parameters, x, y = problem("two classes")

    def nest(p: Parameters) -> Any:
        return [[w, b[None, :] if bias_rows else b] for w, b in zip(*p, strict=True)]

    def loss(layers: Any) -> Any:
        return loss_of(
            network,
            Parameters(tuple(w for w, _ in layers), tuple(b.reshape(-1) for _, b in layers)),
            x,
            y,
        )

    given = nest(by_hand("two classes", "missing", 1))
    found = check_gradient(
        loss, given, nest(parameters), network=network, x=x.tolist(), y=y[:, 0].tolist()
    ).mistake
    assert found.startswith(
        "missing activation slope in layer 1: write delta1 = (delta2 @ W2.T) * (1 - a1**2)"
    )


def test_a_network_that_is_not_the_losses_is_refused() -> None:
    network, parameters, x, y = problem("article")
    wrong = by_hand("article", "missing", 1)

    def check(**given: Any) -> Any:
        return check_gradient(lambda p: loss_of(network, p, x, y), wrong, parameters, **given)

    with pytest.raises(
        GlassnetError, match="with network=, give the rows and targets of the loss too: x= and y="
    ):
        check(network=network, x=x)
    with pytest.raises(
        GlassnetError,
        match=r"has the loss .* for this x and y, loss_function gives .*, no constant times it",
    ):
        check(network=network, x=x, y=y + 1)
    with pytest.raises(GlassnetError, match=r"y has shape \(6, 1\)"):
        check(network=network, x=x, y=y[1:, 0])
    with pytest.raises(
        GlassnetError,
        match=r"parameters of shapes .*\(3, 4\), \(4, 1\).* do not fit the network 3-5-1",
    ):
        check(network=Network([3, 5, 1], bias=False), x=x, y=y)


def test_the_articles_step_is_minus_the_gradient() -> None:
    """The article adds its products to the weights, with y - output: `00_from_scratch.py`."""
    x, y = (
        np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]),
        np.array([[0.0], [1], [1], [0]]),
    )
    W1, W2 = np.random.default_rng(1).random((3, 4)), np.random.default_rng(2).random((4, 1))
    layer1 = sigma(x @ W1)
    output = sigma(layer1 @ W2)
    delta2 = 2 * (y - output) * output * (1 - output)
    delta1 = delta2 @ W2.T * layer1 * (1 - layer1)
    steps = [x.T @ delta1, layer1.T @ delta2]

    def loss(W: Any) -> Any:
        return np.sum((y - sigma(sigma(x @ W[0]) @ W[1])) ** 2)

    known = {"network": NETWORKS["article"], "x": x, "y": y}
    assert check_gradient(loss, steps, [W1, W2]).mistake == f"the gradient {SIGN}"
    assert check_gradient(loss, steps, [W1, W2], **known).mistake == f"the gradient {SIGN}"
    assert check_gradient(loss, [-step for step in steps], [W1, W2], **known).mistake == ""


def test_with_one_hidden_node_no_early_update_is_guessed() -> None:
    """Any factor on the first layer's gradient might be such a step then: nothing can be told."""
    random = np.random.default_rng(0)
    network = Network([2, 1, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
    for _ in range(10):
        x, y = random.normal(size=(5, 2)), random.random((5, 1))
        w = [random.normal(size=(2, 1)), random.normal(size=(1, 1))]
        start = Parameters(tuple(w))

        def loss(p: Any) -> Any:
            return backprop(network, p, feedforward(network, p, x), y)[0]  # noqa: B023 (called before the next turn)

        right = backprop(network, start, feedforward(network, start, x), y)[1].weights
        gradient = Parameters((1.37 * right[0], right[1]))
        check = check_gradient(loss, gradient, start, network=network, x=x, y=y)
        assert not check
        assert "changed before" not in check.mistake


def test_targets_in_a_row_and_weights_turned_over_are_named() -> None:
    random = np.random.default_rng(0)
    network = Network([3, 4, 1], "tanh", loss="mean_squared_error", bias=False)
    x, y = random.normal(size=(6, 3)), random.normal(size=6)
    w = [random.normal(size=(3, 4)), random.normal(size=(4, 1))]

    def broadcast(p: Any) -> Any:
        return np.mean((np.tanh(x @ p[0]) @ p[1] - y) ** 2)  # 6 x 1 against 6: 36 differences

    message = (
        r"compares each output with each target: y has the shape \(6,\) there, "
        r"and should have \(6, 1\)"
    )
    with pytest.raises(GlassnetError, match=message):
        check_gradient(broadcast, [np.ones((3, 4)), np.ones((4, 1))], w, network=network, x=x, y=y)


class Columns:
    """A network written as courses write it: each row of the table a column, W @ x + b."""

    def __init__(self, hidden: int, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        self.x = random.normal(size=(2, 5))  # 2 inputs, 5 rows of the table
        self.y = (random.random((1, 5)) > 0.5).astype(float)
        sizes = [(hidden, 2), (hidden, 1), (1, hidden), (1, 1)]
        self.parameters = [random.normal(size=size) for size in sizes]
        self.network = Network([2, hidden, 1], "tanh", loss="binary_cross_entropy")

    def feedforward(self, p: list[Any]) -> tuple[Any, Any]:
        a1 = np.tanh(p[0] @ self.x + p[1])
        return a1, sigma(p[2] @ a1 + p[3])

    def loss(self, p: list[Any]) -> float:
        _, a2 = self.feedforward(p)
        return float(-np.mean(self.y * np.log(a2) + (1 - self.y) * np.log(1 - a2)))

    def gradient(self, mistake: str = "") -> list[Any]:
        a1, a2 = self.feedforward(self.parameters)
        delta2 = (a2 - self.y) / 5
        slope = 1 if mistake == "slope" else 1 - a1**2
        delta1 = (self.parameters[2].T @ delta2) * slope
        d_b1 = delta1.sum(axis=1, keepdims=True)
        if mistake == "everything":
            d_b1 = np.full_like(d_b1, delta1.sum())
        below = self.feedforward(self.parameters)[0] if mistake != "z" else np.arctanh(a1)
        return [delta1 @ self.x.T, d_b1, delta2 @ below.T, delta2.sum(axis=1, keepdims=True)]

    def check(self, gradient: Any, as_they_lie: bool = True) -> Any:
        x, y = (self.x, self.y) if as_they_lie else (self.x.T, self.y.T)
        return check_gradient(self.loss, gradient, self.parameters, network=self.network, x=x, y=y)


@pytest.mark.parametrize("hidden", [1, 2, 3])  # with 2 each array fits in two places
@pytest.mark.parametrize("as_they_lie", [False, True])
def test_a_network_of_columns_is_read_in_its_own_notation(hidden: int, as_they_lie: bool) -> None:
    columns = Columns(hidden)
    assert columns.check(columns.gradient(), as_they_lie)
    found = columns.check(columns.gradient("slope"), as_they_lie).mistake
    assert "layer 1: write delta1 = (W2.T @ delta2) * (1 - a1**2)" in found
    found = columns.check(columns.gradient("z"), as_they_lie).mistake
    assert found == "z1 in place of a1 in the gradient of W2: write delta2 @ a1.T"


def test_a_bias_of_a_column_is_summed_along_its_own_axis() -> None:
    columns = Columns(3)
    found = columns.check(columns.gradient("everything")).mistake
    assert found == (
        "the gradient of b1 is summed over every axis, nodes and rows: "
        "write np.sum(delta1, axis=1, keepdims=True)"
    )


@pytest.mark.parametrize(
    ("scale", "right"),
    [
        (0.5, "(a2 - y) * a2 * (1 - a2)"),
        (1.0, "2 * (a2 - y) * a2 * (1 - a2)"),
        (1 / N, "0.142857 * 2 * (a2 - y) * a2 * (1 - a2)"),
        (0.37, "0.37 * 2 * (a2 - y) * a2 * (1 - a2)"),
    ],
)
def test_a_loss_that_is_a_multiple_of_the_networks_is_read_as_such(
    scale: float, right: str
) -> None:
    network, parameters, x, y = problem("article")
    wrong = times(scale, by_hand("article", "missing", 2))

    def check(gradient: Any) -> Any:
        return check_gradient(
            lambda p: scale * loss_of(network, p, x, y),
            gradient,
            parameters,
            network=network,
            x=x,
            y=y,
        )

    assert check(times(scale, by_hand("article")))
    found = check(wrong).mistake
    assert found.startswith(f"missing activation slope in layer 2: write delta2 = {right}")
    assert found.endswith("as is taken into account)") == (scale != 1)
    of_our_own = check(by_hand("article")).mistake  # the gradient of another loss than the given
    assert (of_our_own == "") == (scale == 1)


def test_a_loss_at_fault_is_told_from_a_gradient_at_fault() -> None:
    network, parameters, x, y = problem("square")
    right = by_hand("square")

    def softmax(z: Any) -> Any:
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    def twice(p: Parameters) -> Any:
        trace = feedforward(network, p, x)
        return np.mean((softmax(trace.output) - y) ** 2)

    check = check_gradient(twice, right, parameters, network=network, x=x, y=y)
    assert not check
    assert check.mistake.startswith("this is the gradient of 3-3-3-3")
    assert "softmax taken twice" in check.mistake
    assert check.mistake.endswith("so look for the mistake in the loss")

    def squared(p: Parameters) -> Any:
        return loss_of(network, p, x, y) ** 2

    for loss in (squared, lambda _: 0.0):
        with pytest.raises(GlassnetError, match="look for the mistake in loss_function"):
            check_gradient(loss, times(2, right), parameters, network=network, x=x, y=y)


BY_ROWS = {
    "b1 by everything": "the gradient of b1 is summed over every axis, nodes and rows: "
    "write np.sum(delta1, axis=0)",
    "b by nodes": "the gradient of b1 is summed along the wrong axis, over nodes in place of rows: "
    "write np.sum(delta1, axis=0)",
    "last row": "the gradient is that of the last row alone: add up all rows",
    "first row": "the gradient is that of the first row alone: add up all rows (does a return",
    "softmax twice": "softmax is taken twice in the delta of layer 2: a2 has been through it, so "
    "write delta2 = (a2 - y) / N",
    "sigmoid's slope": "the slope of sigmoid in layer 1, whose activation is tanh: "
    "write delta1 = (delta2 @ W2.T) * (1 - a1**2)",
    "relu's slope": "the slope of relu in layer 1, whose activation is tanh: ",
    "squared error": "the activation slope of layer 2 is multiplied in once too often (that is "
    "squared error's delta, but the loss is categorical_cross_entropy): "
    "write delta2 = (a2 - y) / N",
}


@pytest.mark.parametrize("mistake", BY_ROWS)
def test_mistakes_of_sums_and_of_other_functions_are_named(mistake: str) -> None:
    random = np.random.default_rng(3)
    rows = nodes = 4
    x, y = random.normal(size=(rows, 3)), np.eye(4)[[0, 2, 1, 3]]
    w = [random.normal(size=s) for s in ((3, nodes), (nodes, 4))]
    b = [random.normal(size=n) for n in (nodes, 4)]

    def softmax(z: Any) -> Any:
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    def forward(p: Any) -> tuple[Any, Any]:
        a1 = np.tanh(x @ p["W1"] + p["b1"])
        return a1, softmax(a1 @ p["W2"] + p["b2"])

    def loss(p: Any) -> float:
        return float(-(y * np.log(forward(p)[1])).sum() / rows)

    parameters = {"W1": w[0], "b1": b[0], "W2": w[1], "b2": b[1]}
    a1, a2 = forward(parameters)
    delta2 = ((softmax(a2) if mistake == "softmax twice" else a2) - y) / rows
    delta2 = delta2 * a2 * (1 - a2) if mistake == "squared error" else delta2
    slope = {"sigmoid's slope": a1 * (1 - a1), "relu's slope": a1 > 0}.get(mistake, 1 - a1**2)
    delta1 = (delta2 @ w[1].T) * slope
    some = {"last row": slice(-1, None), "first row": slice(0, 1)}.get(mistake, slice(None))
    gradient = {
        "b2": delta2[some].sum(axis=1 if mistake == "b by nodes" else 0),
        "W1": x[some].T @ delta1[some],
        "b1": delta1[some].sum(axis=1 if mistake == "b by nodes" else 0),
        "W2": a1[some].T @ delta2[some],
    }
    if mistake == "b1 by everything":
        gradient["b1"] = np.full(nodes, delta1.sum())
    network = Network([3, nodes, 4], "tanh", loss="categorical_cross_entropy")
    check = check_gradient(loss, gradient, parameters, network=network, x=x, y=y)
    assert not check
    assert check.mistake.startswith(BY_ROWS[mistake]), check.mistake
    assert ", or " not in check.mistake


@pytest.mark.parametrize("columns", [False, True])
def test_softmax_along_the_wrong_axis_is_said(columns: bool) -> None:
    random = np.random.default_rng(4)
    x, y = random.normal(size=(6, 3)), np.eye(3)[[0, 1, 2, 0, 1, 2]]
    network = Network([3, 3], loss="categorical_cross_entropy", bias=False)
    w = random.normal(size=(3, 3))

    def loss(w: Any) -> float:
        z = w @ x.T if columns else x @ w
        a = np.exp(z) / np.exp(z).sum(axis=1 if columns else 0, keepdims=True)
        return float(-(y * np.log(a.T if columns else a)).sum() / len(y))

    rows = {"x": x.T, "y": y.T} if columns else {"x": x, "y": y}
    with pytest.raises(GlassnetError, match="softmax along the wrong axis"):
        check_gradient(loss, np.ones((3, 3)), w, network=network, **rows)
