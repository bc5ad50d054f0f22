"""What unscaled numbers do to the article's program, in plain words and counted on the rows.

The same for other trainings is `training/findings.py`.
"""

from collections.abc import Iterator

import numpy as np

from glassnet import article
from glassnet.core.network import Network, Parameters, feedforward
from glassnet.errors import GlassnetWarning, Message, OptionRef
from glassnet.models.rows import Rows
from glassnet.tables.targets import NumberTarget
from glassnet.training.findings import FLAT

SAME_DIGITS = 5e-4  # predictions that differ by less are the same in the digits that are printed
SCALED = 1.0  # inputs within -1 to 1 need no scaling
BY_ITSELF = "`glassnet train` (in Python train_table) does it by itself"


def article_notices(
    rows: Rows, start: Parameters, scaled: bool = False
) -> Iterator[GlassnetWarning]:
    """What there is to say of a run of the article's program.

    Parameters
    ----------
    rows : Rows
        All rows, beside the trained model.
    start : Parameters
        The starting weights.
    scaled : bool
        Whether every column of numbers was scaled to 0 to 1.
    """
    yield from _saturation(rows, start)
    yield from _out_of_reach(rows)
    yield from _all_the_same(rows, scaled)


def _saturation(rows: Rows, start: Parameters) -> Iterator[GlassnetWarning]:
    """How many hidden activations are where the sigmoid is flat; not where none is."""
    network, x = rows.model.network, rows.x
    before, after = (_count_flat(network, p, x) for p in (start, rows.model.parameters))
    total = len(x) * sum(network.sizes[1:-1])
    largest = np.abs(x).max(axis=0)
    widest = int(largest.argmax())
    scaled = bool(largest[widest] <= SCALED)
    if not before and (scaled or not after):
        return
    cause = ""
    remedy: Message = ""
    if not scaled:
        name = rows.model.encoding.features[widest]
        cause = f"; the inputs are not scaled: {name} goes up to {largest[widest]:,.6g}"
        low, high = float(rows.x[:, widest].min()), float(rows.x[:, widest].max())
        scale = OptionRef("scale", True)
        formula = f"({name} - {low:.6g}) / {high - low:.6g}"
        remedy = ["give ", scale, f" to scale each column, {formula} and so on; {BY_ITSELF}"]
    yield GlassnetWarning(
        f"of {total:,} hidden activations ({len(x):,} rows x {total // len(x)} nodes), {before:,} "
        f"were saturated at the start and {after:,} are after training: so near 0 or 1 that the "
        f"sigmoid's derivative is below {FLAT:g} and hardly any gradient comes through{cause}",
        remedy=remedy,
    )


def _count_flat(network: Network, parameters: Parameters, x: np.ndarray) -> int:
    hidden = feedforward(network, parameters, x).a[:-1]
    return sum(int((a * (1 - a) < FLAT).sum()) for a in hidden)


def _out_of_reach(rows: Rows) -> Iterator[GlassnetWarning]:
    """Targets that no output of a sigmoid can be."""
    for target, y in rows.model.encoding.by_target(rows.y):
        outside = int(((y < 0) | (y > 1)).sum())
        if not outside or not isinstance(target, NumberTarget):
            continue
        low, high = float(y.min()), float(y.max())
        yield GlassnetWarning(
            f"{outside:,} of {len(y):,} targets of '{target.name}' lie outside 0 to 1 "
            f"(from {low:,.6g} to {high:,.6g}), where no output of a sigmoid can come",
            column=target.name,
            remedy=[
                f"scale it to 0 to 1, as by (y - {low:.6g}) / {(high - low) or 1.0:.6g}: ",
                OptionRef("scale", True),
                " does; `glassnet train` does it by itself",
            ],
        )


def _all_the_same(rows: Rows, scaled: bool) -> Iterator[GlassnetWarning]:
    """Where the program predicts the same for all rows."""
    if len(rows) < 2 or (np.ptp(rows.output, axis=0) >= SAME_DIGITS).any():
        return
    outputs = ", ".join(f"{a:.3f}" for a in rows.output[0])
    yield GlassnetWarning(
        f"all {len(rows):,} rows get the same output, {outputs}: nothing was learnt of what tells "
        "them apart",
        remedy=_what_to_try(rows, scaled),
    )


def _what_to_try(rows: Rows, scaled: bool) -> Message:
    """Scaling first, then smaller steps: each is the sum over all rows.

    The rate is the article's, by how many rows more there are; not what was used, made smaller.
    """
    rate = rows.model.record.learning_rate or article.LEARNING_RATE
    smaller = float(f"{article.LEARNING_RATE * len(article.Y) / len(rows):.1g}")
    parts: list[str | OptionRef] = []
    if not scaled:
        parts = ["give ", OptionRef("scale", True)]
    if smaller < rate:
        before = ", then, if it still learns nothing, " if parts else "give "
        why = f": each step adds up {len(rows):,} rows, the article's {len(article.Y)}"
        parts += [before, OptionRef("learning_rate", smaller), why]
    return parts
