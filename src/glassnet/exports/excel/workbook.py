"""A model as a workbook for Excel and LibreOffice, through XlsxWriter (the extra `excel`)."""

import io
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from glassnet.errors import GlassnetError, OptionRef, visible
from glassnet.exports.excel.check import LARGEST_DIFFERENCE, VERDICT, check_grid, check_results
from glassnet.exports.excel.grid import (
    FIRST_ROW,
    HEADER,
    SHEET_COLUMNS,
    Grid,
    column_letters,
)
from glassnet.exports.excel.notes import PREPARED_ROWS, workbook_notes
from glassnet.exports.excel.predictions import INTERVALS_SHEET, outputs_grid
from glassnet.exports.excel.sheets import SheetWriter, column_width
from glassnet.exports.excel.steps import (
    MARKS_SHEET,
    cells_grid,
    inputs_grid,
    network_grid,
    raw_column,
    weight_rows,
    weights_of,
)
from glassnet.exports.formulas import Formulas
from glassnet.exports.plan import ExportPlan, PlannedTarget
from glassnet.exports.targets import ExportOptions, Files
from glassnet.notation.dialects import EXCEL

NOTE_WIDTH = 100  # characters
LINE_HEIGHT = 15  # points
WORKBOOK_PARAMETERS = 100_000  # weights and biases: of more a spreadsheet becomes slow
WORKBOOK_NETWORKS = 200  # as many sheets twice, and a formula that adds up so many cells


