"""The machinery of `python -m bench.tables`: the two halves of its tables, variants given on the
command line, the scores by hand, what it says of a candidate. No quality and no times are judged.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

pytest.importorskip("sklearn")
pytest.importorskip("pandas")

from bench import table_data, table_page, table_peers, table_scores, tables, tuned, variants


def results(**losses: list[float]) -> dict[str, Any]:
    """Made-up results: each model's loss on each table, one split, a second each."""
    count = max(map(len, losses.values()))
    models = [
        {
            m: [{"score": 1 - values[i], "loss": values[i], "seconds": 1.0}]
            for m, values in losses.items()
            if i < len(values)
        }
        for i in range(count)
    ]
    return {"tables": {f"t{i}": {"models": models[i]} for i in range(count)}}


def test_the_halves_share_no_table_and_are_all() -> None:
    assert not set(table_data.CHOOSING) & set(table_data.REPORTING)
    assert set(table_data.HALVES["all"]) == {*table_data.CHOOSING, *table_data.REPORTING}
    assert min(len(table_data.CHOOSING), len(table_data.REPORTING)) >= 20


def test_rows_beyond_the_most_are_drawn_with_their_targets() -> None:
    whole = table_data.load_table("wine")
    few = table_data.load_table("wine", most_rows=50)
    assert few.X.shape == (50, 13)
    rows = [np.flatnonzero((whole.X.to_numpy() == row).all(axis=1))[0] for row in few.X.to_numpy()]
    np.testing.assert_array_equal(whole.y[rows], few.y)
    assert len(set(rows)) == 50


def test_a_variant_is_parameters_and_constants() -> None:
    assert variants.variant(["v", "BINS=8", "dropout=0.1", "activation=relu", "alpha=None"]) == (
        "v",
        {"BINS": 8, "dropout": 0.1, "activation": "relu", "alpha": None},
    )


@pytest.mark.parametrize("change", ["BINS", "NO_SUCH_CONSTANT=1", "no_such_parameter=1"])
def test_a_variant_of_nothing_is_an_error(change: str) -> None:
    with pytest.raises(ValueError, match="--variant v: "):
        variants.variant(["v", change])


def test_a_variants_constants_hold_while_it_trains_and_no_longer() -> None:
    job = tables.Job("wine", "glassnet", 0, 2)
    short = tables.Job("wine", "short", 0, 2, changes={"MEMBER_ITERATIONS": 1, "MAX_EPOCHS": 1})
    before, changed, after = map(tables.measure, (job, short, job))
    assert before["loss"] == after["loss"] != changed["loss"]


def test_a_candidate_beside_the_first_model() -> None:
    found = results(a=[0.5, 0.4, 0.2], b=[0.25, 0.8, 0.1], c=[0.5, 0.4, 0.2])
    assert table_page.beside_first(found) == [
        "b over a: loss 0.794 +- 0.367, lower on 2 of 3, higher on 1; seconds 1.00",
        "c over a: loss 1.000 +- 0.000, lower on 0 of 3, higher on 0; seconds 1.00",
    ]


def test_losses_near_zero_do_not_rule_the_mean() -> None:
    (line,) = table_page.beside_first(results(a=[1e-9, 0.5], b=[1e-5, 0.5]))
    assert line.startswith("b over a: loss 1.000 +- 0.000, lower on 0 of 2, higher on 0")


def test_a_model_that_lacks_a_table_is_compared_on_the_others() -> None:
    found = results(a=[0.5, 0.4, 0.2], b=[0.25, 0.2], c=[0.1, 0.4, 0.4])
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table_page.summary(found["tables"]).splitlines()
    ]
    facts = {first: rest for first, *rest in rows}
    assert facts["tables"] == ["3", "2", "3"]
    assert facts["mean rank by loss, 2 tables"] == ["2.75", "1.50", "1.75"]
    assert facts["loss over a's, geometric mean"] == ["1.000", "0.500", "0.737"]
    assert facts["lower loss than a, tables"] == ["0", "2", "1"]


def test_a_peer_that_is_not_installed_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(table_peers.PEERS, "x", table_peers.Peer("no_such_package", lambda *_: 0))
    assert table_peers.installed(["glassnet", "x", "MLP"]) == ["glassnet", "MLP"]
    assert capsys.readouterr().err == "the package no_such_package is not installed: without x\n"


