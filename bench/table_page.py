"""The measurements of `bench/tables.py` as a page: for each half of the tables a picture, average
ranks and geometric mean ratios, then each table's means.
"""

import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.table_data import HALVES
from bench.table_scores import BINS

LEAST_LOSS = 0.01  # what is below counts as this in ratios: nearly all certain and right


class Measure(NamedTuple):
    """One thing that was measured: its heading, how it is written, and the best of a row."""

    heading: str
    form: str
    best: Any


MEASURES = {
    "loss": Measure("Loss: log loss, or RMSE over the spread", "{:.3f}", np.nanmin),
    "score": Measure("Score: accuracy, or R2", "{:.3f}", np.nanmax),
    "auc": Measure("Area under the ROC curve, mean over classes", "{:.3f}", np.nanmax),
    "balanced": Measure("Balanced accuracy", "{:.3f}", np.nanmax),
    "calibration": Measure("Calibration error", "{:.3f}", np.nanmin),
    "seconds": Measure("Seconds of the processor to fit", "{:.2f}", np.nanmin),
}


HALF = {
    "reporting": (
        "Nothing is chosen on these. Until 23 November 2026 four of them were among the tables to\n"
        "choose on: splice, spambase, satimage and flights."
    ),
    "choosing": "The defaults were chosen on these, and look a little better here than they are.",
}


def write(result: dict[str, Any], folder: Path) -> None:
    """tables.md, and a picture for each half of which several models were measured."""
    (folder / "tables.md").write_text(page(result))
    for half, tables in _halves(result).items():
        if len(models_of(tables)) > 1:
            from bench.table_pictures import losses

            losses(tables, folder / _picture(half))


def page(result: dict[str, Any]) -> str:
    """Markdown: the halves one after the other, and how it was measured."""
    parts = [
        "# Beside other programs",
        filled(
            f"Written by `python -m bench.tables` ({len(result['tables'])} tables, mean of "
            f"{result['splits']} splits into 80 % and 20 % each; {made_with(result)}). All have "
            "the same rows, their own defaults and one thread; the seconds are the processor's. In "
            f"ratios, which are over the tables that both models have, a loss below {LEAST_LOSS} "
            "counts as that. The calibration error is the mean "
            f"over {BINS} intervals of the likeliest class's probability."
        ),
    ]
    for half, tables in _halves(result).items():
        parts += [f"## The tables for {half}", HALF[half]]
        if len(models_of(tables)) > 1:
            parts.append(f"![Each model's loss over the first one's]({_picture(half)})")
        parts += _half(tables)
    return "\n\n".join(parts) + "\n"


def made_with(result: dict[str, Any]) -> str:
    """Processor, versions and commit of a result."""
    where = result["machine"]
    programs = ", ".join(f"{name} {version}" for name, version in result["programs"].items())
    parts = [where["processor"], where["python"], programs, f"commit {where['commit']}"]
    return ", ".join(filter(None, parts))


