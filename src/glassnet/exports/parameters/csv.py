"""A model's weights and biases as CSV, a row each."""

import io
from collections import defaultdict
from typing import Any

from glassnet.exports.parameters.names import node_names_of
from glassnet.exports.plan import ExportPlan, has_biases
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.text import as_unicode
from glassnet.models.parameters.rows import BIAS, COLUMNS
from glassnet.tables.write import write_columns


def csv_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The rows: of each member the layers, of each layer the biases, then the weights by input."""
    columns: dict[str, list[Any]] = defaultdict(list)
    for member, layers in enumerate(plan.networks, 1):
        names = node_names_of(plan, layers)
        for number, layer in enumerate(layers, 1):
            sources = [(BIAS, layer.biases), *zip(names[number - 1], layer.weights, strict=True)]
            activation = layer.activation or plan.output
            for source, (source_name, values) in enumerate(sources):
                if source == 0 and not has_biases(layers):
                    continue
                for to, (to_name, value) in enumerate(zip(names[number], values, strict=True), 1):
                    row = (member, number, source, to, source_name, to_name, activation.name, value)
                    for column, cell in zip(COLUMNS, row, strict=True):
                        columns[column].append(cell)
    text = io.StringIO()
    write_columns(text, columns, escape_formulas=True)
    return {".csv": as_unicode(text.getvalue())}
