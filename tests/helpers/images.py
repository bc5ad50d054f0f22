"""Pictures against stored ones, with a tolerance.

Fonts and rounding may differ a little, what is drawn may not.
"""

import io
import os
from pathlib import Path
from typing import Any

import numpy as np

BASELINES = Path(__file__).parents[1] / "plots" / "baselines"
DPI = 60
COLOURS = 128  # of a stored picture, which is small that way


def pixels(picture: Any) -> np.ndarray:
    """A matplotlib figure or a PNG file as height x width x 3 numbers from 0 to 255."""
    from PIL import Image

    if not isinstance(picture, (str, Path)):
        buffer = io.BytesIO()
        picture.savefig(buffer, format="png", dpi=DPI)
        buffer.seek(0)
        picture = buffer
    with Image.open(picture) as image:
        return np.asarray(image.convert("RGB"), float)


def difference(found: np.ndarray, wanted: np.ndarray) -> float:
    """The root of the mean squared difference of two pictures of one size."""
    return float(np.sqrt(np.mean((found - wanted) ** 2)))


def assert_like(picture: Any, name: str, tolerance: float = 6.0) -> None:
    """Check that a figure or a PNG file looks like the stored `name`.png, to a tolerance.

    The tolerance is of `difference`.

    With GLASSNET_NEW_BASELINES=1 it is stored instead: look at it before you commit it.
    """
    from PIL import Image

    found, stored = pixels(picture), BASELINES / f"{name}.png"
    if os.environ.get("GLASSNET_NEW_BASELINES") == "1":
        Image.fromarray(found.astype(np.uint8)).quantize(COLOURS).save(stored, optimize=True)
        return
    assert stored.exists(), (
        f"there is no {stored.name} yet: run once with GLASSNET_NEW_BASELINES=1, and look at it"
    )
    wanted = pixels(stored)
    assert found.shape == wanted.shape, (
        f"{name}: the picture is {found.shape[:2]}, the stored one {wanted.shape[:2]}"
    )
    assert difference(found, wanted) < tolerance, (
        f"{name}: differs by {difference(found, wanted):.1f}, allowed {tolerance}"
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        return float(
            np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
            @ [0.2126, 0.7152, 0.0722]
        )

    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)
