"""A model as a LaTeX document."""

from collections.abc import Iterator

from glassnet.exports.columns import Cell
from glassnet.exports.formulas import Formulas
from glassnet.exports.latex.columns import column_parts
from glassnet.exports.latex.networks import has_printed_weights, network_parts
from glassnet.exports.latex.predictions import prediction_parts
from glassnet.exports.latex.text import (
    CONSTANT_DIGITS,
    LONGEST_IN_CELL,
    WEIGHT_DIGITS,
    escaped_for_latex,
    latex_numeral,
    latex_table,
    span_of,
)
from glassnet.exports.plan import ExportPlan
from glassnet.exports.targets import ExportOptions, Files
from glassnet.notation.dialects import LATEX

PREAMBLE = r"""\documentclass[10pt]{article}
\usepackage{amsmath}
\usepackage{array}
\usepackage{longtable}
\usepackage[a4paper,margin=2cm]{geometry}
\setcounter{MaxMatrixCols}{30}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\allowdisplaybreaks
% A character that the fonts lack, by its number in Unicode; give it fonts here to see it.
\newcommand{\character}[1]{\allowbreak\texttt{<#1>}\allowbreak{}}
\begin{document}
\sloppy"""
SHOWN_CHECKS = 4  # rows that a table is wide enough for


def latex_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The document."""
    formulas = Formulas(plan, LATEX, latex_numeral, "LaTeX", CONSTANT_DIGITS)
    return {".tex": "\n".join([PREAMBLE, *_parts(formulas), r"\end{document}", ""])}


def _parts(formulas: Formulas) -> Iterator[str]:
    """Every line, or several."""
    plan = formulas.plan
    n_networks = len(plan.networks)
    networks = "a network" if n_networks == 1 else f"{n_networks} networks"
    yield rf"\section*{{\raggedright {escaped_for_latex(plan.title)}}}"
    yield (
        f"A row of a table becomes the inputs {span_of('x', 1, plan.n_inputs)} of {networks}, "
        "and what they give becomes the predictions. "
        "Vectors are rows. "
        f"Weights and biases are rounded to {WEIGHT_DIGITS} significant digits, other numbers "
        f"to {CONSTANT_DIGITS}."
    )
    if not all(has_printed_weights(plan, layers) for layers in plan.networks):
        yield (
            "Matrices that are too large to read are given by their sizes; the export to "
            r"\texttt{python} has their numbers."
        )
    yield r"\section{From columns to inputs}"
    yield "The cell of a row in the column is called $r$."
    yield from column_parts(formulas)
    yield r"\section{" + ("The network" if n_networks == 1 else "The networks") + "}"
    yield from network_parts(formulas)
    yield r"\section{From outputs to predictions}"
    yield from prediction_parts(formulas)
    yield r"\section{Rows to check by}"
    yield from _checks(plan)


def _checks(plan: ExportPlan) -> Iterator[str]:
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
    yield r"{\small"
    yield latex_table(header, [*given, *predicted], ["4.4cm", *["2.6cm"] * len(checks)])
    yield "}"


def _cell(cell: Cell) -> str:
    """A cell of a row, or of its predictions, in a table."""
    if cell is None:
        return r"\emph{missing}"
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str):
        return escaped_for_latex(cell, LONGEST_IN_CELL)
    return f"${latex_numeral(cell)}$"
