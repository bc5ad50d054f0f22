"""Every picture of `glassnet plot` once, for the page of pictures and the gallery's thumbnails.

Drawn of small runs of the bundled tables; the documentation's build calls `write`.
Run: python tools/draw_pictures.py FOLDER.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matplotlib import pyplot

import glassnet as gn
from glassnet.cli.asked import Asked
from glassnet.cli.pictures import PLOTS

DATA = Path(__file__).parents[1] / "examples" / "data"
TABLES = {"penguins": "species", "cars": "miles_per_gallon"}
"""Each table with its target."""
OF_NUMBERS = ("regression", "fit", "ice", "lek", "surface", "why")
"""Pictures that are drawn of the run that predicts a number; the others of the one of classes."""
OF_SEVERAL = ("spread",)
"""Those that are drawn of a run of several networks."""
SMALL: dict[str, Any] = {"members": 1, "hidden": 6, "epochs": 60, "bins": 0, "seed": 1}
GALLERY = "gallery.txt"


def write(folder: Path) -> None:
    """Draw what is not there yet, and write the list of pictures that a page includes."""
    folder.mkdir(exist_ok=True)
    missing = [name for name in PLOTS if not _file(folder, name).exists()]
    if missing:
        with TemporaryDirectory() as runs:
            _draw(missing, folder, Path(runs))
    (folder / GALLERY).write_text("".join(_figure(folder.name, name) for name in PLOTS), "utf-8")


def _draw(names: list[str], folder: Path, runs: Path) -> None:
    for table, target in TABLES.items():
        options = SMALL | ({"ignore": ["name"]} if table == "cars" else {})
        gn.train_run(DATA / f"{table}.csv", target, runs / table, **options)
    several = SMALL | {"ignore": ["name"], "members": 12}
    gn.train_run(DATA / "cars.csv", TABLES["cars"], runs / "several", **several)
    for name in names:
        run = runs / ("cars" if name in OF_NUMBERS else "penguins")
        run = runs / "several" if name in OF_SEVERAL else run
        PLOTS[name].make(Asked(gn.load(run), run, None, {})).save(_file(folder, name))
        pyplot.close("all")  # a build that draws with pyplot keeps them else


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.png"


def _figure(folder: str, name: str) -> str:
    """A picture as reStructuredText that leads to the page of its class."""
    picture = PLOTS[name]
    shows = re.sub(r"--\w+", r"``\g<0>``", picture.shows)
    return (
        f".. figure:: {folder}/{name}.png\n"
        f"   :target: api/glassnet.{picture.display}.html\n"
        f"   :alt: {picture.shows}\n\n"
        f"   ``glassnet plot {name}``: {shows}\n\n"
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
