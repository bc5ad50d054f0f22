"""The dialects that formulas can be written in. A new one is a `Dialect` more, and nothing else."""

import ast
from dataclasses import replace

from glassnet.notation.write import (
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
    functions={
        "exp": Operator("e^{{{}}}", FRACTION),
        "sqrt": Operator(r"\sqrt{{{}}}"),
        "abs": Operator(r"\left|{}\right|"),
        "log": Operator(r"\ln\left({}\right)"),
        "tanh": Operator(r"\tanh\left({}\right)"),
        "max": Operator(r"\max\left({}, {}\right)"),
        "min": Operator(r"\min\left({}, {}\right)"),
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
    indicator="({test})",
    functions={
        "max": Operator("np.maximum({}, {})"),
        "min": Operator("np.minimum({}, {})"),
        "sigmoid": Operator("(1 / (1 + np.exp(-({}))))"),
        "softplus": Operator("np.logaddexp(0, {})"),
    },
    other_function="np.{name}({arguments})",
)
"""A line of Python over NumPy arrays."""

NUMPY_MODULE = replace(
    NUMPY,
    indicator="",
    functions={
        **NUMPY.functions,
        **{name: Operator(f"{name}({{}})") for name in ("exp", "sigmoid", "softplus")},
    },
)
"""The same in a module with functions of its own in which nothing overflows."""

PYTHON = Dialect(
    operators=NUMPY.operators,
    comparisons=NUMPY.comparisons,
    condition="{yes} if {test} else {no}",
    condition_binding=CONDITION,
    functions={
        "log": Operator("math.log({})"),
        "sqrt": Operator("math.sqrt({})"),
        "tanh": Operator("math.tanh({})"),
    },
)
"""Python over numbers, with the functions of its module `math`; exp is the reader's own, as that of
`math` raises an error where a number overflows."""

SQLITE = Dialect(
    operators={
        **NUMPY.operators,
        ast.Pow: Operator("pow({}, {})", enclosed=(0, 1)),
    },
    comparisons={**NUMPY.comparisons, ast.Eq: "{} = {}"},
    condition="CASE WHEN {test} THEN {yes} ELSE {no} END",
    functions={
        "log": Operator("ln({})"),
        "sigmoid": Operator("(1.0 / (1.0 + exp(-({}))))"),
        "softplus": Operator("(max({0}, 0.0) + ln(1.0 + exp(-abs({0}))))"),
    },
    whole="{}.0",
)
"""SQL with the functions of SQLite, where exp of a large number is infinite."""

DUCKDB = Dialect(
    operators=SQLITE.operators,
    comparisons=SQLITE.comparisons,
    condition=SQLITE.condition,
    functions={
        "max": Operator("greatest({}, {})"),
        "min": Operator("least({}, {})"),
        "log": Operator("ln({})"),
        "sigmoid": Operator("(1e0 / (1e0 + exp(-({}))))"),
        "softplus": Operator("(greatest({0}, 0e0) + ln(1e0 + exp(-abs({0}))))"),
    },
    whole="{}e0",
)
"""SQL with the functions of DuckDB, where 1.5 is a decimal and 1.5e0 a number of 64 bits."""

POSTGRESQL = Dialect(
    operators={
        **SQLITE.operators,
        ast.Pow: Operator("power({}, {})", enclosed=(0, 1)),
    },
    comparisons=SQLITE.comparisons,
    condition=SQLITE.condition,
    functions={
        **DUCKDB.functions,
        "exp": Operator("exp(least(greatest({}, -200.0), 700.0))"),
        "sigmoid": Operator("(1.0 / (1.0 + exp(least(greatest(-({}), -200.0), 200.0))))"),
        "softplus": Operator("(greatest({0}, 0.0) + ln(1.0 + exp(greatest(-abs({0}), -200.0))))"),
    },
    whole="{}.0",
)
"""SQL with the functions of PostgreSQL, which raise errors where a result is too large or too close
to 0: exponents are held to a range, beyond which e^x is below 1e-86."""

R = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("{}^{}", POWER)},
    comparisons=NUMPY.comparisons,
    condition="ifelse({test}, {yes}, {no})",
    indicator="({test})",
    functions={
        "max": Operator("larger({}, {})"),
        "min": Operator("smaller({}, {})"),
    },
)
"""R over numbers, vectors and matrices. `larger` and `smaller` are the reader's own: R's `pmax` and
`pmin` make a vector of a matrix that does not come first."""

