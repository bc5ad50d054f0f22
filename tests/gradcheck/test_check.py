"""The checker itself: finds the worst entry, sees kinks, is not fooled."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from conftest import PAIRS, targets
from glassnet import Activation, Loss, Network, check_custom, check_gradient
from glassnet.core.activations import ACTIVATIONS, OUTPUTS
from glassnet.core.losses import find_loss
from glassnet.errors import GlassnetError


def test_names_the_worst_entry() -> None:
    parameters = (np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    gradient = (2 * parameters[0], 2 * parameters[1] + [[0, 0], [1e-3, 0]])
    check = check_gradient(lambda p: sum((a**2).sum() for a in p), gradient, parameters)
    assert not check
    assert check.worst == "[1][1, 0]"
    assert (check.given, check.entries) == (6.001, 6)
    assert check.measured == pytest.approx(6, abs=1e-8)
    assert "WRONG" in str(check)


def test_many_entries_are_sampled_but_directions_cover_all() -> None:
    w = np.linspace(1, 2, 5000)
    gradient = 2 * w
    gradient[4321] += 1
    assert check_gradient(lambda w: (w**2).sum(), 2 * w, w, entries=5)
    assert not check_gradient(lambda w: (w**2).sum(), gradient, w, entries=5)


@pytest.mark.parametrize("size", [1e-15, 1.0, 1e9])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_small_large_and_shifted_losses_and_weights(size: float, shift: float) -> None:
    w = np.array([1.0, -2.0, 3.0])
    assert check_gradient(lambda w: size * (w**2).sum() + shift, 2 * size * w, w)
    if size * 1e6 > shift:
        assert not check_gradient(lambda w: size * (w**2).sum() + shift, 3 * size * w, w)
    assert check_gradient(lambda w: (w**2).sum(), 2e6 * w, 1e6 * w)


def test_many_weights_in_one_direction() -> None:
    w = np.linspace(-1, 1, 100_000)
    assert check_gradient(
        lambda w: np.sin(w.sum()), np.full_like(w, np.cos(w.sum())), w, entries=20
    )


def test_says_where_the_loss_has_a_kink() -> None:
    check = check_gradient(lambda w: abs(w[0]).sum(), [np.array([1.0])], [np.array([0.0])])
    assert not check
    assert "kink" in str(check)


def test_nan_is_never_right() -> None:
    assert not check_gradient(lambda w: (w**2).sum(), np.array([np.nan, 4.0]), np.array([1.0, 2.0]))
    assert not check_gradient(lambda w: np.nan, np.array([2.0, 4.0]), np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    ("gradient", "parameters", "message"),
    [
        ([np.ones(2)], [np.ones(2), np.ones(3)], "has 1 arrays, the parameters have 2"),
        (
            [np.ones((2, 1))],
            [np.ones((1, 2))],
            (
                r"gradient of \[0\] has shape \(2, 1\), the parameter \(1, 2\): it looks like the "
                r"transpose"
            ),
        ),
        (
            [np.ones((7, 3))],
            [np.ones(3)],
            (
                r"has shape \(7, 3\), the parameter \(3,\): .* add them up, as in np.sum\(delta, "
                r"axis=0\)$"
            ),
        ),
        (
            [np.ones((7, 3))],
            [np.ones((1, 3))],
            r"a part for each row, so add them up, as in np.sum\(delta, axis=0, keepdims=True\)",
        ),
        ([np.ones((7, 2, 3))], [np.ones((2, 3))], "a part for each row, so add them up"),
        ([np.ones((1, 3))], [np.ones(3)], "drop the first axis"),
        (
            [np.ones(3)],
            [np.ones((1, 3))],
            "keep the first axis, as in np.sum.delta, axis=0, keepdims=True",
        ),
        ([np.ones(())], [np.ones(3)], "everything was added up; add up the rows only"),
        (
            [np.ones(2), np.ones(3)],
            [np.ones(3), np.ones(2)],
            "the arrays look to be in another order than the parameters",
        ),
        ([np.ones((4, 5))], [np.ones((2, 3))], r"the parameter \(2, 3\)$"),
        (
            [np.ones((1, 20))],
            [np.ones((5, 1))],
            r"20 is the rows of the table: sum .*np.sum\(delta, axis=1, keepdims=True\)$",
        ),
        ([np.ones(5)], [np.ones((5, 1))], "keep the second axis, as in np.sum.delta, axis=1, keep"),
        ([np.ones((5, 20))], [np.ones((5, 1))], "a part for each of 20 rows, so add them up"),
        ([np.ones(())], [np.ones((5, 1))], "everything was added up; .*axis=1, keepdims=True"),
        ([np.ones((1, 5))], [np.ones((5, 1))], "it looks like the transpose"),
        (
            {"W1": np.ones(2), "b1": np.ones(1)},
            {"W1": np.ones(2), "b1": np.ones(1), "b2": np.ones(1)},
            "^the gradient lacks b2: give one for each of the parameters W1, b1, b2",
        ),
        (
            {"dW1": np.ones(2)},
            {"W1": np.ones(2), "b1": np.ones(1)},
            "has 1 arrays, the parameters have 2",
        ),
        (np.ones(2), np.ones(2, np.int64), r"is int64: .* needs float64: add .astype\(float\)"),
        (np.ones(2, np.float32), np.ones(2, np.float32), "needs float64"),
    ],
)
def test_refused(gradient, parameters, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        check_gradient(lambda p: 0.0, gradient, parameters)


POINT = [
    np.random.default_rng(2).normal(size=shape)
    for shape in [(3, 3), (3,), (3, 3), (3,), (3, 2), (2,)]
]


def smooth(p: Any) -> Any:
    return sum(
        np.sum(np.sin((i + 2) * a + np.arange(a.size).reshape(a.shape))) for i, a in enumerate(p)
    )


def slopes() -> list[Any]:
    return [
        (i + 2) * np.cos((i + 2) * a + np.arange(a.size).reshape(a.shape))
        for i, a in enumerate(POINT)
    ]


def with_one(index: int, array: Any) -> list[Any]:
    return [array if i == index else a for i, a in enumerate(slopes())]


OTHERS = "the gradient of [0], [1], [2], [3], [4] is right"
SIGN = "has the wrong sign (it is minus the gradient: the step, not the slope)"
BY_NUMBERS = {
    f"the gradient {SIGN}": [-a for a in slopes()],
    "the gradient lacks a factor 2 (of the derivative of a square?)": [a / 2 for a in slopes()],
    "the gradient has a factor 2 too many (the loss has a half?)": [a * 2 for a in slopes()],
    "the gradient is 12 times too large (a sum where the loss is a mean over 12?)": [
        12 * a for a in slopes()
    ],
    f"the gradient {SIGN} and is 20 times too small (a mean over 20 where the loss is a sum, or a learning rate of 0.05 in it?)": [  # noqa: E501
        -0.05 * a for a in slopes()
    ],
    "the gradient is multiplied by 0.15 (a learning rate?)": [0.15 * a for a in slopes()],
    "the gradient is multiplied by 1.5": [1.5 * a for a in slopes()],
    "the gradient is all zeros": [0 * a for a in slopes()],
    f"{OTHERS}; the gradient of [5] is all zeros": with_one(5, np.zeros(2)),
    f"{OTHERS}; the gradient of [5] {SIGN}": with_one(5, -slopes()[5]),
    "the gradient of [0] is the transpose of the right one; the gradient of [1], [2], [3], [4], [5] is right": with_one(  # noqa: E501
        0, slopes()[0].T
    ),
    "the gradient of [0], [1], [2], [3], [5] is right; "
    "the gradient of [4] has its numbers in the wrong places: turn it with .T, not reshape": with_one(  # noqa: E501
        4, slopes()[4].T.reshape(3, 2)
    ),
    "the gradient of [0] is that of [2]; the gradient of [1], [3], [4], [5] is right; the gradient of [2] is that of [0]": [  # noqa: E501
        slopes()[i] for i in (2, 1, 0, 3, 4, 5)
    ],
    "the gradient of [0], [1] is wrong; the gradient of [2], [3], [4], [5] is right: "
    "look at the step back from layer 2 to layer 1, delta1 = (delta2 @ W2.T) * slope1": [
        np.cos(slopes()[0]),
        np.cos(slopes()[1]),
        *slopes()[2:],
    ],
    "the gradient of [0], [1], [3], [4], [5] is right; the gradient of [2] is wrong": with_one(
        2, np.cos(slopes()[2])
    ),
    "the slope of an L2 penalty in [0], [2], [4] is missing: add 0.01 times the weights": [
        a - 0.01 * w * (w.ndim == 2) for a, w in zip(slopes(), POINT, strict=True)
    ],
    "the slope of an L1 penalty in [0], [2], [4] is there but not in the loss, or counted twice: "
    "take away 0.3 times the weights' signs": [
        a + 0.3 * np.sign(w) * (w.ndim == 2) for a, w in zip(slopes(), POINT, strict=True)
    ],
}


@pytest.mark.parametrize("words", BY_NUMBERS)
def test_a_mistake_that_the_numbers_alone_tell(words: str) -> None:
    check = check_gradient(smooth, BY_NUMBERS[words], POINT)
    assert not check
    assert check.mistake == words
    assert str(check).endswith(f"; {words}")


def test_arrays_that_are_no_layers_have_no_step_back() -> None:
    point = [POINT[0][:, :2], POINT[0][:, :2]]
    given = [np.ones((3, 2)) * [1, 2], 2 * point[1]]
    check = check_gradient(lambda p: np.sum(p[0] ** 2) + np.sum(p[1] ** 2), given, point)
    assert check.mistake == "the gradient of [0] is wrong; the gradient of [1] is right"


def test_a_right_gradient_has_no_mistake() -> None:
    check = check_gradient(smooth, slopes(), POINT)
    assert check.mistake == ""
    assert str(check).endswith(f"measured {check.measured:.10g}")


@pytest.mark.parametrize("seed", range(20))
def test_a_wrong_gradient_of_another_kind_is_not_named(seed: int) -> None:
    random = np.random.default_rng(seed)
    assert check_gradient(smooth, [random.normal(size=a.shape) for a in POINT], POINT).mistake == ""
    assert (
        check_gradient(
            smooth, [a * random.normal(1, 1e-4, size=a.shape) for a in slopes()], POINT
        ).mistake
        == ""
    )
    small = [np.array([0.7])], [np.array([1.3])]  # of one number everything is a multiple
    assert (
        check_gradient(lambda w: np.sin(w[0]).sum(), [random.normal(size=1)], small[0]).mistake
        == ""
    )
    assert check_gradient(
        lambda w: np.sin(w[0]).sum(), [-2 * np.cos(small[1][0])], small[1]
    ).mistake.startswith(f"the gradient {SIGN} and has a factor 2 too many")


def test_one_large_entry_is_no_common_factor() -> None:
    """And a gradient that is nearly right is no whole number times the right one."""
    w = np.array([1e4, 1e-4, 1e-4, 1e-4])
    wrong = 2 * w * [1.3, 0.5, 2, 3]
    assert (
        check_gradient(
            lambda p: np.sum(p[0] ** 2) + np.sum(p[1] ** 2), [wrong, np.ones(2)], [w, np.ones(2)]
        ).mistake
        == ""
    )
    check = check_gradient(smooth, with_one(0, slopes()[0] * (1 + 4e-6)), POINT)
    assert (
        check.mistake
        == "the gradient of [0] is wrong; the gradient of [1], [2], [3], [4], [5] is right"
    )


def test_where_only_some_entries_are_measured_no_array_is_called_right() -> None:
    assert check_gradient(smooth, with_one(0, slopes()[0] + 1), POINT, entries=6).mistake == ""
    assert (
        check_gradient(smooth, [-a for a in slopes()], POINT, entries=6).mistake
        == f"the gradient {SIGN}"
    )


Y = np.random.default_rng(1).normal(size=(30, 3))


def square(a: Any, y: Any) -> Any:
    return (a - y) ** 2


def test_right_functions_of_ones_own_pass() -> None:
    """Every function of ours under another name, kinked ones included, in both dtypes and with
    targets of every size.
    """
    check_custom(Network([2, 3, 3], "relu"), Y)
    for row in ACTIVATIONS.values():
        check_custom(Network([2, 3, 3], dataclasses.replace(row, name="mine")), Y)
        check_custom(
            Network([2, 3, 3], "relu", dataclasses.replace(row, name="mine")), Y.astype("float32")
        )
    for output, loss in PAIRS:
        network = Network(
            [2, 3, 3],
            output=OUTPUTS[output],
            loss=dataclasses.replace(find_loss(loss), name="mine"),
        )
        for size in (1, 1e5, 1e9) if network.loss.output in (None, "exponential") else (1,):
            check_custom(network, size * targets(network, np.random.default_rng(0), 30))


WRONG = {
    "activation 'sin': its slope is not the derivative of its value: .*worst .* given .*, measured": Activation(  # noqa: E501
        value=np.sin, derivative=np.sin
    ),
    "activation 'ramp': its slope is not the derivative": Activation(
        "ramp", OUTPUTS["relu"].value, lambda z: 0.9 * (z > 0)
    ),
    "activation 'custom': its slope has shape .. and dtype float64 for an array of shape .20, 3.": Activation(  # noqa: E501
        value=lambda z: 2 * z, derivative=lambda z: 2.0
    ),
    "activation 'custom': its value has shape .20, 3. and dtype bool": Activation(
        value=lambda z: z > 0, derivative=lambda z: 0 * z
    ),
    "loss 'square': its delta is not the derivative of its value: .*worst": Loss(
        value=square, delta=lambda a, y: a - y
    ),
    "loss 'custom': its value has shape ..": Loss(
        value=lambda a, y: np.mean((a - y) ** 2), delta=lambda a, y: 2 * (a - y)
    ),
    "loss 'square': its delta has shape .20,.": Loss(
        value=square, delta=lambda a, y: 2 * (a - y).sum(axis=1)
    ),
    "loss 'logs': its delta is not": Loss(
        "logs", value=lambda a, y: np.log(-np.exp(a)), delta=lambda a, y: 1 + 0 * a
    ),
    "loss 'in_z': its delta is not": Loss(
        "in_z", value=square, delta=lambda a, y: 2 * (a - y) * a * (1 - a), output="sigmoid"
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_functions_of_ones_own_are_named(message: str) -> None:
    own = WRONG[message]
    network = Network(
        [2, 3, 3], **({"loss": own} if isinstance(own, Loss) else {"activation": own})
    )
    with pytest.raises(GlassnetError, match=message):
        check_custom(network, Y)


def test_a_dtype_that_grows_is_named() -> None:
    step = Activation("step", lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float))
    check_custom(Network([2, 3, 3], step), Y)
    with pytest.raises(
        GlassnetError,
        match="activation 'step': its slope has .* dtype float64 for .* dtype float32",
    ):
        check_custom(Network([2, 3, 3], step), Y.astype("float32"))


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (np.ones((4, 1)), "an array of shape (4, 1): add its numbers up, as in np.sum(loss)"),
        (np.ones((1, 1)), "an array of shape (1, 1): take it out, as in loss.item()"),
        ([1.0], "[1.0]"),
        (None, "None"),
    ],
)
def test_a_loss_that_is_not_one_number_is_refused_with_the_fix(loss: Any, message: str) -> None:
    with pytest.raises(GlassnetError) as told:
        check_gradient(lambda _: loss, [np.ones(2)], [np.ones(2)])
    assert str(told.value).startswith(f"loss_function must give one number, got {message}")


def test_dicts_go_together_by_name_whatever_their_order() -> None:
    parameters = {"hidden": {"W": np.array([[1.0], [2.0]])}, "last": [{"b": np.array([1.0])}]}

    def loss(p: Any) -> Any:
        return (p["hidden"]["W"].sum() + p["last"][0]["b"][0]) ** 2

    gradient = {"last": [{"b": np.array([8.0])}], "hidden": {"W": np.full((2, 1), 8.0)}}
    assert check_gradient(loss, gradient, parameters)
    gradient["last"][0]["b"] += 1
    check = check_gradient(loss, gradient, parameters)
    assert check.worst == "last[0].b[0]"
    assert check.mistake == "the gradient of hidden.W is right; the gradient of last[0].b is wrong"


def test_what_is_no_array_in_a_dict_is_named_with_its_place() -> None:
    parameters = {"hidden": [{"W": np.ones(1)}, {"W": "text"}]}
    with pytest.raises(GlassnetError, match=r"^parameters\.hidden\[1\]\.W must be an array, or"):
        check_gradient(lambda _: 0.0, parameters, parameters)
