"""The colours: told apart by colour-blind eyes, seen on white, and never the only difference.

Dichromats' sight is simulated by the matrices of Machado, Oliveira & Fernandes 2009, IEEE
Transactions on Visualization and Computer Graphics 15:1291-1298, table 1 (severity 1), on linear
RGB; distances are CIE 1976.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from images import contrast

import glassnet as gn
from glassnet.plots.figures import (
    BLUE,
    LINE_STYLES,
    MARKERS,
    PALETTE,
    RED,
    curve_style,
    marker_style,
)
from glassnet.plots.loss_curve import LossCurveDisplay

SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)  # IEC 61966-2-1, from linear sRGB


def lab(colours: tuple[str, ...], sight: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of colours as such eyes see them, colours x 3."""
    channels = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = np.clip(linear @ sight.T, 0, 1) @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def closest(colours: tuple[str, ...], sight: np.ndarray) -> float:
    """The distance of the closest two of some colours."""
    seen = lab(colours, sight)
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
    return float(apart[np.triu_indices(len(colours), 1)].min())


def test_the_simulation_sees_what_is_known() -> None:
    assert closest(("#000000", "#ffffff"), SIGHT["deuteranopia"]) == pytest.approx(100, abs=0.1)
    red_and_green = ("#b46464", "#6e8250")
    assert closest(red_and_green, SIGHT["normal"]) > 2 * closest(
        red_and_green, SIGHT["deuteranopia"]
    )


@pytest.mark.parametrize(
    ("sight", "least"), [("normal", 50), ("protanopia", 23), ("deuteranopia", 23)]
)
def test_any_two_colours_are_told_apart(sight: str, least: float) -> None:
    assert closest(PALETTE, SIGHT[sight]) > least
    assert closest((RED, BLUE), SIGHT[sight]) > 50


@pytest.mark.parametrize("colour", [*PALETTE, RED])
def test_every_colour_stands_out_from_white(colour: str) -> None:
    assert contrast(colour, "#ffffff") > 3


def test_an_svg_names_fonts_for_machines_without_the_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    losses = {"training": ([1, 2, 3], [5.0, 0.4, 0.002])}  # on a logarithmic scale
    LossCurveDisplay(losses, title="any").save(tmp_path / "loss.svg")
    svg = (tmp_path / "loss.svg").read_text(encoding="utf-8")
    named = set(re.findall('font-family: ([^;"]*)', svg))
    assert named == {"'DejaVu Sans', 'Verdana', 'Arial', 'Helvetica', sans-serif"}
    assert not caplog.records  # matplotlib logs what it does not find
    network = gn.Network([2, 2, 1])
    diagram = gn.NetworkDisplay.from_model((network, gn.initialize(network, seed=1))).svg
    assert "font-family:'DejaVu Sans',Verdana,Arial,Helvetica,sans-serif;" in diagram


def test_colour_is_never_the_only_difference() -> None:
    assert len(set(MARKERS)) == len(set(LINE_STYLES)) == len(PALETTE)
    for style, second in ((curve_style, "linestyle"), (marker_style, "marker")):
        first_of_eight = [style(number)[second] for number in range(8)]
        assert len(set(first_of_eight)) == 8
        every = {(style(number)["color"], style(number)[second]) for number in range(64)}
        assert len(every) == 64
