"""Models of any shape, with any columns and any names, drawn by hypothesis."""

from itertools import pairwise

import numpy as np
from exported import TriedModel
from hypothesis import HealthCheck, Phase, settings
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
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=12
    ),
)
CATEGORIES = NAMES.map(str.strip).filter(bool)
NUMBERS = st.floats(-1e4, 1e4).map(lambda number: round(number, 3))


IN_BATCHES = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
"""Of tests that are given several models at once; to make a batch smaller would take minutes."""


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
    frequencies = (
        tuple(np.arange(1.0, width + 1).tolist()) if width > 2 and draw(st.booleans()) else ()
    )
    classes = [
        ClassTarget(name, of, threshold, frequencies)
        for name, of in zip(names, labels, strict=True)
    ]
    return task, "softmax" if task == "multiclass" else "sigmoid", tuple(classes)


@st.composite
def drawn_models(draw: st.DrawFn) -> TriedModel:
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
