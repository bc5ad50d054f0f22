"""Formulas of languages that write names in camel case."""

import re

from glassnet.core.activations import Activation
from glassnet.exports.templates import Formulas


class CamelFormulas(Formulas):
    """Formulas of a language that writes names in camel case."""

    def function_of(self, activation: Activation) -> str:
        """The name of the function that makes a of z, such as leakyRelu."""
        return re.sub("_(.)", lambda found: found[1].upper(), super().function_of(activation))
