"""The exported LaTeX document: set by LaTeX itself, and its numbers read back."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from exported import HOSTILE, MAKERS, tried_model
from hypothesis import example, given
from hypothesis import strategies as st

import glassnet as gn
from conftest import in_ci
from glassnet.exports.latex.text import (
    MOST_READABLE,
    escaped_for_latex,
    is_printed,
    latex_display,
    latex_matrix,
    latex_numeral,
    latex_table,
)
from glassnet.models.ensemble import Member
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import ClassTarget

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None and not in_ci(),
    reason="there is no LaTeX here (Debian: apt-get install texlive-latex-base)",
)


def latex_of(name: str) -> str:
    """The document of a model."""
    tried = tried_model(name)
    text = gn.export(tried.model, "latex", **tried.options).content
    assert isinstance(text, str)
    return text


def set_by_latex(text: str, folder: Path) -> str:
    """What LaTeX says as it sets a document, which is all there in its fonts."""
    (folder / "model.tex").write_text(text, encoding="ascii")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "-no-shell-escape"]
    done = subprocess.run(
        [*command, "model.tex"], cwd=folder, capture_output=True, check=False, timeout=120
    )
    said = done.stdout.decode(errors="replace")
    assert not done.returncode, said[-2000:]
    assert "Missing character" not in said
    assert (folder / "model.pdf").read_bytes().startswith(b"%PDF")
    return said


@needs_latex
@pytest.mark.parametrize("name", MAKERS)
def test_latex_sets_the_document(name: str, tmp_path: Path):
    said = set_by_latex(latex_of(name), tmp_path)
    assert "Overfull" not in said


LONG = ["x" * 300, "name_of_a_column_" * 18, "NameOfAColumn" * 23, "\u4e2d" * 90, "two words " * 30]


@needs_latex
def test_long_names_and_categories_stay_on_the_page(tmp_path: Path):
    names, levels = LONG, [f"{name}2" for name in LONG]
    columns = [
        *(Number(name, 1.0, 2.0, smooth_clip=True, fill=0.0, indicator=True) for name in names),
        Categories(f"{names[0]}c", tuple(levels), indicator=True),
        *(Binary(f"{one}b", (one, "no"), indicator=True) for one in levels),
    ]
    target = ClassTarget(f"{names[1]}t", tuple(levels))
    encoding = TableEncoding("multiclass", tuple(columns), (target,))
    network = gn.Network([len(encoding.features), 2, len(levels)], output="softmax")
    model = gn.Model.of_network(network, gn.initialize(network, seed=1), encoding)
    text = gn.export(model, "latex").content
    assert isinstance(text, str)
    assert "Overfull" not in set_by_latex(text, tmp_path)


@pytest.mark.parametrize("name", MAKERS)
def test_the_document_holds_the_weights(name: str):
    text, plan = latex_of(name), tried_model(name).plan
    by_name = {}
    for m, layers in enumerate(plan.networks, 1):
        biased = any(layer.biases.any() for layer in layers)
        for index, layer in enumerate(layers, 1):
            by_name[f"W_{{{m},{index}}}"] = layer.weights
            if biased:
                by_name[f"b_{{{m},{index}}}"] = np.atleast_2d(layer.biases)
        assert (f" + b_{{{m},1}}" in text or " + b_{m,1}" in text) == biased
    printed = re.findall(
        r"% (\S+) to the last digit:\n((?:%   .*\n)+).*\n\1 &= \\begin\{pmatrix\}\n"
        r"([^\\]*(?:\\[^e][^\\]*)*)\\end\{pmatrix\}",
        text,
    )
    assert len(printed) == (len(by_name) if is_readable(name) else 0)
    for symbol, exact, rounded in printed:
        matrix = by_name[symbol]
        numbers = np.array([float(one) for one in re.findall(r"[^\s,%]+", exact)])
        assert numbers.tolist() == matrix.ravel().tolist()
        shown = [
            [float(re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", one)) for one in row.split("&")]
            for row in re.split(r"\\\\\n", rounded)
        ]
        np.testing.assert_allclose(shown, matrix, rtol=5.1e-4)


def is_readable(name: str) -> bool:
    """Whether the model's matrices are on the page."""
    plan = tried_model(name).plan
    matrices = [layer.weights for layers in plan.networks for layer in layers]
    return plan.n_parameters <= MOST_READABLE and all(map(is_printed, matrices))


