"""gn.search: candidates as they would be alone, whatever is stopped, drawn or suggested."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest

import glassnet as gn
from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.recipe.options import Options
from glassnet.searches.candidate import Candidate, TriedCandidate
from glassnet.searches.problem import search_problem
from glassnet.searches.search import Search
from glassnet.searches.space import Between, Values, read_space

RANDOM = np.random.default_rng(3)
N = 150
TABLE = {
    "a": RANDOM.normal(size=N).tolist(),
    "b": RANDOM.normal(size=N).tolist(),
    "c": RANDOM.choice(["u", "v"], N).tolist(),
}
TABLE["y"] = [a * b + (c == "u") for a, b, c in zip(*TABLE.values(), strict=True)]
TABLE["kind"] = ["high" if y > 0.5 else "low" for y in TABLE["y"]]
SETTINGS: dict[str, Any] = {"candidates": 7, "folds": 3, "epochs": 6, "ignore": "kind"}
SPACE = {"width": [2, 4, 8], "depth": [1, 2], "learning_rate": (1e-3, 1e-1), "bins": [0, 4]}

optuna.logging.set_verbosity(optuna.logging.WARNING)


def same(one: Search, other: Search) -> bool:
    """All of the leaderboard, to the last bit."""
    boards = [
        [str(candidate.as_json()) for candidate in search.candidates] + [str(search.table())]
        for search in (one, other)
    ]
    return boards[0] == boards[1]


@pytest.fixture(scope="module")
def whole() -> Search:
    return gn.search(TABLE, "y", space=SPACE, **SETTINGS)


def test_every_candidate_is_as_it_would_be_alone(whole: Search) -> None:
    problem = search_problem(TABLE, "y", Options(epochs=6, ignore=("kind",)), 3, SPACE)
    training = problem.prepared.training
    for one in whole.candidates:
        options = problem.resolved(Candidate(one.number, one.settings))
        runs = training.train(options, range(3))
        left_out = training.predict_left_out(options, runs, range(3))
        assert left_out is not None
        network = training.network(options)
        assert one.loss == float(np.mean(left_out.losses(network)))
        assert one.n_parameters == network.n_parameters
        assert len(one.fold_losses) == 3
    assert whole.candidates[0].settings == {
        "width": 64,
        "depth": 2,
        "learning_rate": 0.003,
        "bins": 0,
    }


def test_nothing_depends_on_threads_or_on_how_many_there_are(whole: Search) -> None:
    assert same(whole, gn.search(TABLE, "y", space=SPACE, n_jobs=1, **SETTINGS))
    more = gn.search(TABLE, "y", space=SPACE, n_jobs=5, **{**SETTINGS, "candidates": 9})
    assert more.candidates[:7] == whole.candidates


def test_the_best_can_be_trained(whole: Search) -> None:
    options = whole.options
    assert options["ignore"] == ("kind",)
    assert options["epochs"] == 6
    depth, width = whole.best.settings["depth"], whole.best.settings["width"]
    assert options["hidden"] == (width,) * depth
    model = gn.train_table(TABLE, "y", **options)
    assert model.members[0].network.sizes[1:-1] == options["hidden"]


def test_the_rows_held_out_are_not_looked_at(whole: Search) -> None:
    from glassnet.recipe.parts import read_parts

    parts = read_parts(TABLE, "y", Options(ignore=("kind",)))
    changed = {name: list(column) for name, column in TABLE.items()}
    for row in parts.rows["holdout"]:
        changed["a"][row] += 5.0
        changed["y"][row] += 5.0
    assert same(whole, gn.search(changed, "y", space=SPACE, **SETTINGS))


def test_killed_at_any_line_and_gone_on(whole: Search, tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    given = {"space": SPACE, "checkpoint": file, **SETTINGS}
    assert same(whole, gn.search(TABLE, "y", **given))
    content = file.read_text()
    lines = content.splitlines(keepends=True)
    assert len(lines) == 8
    for kept in range(1, 8):
        for torn in ("", lines[kept][:20], lines[kept][:-1]):
            file.write_text("".join(lines[:kept]) + torn)
            assert same(whole, gn.search(TABLE, "y", **given))
            again = file.read_text().splitlines(keepends=True)
            assert again[:kept] == lines[:kept]
            assert sorted(again) == sorted(lines)


def test_ctrl_c_keeps_what_is_there(whole: Search, tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    seen = []

    def stop(so_far: Search) -> None:
        seen.append(len(so_far))
        if len(so_far) >= 3:
            raise KeyboardInterrupt

    given = {"space": SPACE, "checkpoint": file, **SETTINGS}
    part = gn.search(TABLE, "y", progress=stop, **given)
    assert part.is_interrupted
    assert 3 <= len(part) < 7
    assert all(one in whole.candidates for one in part.candidates)
    assert seen == sorted(seen)
    resumed = gn.resume(file, TABLE)
    assert isinstance(resumed, Search)
    assert same(whole, resumed)


def test_gone_on_with_more_and_with_fewer(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    given = {"space": SPACE, "checkpoint": file, **SETTINGS}
    gn.search(TABLE, "y", **{**given, "candidates": 3})
    whole = gn.search(TABLE, "y", **{**given, "candidates": 9})
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:7]))  # killed while there were to be nine
    resumed = gn.resume(file, TABLE)
    assert isinstance(resumed, Search)
    assert same(resumed, whole)
    with pytest.raises(GlassnetError, match="holds 9 candidates already, and 4 were asked for"):
        gn.search(TABLE, "y", **{**given, "candidates": 4})


def test_the_order_of_the_space_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    given = {"checkpoint": file, **SETTINGS}
    backwards = dict(reversed(SPACE.items()))
    gn.search(TABLE, "y", space=SPACE, **{**given, "candidates": 3})
    found = gn.search(TABLE, "y", space=backwards, **given)
    expected = gn.search(TABLE, "y", space=SPACE, **SETTINGS)
    assert [one.as_json() for one in found.candidates] == [
        one.as_json() for one in expected.candidates
    ]


def test_no_settings_are_tried_twice() -> None:
    space = {"width": [2, 4], "depth": [1, 2]}
    with pytest.warns(GlassnetWarning, match="no more than 5 different settings"):
        found = gn.search(TABLE, "y", space=space, **{**SETTINGS, "candidates": 20})
    assert len(found) == found.planned == 5  # four, and the plain ones
    assert len({str(one.settings) for one in found.candidates}) == 5
    fewer = gn.search(TABLE, "y", space=space, **{**SETTINGS, "candidates": 3})
    assert [one.as_json() for one in fewer.candidates] == [
        one.as_json() for one in found.candidates[:3]
    ]


def test_ctrl_c_after_the_last_result_loses_nothing() -> None:
    def stop(so_far: Search) -> None:
        if len(so_far) == 7:
            raise KeyboardInterrupt

    found = gn.search(TABLE, "y", space=SPACE, progress=stop, **SETTINGS)
    assert len(found) == 7
    assert not found.is_interrupted


@pytest.mark.parametrize(
    "change",
    [
        {"options": 3},
        {"target": 7},
        {"table": None},
        {"space": {"dropout": {"from": "a", "to": 1}}},
        {"folds": "3"},
        {"candidates": -1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_file_is_not_believed(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "s.jsonl"
    gn.search(TABLE, "y", checkpoint=file, **{**SETTINGS, "candidates": 2})
    lines = file.read_text().splitlines()
    file.write_text(json.dumps(json.loads(lines[0]) | change) + "\n")
    with pytest.raises(GlassnetError, match="is not the file of a search"):
        gn.resume(file, TABLE)


@pytest.mark.parametrize(
    "change",
    [
        {"number": -1},
        {"settings": {"zzz": 3}},
        {"settings": {"dropout": 99}},
        {"fold_losses": [1.0]},
        {"scores": {}},
        {"n_parameters": 1e400},
        {"loss": "low"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_line_is_not_believed(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "s.jsonl"
    gn.search(TABLE, "y", checkpoint=file, **{**SETTINGS, "candidates": 2})
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], json.dumps(json.loads(lines[1]) | change)]) + "\n")
    with pytest.raises(GlassnetError, match="line 2 is not the result of a candidate"):
        gn.resume(file, TABLE)


def test_luck_is_called_luck() -> None:
    """Of searches in which no setting has anything to say, few say that one has."""
    rng = np.random.default_rng(0)
    space = read_space({name: [1, 2, 3] for name in ("depth", "width", "batch_size", "patience")})
    said = 0
    for _ in range(60):
        candidates = tuple(
            TriedCandidate(
                number, {**space.draw(rng), "epochs": number}, rng.normal(), (0.0,), {"r2": 0.0}, 1
            )
            for number in range(20)
        )
        mattered = Search(space, {}, candidates, 20).what_mattered()
        said += any(not one.is_luck for one in mattered)
    assert said <= 8  # 3 are to be expected; of 9 and more the chance is 0.2 %


def test_a_setting_that_decides_is_no_luck() -> None:
    space = read_space({"patience": (1, 40), "dropout": (0.0, 0.4)})
    rng = np.random.default_rng(1)
    drawn = [{"patience": None, "dropout": 0.15}, *(space.draw(rng) for _ in range(23))]
    candidates = tuple(
        TriedCandidate(number, settings, settings["patience"] or 50, (0.0,), {"r2": 0.0}, 1)
        for number, settings in enumerate(drawn)
    )
    first, second = Search(space, {}, candidates, 24).what_mattered()
    assert first.setting == "patience"
    assert first.explains > 0.7
    assert not first.is_luck
    assert second.is_luck


def test_killed_for_real(tmp_path: Path) -> None:
    """SIGKILL while candidates run; the same call then gives the same leaderboard."""
    file = tmp_path / "s.jsonl"
    table = tmp_path / "t.json"
    table.write_text(json.dumps(TABLE))
    code = (
        "import json, sys, glassnet as gn\n"
        "table = json.load(open(sys.argv[1]))\n"
        "gn.search(table, 'y', candidates=12, folds=3, epochs=400, ignore='kind', n_jobs=2,\n"
        "          checkpoint=sys.argv[2])\n"
    )
    command = [sys.executable, "-c", code, str(table), str(file)]
    for lines in (2, 5):
        with subprocess.Popen(command) as process:
            while process.poll() is None and not (
                file.exists() and file.read_text().count("\n") >= lines
            ):
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
    given = {"candidates": 12, "folds": 3, "epochs": 400, "ignore": "kind"}
    resumed = gn.search(TABLE, "y", checkpoint=file, **given)
    assert same(resumed, gn.search(TABLE, "y", **given))


def test_a_checkpoint_of_another_search(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    given = {"space": SPACE, "checkpoint": file, **SETTINGS, "candidates": 2}
    gn.search(TABLE, "y", **given)
    rows = {name: column[:-1] for name, column in TABLE.items()}
    for table, changes, says in (
        (rows, {}, "the rows of the table are not the same"),
        (TABLE, {"epochs": 7}, "epochs was 6, and is 7"),
        (TABLE, {"folds": 4}, "folds was 3, and is 4"),
        (TABLE, {"space": {"width": [2]}}, "was"),
    ):
        with pytest.raises(GlassnetError, match="is of another search: " + ".*" + says):
            gn.search(table, "y", **{**given, **changes})
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(lines[0] + "{}\n" + lines[1])
    with pytest.raises(GlassnetError, match="line 2 is not the result of a candidate"):
        gn.search(TABLE, "y", **given)
    for content in ("", "{}\n", "[1]\n", '{"glassnet search": 1, "candidates": 3}\n'):
        file.write_text(content)
        with pytest.raises(GlassnetError, match="is not the file of a search"):
            gn.search(TABLE, "y", **given)
    file.write_text(lines[0].replace('search": 1', 'search": 2'))
    with pytest.raises(GlassnetError, match="another version"):
        gn.search(TABLE, "y", **given)


def test_optuna_suggests_and_keeps(tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path}/o.db"
    settings = {"storage": storage, "study_name": "s", "load_if_exists": True}
    sampler = optuna.samplers.RandomSampler(seed=1)
    space = {**SPACE, "width": [2, 4, 64], "activation": ["relu", "tanh", "silu"]}
    study = optuna.create_study(sampler=sampler, **settings)
    found = gn.search(TABLE, "y", space=space, study=study, **SETTINGS)
    assert len(found) == len(study.trials) == 7
    assert found.best.loss == study.best_value
    plain = found.candidates[0].settings  # which the study began with
    assert plain == {
        "width": 64,
        "depth": 2,
        "learning_rate": 0.003,
        "bins": 0,
        "activation": "silu",
    }
    again = optuna.load_study(study_name="s", storage=storage)
    more = gn.search(TABLE, "y", space=space, study=again, **{**SETTINGS, "candidates": 9})
    assert more.candidates[:7] == found.candidates
    assert len(again.trials) == 9
    same_settings = [one.settings for one in more.candidates]
    assert all(set(one) == set(space) for one in same_settings)


def test_a_study_of_another_search_is_refused() -> None:
    study = optuna.create_study()
    gn.search(TABLE, "y", study=study, **{**SETTINGS, "candidates": 3})
    for changes in ({"folds": 4}, {"epochs": 7}, {"space": {"width": [2, 3]}}):
        with pytest.raises(GlassnetError, match="holds another search"):
            gn.search(TABLE, "y", study=study, **{**SETTINGS, **changes})
    other = optuna.create_study()
    other.optimize(lambda trial: trial.suggest_categorical("width", [1, 2]), n_trials=1)
    with pytest.raises(GlassnetError, match="the study cannot suggest settings"):
        gn.search(TABLE, "y", study=other, space={"width": [3, 4]}, **SETTINGS)


def test_a_study_whose_plain_settings_are_none() -> None:
    space = {"patience": (1, 5), "width": [2, 4]}
    found = gn.search(TABLE, "y", study=optuna.create_study(), space=space, **SETTINGS)
    assert len(found) == 7


def test_a_stopped_study_leaves_nothing_running() -> None:
    study = optuna.create_study()

    def stop(so_far: Search) -> None:
        raise KeyboardInterrupt

    gn.search(TABLE, "y", study=study, progress=stop, **{**SETTINGS, "candidates": 20})
    assert all(trial.state.is_finished() for trial in study.trials)


def test_two_machines_share_a_study(tmp_path: Path) -> None:
    """Two processes on one storage: all candidates are there, and none was tried twice."""
    storage = f"sqlite:///{tmp_path}/o.db"
    optuna.create_study(storage=storage, study_name="s")
    table = tmp_path / "t.json"
    table.write_text(json.dumps(TABLE))
    code = (
        "import json, sys, optuna, glassnet as gn\n"
        "study = optuna.load_study(study_name='s', storage=sys.argv[2])\n"
        "found = gn.search(json.load(open(sys.argv[1])), 'y', candidates=10, folds=2, epochs=4,\n"
        "                  ignore='kind', n_jobs=1, study=study)\n"
        "print(len(found), found.is_interrupted)\n"
    )
    command = [sys.executable, "-c", code, str(table), storage]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert all(int(count) >= 10 and interrupted == "False" for count, interrupted in said)
    study = optuna.load_study(study_name="s", storage=storage)
    assert all(trial.state.is_finished() for trial in study.trials)
    found = gn.search(TABLE, "y", candidates=10, folds=2, epochs=4, ignore="kind", study=study)
    assert len(found) == len(study.trials) >= 10


def test_what_mattered_is_what_was_planted() -> None:
    """A learning rate from far too small to good decides, a dropout of hardly anything does not."""
    found = gn.search(
        TABLE,
        "y",
        candidates=24,
        folds=3,
        ignore="kind",
        epochs=40,
        space={"learning_rate": (1e-5, 3e-2), "dropout": (0.0, 0.02)},
    )
    mattered = {one.setting: one.explains for one in found.what_mattered()}
    assert found.what_mattered()[0].setting == "learning_rate"
    assert mattered["learning_rate"] > 0.4
    assert mattered["dropout"] < 0.3
    few = gn.search(TABLE, "y", candidates=2, folds=2, ignore="kind", epochs=1)
    assert all(np.isnan(one.explains) for one in few.what_mattered())


def test_classes_are_scored_as_train_scores_them() -> None:
    found = gn.search(TABLE, "kind", candidates=2, folds=3, ignore="y", epochs=20)
    assert {"accuracy", "log_loss", "auc"} <= found.best.scores.keys()
    assert found.best.scores["log_loss"] == pytest.approx(found.best.loss, rel=1e-6)
    standings = found.leaderboard()
    assert standings[0].behind == 0
    assert standings[1].behind > 0
    difference = np.subtract(standings[1].candidate.fold_losses, found.best.fold_losses)
    expected = difference.std(ddof=1) / np.sqrt(3)
    assert standings[1].standard_error == pytest.approx(expected)


def test_a_training_that_breaks_is_last() -> None:
    found = gn.search(
        TABLE,
        "y",
        candidates=3,
        folds=2,
        ignore="kind",
        epochs=30,
        optimizer="gradient_descent",
        space={"learning_rate": [1e9, 1e30]},
    )
    assert [one.number for one in found.ranked] == [0, 1, 2]
    assert [np.isnan(one.loss) for one in found.ranked] == [False, True, True]
    assert "learning_rate" not in found.options or found.options["learning_rate"] < 1


def test_the_space() -> None:
    space = read_space({"width": (8, 128), "dropout": (0, 0.5)})
    assert space.settings["width"] == Between(8, 128, True, True)
    assert space.settings["dropout"] == Between(0, 0.5, False, False)
    rng = np.random.default_rng(0)
    widths = [space.draw(rng)["width"] for _ in range(400)]
    assert {type(width) for width in widths} == {int}
    assert (min(widths), max(widths)) >= (8, 100)
    assert np.median(widths) == pytest.approx(32, rel=0.25)  # evenly on a logarithmic scale
    depths = read_space({"depth": (1, 3)}).settings["depth"]
    counts = np.bincount([depths.draw(rng) for _ in range(3000)])
    assert counts[1:].min() > 900  # the ends no less often than the middle
    l2 = read_space({"l2": (0, 1)}).settings["l2"]
    assert len({l2.draw(rng) for _ in range(50)}) > 20
    hidden = read_space({"hidden": [(4, 2), [8]]}).settings["hidden"]
    assert hidden == Values(((4, 2), (8,)))
    assert read_space(space.as_json()) == space


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"space": {}}, "nothing to search"),
        ({"space": "width"}, "space must be a dict"),
        ({"space": {"widht": [3]}}, "did you mean 'width'"),
        ({"space": {"width": (64, 4)}}, "from a number to a larger one"),
        ({"space": {"width": [0]}}, "width must be whole numbers"),
        ({"space": {"width": 3}}, "width must be a list of values"),
        ({"space": {"dropout": [1.5]}}, "dropout must be"),
        ({"space": {"learning_rate": (-1, 2)}}, "learning_rate must be"),
        ({"space": {"activation": ["rleu"]}}, "unknown activation 'rleu'"),
        ({"space": {"bins": (0, 16)}}, "bins must be a list of values"),
        ({"space": {"hidden": [(3,)], "width": [2]}}, "the one or the other"),
        ({"space": {"epochs": [3]}, "epochs": 4}, "epochs is given as 4, and searched too"),
        ({"effort": "best"}, "effort is not for a search"),
        ({"validation": 0.2}, "validation is not for a search"),
        ({"folds": 1}, "folds must be a whole number of 2 or more"),
        ({"folds": 80}, "too few for 80 folds"),
        ({"candidates": 0}, "candidates must be"),
        ({"study": 3}, "must be an optuna.Study"),
        ({"progress": 3}, "progress must be a function"),
        ({"ignroe": "a"}, "did you mean 'ignore'"),
        ({"n_jobs": -1}, "n_jobs must be a whole number of 1 or more"),
        ({"space": {"depth": (1, 2.5)}}, "depth must go from a whole number"),
        ({"space": {"width": [4]}, "hidden": (32, 4)}, "hidden is given as"),
        ({"space": {"activation": [("relu", "tanh")], "depth": [1, 2]}}, "give one name for all"),
        ({"space": {"depth": [2, 1]}, "activation": ("relu", "tanh")}, "give one name for all"),
    ],
)
def test_what_cannot_be_searched(given: dict[str, Any], says: str) -> None:
    with pytest.raises(GlassnetError, match=says):
        gn.search(TABLE, "y", **given)


def test_a_study_must_minimize() -> None:
    study = optuna.create_study(direction="maximize")
    with pytest.raises(GlassnetError, match="must minimize"):
        gn.search(TABLE, "y", study=study)
    with pytest.raises(GlassnetError, match="keeps its candidates itself"):
        gn.search(TABLE, "y", study=study, checkpoint="x")