def excel_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The workbook. Raises GlassnetError where it cannot hold the model, or without XlsxWriter."""
    try:
        import xlsxwriter
    except ImportError:
        raise GlassnetError(
            "a workbook is written with XlsxWriter, which is not installed",
            remedy="pip install 'glassnet[excel]', or export it to 'python'",
        ) from None
    _check_size(plan)
    _check_intervals(plan.targets)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": plan.title, "created": datetime(2000, 1, 1)})
        _Workbook(plan, book).write()
    return {".xlsx": content.getvalue()}


def _check_size(plan: ExportPlan) -> None:
    widest = max(max(layer.weights.shape) for layers in plan.networks for layer in layers)
    for what, found, most in [
        ("weights and biases", plan.n_parameters, WORKBOOK_PARAMETERS),
        ("networks", len(plan.networks), WORKBOOK_NETWORKS),
        ("inputs or nodes of a layer", widest, SHEET_COLUMNS - 2),
    ]:
        if found > most:
            raise GlassnetError(
                f"a workbook holds up to {most:,} {what}, this model has {found:,}",
                remedy="export it to 'python'",
            )


def _check_intervals(targets: Sequence[PlannedTarget]) -> None:
    for planned in targets:
        ends = planned.interval
        if ends is not None and not (math.isfinite(ends.low) and math.isfinite(ends.high)):
            raise GlassnetError(
                f"the interval of '{planned.target.name}' is infinite, which no cell can hold",
                remedy=["ask for less of ", OptionRef("interval"), ", or export it to 'python'"],
            )


class _Workbook:
    """The sheets of a model, and how they are written."""

    def __init__(self, plan: ExportPlan, book: Any) -> None:
        self.plan = plan
        self.writer = SheetWriter(book)

    def write(self) -> None:
        """All sheets, in their order."""
        plan = self.plan
        formulas = Formulas(plan, EXCEL, repr, "a workbook")
        empty = [None] * (PREPARED_ROWS - len(plan.checks))
        raw = [
            raw_column(column, [*(c.row[column.name] for c in plan.checks), *empty])
            for column in plan.columns
        ]
        predict = Grid("Predict", plan.title, first=0)
        typed = [predict.add(one.column.name, "", one.shown, style=one.style) for one in raw]
        cells, read = cells_grid(formulas, raw, typed, len(plan.all_missing_marks))
        inputs, x = inputs_grid(formulas, raw, read)
        networks = [
            network_grid(formulas, number, inputs, x) for number in range(1, len(plan.networks) + 1)
        ]
        votes = [(columns, values) for _, columns, values in networks]
        outputs, found = outputs_grid(formulas, inputs, x, votes)
        expected = plan.checks[0].predicted
        styles = {
            name: "predicted number" if isinstance(expected[name], float) else "predicted"
            for name in found
        }
        predicted = [
            predict.add(name, column.cell(predict), column.values, style=styles[name])
            for name, column in found.items()
        ]
        check = check_grid(plan.checks, typed, predicted)
        sheets = {
            name: self.writer.sheet(name)
            for name in ["Predict", "Read me", "Check", "Cells", "Inputs"]
        }
        self.writer.write_grid(sheets["Predict"], predict)
        self._finish_predict(sheets["Predict"], check, len(typed))
        self._write_notes(sheets["Read me"])
        self.writer.write_grid(sheets["Check"], check)
        self._finish_check(sheets["Check"], check)
        self.writer.write_grid(sheets["Cells"], cells)
        self.writer.write_grid(sheets["Inputs"], inputs)
        for number, (grid, *_) in enumerate(networks, 1):
            self.writer.write_grid(self.writer.sheet(grid.name), grid)
            self._write_weights(number)
        self.writer.write_grid(self.writer.sheet(outputs.name), outputs)
        self._write_interval_weights()
        self._write_marks()

    def _finish_predict(self, sheet: Any, check: Grid, n_typed: int) -> None:
        """What is said above the rows; the predictions of rows without a cell are grey."""
        typing = (
            f"Type or paste rows into the yellow cells, from row {FIRST_ROW} on; leave a cell "
            "empty where it is missing."
        )
        following = (
            "The blue cells are the predictions, grey where a row is empty. The other sheets "
            "follow each step to them, as 'Read me' tells."
        )
        for row, note in enumerate([typing, following], 2):
            self.writer.put(sheet, row, 0, note, "label")
        said = '="Are the predictions of the check rows those of the model? "&'
        verdict = f"Check!$B${check.row_of(VERDICT)}"
        sheet.write_formula(3, 0, said + verdict, self.writer.formats["bold"], f"{said[2:-2]}yes")
        self.writer.put(sheet, HEADER - 1, 0, "Raw columns", "group")
        self.writer.put(sheet, HEADER - 1, n_typed, "Predicted", "group")
        last = PREPARED_ROWS + HEADER - 1
        first = f"$A{FIRST_ROW}:${column_letters(n_typed - 1)}{FIRST_ROW}"
        sheet.conditional_format(
            FIRST_ROW - 1,
            n_typed,
            last,
            n_typed + len(self.plan.predicted) - 1,
            {
                "type": "formula",
                "criteria": f"=COUNTA({first})=0",
                "format": self.writer.formats["empty"],
            },
        )

    def _finish_check(self, sheet: Any, grid: Grid) -> None:
        for label, formula, value in check_results(grid, len(self.plan.predicted)):
            style = "difference" if label == LARGEST_DIFFERENCE else "bold"
            row = grid.row_of(label) - 1
            sheet.write_formula(row, 1, f"={formula}", self.writer.formats[style], value)

    def _write_weights(self, number: int) -> None:
        """A network's weights: a row a node, its columns in the order of what they multiply."""
        sheet = self.writer.sheet(weights_of(number))
        self.writer.put(sheet, 1, 0, f"Weights and biases of network {number}", "title")
        layers = self.plan.networks[number - 1]
        names = self.plan.features
        widths: dict[int, int] = {}
        for index, (layer, row) in enumerate(zip(layers, weight_rows(layers), strict=True), 1):
            n_before, n_nodes = layer.weights.shape
            kind = layer.activation.name if layer.activation else "votes, which are added up"
            title = f"layer {index}, {n_before} to {n_nodes}: {kind}"
            self.writer.put(sheet, row, 0, title, "bold")
            for at, name in enumerate(["of the node", *map(visible, names), "bias"]):
                self.writer.put(sheet, row + 1, at, name, "header")
                widths[at] = max(widths.get(at, 0), column_width(len(name)))
            nodes = [f"z {index}.{node + 1}" for node in range(n_nodes)]
            for at, name in enumerate(nodes, row + 2):
                self.writer.put(sheet, at, 0, name, "label")
                node = at - row - 2
                for column, weight in enumerate([*layer.weights[:, node], layer.biases[node]], 1):
                    self.writer.put(sheet, at, column, float(weight), "weight")
            names = [name.replace("z", "a") for name in nodes]
        for at, width in widths.items():
            sheet.set_column(at, at, width)
        sheet.freeze_panes(0, 1)

    def _write_interval_weights(self) -> None:
        """What the scales of intervals are made of, a row a target."""
        numbered = [
            (number, one) for number, one in enumerate(self.plan.targets, 2) if one.interval
        ]
        if not numbered:
            return
        sheet = self.writer.sheet(INTERVALS_SHEET)
        for at, name in enumerate(["of the target", *map(visible, self.plan.features), "bias"]):
            self.writer.put(sheet, 1, at, name, "header")
        for row, planned in numbered:
            assert planned.interval is not None
            scale = planned.interval.scale
            self.writer.put(sheet, row, 0, planned.target.name, "label")
            for column, weight in enumerate([*scale.weights, scale.bias], 1):
                self.writer.put(sheet, row, column, float(weight), "weight")
        sheet.freeze_panes(1, 1)

    def _write_marks(self) -> None:
        sheet = self.writer.sheet(MARKS_SHEET)
        title = "Texts, in small letters, that mean that a number or date is missing"
        self.writer.put(sheet, 1, 0, title, "bold")
        for row, mark in enumerate(self.plan.all_missing_marks, 2):
            self.writer.put(sheet, row, 0, mark)
        sheet.freeze_panes(1, 0)

    def _write_notes(self, sheet: Any) -> None:
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, NOTE_WIDTH)
        self.writer.put(sheet, 1, 0, self.plan.title, "title")
        for row, (name, note) in enumerate(workbook_notes(self.plan), 3):
            self.writer.put(sheet, row, 0, name, "about")
            self.writer.put(sheet, row, 1, note, "note")
            sheet.set_row(row - 1, LINE_HEIGHT * math.ceil(max(1, len(note)) / NOTE_WIDTH))
