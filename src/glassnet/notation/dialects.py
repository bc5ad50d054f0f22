"""The dialects that formulas can be written in. A new one is a `Dialect` more, and nothing else."""

import ast
from dataclasses import replace

from glassnet.notation.write import (
    ATOM,
    CONDITION,
    FRACTION,
    POWER,
    PRODUCT,
    SUM,
    Dialect,
    Operator,
)

TEXT = Dialect(
    operators={
        ast.Add: Operator("{} + {}", SUM),
        ast.Sub: Operator("{} - {}", SUM),
        ast.Mult: Operator("{}·{}", PRODUCT),
        ast.Div: Operator("{} / {}", PRODUCT),
        ast.USub: Operator("-{}", PRODUCT),
        ast.Pow: Operator("{}^{}", POWER),
    },
    comparisons={
        ast.Lt: "{} < {}",
        ast.Gt: "{} > {}",
        ast.GtE: "{} ≥ {}",
        ast.LtE: "{} ≤ {}",
        ast.Eq: "{} is {}",
    },
    condition="{yes} if {test}, else {no}",
    condition_binding=CONDITION,
)
"""Plain text, which a calculator takes but for its signs."""

LATEX = Dialect(
    operators={
        ast.Add: Operator("{} + {}", SUM),
        ast.Sub: Operator("{} - {}", SUM),
        ast.Mult: Operator(r"{} \cdot {}", PRODUCT),
        ast.Div: Operator(r"\frac{{{}}}{{{}}}", FRACTION, enclosed=(0, 1)),
        ast.USub: Operator("-{}", PRODUCT),
        ast.Pow: Operator("{}^{{{}}}", POWER, enclosed=(1,)),
    },
    comparisons={
        ast.Lt: "{} < {}",
        ast.Gt: "{} > {}",
        ast.GtE: r"{} \ge {}",
        ast.LtE: r"{} \le {}",
        ast.Eq: r"{} \text{{ is }} {}",
    },
    condition=(
        r"\begin{{cases}} {yes} & \text{{if }} {test} \\ {no} & \text{{else}} \end{{cases}}"
    ),
    condition_binding=ATOM,
    functions={
        "exp": Operator("e^{{{}}}", FRACTION),
        "sqrt": Operator(r"\sqrt{{{}}}", ATOM),
        "abs": Operator(r"\left|{}\right|", ATOM),
        "log": Operator(r"\ln\left({}\right)", ATOM),
        "tanh": Operator(r"\tanh\left({}\right)", ATOM),
        "max": Operator(r"\max\left({}, {}\right)", ATOM),
        "min": Operator(r"\min\left({}, {}\right)", ATOM),
    },
    other_function=r"\operatorname{{{name}}}\left({arguments}\right)",
    brackets=(r"\left(", r"\right)"),
)
"""LaTeX's mathematics."""

NUMPY = Dialect(
    operators={
        ast.Add: Operator("{} + {}", SUM),
        ast.Sub: Operator("{} - {}", SUM),
        ast.Mult: Operator("{} * {}", PRODUCT),
        ast.Div: Operator("{} / {}", PRODUCT),
        ast.USub: Operator("-{}", PRODUCT),
        ast.Pow: Operator("{}**{}", POWER),
    },
    comparisons={
        ast.Lt: "{} < {}",
        ast.Gt: "{} > {}",
        ast.GtE: "{} >= {}",
        ast.LtE: "{} <= {}",
        ast.Eq: "{} == {}",
    },
    condition="np.where({test}, {yes}, {no})",
    condition_binding=ATOM,
    indicator="({test})",
    functions={
        "max": Operator("np.maximum({}, {})", ATOM),
        "min": Operator("np.minimum({}, {})", ATOM),
        "sigmoid": Operator("(1 / (1 + np.exp(-({}))))", ATOM),
        "softplus": Operator("np.logaddexp(0, {})", ATOM),
    },
    other_function="np.{name}({arguments})",
)
"""A line of Python over NumPy arrays."""

NUMPY_MODULE = replace(
    NUMPY,
    indicator="",
    functions={
        "max": Operator("np.maximum({}, {})", ATOM),
        "min": Operator("np.minimum({}, {})", ATOM),
        **{name: Operator(f"{name}({{}})", ATOM) for name in ("exp", "sigmoid", "softplus")},
    },
)
"""The same in a module with functions of its own in which nothing overflows."""