def test_a_large_model_says_where_its_weights_are():
    text = latex_of("penguins")
    assert r"export to \texttt{python} has their numbers" in text
    assert r"&W_{m,1}: 80 \times 64" in text
    assert "pmatrix" not in text


@given(st.text(max_size=30))
@example(HOSTILE)
@example("[1cm] * \\ { } $ & # _ % ^ ~ < > | \" ' `")
def test_escaped_text_holds_nothing_that_latex_obeys(text: str):
    escaped = escaped_for_latex(text)
    assert escaped.isascii()
    known = (
        r"\\text(?:backslash|asciicircum|asciitilde|less|greater|bar|endash|emdash)\{\}|\\(?:dots|allowbreak)\{\}"
        r"|\\texttt\{\\char(?:34|36|39|96)\}|\\[{}&#_%]|\\character\{[0-9A-F]{4,6}\}"
        r"|\\(?:ss|ae|AE|oe|OE|o|O|l|L|i)\{\}|\\[`'^~=u.\"rHvc]\{[A-Za-z]\}"
        r"|\$(?:-|\^\\circ|\\mu|\^2|\^3)\$|\{[-\[*]\}"
    )
    assert re.fullmatch(r"[ !()+,./0-9:;=?@A-Z\]a-z]*", re.sub(known, "", escaped))


@needs_latex
@pytest.mark.parametrize("scale", [1.0, 0.01, 1e-9])
def test_the_widest_matrix_that_is_printed_fits_on_the_page(scale: float, tmp_path: Path):
    random = np.random.default_rng(1)
    widths = range(1, 15)
    matrices = [-scale * random.uniform(0.1, 1, (40, width)) for width in widths]
    printed = [matrix for matrix in matrices if is_printed(matrix)]
    assert 4 <= len(printed) < len(matrices)
    text = "\n".join(latex_display(f"W_{{1,1}} &= {latex_matrix(one)}") for one in printed)
    document = latex_of("linear").replace(r"\end{document}", f"{text}\n\\end{{document}}")
    assert "Overfull" not in set_by_latex(document, tmp_path)


@needs_latex
def test_many_networks_of_several_depths_are_added_up_on_one_line(tmp_path: Path):
    depths = [number % 3 for number in range(30)]
    networks = [gn.Network([1, *[2] * depth, 1], "tanh") for depth in depths]
    members = tuple(Member(one, gn.initialize(one, seed=1)) for one in networks)
    encoding = gn.Model.of_run((networks[0], members[0].parameters)).encoding
    text = gn.export(gn.Model(encoding, members), "latex").content
    assert isinstance(text, str)
    assert r"z &= \sum_{m=1}^{30} z_{m,L_m}" in text
    assert "Overfull" not in set_by_latex(text, tmp_path)


@needs_latex
def test_latex_sets_every_character(tmp_path: Path):
    characters = [chr(code) for code in [*range(0x250), *range(0x2000, 0x2070), 0x4E2D, 0x1F600]]
    rows = [[escaped_for_latex(c), escaped_for_latex(f"a{c}{c}")] for c in [*characters, HOSTILE]]
    text = latex_of("linear")
    table = latex_table(["one", "two"], rows, ["4cm", "4cm"])
    set_by_latex(text.replace(r"\end{document}", f"{table}\n\\end{{document}}"), tmp_path)


@given(st.floats(allow_nan=False))
def test_a_numeral_is_the_number_rounded(value: float):
    text = latex_numeral(value)
    if text.endswith("infty"):
        assert text == (r"\infty" if value > 0 else r"-\infty")
        return
    mantissa, _, exponent = text.partition(r" \cdot 10^")
    found = float(f"{mantissa}e{exponent.strip('{}') or 0}")
    assert found == pytest.approx(value, rel=5.1e-6)
