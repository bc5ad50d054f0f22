"""`glassnet plot`: every picture of a run, a model file and the demo, in every format.

Every option changes its picture, and what is wrong is one line.
"""

import io
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import glassnet as gn
from glassnet.cli import app, main
from glassnet.cli.asked import PATH_POINTS, Asked
from glassnet.cli.pictures import PLOTS
from glassnet.cli.plot import plot_command as plot
from glassnet.importance.contributions import contributions
from glassnet.models.model import load
from glassnet.plots.regression import RegressionDisplay
from glassnet.plots.why import ContributionsDisplay
from glassnet.runs.open import open_run

CLASSES = ("confusion", "roc", "precision-recall", "calibration")
BEGINS = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<"}
OPTIONS = [  # of each picture that takes some, on the run on numbers
    ("regression", "--target", "b"),
    ("surface", "--column", "x", "--column", "group", "--target", "b"),
    ("units", "--column", "group", "--column", "x", "--layer", "2"),
    ("network", "--member", "2"),
    ("network", "--row", "3"),
    ("network", "--row", "3", "--model", "scored"),
    ("why", "--model", "final"),
    ("network", "--row", "1", "--backward", "--member", "2"),
    ("fit", "--target", "b"),
    ("film", "--column", "group", "--column", "x", "--target", "b"),
    ("saturation", "--member", "2"),
    ("ice", "--column", "group", "--output", "b"),
    ("why", "--row", "7", "--output", "b"),
    ("importance", "--method", "olden"),
    ("lek", "--column", "x"),
    ("lek", "--output", "b"),
]
WRONG = [
    (["chart", "run"], "unknown picture 'chart': Known: network, loss"),
    (["confusoin", "run"], "unknown picture 'confusoin': did you mean 'confusion'"),
    (["loss", "nowhere"], "nowhere: no such model file"),
    (["loss", "run", "--out", "loss.jpg"], "unknown picture format '.jpg'"),
    (["loss", "run", "--out", "taken.png"], "taken.png: already exists and nothing is overwritten"),
    (["loss", "run", "--out", "no/where/loss.png"], "there is no folder"),
    (
        ["loss", "run", "--target", "a"],
        "--target is not an option of this picture, which takes none",
    ),
    (
        ["roc", "run", "--column", "x"],
        "--column is not an option of this picture, which takes --target",
    ),
    (["confusion", "run"], "use RegressionDisplay (glassnet plot regression)"),
    (["regression", "run", "--target", "c"], "unknown target 'c'"),
    (["regression", "run", "none.csv"], "none.csv: no such file"),
    (["regression", "run", "lacks.csv"], "the table has none of the columns that the model needs"),
    (["surface", "run", "--column", "x"], "columns must be two names, got 1: x"),
    (["units", "run", "--layer", "0"], "--layer 0: the model's hidden layers are 1 to 2"),
    (["units", "run", "--layer", "3"], "--layer 3: the model's hidden layers are 1 to 2"),
    (["units", "run", "--layer", "two"], "'two' is not a valid integer"),
    (["network", "run", "--member", "9"], "--member 9: the model's members are 1 to"),
    (["network", "run", "--row", "0"], "--row 0: the table has rows 1 to 40"),
    (["network", "run", "--row", "41"], "--row 41: the table has rows 1 to 40"),
    (["network", "alone.safetensors", "--row", "1"], "give the TABLE too"),
    (["network", "run", "lacks.csv", "--backward"], "the table has none of the columns"),
    (["loss", "run", "--row", "1"], "--row is not an option of this picture"),
    (["why", "run", "--row", "99"], "--row 99: the table has rows 1 to 40"),
    (["why", "run", "--model", "best"], "unknown --model 'best'"),
    (["why", "alone.safetensors", "table.csv", "--model", "final"], "is not a run folder"),
    (["ice", "run", "--model", "final"], "--model is not an option of this picture"),
    (["why", "run", "--row", "two"], "'two' is not a valid integer"),
    (["why", "run", "--backward"], "--backward is not an option of this picture, which takes"),
    (["why", "run", "--output", "c"], "unknown output 'c': Known: a, b"),
    (["fit", "sizes"], "use ConfusionMatrixDisplay"),
    (["fit", "run", "--target", "c"], "unknown target 'c'"),
    (["precision-recall", "run"], "use RegressionDisplay (glassnet plot regression)"),
    (["film", "run", "--column", "x"], "columns must be two names, got 1: x"),
    (["film", "alone.safetensors"], "give the TABLE too"),
    (["gradients", "run", "--member", "2"], "--member is not an option of this picture"),
    (["gradients", "alone.safetensors"], "give the TABLE too"),
    (["saturation", "run", "--member", "9"], "--member 9: the model's members are 1 to"),
    (["ice", "run", "--output", "c"], "unknown output 'c': Known: a, b"),
    (["ice", "run", "--column", "nope"], "unknown column 'nope'"),
    (["ice", "run", "--column", "x", "--column", "group"], "--column is given 2 times"),
    (["importance", "run", "--method", "shap"], "unknown method 'shap'"),
    (["lek", "run", "--column", "nope"], "unknown column 'nope'"),
    (["regression", "alone.safetensors"], "give the TABLE too"),
    (["loss"], "Missing argument 'MODEL'"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two tables, a run on each, and a demo's run."""
    folder = tmp_path_factory.mktemp("made")
    random = np.random.default_rng(0)
    x, group = np.round(random.normal(size=40), 3), random.choice(["u", "v"], 40)
    rows = [
        f"{a},{g},{a * 2},{a - 1},{'high' if a > 0 else 'low'}"
        for a, g in zip(x, group, strict=True)
    ]
    (folder / "table.csv").write_text("\n".join(["x,group,a,b,size", *rows]) + "\n")
    quick = ["--epochs", "2", "--hidden", "3,2", "--members", "2", "--no-report", "--quiet"]
    for name, targets, ignored in [
        ("run", ("a", "b"), ("size",)),
        ("sizes", ("size",), ("a", "b")),
    ]:
        wanted = [part for target in targets for part in ("--target", target)]
        left = [part for column in ignored for part in ("--ignore", column)]
        command(
            [
                "train",
                str(folder / "table.csv"),
                *wanted,
                *left,
                *quick,
                "--out",
                str(folder / name),
            ]
        )
    command(["demo", "--iterations", "60", "--out", str(folder / "demo")])
    return folder


@pytest.fixture
def place(made: Path, folder: Path) -> Path:
    """A new directory to run in, with all of it."""
    return Path(shutil.copytree(made, folder, dirs_exist_ok=True))


def command(arguments: list[str]) -> None:
    app(arguments, standalone_mode=False)


def outcome(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> object:
    """The exit status of the program."""
    monkeypatch.setattr(sys, "argv", ["glassnet", "plot", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


OF_SEVERAL = {*CLASSES, "spread"}
"""Pictures that the demo's one network, of a number, does not have."""


@pytest.mark.parametrize("picture", PLOTS)
def test_every_picture_of_a_run(
    place: Path, picture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = "sizes" if picture in CLASSES else "run"
    command(["plot", picture, run])
    assert (place / f"{picture}.png").read_bytes().startswith(BEGINS[".png"])
    assert capsys.readouterr() == (f"Written to {picture}.png\n", "")


@pytest.mark.parametrize("picture", [name for name in PLOTS if name not in OF_SEVERAL])
def test_every_picture_of_a_demo(place: Path, picture: str) -> None:
    command(["plot", picture, "demo", "--out", f"{picture}.svg"])
    assert (place / f"{picture}.svg").read_bytes().startswith(BEGINS[".svg"])


def test_importance_says_which_rows_it_was_measured_on(place: Path) -> None:
    def below(table: str | None, **options: str) -> str:
        asked = Asked(gn.load("run"), place / "run", table, options)
        return PLOTS["importance"].make(asked).ax_.get_xlabel()

    unseen = len(gn.open_run("run").rows["holdout"])
    assert f"measured on {unseen} held-out rows\n" in below(None)
    assert "measured on 40 rows\n" in below("table.csv")
    assert "measured on" not in below(None, method="olden")


@pytest.mark.parametrize("suffix", BEGINS)
@pytest.mark.parametrize("picture", ["network", "calibration"])
def test_every_format_of_a_model_file_with_a_table(place: Path, picture: str, suffix: str) -> None:
    shutil.copy(place / "sizes" / "model.safetensors", place / "alone.safetensors")
    command(["plot", picture, "alone.safetensors", "table.csv", "--out", f"out{suffix}"])
    assert (place / f"out{suffix}").read_bytes().startswith(BEGINS[suffix])


def test_a_table_on_standard_input(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO((place / "table.csv").read_bytes()))
    )
    command(["plot", "roc", "sizes", "-"])
    assert (place / "roc.png").exists()


@pytest.mark.parametrize("arguments", OPTIONS, ids=" ".join)
def test_options_change_the_picture(place: Path, arguments: tuple[str, ...]) -> None:
    command(["plot", arguments[0], "run", "--out", "plain.svg"])
    command(["plot", arguments[0], "run", *arguments[1:], "--out", "chosen.svg"])
    assert (place / "plain.svg").read_text() != (place / "chosen.svg").read_text()


def test_scores_are_of_the_rows_held_out(place: Path) -> None:
    model = load(place / "sizes")
    display = PLOTS["confusion"].make(Asked(model, place / "sizes", None, {}))
    assert display.accuracy == model.scores["size"]["accuracy"]
    assert display.confusion_matrix.sum() == 8  # a fifth of 40
    whole = PLOTS["confusion"].make(Asked(model, place / "sizes", "table.csv", {}))
    assert whole.confusion_matrix.sum() == 40


def test_the_path_over_the_loss_surface_ends_at_the_weights(place: Path) -> None:
    display = PLOTS["loss-surface"].make(Asked(load("demo"), Path("demo"), None, {}))
    assert 2 < len(display.points) <= PATH_POINTS + 1
    np.testing.assert_allclose(display.points[-1], 0, atol=1e-9)


def test_film_and_gradients_go_from_the_start_to_the_trained_weights(place: Path) -> None:
    for run, last in (("demo", 60), ("run", 2)):
        asked = Asked(load(run), Path(run), None, {})
        film, gradients = (PLOTS[name].make(asked) for name in ("film", "gradients"))
        assert film.epochs[0] == gradients.epochs[0] == 0
        assert film.epochs[-1] == gradients.epochs[-1] == last
        assert film.step == gradients.step == ("iteration" if run == "demo" else "epoch")
        whole = PLOTS["surface"].make(
            Asked(load(run), Path(run), None, {"columns": (film.plane.x.name, film.plane.y.name)})
        )
        middle = whole.response.mean() - film.responses[-1].mean()
        assert abs(middle) < 0.05 * np.ptp(whole.response)


def test_a_row_that_was_held_out_is_explained_by_the_model_that_had_not_seen_it(
    place: Path,
) -> None:
    run = open_run("run")
    held_out, trained_on = int(run.rows["holdout"][0]) + 1, int(run.rows["train"][0]) + 1

    def waterfall(row: int, **options: str) -> ContributionsDisplay:
        asked = Asked(run.model, Path("run"), None, {"row": row, **options})
        return PLOTS["why"].make(asked)

    for row, options, model in (
        (held_out, {}, run.scored_model),
        (held_out, {"which": "final"}, run.model),
        (trained_on, {}, run.model),
        (trained_on, {"which": "scored"}, run.scored_model),
    ):
        shown = waterfall(row, **options)
        wanted = contributions(model, "table.csv").predictions[row - 1]
        assert shown.falls[0].end == pytest.approx(wanted)
        assert bool(shown.note) == (row == held_out and not options)
    network = PLOTS["network"].make(Asked(run.model, Path("run"), None, {"row": held_out}))
    assert network.note == "By the model that had not seen this row."


def test_the_parts_of_fit_are_those_of_the_run(place: Path) -> None:
    display = PLOTS["fit"].make(Asked(load("run"), Path("run"), None, {}))
    assert [(part.name, len(part.actual)) for part in display.parts] == [
        ("trained on", 32),
        ("held out", 8),
    ]
    scored = RegressionDisplay.from_predictions(display.parts[1].actual, display.parts[1].predicted)
    assert scored.scores["rmse"] == pytest.approx(load("run").scores["a"]["rmse"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    WRONG,
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_is_one_line_and_nothing_is_left(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    shutil.copy(place / "run" / "model.safetensors", place / "alone.safetensors")
    (place / "lacks.csv").write_text("y\n1\n2\n")
    (place / "taken.png").write_text("mine")
    before = sorted(place.rglob("*"))
    assert outcome(monkeypatch, arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.startswith("glassnet: ")
    assert err.count("\n") == 1
    assert sorted(place.rglob("*")) == before
    assert (place / "taken.png").read_text() == "mine"


@pytest.mark.parametrize(
    ("change", "message"), [(" ", "was changed after this run"), (None, "is not there any more")]
)
def test_a_table_that_was_changed_or_moved(
    place: Path,
    made: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: str | None,
    message: str,
) -> None:
    record = (place / "sizes" / "run.json").read_text()
    (place / "sizes" / "run.json").write_text(
        record.replace(str(made / "table.csv"), str(place / "table.csv"))
    )
    if change is None:
        (place / "table.csv").unlink()
    else:
        (place / "table.csv").write_text((place / "table.csv").read_text() + "9,u,1,1,low\n")
    assert outcome(monkeypatch, ["roc", "sizes"]) == 2
    assert message in capsys.readouterr().err


def test_the_help_lists_every_picture_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    command(["plot", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert all(f"{name} {picture.shows}" in text for name, picture in PLOTS.items())
    assert all(
        option in text
        for parameter in plot.params
        for option in parameter.opts
        if option.startswith("--")
    )


def test_names_in_a_script_the_font_lacks_are_no_noise(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "names.csv").write_text(
        "长度 $a$,宽度,种类\n" + "".join(f"{i % 7},{i % 5},{'甲乙'[i % 2]}\n" for i in range(40))
    )
    command(
        [
            "train",
            "names.csv",
            "--target",
            "种类",
            "--epochs",
            "2",
            "--hidden",
            "3",
            "--quiet",
            "--no-report",
            "--out",
            "named",
        ]
    )
    command(["plot", "surface", "named"])
    command(["plot", "weights", "named"])
    assert capsys.readouterr() == ("Written to surface.png\nWritten to weights.png\n", "")


def test_spread_names_rows_as_the_table_does(place: Path) -> None:
    run = gn.open_run("run")
    display = PLOTS["spread"].make(Asked(run.model, place / "run", None, {}))
    numbers = run.rows["holdout"] + 1
    labels = [text.get_text() for text in display.ax_.get_xticklabels()]
    assert labels[0] == f"row {numbers[0]}"
    assert labels[-1] == f"row {numbers[-1]}"
    assert display.predictions.shape == (len(run.scored_model.members), len(labels))
