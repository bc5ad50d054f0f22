"""A model as a LaTeX document."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from glassnet.exports.columns import Cell, UsedColumn
from glassnet.exports.formulas import Formulas
from glassnet.exports.latex.text import (
    CONSTANT_DIGITS,
    MOST_READABLE,
    WEIGHT_DIGITS,
    escaped_for_latex,
    flat_cases,
    is_printed,
    latex_comment,
    latex_list,
    latex_matrix,
    latex_numeral,
    latex_table,
    span_of,
)
from glassnet.exports.plan import ExportPlan, PlannedLayer, PlannedTarget
from glassnet.exports.targets import ExportOptions, Files
from glassnet.notation.dialects import LATEX
from glassnet.notation.expression import names_in
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import ClassTarget, NumberTarget

PREAMBLE = r"""\documentclass[10pt]{article}
\usepackage{amsmath}
\usepackage{longtable}
\usepackage[a4paper,margin=2cm]{geometry}
\setcounter{MaxMatrixCols}{20}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\allowdisplaybreaks
% A character that the fonts lack, by its number in Unicode; give it fonts here to see it.
\newcommand{\character}[1]{\texttt{<#1>}}
\begin{document}
\sloppy"""
SHOWN_CHECKS = 4  # rows that a table is wide enough for

HELPERS = {
    "sigmoid": r"\operatorname{sigmoid}(t) = \frac{1}{1 + e^{-t}}",
    "softplus": r"\operatorname{softplus}(t) = \ln\left(1 + e^{t}\right)",
    "sign": r"\operatorname{sign}(t) = 1, 0, -1 \text{ where } t > 0, t = 0, t < 0",
}
"""The functions of formulas that are not everybody's."""


def latex_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The document."""
    return {".tex": "\n".join([PREAMBLE, *_Document(plan).parts(), r"\end{document}", ""])}


class _Document:
    """The parts of a model's document."""

    def __init__(self, plan: ExportPlan) -> None:
        self.plan = plan
        self.formulas = Formulas(plan, LATEX, latex_numeral, "LaTeX", CONSTANT_DIGITS)

    def parts(self) -> Iterator[str]:
        """Every line, or several."""
        plan = self.plan
        n_networks = len(plan.networks)
        networks = "a network" if n_networks == 1 else f"{n_networks} networks"
        yield rf"\section*{{{escaped_for_latex(plan.title)}}}"
        yield (
            f"A row of a table becomes the inputs {span_of('x', 1, plan.n_inputs)} of {networks}, "
            "and what they give becomes the predictions. "
            "Vectors are rows. "
            f"Weights and biases are rounded to {WEIGHT_DIGITS} significant digits, other numbers "
            f"to {CONSTANT_DIGITS}."
        )
        if not all(map(self._is_printed, plan.networks)):
            yield (
                "Matrices that are too large to read are given by their sizes; the export to "
                r"\texttt{python} has their numbers."
            )
        yield r"\section{From columns to inputs}"
        yield "The cell of a row in the column is called $r$."
        first = 1
        for column in plan.columns:
            yield from self._column(column, first)
            first += len(column.features)
        yield r"\section{" + ("The network" if n_networks == 1 else "The networks") + "}"
        yield from self._networks()
        yield r"\section{From outputs to predictions}"
        yield from self._output()
        for number, planned in enumerate(plan.targets, 1):
            yield from self._target(planned, number)
        yield r"\section{Rows to check by}"
        yield from self._checks()

    def _column(self, column: UsedColumn, first: int) -> Iterator[str]:
        yield rf"\paragraph{{{escaped_for_latex(column.name)}}}"
        if isinstance(column, Number):
            yield from self._number(column, first)
        elif isinstance(column, Binary):
            yield from self._binary(column, first)
        else:
            yield from self._categories(column, first)

    def _number(self, column: Number, first: int) -> Iterator[str]:
        unit = "is a number"
        if column.date:
            unit = "is the days since 1970{-}01{-}01"
        elif isinstance(column.format, ClockFormat):
            unit = "is the hours of a time of day"
        yield f"$r$ {unit}; where it is missing, $r = {latex_numeral(column.fill)}$."
        u = self.formulas.scaled(column, "r")
        if column.smooth_clip:
            yield _display(f"u &= {u}", f"x_{{{first}}} &= {self.formulas.smooth_clip('u')}")
        else:
            yield _display(f"x_{{{first}}} &= {u}")
        after = first + 1
        if column.indicator:
            yield rf"$x_{{{after}}}$ is 1 where the cell is missing, else 0."
            after += 1
        n_bins = len(column.bin_edges) - 1
        if n_bins > 0:
            j = "j" if after == 1 else f"{after - 1} + j"
            value = self.formulas.bin("r", "e_{j}", "e_{j + 1}", column.bin_height)
            yield f"{span_of('x', after, n_bins)} are bins between the edges $e$, for $j = 1$ to "
            yield f"${n_bins}$:"
            yield _display(f"x_{{{j}}} &= {value}")
            yield f"Edges {span_of('e', 1, n_bins + 1)}: {latex_list(column.bin_edges)}."

    def _binary(self, column: Binary, first: int) -> Iterator[str]:
        low, high = (rf"\text{{{escaped_for_latex(level)}}}" for level in column.levels)
        formula = flat_cases(self.formulas.two_levels("r", low, high))
        yield _display(f"x_{{{first}}} &= {formula}")
        if column.indicator:
            yield f"$x_{{{first + 1}}}$ is 1 where the cell is none of the two, else 0."

    def _categories(self, column: Categories, first: int) -> Iterator[str]:
        formula = self.formulas.write(Categories.formula, x="r", q="q_{i}")
        yield f"{span_of('x', first, len(column.levels))} are one for each category:"
        yield _display(f"x_{{i}} &= {formula}")
        listed = "; ".join(
            f"$q_{{{number}}}$: {escaped_for_latex(level)}"
            for number, level in enumerate(column.levels, first)
        )
        yield f"The categories are {listed}."
        if column.indicator:
            last = first + len(column.levels)
            yield f"$x_{{{last}}}$ is 1 where the cell is none of them, or missing, else 0."

    def _networks(self) -> Iterator[str]:
        plan = self.plan
        numbered = enumerate(plan.networks, 1)
        for _, alike in groupby(numbered, key=lambda one: _shape(one[1])):
            networks = list(alike)
            (first, layers), last = networks[0], networks[-1][0]
            m = str(first) if first == last else "m"
            of = f"Network {first}" if first == last else f"Networks $m = {first}$ to ${last}$"
            yield f"{of}, with $a_{{{m},0}} = x$, layer by layer:"
            yield _display(*self._layers(layers, m))
        used = set().union(*(names_in(activation.formula) for activation in plan.activations))
        for name in sorted(used & HELPERS.keys()):
            yield _display(f"&{HELPERS[name]}")
        for number, layers in enumerate(plan.networks, 1):
            if self._is_printed(layers):
                yield from _numbers(layers, number)

    def _layers(self, layers: Sequence[PlannedLayer], m: str) -> Iterator[str]:
        for index, layer in enumerate(layers, 1):
            rows, columns = layer.weights.shape
            z = f"z_{{{m},{index}}}"
            yield (
                f"{z} &= a_{{{m},{index - 1}}} W_{{{m},{index}}} + b_{{{m},{index}}}, "
                rf"& W_{{{m},{index}}}&: {rows} \times {columns}"
            )
            if layer.activation is not None:
                a = self.formulas.activated(layer.activation, z, by_hand=False)
                name = escaped_for_latex(layer.activation.name)
                yield rf"a_{{{m},{index}}} &= {a} & &\text{{{name}, of every number}}"

    def _is_printed(self, layers: Sequence[PlannedLayer]) -> bool:
        small = self.plan.n_parameters <= MOST_READABLE
        return small and all(is_printed(layer.weights) for layer in layers)

    def _output(self) -> Iterator[str]:
        plan, formulas = self.plan, self.formulas
        last = len(plan.networks[0])
        if len(plan.networks) == 1:
            yield "The outputs $y$ are made of the last $z$:"
            total = f"z_{{1,{last}}}"
        else:
            yield "The last $z$ of the networks are their votes, which are added up:"
            total = " + ".join(f"z_{{{m},{len(one)}}}" for m, one in enumerate(plan.networks, 1))
            if len({len(layers) for layers in plan.networks}) == 1 and len(plan.networks) > 3:
                total = rf"\sum_{{m=1}}^{{{len(plan.networks)}}} z_{{m,{last}}}"
        lines = [f"z &= {total}"]
        if plan.output.row_term:
            term = formulas.write(plan.output.row_term, z="z_{j}")
            lines.append(rf"s &= \sum_{{j=1}}^{{{plan.n_outputs}}} {term}")
        k = "1" if plan.n_outputs == 1 else "k"
        a = formulas.activated(plan.output, f"z_{{{k}}}", "s", by_hand=False)
        every = "" if plan.n_outputs == 1 else rf" \qquad k = 1, \dots, {plan.n_outputs}"
        lines.append(f"y_{{{k}}} &= {a}{every}")
        yield _display(*lines)

    def _target(self, planned: PlannedTarget, number: int) -> Iterator[str]:
        yield rf"\paragraph{{{escaped_for_latex(planned.target.name)}}}"
        if isinstance(planned.target, NumberTarget):
            yield from self._number_target(planned, planned.target, number)
        else:
            yield from self._class_target(planned, planned.target)

    def _number_target(
        self, planned: PlannedTarget, target: NumberTarget, number: int
    ) -> Iterator[str]:
        value = self.formulas.decoded(target, f"y_{{{planned.first + 1}}}")
        yield _display(rf"\text{{prediction}} &= {value}")
        if planned.interval is None:
            return
        scale = planned.interval.scale
        v = f"v_{{{number}}}"
        exponent = self.formulas.write(
            "exp(min(max(p + c, q), h))",
            p=rf"x \cdot {v}",
            c=scale.bias,
            q=scale.low,
            h=scale.high,
        )
        low, high = (
            self.formulas.end(r"\text{prediction}", "s", bound, planned.interval)
            for bound in (planned.interval.low, planned.interval.high)
        )
        yield "Its interval, from low to high:"
        yield _display(f"s &= {exponent}", rf"\text{{low}} &= {low}", rf"\text{{high}} &= {high}")
        yield latex_comment(v, scale.weights)
        if len(scale.weights) <= MOST_READABLE:
            yield f"The {len(scale.weights)} numbers of ${v}$: {latex_list(scale.weights)}."

    def _class_target(self, planned: PlannedTarget, target: ClassTarget) -> Iterator[str]:
        n = len(target.labels)
        formulas, steps = self.formulas, ClassTarget.formulas
        if n == 2:
            y = f"y_{{{planned.first + 1}}}"
            lines = [
                f"p_{{1}} &= {formulas.write(steps['first of two'], a=y)}",
                f"p_{{2}} &= {formulas.write(steps['second of two'], a=y)}",
            ]
        else:
            p = formulas.write(steps["probability"], a="y_{k}", s=rf"\sum_{{j=1}}^{{{n}}} y_{{j}}")
            lines = [f"p_{{k}} &= {p}"]
        listed = "; ".join(
            f"$p_{{{k}}}$ of {escaped_for_latex(label)}"
            for k, label in enumerate(target.label_texts, 1)
        )
        yield f"The probabilities of the classes are {listed}."
        yield _display(*lines)
        if target.threshold is not None:
            yield (
                "The second class is predicted where "
                rf"$p_{{2}} \ge {latex_numeral(target.threshold)}$, else the first."
            )
        elif target.frequencies:
            weighed = formulas.over_frequency("p_{k}", "f_{k}")
            yield f"The class with the largest ${weighed}$ is predicted; the frequencies "
            yield f"{span_of('f', 1, n)} are {latex_list(target.frequencies)}."
        else:
            yield "The class with the largest probability is predicted."
        if planned.largest is not None:
            yield (
                "The set of a row holds each class with "
                rf"$1 - p_{{k}} \le {latex_numeral(planned.largest)}$, and the likeliest and the "
                "predicted one."
            )

    def _checks(self) -> Iterator[str]:
        plan = self.plan
        checks = plan.checks[:SHOWN_CHECKS]
        yield "What stands in a row, and what the model predicts of it."
        header = ["column", *(f"row {number}" for number in range(1, len(checks) + 1))]
        given = [
            [escaped_for_latex(column.name), *(_cell(one.row[column.name]) for one in checks)]
            for column in plan.columns
        ]
        predicted = [
            [escaped_for_latex(name), *(_cell(one.predicted[name]) for one in checks)]
            for name in plan.predicted
        ]
        predicted[0][0] = r"\hline " + predicted[0][0]
        yield r"{\small\raggedright"
        yield latex_table(header, [*given, *predicted], ["4.4cm", *["2.6cm"] * len(checks)])
        yield "}"


def _display(*lines: str) -> str:
    """Formulas, one a line, below each other."""
    return "\\begin{align*}\n" + " \\\\[3pt]\n".join(lines) + "\n\\end{align*}"


def _shape(layers: Sequence[PlannedLayer]) -> list[object]:
    """What networks have in common that have the same equations."""
    return [(layer.weights.shape, layer.activation) for layer in layers]


def _numbers(layers: Sequence[PlannedLayer], number: int) -> Iterator[str]:
    """The weights and biases of a network."""
    yield f"Weights and biases of network {number}, a row for each input of the layer:"
    for index, layer in enumerate(layers, 1):
        names = f"W_{{{number},{index}}}", f"b_{{{number},{index}}}"
        matrices = layer.weights, np.atleast_2d(layer.biases)
        for name, matrix in zip(names, matrices, strict=True):
            yield latex_comment(name, matrix)
            yield _display(f"{name} &= {latex_matrix(matrix)}")


def _cell(cell: Cell) -> str:
    """A cell of a row, or of its predictions, in a table."""
    if cell is None:
        return r"\emph{missing}"
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str):
        return escaped_for_latex(cell)
    return f"${latex_numeral(cell)}$"
