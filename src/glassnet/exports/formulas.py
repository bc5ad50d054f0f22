"""The formulas of a model, written in the language of a target."""

import re
from collections.abc import Callable

import numpy as np

from glassnet.core.activations import OUTPUTS, Activation
from glassnet.errors import GlassnetError
from glassnet.exports.plan import ExportPlan, NumberInterval
from glassnet.models.conformal import LocalScale
from glassnet.notation.expression import FUNCTIONS, evaluate, foreign_part, names_in, substitute
from glassnet.notation.numerals import MOST_DIGITS
from glassnet.notation.write import Dialect, Symbol, write
from glassnet.tables.inputs import Binary, Number
from glassnet.tables.targets import ClassTarget, NumberTarget

WRITTEN_BY_HAND = ("sigmoid", "softplus")
"""Activations that are functions of the formulas' language: every target writes them so that
nothing overflows."""

BOUNDED = "max(-1e9, min(u, 1e9))"
"""A scaled number u whose square is a number in float32 too. The smooth clip of one further out is
the same to the last digit."""


class Formulas:
    """The formulas of a model, written in one dialect.

    Parameters
    ----------
    plan : ExportPlan
        The model.
    dialect : Dialect
        How formulas are written.
    literal : function
        Writes a number.
    target : str
        What they are written for, for messages.
    digits : int
        Significant ones of the formulas' own numbers.
    """

    def __init__(
        self,
        plan: ExportPlan,
        dialect: Dialect,
        literal: Callable[[float], str],
        target: str,
        digits: int = MOST_DIGITS,
    ) -> None:
        self.plan = plan
        self.dialect = dialect
        self.literal = literal
        self.target = target
        self.digits = digits

    def write(self, formula: str, **names: str | float) -> str:
        """A formula; `names` are what stands for its names: numbers, or names of the target's."""
        symbols = {name: self._symbol(of) for name, of in names.items()}
        return write(formula, self.dialect, symbols, self.digits)

    def _symbol(self, of: str | float) -> Symbol:
        text = of if isinstance(of, str) else self.literal(of)
        return Symbol(text, brackets=text.startswith("-"))

    def scaled(self, column: Number, x: str) -> str:
        """A known cell centred and scaled, before it is clipped."""
        formula = scaling_formula(column.center, column.scale)
        return self.write(formula, x=x, m=column.center, s=column.scale)

    def bounded(self, u: str) -> str:
        """A scaled number, as `BOUNDED` has it."""
        return self.write(BOUNDED, u=u)

    def smooth_clip(self, u: str) -> str:
        """A scaled number smoothly clipped."""
        return self.write(Number.formulas["smooth_clip"], u=u)

    def bin(self, x: str, p: str | float, q: str | float, h: str | float) -> str:
        """The feature of a bin from p to q that is h high."""
        if h == 1:
            return self.write(Number.formulas["bin"], x=x, p=p, q=q)
        return self.write(Number.formulas["low_bin"], x=x, p=p, q=q, h=h)

    def two_levels(self, x: str, p: str, q: str) -> str:
        """The feature of a column of two categories p and q."""
        return self.write(Binary.formula, x=x, p=p, q=q)

    def decoded(self, target: NumberTarget, a: str) -> str:
        """The number that an output stands for."""
        formula = "a"
        if (target.center, target.scale) != (0, 1):
            formula = NumberTarget.formulas["decode"]
        if target.low is not None and target.high is not None:
            formula = substitute(NumberTarget.formulas["clip"], {"x": formula})
        return self.write(
            formula, a=a, s=target.scale, m=target.center, p=target.low or 0, q=target.high or 0
        )

    def end(self, value: str, scale: str, bound: float, interval: NumberInterval) -> str:
        """The end of an interval: from the number predicted so many times the row's scale."""
        return self.write(interval.end_formula, y=value, s=scale, b=bound)

    def interval_scale(self, exponent: str, low: str | float, high: str | float) -> str:
        """The scale of a row's interval, of its exponent and the range to which that is held."""
        return self.write(LocalScale.formula, e=exponent, p=low, q=high)

    def over_frequency(self, p: str, f: str | float) -> str:
        """What the predicted class has the largest of, where classes have frequencies."""
        return self.write(ClassTarget.formulas["over frequency"], p=p, f=f)

    def activated(self, activation: Activation, z: str, s: str = "s", by_hand: bool = True) -> str:
        """a of z, where no function can be defined; s stands for the row's sum.

        `by_hand`: whether the dialect has functions for those of `WRITTEN_BY_HAND`.
        """
        formula = self._formula(activation)
        if by_hand and activation.name in WRITTEN_BY_HAND:
            formula = f"{activation.name}(z)"
        return self.write(formula, z=z, s=s)

    @property
    def functions(self) -> dict[str, str]:
        """Name -> body, a formula of z, of each activation that needs a function of its own.

        An output that is the identity is left as it is.
        """
        used = {a.name: a for a in self.plan.activations}
        if self.plan.output.name != "identity":
            used[self.plan.output.name] = self.plan.output
        return {
            self.function_of(activation): self.write(self._formula(activation), z="z")
            for activation in used.values()
            if not activation.row_term and activation.name not in WRITTEN_BY_HAND
        }

    @property
    def needed(self) -> set[str]:
        """The functions of the formulas' language that the activations need."""
        found: set[str] = set()
        for activation in (*self.plan.activations, self.plan.output):
            by_hand = activation.name in WRITTEN_BY_HAND
            found |= {activation.name} if by_hand else names_in(self._formula(activation))
        return found

    def function_of(self, activation: Activation) -> str:
        """The name of the function that makes a of z: activation_1 and so on, where it is not ours.

        Names that users gave to their own activations might be no names in the language.
        """
        if activation.name in OUTPUTS:
            return activation.name
        names = [one.name for one in (*self.plan.activations, self.plan.output)]
        return f"activation_{names.index(activation.name) + 1}"

    @property
    def output(self) -> str:
        """An output of its z, and of s where it is made of the row's sum."""
        activation = self.plan.output
        if activation.row_term:
            return self.write(self._formula(activation), z="z", s="s")
        return f"{self.function_of(activation)}(z)"

    @property
    def row_term(self) -> str:
        """What is summed to s over the outputs, a formula of z; "" where nothing is."""
        return self.write(self.plan.output.row_term, z="z") if self.plan.output.row_term else ""

    def _formula(self, activation: Activation) -> str:
        formula = activation_formula(activation, self.target)
        part = foreign_part(formula, ["z", "s"])
        if part:
            raise GlassnetError(
                f"the formula of the activation '{activation.name}' has the part '{part}', which "
                f"{self.target} is not told",
                remedy=f"write it of z with + - * / ** < > <= >= and {', '.join(FUNCTIONS)}",
            )
        _check_formula(activation)
        return formula


