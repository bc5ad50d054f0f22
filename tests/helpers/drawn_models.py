"""Models of any shape, activation and encoding, whose names and classes are any text."""

import warnings
from typing import Any

import numpy as np
from exported import HOSTILE, TriedModel
from hypothesis import strategies as st

import glassnet as gn
from glassnet.core.activations import ACTIVATIONS
from glassnet.exports.code.common import MISSING_MARKS

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
CLASSES = NAMES.filter(lambda text: text.casefold() not in MISSING_MARKS)


@st.composite
def drawn_models(draw: Any) -> TriedModel:
    """A model of a made-up table, trained for one epoch."""
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    names = draw(st.lists(NAMES, min_size=4, max_size=7, unique_by=str.casefold))
    classes = draw(st.lists(CLASSES, min_size=2, max_size=4, unique_by=str.casefold))
    *columns, target = names
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=len(columns), max_size=6))
    table = {name: KINDS[kind](random, classes) for name, kind in zip(columns, kinds, strict=False)}
    of_classes = draw(st.booleans())
    table[target] = random.choice(classes, N) if of_classes else random.normal(size=N)
    hidden = tuple(draw(st.lists(st.integers(1, 6), min_size=1, max_size=3)))
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
            categories=sizes,
            hidden=hidden,
            activation=tuple(activations),
            bins=draw(st.sampled_from([0, 5])),
            members=draw(st.integers(2, 3)),
            epochs=1,
        )
    coverage = draw(st.sampled_from([None, 0.5, 0.999]))  # too few rows for the last: infinite
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
