"""A model as a Python module that computes whole tables with NumPy."""

from glassnet.exports.code.python import python_module
from glassnet.exports.plan import ExportPlan
from glassnet.exports.targets import ExportOptions, Files
from glassnet.notation.dialects import NUMPY_MODULE


def numpy_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The module."""
    return {".py": python_module("numpy.jinja", plan, NUMPY_MODULE)}
