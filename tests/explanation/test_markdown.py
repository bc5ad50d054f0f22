"""The Markdown of an explanation in a reader that knows no formulas: names do nothing there."""

import numpy as np
import pytest
from markdown_it import MarkdownIt

import glassnet as gn
from glassnet.tables.encoding import plain_encoding
from glassnet.tables.targets import ClassTarget

HARMFUL = [
    "<img src=x onerror=alert(1)>",
    "</text><script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](http://tracker.example/x.png)",
    "<javascript:alert(1)>",
    "<!-- swallowed",
    "<?php",
    "[ref]: javascript:alert(1)\n\n[ref]",
    "]<b>[",
]


@pytest.mark.parametrize("name", HARMFUL)
@pytest.mark.parametrize("as_class", [False, True], ids=["column", "class"])
def test_no_name_becomes_a_tag_or_a_link(name: str, as_class: bool) -> None:
    network = gn.Network([1, 2, 1], output="sigmoid" if as_class else "identity")
    encoding = plain_encoding(["x" if as_class else name], [name])
    if as_class:
        target = ClassTarget("y", ("fine", name))
        encoding = type(encoding)("binary", encoding.inputs, (target,))
    model = gn.Model.of_network(network, gn.initialize(network, seed=1), encoding)
    y = np.array([name], object) if as_class else [1.0]
    column = encoding.inputs[0].name
    page = MarkdownIt("commonmark", {"html": True}).render(
        gn.explain(model, {column: [0.5]}, y=y, backward=True).markdown()
    )
    for tag in ("<img", "<script", "<a ", "<!--", "<?", "<b>"):
        assert tag not in page
