"""The measurements of `bench/tables.py` as a page: each table's means, then average ranks and
geometric mean ratios.
"""

from typing import Any

import numpy as np

LEAST_LOSS = 0.01  # what is below counts as this in ratios: nearly all certain and right


def page(result: dict[str, Any]) -> str:
    """Markdown: three tables of means and one of what they come to."""
    tables = result["tables"]
    models = list(next(iter(tables.values()))["models"])
    means = {what: _means(tables, models, what) for what in ("score", "loss", "seconds")}
    kinds = [_kind(table) for table in tables.values()]
    where, splits = result["machine"], result["splits"]
    made = f"{where['processor']}, one thread, {where['python']}, commit {where['commit']}"
    parts = [
        f"{len(tables)} tables, mean of {splits} splits each. {made}.",
        "## All together\n\n" + _summary(means, models),
        "## Score: accuracy, or R2\n\n"
        + _grid(tables, kinds, models, means["score"], "{:.3f}", np.max),
        "## Loss: log loss, or RMSE over the spread\n\n"
        + _grid(tables, kinds, models, means["loss"], "{:.3f}", np.min),
        "## Seconds to fit\n\n" + _grid(tables, kinds, models, means["seconds"], "{:.2f}", np.min),
    ]
    return "\n\n".join(parts) + "\n"


def beside_first(result: dict[str, Any]) -> list[str]:
    """A line for each further model: its loss and seconds over the first one's."""
    tables = result["tables"]
    first, *others = next(iter(tables.values()))["models"]
    means = {what: _means(tables, [first, *others], what) for what in ("loss", "seconds")}
    loss = np.log(np.maximum(means["loss"], LEAST_LOSS))
    change = loss[:, 1:] - loss[:, :1]
    error = change.std(axis=0) / np.sqrt(max(len(change) - 1, 1))
    seconds = _ratios(means["seconds"])[1:]
    return [
        f"{name} over {first}: loss {np.exp(mean):.3f} +- {np.exp(mean) * off:.3f}, "
        f"lower on {lower} of {len(change)}, higher on {higher}; seconds {time:.2f}"
        for name, mean, off, lower, higher, time in zip(
            others,
            change.mean(axis=0),
            error,
            (change < 0).sum(axis=0),
            (change > 0).sum(axis=0),
            seconds,
            strict=True,
        )
    ]


def _means(tables: dict[str, Any], models: list[str], what: str) -> np.ndarray:
    """Tables x models."""
    return np.array(
        [
            [np.mean([split[what] for split in table["models"][m]]) for m in models]
            for table in tables.values()
        ]
    )


def _kind(table: dict[str, Any]) -> str:
    columns = f"{table['columns']} columns" + f", {table['text']} of text" * bool(table["text"])
    target = f"{table['classes']} classes" if table["classes"] else "a number"
    return (
        f"{table['rows']:,} rows, {columns}"
        + ", missing cells" * bool(table["missing"])
        + f": {target}"
    )


def _grid(
    tables: Any, kinds: list[str], models: list[str], means: np.ndarray, form: str, best: Any
) -> str:
    rows = [["table", *models]]
    for name, kind, row in zip(tables, kinds, means, strict=True):
        texts = [form.format(value) for value in row]
        top = form.format(best(row))
        rows.append(
            [f"{name} ({kind})", *(f"**{text}**" if text == top else text for text in texts)]
        )
    return markdown(rows)


def _summary(means: dict[str, np.ndarray], models: list[str]) -> str:
    ratio = {
        what: _ratios(np.maximum(means[what], least))
        for what, least in (("loss", LEAST_LOSS), ("seconds", 1e-9))
    }
    rows = [
        ["", *models],
        ["mean rank by score", *(f"{r:.2f}" for r in ranks(-means["score"]))],
        ["mean rank by loss", *(f"{r:.2f}" for r in ranks(means["loss"]))],
        [f"loss over {models[0]}'s, geometric mean", *(f"{r:.3f}" for r in ratio["loss"])],
        [f"seconds over {models[0]}'s, geometric mean", *(f"{r:.2f}" for r in ratio["seconds"])],
        ["seconds in all", *(f"{s:.0f}" for s in means["seconds"].sum(axis=0))],
    ]
    return markdown(rows)


def _ratios(values: np.ndarray) -> np.ndarray:
    return np.exp(np.mean(np.log(values / values[:, :1]), axis=0))


def ranks(values: np.ndarray) -> np.ndarray:
    """Each model's rank, 1 for the smallest value, as a mean over tables; ties have one rank."""
    less = (values[:, None, :] < values[:, :, None]).sum(axis=2)
    same = (values[:, None, :] == values[:, :, None]).sum(axis=2)
    return (less + (same + 1) / 2).mean(axis=0)


def markdown(rows: list[list[str]]) -> str:
    """Rows, the first of them the head, as a markdown table."""
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join([head, "|---" * len(rows[0]) + "|", *body])