PYTHON = Dialect(
    operators=NUMPY.operators,
    comparisons=NUMPY.comparisons,
    condition="{yes} if {test} else {no}",
    condition_binding=CONDITION,
    functions={
        "log": Operator("math.log({})", ATOM),
        "sqrt": Operator("math.sqrt({})", ATOM),
        "tanh": Operator("math.tanh({})", ATOM),
    },
)
"""Python over numbers, with the functions of its module `math`; exp is the reader's own, as that of
`math` raises an error where a number overflows."""

SQLITE = Dialect(
    operators={
        **NUMPY.operators,
        ast.Pow: Operator("pow({}, {})", ATOM, enclosed=(0, 1)),
    },
    comparisons={**NUMPY.comparisons, ast.Eq: "{} = {}"},
    condition="CASE WHEN {test} THEN {yes} ELSE {no} END",
    condition_binding=ATOM,
    functions={
        "log": Operator("ln({})", ATOM),
        "sigmoid": Operator("(1.0 / (1.0 + exp(-({}))))", ATOM),
        "softplus": Operator("(max({0}, 0.0) + ln(1.0 + exp(-abs({0}))))", ATOM),
    },
    whole="{}.0",
)
"""SQL with the functions of SQLite, where exp of a large number is infinite."""

DUCKDB = Dialect(
    operators=SQLITE.operators,
    comparisons=SQLITE.comparisons,
    condition=SQLITE.condition,
    condition_binding=ATOM,
    functions={
        "max": Operator("greatest({}, {})", ATOM),
        "min": Operator("least({}, {})", ATOM),
        "log": Operator("ln({})", ATOM),
        "sigmoid": Operator("(1e0 / (1e0 + exp(-({}))))", ATOM),
        "softplus": Operator("(greatest({0}, 0e0) + ln(1e0 + exp(-abs({0}))))", ATOM),
    },
    whole="{}e0",
)
"""SQL with the functions of DuckDB, where 1.5 is a decimal and 1.5e0 a number of 64 bits."""

POSTGRESQL = Dialect(
    operators={
        **SQLITE.operators,
        ast.Pow: Operator("power({}, {})", ATOM, enclosed=(0, 1)),
    },
    comparisons=SQLITE.comparisons,
    condition=SQLITE.condition,
    condition_binding=ATOM,
    functions={
        **DUCKDB.functions,
        "exp": Operator("exp(least(greatest({}, -200.0), 700.0))", ATOM),
        "sigmoid": Operator("(1.0 / (1.0 + exp(least(greatest(-({}), -200.0), 200.0))))", ATOM),
        "softplus": Operator(
            "(greatest({0}, 0.0) + ln(1.0 + exp(greatest(-abs({0}), -200.0))))", ATOM
        ),
    },
    whole="{}.0",
)
"""SQL with the functions of PostgreSQL, which raise errors where a result is too large or too close
to 0: exponents are held to a range, beyond which e^x is below 1e-86."""

R = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("{}^{}", POWER)},
    comparisons=NUMPY.comparisons,
    condition="ifelse({test}, {yes}, {no})",
    condition_binding=ATOM,
    indicator="({test})",
    functions={
        "max": Operator("larger({}, {})", ATOM),
        "min": Operator("smaller({}, {})", ATOM),
    },
)
"""R over numbers, vectors and matrices. `larger` and `smaller` are the reader's own: R's `pmax` and
`pmin` make a vector of a matrix that does not come first."""

R_COLUMNS = replace(
    R,
    comparisons={**NUMPY.comparisons, ast.Eq: "is.element({}, {})"},
    indicator="",
    functions={"max": Operator("pmax({}, {})", ATOM), "min": Operator("pmin({}, {})", ATOM)},
)
"""R over the columns of a table; to `is.element` a missing cell is equal to nothing."""

C = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("pow({}, {})", ATOM, enclosed=(0, 1))},
    comparisons=NUMPY.comparisons,
    condition="{test} ? {yes} : {no}",
    condition_binding=CONDITION,
    functions={
        "max": Operator("fmax({}, {})", ATOM),
        "min": Operator("fmin({}, {})", ATOM),
        "abs": Operator("fabs({})", ATOM),
    },
    whole="{}.0",
)
"""C with double numbers, and the functions of <math.h>; 1 / 2 would be 0, so numbers have a point.
The functions that C lacks (sign, sigmoid, softplus) are the reader's own."""