class CamelFormulas(Formulas):
    """Formulas of a language that writes names in camel case."""

    def function_of(self, activation: Activation) -> str:
        """The name of the function that makes a of z, such as leakyRelu."""
        return re.sub("_(.)", lambda found: found[1].upper(), super().function_of(activation))


def scaling_formula(center: float, scale: float) -> str:
    """A number x less its center m over its scale s, without what would change nothing."""
    formula = Number.formulas["center"] if center else "x"
    return formula if scale == 1 else substitute(Number.formulas["scale"], {"u": formula})


def activation_formula(activation: Activation, target: str) -> str:
    """The formula of a. Raises GlassnetError, naming what needs it, where there is none."""
    if not activation.formula:
        raise GlassnetError(
            f"the activation '{activation.name}' has no formula, which {target} needs",
            remedy="give it one, such as Activation(..., formula='max(z, 0)')",
        )
    return activation.formula


def _check_formula(activation: Activation) -> None:
    """Raises GlassnetError where the formula of a is not the function that the model computes."""
    if activation.row_term:
        return
    for z in (-2.0, -0.5, 0.0, 0.7, 3.0):
        a = activation.value(np.array([z]))[0]
        with np.errstate(all="ignore"):
            found = evaluate(activation.formula, z=np.float64(z))
        if not abs(found - a) <= 1e-9 * max(1, abs(a)):
            raise GlassnetError(
                f"the formula '{activation.formula}' of the activation '{activation.name}' gives "
                f"{found:g} where z is {z:g}, and its function {a:g}",
                remedy="give it the formula of its function",
            )