def _halves(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Half -> its tables that were measured; the one to report on comes first."""
    found = {half: _of_half(result, half) for half in ("reporting", "choosing")}
    return {half: tables for half, tables in found.items() if tables}


def _picture(half: str) -> str:
    return f"tables-{half}.svg"


def _of_half(result: dict[str, Any], half: str) -> dict[str, Any]:
    return {name: result["tables"][name] for name in HALVES[half] if name in result["tables"]}


def _half(tables: dict[str, Any]) -> list[str]:
    models = models_of(tables)
    parts = [summary(tables)]
    for what, measure in MEASURES.items():
        values = means(tables, models, what)
        if np.isfinite(values).any():
            parts += [f"### {measure.heading}", _grid(tables, models, values, measure)]
    return parts


def models_of(tables: dict[str, Any]) -> list[str]:
    """All models of any of the tables, in the order in which they come."""
    return list(dict.fromkeys(model for table in tables.values() for model in table["models"]))


def means(tables: dict[str, Any], models: list[str], what: str) -> np.ndarray:
    """Tables x models; NaN where it was not measured."""
    return np.array(
        [
            [
                np.mean([split.get(what, np.nan) for split in table["models"].get(model, [{}])])
                for model in models
            ]
            for table in tables.values()
        ]
    )


def over_first(values: np.ndarray) -> np.ndarray:
    """The logarithm of each model's value over the first one's: tables x models."""
    return np.log(values / values[:, :1])


def losses_over_first(tables: dict[str, Any], models: list[str]) -> np.ndarray:
    return over_first(np.maximum(means(tables, models, "loss"), LEAST_LOSS))


def beside_first(result: dict[str, Any]) -> list[str]:
    """A line for each further model: its loss and seconds over the first one's."""
    models = models_of(result["tables"])
    loss = losses_over_first(result["tables"], models)
    seconds = over_first(means(result["tables"], models, "seconds"))
    return [
        _beside(f"{name} over {models[0]}", loss[:, i], seconds[:, i])
        for i, name in enumerate(models)
        if i
    ]


def _beside(names: str, loss: np.ndarray, seconds: np.ndarray) -> str:
    both = np.isfinite(loss)
    change = loss[both]
    mean, error = change.mean(), change.std() / np.sqrt(max(len(change) - 1, 1))
    return (
        f"{names}: loss {np.exp(mean):.3f} +- {np.exp(mean) * error:.3f}, "
        f"lower on {(change < 0).sum()} of {len(change)}, higher on {(change > 0).sum()}; "
        f"seconds {np.exp(seconds[both].mean()):.2f}"
    )


def summary(tables: dict[str, Any]) -> str:
    """Ranks of models that have half of the tables, over those that all of them have; ratios over
    the tables that a model and the first have.
    """
    models = models_of(tables)
    found = {what: means(tables, models, what) for what in MEASURES}
    loss = losses_over_first(tables, models)
    seconds = over_first(found["seconds"])
    ranked = np.isfinite(loss).sum(axis=0) >= len(loss) / 2
    whole = np.isfinite(found["loss"][:, ranked]).all(axis=1)
    first = models[0]
    rows = [["", *models], ["tables", *(str(n) for n in np.isfinite(loss).sum(axis=0))]]
    for what, sign in (("loss", 1), ("score", -1), ("auc", -1), ("balanced", -1)):
        theirs = found[what][:, ranked]
        values = sign * theirs[whole & np.isfinite(theirs).all(axis=1)]
        if len(values):
            heading = f"mean rank by {_short(what)}, {len(values)} tables"
            row = np.full(len(models), np.nan)
            row[ranked] = ranks(values)
            rows.append([heading, *_each("{:.2f}", row)])
    rows += [
        [
            f"loss over {first}'s, geometric mean",
            *_each("{:.3f}", np.exp(np.nanmean(loss, axis=0))),
        ],
        [f"lower loss than {first}, tables", *_each("{:.0f}", (loss < 0).sum(axis=0))],
        ["calibration error, mean", *_each("{:.3f}", _mean(found["calibration"]))],
        [f"seconds over {first}'s, geometric mean", *_each("{:.2f}", np.exp(_mean(seconds)))],
        ["seconds in all", *_each("{:.0f}", np.nansum(found["seconds"], axis=0))],
    ]
    return markdown(rows)


def _short(what: str) -> str:
    return {"auc": "AUC", "balanced": "balanced accuracy"}.get(what, what)


def _mean(values: np.ndarray) -> np.ndarray:
    """The mean over the tables that have it; NaN where none has."""
    count = np.isfinite(values).sum(axis=0)
    return np.nansum(values, axis=0) / np.where(count, count, np.nan)


def _each(form: str, values: np.ndarray) -> list[str]:
    return [form.format(value) if np.isfinite(value) else "" for value in values]


def _grid(tables: dict[str, Any], models: list[str], values: np.ndarray, measure: Measure) -> str:
    rows = [["table", *models]]
    for (name, table), row in zip(tables.items(), values, strict=True):
        if not np.isfinite(row).any():
            continue
        top = measure.form.format(measure.best(row))
        texts = _each(measure.form, row)
        rows.append(
            [
                f"{name} ({_kind(table)})",
                *(f"**{text}**" if text == top else text for text in texts),
            ]
        )
    return markdown(rows)


def _kind(table: dict[str, Any]) -> str:
    columns = f"{table['columns']} columns" + f", {table['text']} of text" * bool(table["text"])
    target = f"{table['classes']} classes" if table["classes"] else "a number"
    return (
        f"{table['rows']:,} rows, {columns}"
        + ", missing cells" * bool(table["missing"])
        + f": {target}"
    )


def ranks(values: np.ndarray) -> np.ndarray:
    """Each model's rank, 1 for the smallest value, as a mean over tables; ties have one rank."""
    less = (values[:, None, :] < values[:, :, None]).sum(axis=2)
    same = (values[:, None, :] == values[:, :, None]).sum(axis=2)
    return (less + (same + 1) / 2).mean(axis=0)


def filled(text: str) -> str:
    """A paragraph in lines of the project's width."""
    return textwrap.fill(text, 100, break_on_hyphens=False, break_long_words=False)


def markdown(rows: list[list[str]]) -> str:
    """Rows, the first of them the head, as a markdown table."""
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join([head, "|---" * len(rows[0]) + "|", *body])