R_COLUMNS = replace(
    R,
    comparisons={**NUMPY.comparisons, ast.Eq: "is.element({}, {})"},
    indicator="",
    functions={"max": Operator("pmax({}, {})"), "min": Operator("pmin({}, {})")},
)
"""R over the columns of a table; to `is.element` a missing cell is equal to nothing."""

C = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("pow({}, {})", enclosed=(0, 1))},
    comparisons=NUMPY.comparisons,
    condition="{test} ? {yes} : {no}",
    condition_binding=CONDITION,
    functions={
        "max": Operator("fmax({}, {})"),
        "min": Operator("fmin({}, {})"),
        "abs": Operator("fabs({})"),
    },
    whole="{}.0",
)
"""C with double numbers, and the functions of <math.h>; 1 / 2 would be 0, so numbers have a point.
The functions that C lacks (sign, sigmoid, softplus) are the reader's own."""

C_FLOAT = replace(
    C,
    operators={**NUMPY.operators, ast.Pow: Operator("powf({}, {})", enclosed=(0, 1))},
    functions={
        "max": Operator("fmaxf({}, {})"),
        "min": Operator("fminf({}, {})"),
        "abs": Operator("fabsf({})"),
        "exp": Operator("expf({})"),
        "log": Operator("logf({})"),
        "sqrt": Operator("sqrtf({})"),
        "tanh": Operator("tanhf({})"),
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
        "exp": Operator("Math.exp({})"),
        "log": Operator("Math.log({})"),
        "sqrt": Operator("Math.sqrt({})"),
        "tanh": Operator("Math.tanh({})"),
        "abs": Operator("Math.abs({})"),
        "sign": Operator("Math.sign({})"),
        "max": Operator("Math.max({}, {})"),
        "min": Operator("Math.min({}, {})"),
    },
)
"""JavaScript over numbers."""

JAVA = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("Math.pow({}, {})", enclosed=(0, 1))},
    comparisons=NUMPY.comparisons,
    condition=JAVASCRIPT.condition,
    condition_binding=CONDITION,
    functions={**JAVASCRIPT.functions, "sign": Operator("Math.signum({})")},
    whole="{}.0",
)
"""Java over doubles: 1 / 2 would be 0."""

JAVA_TEXTS = replace(JAVA, comparisons={**JAVA.comparisons, ast.Eq: "{1}.equals({0})"})
"""Java over texts, of which the second is not null."""

GO = Dialect(
    operators={**NUMPY.operators, ast.Pow: Operator("math.Pow({}, {})", enclosed=(0, 1))},
    comparisons=NUMPY.comparisons,
    condition="where({test}, {yes}, {no})",
    functions={
        "max": Operator("math.Max({}, {})"),
        "min": Operator("math.Min({}, {})"),
        "abs": Operator("math.Abs({})"),
        "exp": Operator("math.Exp({})"),
        "log": Operator("math.Log({})"),
        "sqrt": Operator("math.Sqrt({})"),
        "tanh": Operator("math.Tanh({})"),
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
    functions={
        "exp": Operator("EXP(MIN({},709))"),
        "log": Operator("LN({})"),
        "sqrt": Operator("SQRT({})"),
        "tanh": Operator("TANH({})"),
        "abs": Operator("ABS({})"),
        "sign": Operator("SIGN({})"),
        "max": Operator("MAX({},{})"),
        "min": Operator("MIN({},{})"),
        "sigmoid": Operator("(IF({0}<0,EXP({0}),1)/(1+EXP(-ABS({0}))))"),
        "softplus": Operator("(MAX({0},0)+LN(1+EXP(-ABS({0}))))"),
    },
)
"""A formula of Excel and LibreOffice, over cells that hold numbers; nothing overflows in e^x."""

EXCEL_TEXT = replace(EXCEL, comparisons={**EXCEL.comparisons, ast.Eq: "EXACT({},{})"})
"""The same over cells of text, of which = would not tell small letters from capitals."""