class Says:
    """A model that says the same of any rows."""

    def __init__(self, p: list[list[float]]) -> None:
        self.p = np.array(p)

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return self.p

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.p[:, 0]


def test_scores_of_two_classes() -> None:
    y = np.array([0, 0, 0, 1])
    model = Says([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.4, 0.6]])
    found = table_scores.scores(model, y, y, True)
    assert found["score"] == 0.75
    assert found["balanced"] == pytest.approx((2 / 3 + 1) / 2)
    assert found["auc"] == pytest.approx(2 / 3)  # the 1 is above two of three
    assert found["loss"] == pytest.approx(-np.mean(np.log([0.9, 0.8, 0.3, 0.6])))
    # each row in an interval of its own but none wrong twice: |0.9 - 1|, |0.8 - 1|, 0.7, |0.6 - 1|
    assert found["calibration"] == pytest.approx((0.1 + 0.2 + 0.7 + 0.4) / 4)


def test_the_calibration_error_takes_the_rows_of_an_interval_together() -> None:
    y = np.array([0, 1, 0, 0])
    p = np.array([[0.75, 0.25]] * 4)
    assert table_scores.calibration_error(p, y) == pytest.approx(0)
    assert table_scores.calibration_error(p, 1 - y) == pytest.approx(0.5)


def test_the_auc_of_three_classes_is_their_mean() -> None:
    y = np.array([0, 1, 2, 2])
    p = np.array([[0.6, 0.2, 0.2], [0.5, 0.3, 0.2], [0.1, 0.5, 0.4], [0.1, 0.2, 0.7]])
    assert table_scores.auc(p, y) == pytest.approx((1 + 2 / 3 + 1) / 3)


def test_scores_of_a_number() -> None:
    y = np.array([0.0, 1.0, 2.0])
    found = table_scores.scores(Says([[0.0], [1.0], [1.0]]), y, y, False)
    assert found == {"score": pytest.approx(0.5), "loss": pytest.approx(0.5**0.5)}


@pytest.mark.filterwarnings("ignore")  # of the peers
def test_peers_take_text_and_missing_cells() -> None:
    import pandas as pd

    x = table_peers.with_categories(
        pd.DataFrame({"a [m]": [1.0, np.nan, 3.0, 4.0] * 8, "b": ["u", "v", None, "u"] * 8})
    )
    y = np.array([0, 1, 0, 1] * 8)
    for name in table_peers.installed(list(table_peers.PEERS)):
        if name not in table_peers.SLOW:
            model = table_peers.PEERS[name].make(x, True, 0).fit(x, y)
            assert model.predict_proba(x).shape == (32, 2)


def test_an_ensemble_is_picked_greedily_with_replacement() -> None:
    y = np.array([0.0, 1.0, 2.0])
    low, high, wild = y - 1, y + 2, np.array([9.0, -9.0, 0.0])
    found = tuned.picks(np.array([wild, low, high]), y, 3)
    np.testing.assert_array_equal(found, [1, 2, 1])  # (2 * -1 + 2) / 3 = 0
    np.testing.assert_array_equal(tuned.picks(np.array([wild, low, high]), y, 1), [1])
    p = np.array([[[0.6, 0.4], [0.1, 0.9]], [[0.7, 0.3], [0.3, 0.7]]])
    assert tuned.loss(p[0], np.array([0, 1])) == pytest.approx(-np.log(0.6 * 0.9) / 2)
    assert tuned.picks(p, np.array([0, 1]), 1) == [0]


@pytest.mark.parametrize("name", ["LightGBM", "CatBoost"])
def test_a_tuned_peer_weighs_models_of_several_draws(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(name.lower())
    monkeypatch.setattr(tuned, "DRAWS", 3)
    monkeypatch.setattr(tuned, "TREES", 5)
    table = table_data.load_table("wine", most_rows=90)
    model = table_peers.PEERS[f"{name}, tuned ensemble"].make(table.X, True, 0)
    model.fit(table.X, table.y)
    assert sum(model.weights) == pytest.approx(1)
    p = model.predict_proba(table.X)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_array_equal(model.predict(table.X), p.argmax(axis=1))
    single = table_peers.PEERS[f"{name}, tuned"].make(table.X, True, 0).fit(table.X, table.y)
    assert single.weights == [1.0]
