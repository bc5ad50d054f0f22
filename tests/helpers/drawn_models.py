"""Models drawn by hypothesis: shapes, activations, encodings and names, with weights of a seed."""
"""Models of any shape, activation and encoding, whose names and classes are any text."""

import warnings
from typing import Any

import numpy as np
from exported import HOSTILE, TriedModel
from hypothesis import strategies as st

import glassnet as gn
from glassnet.core.activations import ACTIVATIONS, OUTPUTS
from glassnet.models.conformal import LocalScale, Residuals
from glassnet.models.ensemble import Member
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.formats.missing import PROGRAM_MARKS
from glassnet.tables.inputs import Binary, Categories, Input, Number
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

NAMES = st.sampled_from(
    [HOSTILE, "class", "select", "x y", "1st", "__proto__", "é", "x", "X", "x_y"]
)
TEXTS = NAMES | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and text.casefold() not in PROGRAM_MARKS)
NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)
SCALES = st.floats(1e-3, 1e6)


@st.composite
def numbers(draw: st.DrawFn, name: str) -> Number:
    """The encoding of a column of numbers."""
    center, scale = draw(NUMBERS), draw(SCALES)
    cuts = draw(st.sampled_from([(), (-1.0, 0.0, 1.0), (-2.0, -0.5, 0.25, 3.0)]))
    return Number(
        name,
        center,
        scale,
        smooth_clip=draw(st.booleans()),
        fill=center,
        indicator=draw(st.booleans()),
        bin_edges=tuple(center + scale * cut for cut in cuts),
        bin_height=draw(st.sampled_from([1.0, 0.25])) if cuts else 1.0,
    )


@st.composite
def inputs(draw: st.DrawFn, name: str) -> Input:
    """The encoding of a column."""
    kind = draw(st.sampled_from(["number", "binary", "categories"]))
    if kind == "number":
        return draw(numbers(name))
    least, most = (2, 2) if kind == "binary" else (1, 4)
    levels = draw(st.lists(TEXTS, min_size=least, max_size=most, unique=True))
    indicator = draw(st.booleans())
    if kind == "binary":
        return Binary(name, (levels[0], levels[1]), indicator)
    return Categories(name, tuple(levels), indicator)


@st.composite
def targets(draw: st.DrawFn, name: str) -> Target:
    """The encoding of a target."""
    if draw(st.booleans()):
        low, high = draw(st.sampled_from([(None, None), (-1.0, 2.5)]))
        return NumberTarget(name, draw(NUMBERS), draw(SCALES), low, high)
    labels = tuple(draw(st.lists(TEXTS, min_size=2, max_size=4, unique=True)))
    threshold = draw(st.sampled_from([None, 0.25])) if len(labels) == 2 else None
    frequencies = (1 / len(labels),) * len(labels) if draw(st.booleans()) else ()
    return ClassTarget(name, labels, threshold, frequencies if len(labels) > 2 else ())
"""Models of any shape, with any columns and any names, drawn by hypothesis."""

from itertools import pairwise

import numpy as np
from exported import TriedModel
from hypothesis import strategies as st

import glassnet as gn
from glassnet.core.activations import ACTIVATIONS
from glassnet.models.conformal import LocalScale, Residuals
from glassnet.models.ensemble import Member
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.inputs import Binary, Categories, Input, Number
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

HOSTILE_NAMES = [
    "int", "class", "a b", "a-b", "A_B", "a\\", "??/", "*/", "//", '"', "'", "\n#define x", "%s%n",
    "{{ x }}", "{% raw %}", "\u202e", "\u4e2d", "prediction", "row", "x", "NAN", "1", "", " ", "`",
    "func", "type", "=1+1", "'; drop table rows; --", "$(x)", "${x}", "\u00e9\u00e8", "k", "unix",
]  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(HOSTILE_NAMES),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
CATEGORIES = NAMES.map(str.strip).filter(bool)
NUMBERS = st.floats(-1e4, 1e4).map(lambda number: round(number, 3))


