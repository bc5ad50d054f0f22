"""Models drawn by hypothesis: shapes, activations, encodings and names, with weights of a seed."""

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
