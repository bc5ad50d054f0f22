"""Models of any shape, activations, encodings and names, for property tests of exports."""

from exported import TriedModel
from hypothesis import strategies as st

import glassnet as gn
from glassnet.core.activations import ACTIVATIONS
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
HOSTILE_TEXTS = st.sampled_from(
    ['"', "'", "\\", "*/", "-->", "\n", "{{x}}", "${x}", "%s", "`", "#", "a.b", "=1+1", "\u2028"]
)
NAMES = st.lists(HOSTILE_TEXTS | st.text(LETTERS, max_size=4), max_size=4).map("".join)
LEVELS = NAMES.map(str.strip).filter(bool)
NUMBERS = st.floats(-100, 100)
OUTPUTS = ["identity", "sigmoid", "tanh", "exponential", "softplus"]


@st.composite
def any_models(draw: st.DrawFn) -> TriedModel:
    """A model of one network of random weights, with numbers or classes as its targets."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    columns = tuple(draw(_columns(name)) for name in names)
    hidden = draw(st.lists(st.integers(1, 5), max_size=3))
    count = len(hidden)
    activations = draw(st.lists(st.sampled_from(list(ACTIVATIONS)), min_size=count, max_size=count))
    targets, output = draw(_targets())
    n_outputs = sum(target.width for target in targets)
    n_inputs = sum(len(column.features) for column in columns)
    network = gn.Network([n_inputs, *hidden, n_outputs], activations, output)
    parameters = gn.initialize(network, seed=draw(st.integers(0, 99)))
    task = "regression" if isinstance(targets[0], NumberTarget) else "multiclass"
    encoding = TableEncoding(task, columns, targets)
    return TriedModel(gn.Model.of_network(network, parameters, encoding))


@st.composite
def _columns(draw: st.DrawFn, name: str) -> Number | Binary | Categories:
    indicator = draw(st.booleans())
    kind = draw(st.sampled_from(["number", "binary", "categories"]))
    if kind == "number":
        edges = draw(st.lists(NUMBERS, max_size=4, unique=True))
        return Number(
            name,
            center=draw(NUMBERS),
            scale=draw(st.floats(0.5, 50)),
            smooth_clip=draw(st.booleans()),
            fill=draw(NUMBERS),
            indicator=indicator,
            bin_edges=tuple(sorted(edges)) if len(edges) > 2 else (),
            bin_height=draw(st.sampled_from([1.0, 0.3])),
        )
    if kind == "binary":
        first, second = draw(st.lists(LEVELS, min_size=2, max_size=2, unique=True))
        return Binary(name, (first, second), indicator)
    levels = draw(st.lists(LEVELS, min_size=3, max_size=5, unique=True))
    return Categories(name, tuple(levels), indicator)


@st.composite
def _targets(draw: st.DrawFn) -> tuple[tuple[Target, ...], str]:
    """The targets, and the activation of the outputs."""
    if draw(st.booleans()):
        names = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
        low, high = draw(st.sampled_from([(None, None), (-2.5, 3.0)]))
        numbers = (NumberTarget(name, draw(NUMBERS), 2.5, low, high) for name in names)
        return tuple(numbers), draw(st.sampled_from(OUTPUTS))
    labels = tuple(draw(st.lists(LEVELS, min_size=2, max_size=4, unique=True)))
    if len(labels) == 2:
        return (ClassTarget("y", labels, draw(st.sampled_from([None, 0.3]))),), "sigmoid"
    return (ClassTarget("y", labels),), "softmax"