C_FLOAT = replace(
    C,
    operators={**NUMPY.operators, ast.Pow: Operator("powf({}, {})", ATOM, enclosed=(0, 1))},
    functions={
        "max": Operator("fmaxf({}, {})", ATOM),
        "min": Operator("fminf({}, {})", ATOM),
        "abs": Operator("fabsf({})", ATOM),
        "exp": Operator("expf({})", ATOM),
        "log": Operator("logf({})", ATOM),
        "sqrt": Operator("sqrtf({})", ATOM),
        "tanh": Operator("tanhf({})", ATOM),
    },
    whole="{}.0f",
    fraction="{}f",
)
"""C with float numbers, where nothing is computed as a double."""

JAVASCRIPT = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("{} ** {}", PRODUCT)},  # -x ** 2 is refused
    comparisons={**NUMPY.comparisons, ast.Eq: "{} === {}"},
    condition="{test} ? {yes} : {no}",
    condition_binding=CONDITION,
    functions={
        "exp": Operator("Math.exp({})", ATOM),
        "log": Operator("Math.log({})", ATOM),
        "sqrt": Operator("Math.sqrt({})", ATOM),
        "tanh": Operator("Math.tanh({})", ATOM),
        "abs": Operator("Math.abs({})", ATOM),
        "sign": Operator("Math.sign({})", ATOM),
        "max": Operator("Math.max({}, {})", ATOM),
        "min": Operator("Math.min({}, {})", ATOM),
    },
)
"""JavaScript over numbers."""

JAVA = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("Math.pow({}, {})", ATOM, enclosed=(0, 1))},
    comparisons=NUMPY.comparisons,
    condition=JAVASCRIPT.condition,
    condition_binding=CONDITION,
    functions={**JAVASCRIPT.functions, "sign": Operator("Math.signum({})", ATOM)},
    whole="{}.0",
)
"""Java over doubles: 1 / 2 would be 0."""

JAVA_TEXTS = replace(JAVA, comparisons={**JAVA.comparisons, ast.Eq: "{1}.equals({0})"})
"""Java over texts, of which the second is not null."""

GO = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("math.Pow({}, {})", ATOM, enclosed=(0, 1))},
    comparisons=NUMPY.comparisons,
    condition="where({test}, {yes}, {no})",
    condition_binding=ATOM,
    functions={
        "max": Operator("math.Max({}, {})", ATOM),
        "min": Operator("math.Min({}, {})", ATOM),
        "abs": Operator("math.Abs({})", ATOM),
        "exp": Operator("math.Exp({})", ATOM),
        "log": Operator("math.Log({})", ATOM),
        "sqrt": Operator("math.Sqrt({})", ATOM),
        "tanh": Operator("math.Tanh({})", ATOM),
    },
    whole="{}.0",
)
"""Go, which has no conditional expression: `where` is the reader's own function, as are sign,
sigmoid and softplus."""

EXCEL = Dialect(
    operators={
        ast.Add: Operator("{}+{}", SUM),
        ast.Sub: Operator("{}-{}", SUM),
        ast.Mult: Operator("{}*{}", PRODUCT),
        ast.Div: Operator("{}/{}", PRODUCT),
        ast.USub: Operator("-1*{}", PRODUCT),  # a sign alone would hold tighter than ^ there
        ast.Pow: Operator("{}^{}", POWER),
    },
    comparisons={
        ast.Lt: "{}<{}",
        ast.Gt: "{}>{}",
        ast.GtE: "{}>={}",
        ast.LtE: "{}<={}",
        ast.Eq: "{}={}",
    },
    condition="IF({test},{yes},{no})",
    condition_binding=ATOM,
    functions={
        "exp": Operator("EXP(MIN({},709))", ATOM),
        "log": Operator("LN({})", ATOM),
        "sqrt": Operator("SQRT({})", ATOM),
        "tanh": Operator("TANH({})", ATOM),
        "abs": Operator("ABS({})", ATOM),
        "sign": Operator("SIGN({})", ATOM),
        "max": Operator("MAX({},{})", ATOM),
        "min": Operator("MIN({},{})", ATOM),
        "sigmoid": Operator("(IF({0}<0,EXP({0}),1)/(1+EXP(-ABS({0}))))", ATOM),
        "softplus": Operator("(MAX({0},0)+LN(1+EXP(-ABS({0}))))", ATOM),
    },
)
"""A formula of Excel and LibreOffice, over cells that hold numbers; nothing overflows in e^x."""

EXCEL_TEXT = replace(EXCEL, comparisons={**EXCEL.comparisons, ast.Eq: "EXACT({},{})"})
"""The same over cells of text, of which = would not tell small letters from capitals."""
