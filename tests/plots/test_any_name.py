"""Every picture in every format, of columns, classes and targets with names that break things."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

import glassnet as gn
from glassnet.cli.pictures import PLOTS

NAMES = {
    "controls": "\x01\x9b\u202e\uffff<&>",
    "lines and mathematics": "\r\n\t]]>$x^{$ $\\frac",
}
OF_NUMBERS = {"regression", "fit"}
OF_CLASSES = {"confusion", "roc", "precision-recall", "calibration"}
COLUMNS = {"surface", "units", "film"}


@pytest.fixture(scope="module", params=[*NAMES.values()], ids=[*NAMES])
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on numbers and one on classes, with the name everywhere."""
    folder, name = tmp_path_factory.mktemp("runs"), request.param
    table = {
        f"{name}1": [(i * 7) % 40 / 40 for i in range(40)],
        f"{name}2": [name + str(i % 2) for i in range(40)],
        f"{name}3": [(i * 3) % 40 / 40 for i in range(40)],
    }
    numbers = {**table, f"{name}y": [i % 7 + 0.5 for i in range(40)]}
    classes = {**table, f"{name}y": [name + "uvw"[i % 3] for i in range(40)]}
    for kind, columns in (("numbers", numbers), ("classes", classes)):
        model = gn.train_table(columns, f"{name}y", members=2, hidden=3, epochs=2)
        model_and_rows[folder, kind] = (model, columns, name)
    return folder


model_and_rows: dict[tuple[Path, str], tuple[gn.Model, dict[str, list], str]] = {}


@pytest.mark.parametrize("picture", PLOTS)
def test_pictures_are_files_of_their_format(runs: Path, picture: str) -> None:
    kinds = {"numbers", "classes"}
    kinds -= {"classes"} if picture in OF_NUMBERS else set()
    kinds -= {"numbers"} if picture in OF_CLASSES else set()
    for kind in kinds:
        model, table, name = model_and_rows[runs, kind]
        settings = {"columns": [f"{name}1", f"{name}3"]} if picture in COLUMNS else {}
        display = getattr(gn, PLOTS[picture].display)
        needs_rows = picture not in ("network", "loss", "weights")
        made = display.from_model(model, *([table] if needs_rows else []), **settings)
        made.save(runs / f"{kind}-{picture}.svg")
        ElementTree.parse(runs / f"{kind}-{picture}.svg")
        made.save(runs / f"{kind}-{picture}.pdf")
        assert (runs / f"{kind}-{picture}.pdf").read_bytes().endswith(b"%%EOF\n")