def _several(of: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(of, min_size=least, max_size=most, unique=True)


@st.composite
def _columns(draw: st.DrawFn, name: str) -> Input:
    kind = draw(st.sampled_from(["number", "bins", "date", "two", "several", "boolean", "sizes"]))
    indicator = draw(st.booleans())
    if kind in ("number", "bins", "date"):
        center, scale = draw(NUMBERS), draw(st.floats(0.5, 100))
        edges = (center - 2 * scale, center, center + 0.7 * scale) if kind == "bins" else ()
        pattern = draw(st.sampled_from(["dd.mm.yyyy", "yyyy-mm-dd", "mon dd, yyyy"]))
        return Number(
            name,
            center,
            scale,
            smooth_clip=draw(st.booleans()),
            fill=draw(NUMBERS),
            indicator=indicator,
            date=kind == "date",
            bin_edges=edges,
            format=DateFormat(pattern) if kind == "date" else None,
            bin_height=draw(st.sampled_from([1.0, 0.25])) if edges else 1.0,
        )
    if kind == "two":
        low, high = draw(_several(CATEGORIES, 2, 2))
        return Binary(name, (low, high), indicator)
    if kind == "boolean":
        return Binary(name, ("false", "true"), indicator, "boolean")
    if kind == "sizes":
        return Categories(name, ("1", "2.5", "-4"), indicator, "number")
    return Categories(name, tuple(draw(_several(CATEGORIES, 1, 4))), indicator)


@st.composite
def _targets(draw: st.DrawFn) -> tuple[str, str, tuple[Target, ...]]:
    """Task, output activation and targets."""
    task = draw(st.sampled_from(["regression", "binary", "multiclass"]))
    names = draw(_several(NAMES, 1, 1 if task == "multiclass" else 3))
    if task == "regression":
        output = draw(st.sampled_from(["identity", "softplus", "tanh"]))
        clip = draw(st.sampled_from([(None, None), (-1.5, 40.0), (0.0, 3.0)]))
        numbers = [
            NumberTarget(name, draw(NUMBERS), draw(st.floats(0.5, 9)), *clip) for name in names
        ]
        return task, output, tuple(numbers)
    width = 2 if task == "binary" else draw(st.integers(3, 5))
    labels = [tuple(draw(_several(CATEGORIES, width, width))) for _ in names]
    threshold = draw(st.sampled_from([None, 0.3])) if width == 2 else None
    frequencies = tuple(np.arange(1.0, width + 1)) if width > 2 and draw(st.booleans()) else ()
    classes = [
        ClassTarget(name, of, threshold, frequencies)
        for name, of in zip(names, labels, strict=True)
    ]
    return task, "softmax" if task == "multiclass" else "sigmoid", tuple(classes)


@st.composite
def drawn_models(draw: st.DrawFn) -> TriedModel:
    """A model of one or several members, with what may be asked of it."""
    names = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    target = draw(targets(names.pop()))
    columns = tuple(draw(inputs(name)) for name in names)
    is_number = isinstance(target, NumberTarget)
    task = "regression" if is_number else "binary" if target.width == 1 else "multiclass"
    encoding = TableEncoding(task, columns, (target,))
    width = len(encoding.features)
    output = "softmax" if target.width > 1 else "sigmoid"
    if is_number:
        output = draw(st.sampled_from([name for name in OUTPUTS if name != "softmax"]))
    members = []
    for seed in range(draw(st.integers(1, 3))):
        hidden = draw(st.lists(st.integers(1, 5), max_size=3))
        names_of = [draw(st.sampled_from(list(ACTIVATIONS))) for _ in hidden]
        network = gn.Network([width, *hidden, target.width], names_of, output)
        members.append(Member(network, gn.initialize(network, seed=seed), 1.0 + seed))
    return TriedModel(
        gn.Model(encoding, tuple(members), residuals=(_residuals(is_number, width),)),
        interval=0.5 if is_number else None,
        label_set=None if is_number else 0.5,
    )


def _residuals(is_number: bool, width: int) -> Residuals:
    if not is_number:
        return Residuals(np.linspace(0.05, 0.9, 20))
    random = np.random.default_rng(width)
    scale = LocalScale(random.normal(size=width), -0.5, -2.0, 2.0)
    return Residuals(np.linspace(-1.0, 1.5, 20), scale)
    """A model and what is asked of it."""
    columns = tuple(draw(_columns(name)) for name in draw(_several(NAMES, 1, 5)))
    task, output, targets = draw(_targets())
    encoding = TableEncoding(task, columns, targets)  # pyright: ignore[reportArgumentType]
    width = len(encoding.features)
    random = np.random.default_rng(draw(st.integers(0, 99)))
    members = []
    for _ in range(draw(st.integers(1, 3))):
        hidden = draw(st.lists(st.integers(1, 5), max_size=3))
        activations = [draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in hidden]
        activations = ["tanh" if name == "exponential" else name for name in activations]
        sizes = [width, *hidden, sum(target.width for target in targets)]
        network = gn.Network(sizes, activations or "tanh", output, bias=draw(st.booleans()))
        weights = tuple(random.normal(size=shape) for shape in pairwise(sizes))
        biases = tuple(random.normal(size=nodes) for nodes in sizes[1:])
        parameters = gn.Parameters(weights, biases if network.bias else ())
        members.append(Member(network, parameters))
    if not draw(st.booleans()):
        return TriedModel(gn.Model(encoding, tuple(members)))
    scale = LocalScale(random.normal(size=width), 0.1, -2.0, 1.5) if task == "regression" else None
    residuals = np.sort(random.normal(size=99) if scale else random.random(99))
    known = tuple(Residuals(residuals, scale) for _ in targets)
    model = gn.Model(encoding, tuple(members), residuals=known)
    return TriedModel(model, interval=0.8 if scale else None, label_set=None if scale else 0.6)
from glassnet.core.activations import ACTIVATIONS

N = 60
ODD_NAMES = [
    HOSTILE, "__proto__", "constructor", "toString", "hasOwnProperty", "0", "1", "class", "String",
    "row", "x", "cell", "\\u000a;", "\\", "*/ //", "<!-- </script>", "${x}", "`", "%d",
    "\U0001f600",
]  # fmt: skip
NAMES = st.sampled_from(ODD_NAMES) | st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8
)
"""Names of columns and classes, those among them that mean something in a language."""


@st.composite
def drawn_models(draw: Any) -> TriedModel:
    """A model of a made-up table, trained for one epoch."""
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    names = draw(st.lists(NAMES, min_size=4, max_size=7, unique_by=str.casefold))
    classes = draw(st.lists(NAMES, min_size=2, max_size=4, unique_by=str.casefold))
    *columns, target = names
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=len(columns), max_size=6))
    table = {name: KINDS[kind](random, classes) for name, kind in zip(columns, kinds, strict=False)}
    of_classes = draw(st.booleans())
    table[target] = random.choice(classes, N) if of_classes else random.normal(size=N)
    hidden = tuple(draw(st.lists(st.integers(1, 6), max_size=3)))
    activations = draw(
        st.lists(st.sampled_from(list(ACTIVATIONS)), min_size=len(hidden), max_size=len(hidden))
    )
    sizes = [name for name, kind in zip(columns, kinds, strict=False) if kind == "sizes"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gn.GlassnetWarning)
        model = gn.train_table(
            table,
            target,
            task=("binary" if len(classes) == 2 else "multiclass") if of_classes else "regression",
            categories=[
                name for name, kind in zip(columns, kinds, strict=False) if kind == "sizes"
            ],
            hidden=hidden,
            activation=tuple(activations) if hidden else "relu",
            bins=draw(st.sampled_from([0, 5])),
            members=draw(st.integers(2, 3)),
            epochs=1,
        )
    coverage = draw(st.sampled_from([None, 0.5]))
    return TriedModel(model, **{"label_set" if of_classes else "interval": coverage})


def _numbers(random: np.random.Generator, _: list[str]) -> Any:
    return random.normal(size=N)


def _gaps(random: np.random.Generator, _: list[str]) -> Any:
    return [None if random.random() < 0.2 else random.normal() for _ in range(N)]


def _dates(random: np.random.Generator, _: list[str]) -> Any:
    return np.datetime64("2020-01-01") + random.integers(0, 900, N)


def _texts(random: np.random.Generator, names: list[str]) -> Any:
    return random.choice([*names, "a", ""], N)


def _booleans(random: np.random.Generator, _: list[str]) -> Any:
    return random.random(N) > 0.5


def _sizes(random: np.random.Generator, _: list[str]) -> Any:
    return random.choice([0.0, -1.5, 1e20, 1e-7], N)


KINDS = {
    "numbers": _numbers,
    "gaps": _gaps,
    "dates": _dates,
    "texts": _texts,
    "booleans": _booleans,
    "sizes": _sizes,
}
"""What a column may hold."""
