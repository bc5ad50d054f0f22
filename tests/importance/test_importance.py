"""Importance: each measure by hand, against differences, and over several networks."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import glassnet as gn
from glassnet.core.activations import ACTIVATIONS
from glassnet.errors import GlassnetError
from glassnet.importance import (
    Importance,
    garson,
    input_gradients,
    lek_profile,
    olden,
    permutation_importance,
)
from glassnet.importance.networks import networks_of
from glassnet.models.conversion import as_model
from glassnet.models.record import Record
from glassnet.tables.encoding import TableEncoding, plain_encoding
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import NumberTarget

DATA = Path(__file__).parents[2] / "examples" / "data"
W1 = np.array([[1.0, -2.0], [3.0, 2.0], [0.0, 4.0]])  # 3 inputs x 2 hidden nodes
W2 = np.array([[2.0], [-1.0]])
HAND = gn.Network([3, 2, 1], "sigmoid")


def hand(w1: np.ndarray = W1, w2: np.ndarray = W2) -> gn.Model:
    """A 3-2-1 network whose biases are far from nothing: no measure of the weights may see them."""
    return as_model((HAND, gn.Parameters((w1, w2), (np.array([5.0, -7.0]), np.array([9.0])))))


@pytest.fixture(scope="module")
def penguins() -> pl.DataFrame:
    return pl.read_csv(DATA / "penguins.csv", null_values=["", "NA"])


@pytest.fixture(scope="module")
def species(penguins: pl.DataFrame) -> gn.Model:
    """Four members, one hidden layer, three classes, categories and missing cells."""
    return gn.train_table(penguins, "species", hidden=(6,), epochs=60)


def value(found: Importance, name: str, output: int = 0) -> float:
    return float(found.mean[output, found.names.index(name)])


def test_olden_by_hand() -> None:
    # x1: 1*2 + (-2)(-1) = 4;   x2: 3*2 + 2(-1) = 4;   x3: 0*2 + 4(-1) = -4
    found = olden(hand())
    assert found.names == ("x1", "x2", "x3")
    assert found.mean.tolist() == [[4, 4, -4]]
    assert found.signed
    # where ways cancel, nothing is left: x2 with w = (3, 6) has 3*2 + 6(-1) = 0
    assert value(olden(hand(np.array([[1.0, -2.0], [3.0, 6.0], [0.0, 4.0]]))), "x2") == 0


def test_olden_of_two_hidden_layers_is_the_product_of_the_matrices() -> None:
    # W1 = [[1, 2]] (one input), W2 = [[1, 0], [-1, 3]], W3 = [[2, 1], [1, 0]]
    # W1 W2 = [1 - 2, 6] = [-1, 6];  times W3: y1 = -2 + 6 = 4, y2 = -1 + 0 = -1
    weights = (
        np.array([[1.0, 2.0]]),
        np.array([[1.0, 0.0], [-1.0, 3.0]]),
        np.array([[2.0, 1.0], [1.0, 0.0]]),
    )
    pair = gn.Network([1, 2, 2, 2], "tanh", bias=False), gn.Parameters(weights)
    assert olden(pair, output="y1").mean.tolist() == [[4]]
    assert olden(pair, output=1).mean.tolist() == [[-1]]
    assert olden(pair).outputs == ("y1",)


def test_garson_by_hand() -> None:
    # |w| |v|:   node 1 (|v| = 2): 2, 6, 0, sum 8;   node 2 (|v| = 1): 2, 2, 4, sum 8
    # Q:         1/4, 3/4, 0                         1/4, 1/4, 1/2
    # sums over the nodes: 1/2, 1, 1/2; divided by 2: 1/4, 1/2, 1/4
    np.testing.assert_allclose(garson(hand()).mean, [[1 / 4, 1 / 2, 1 / 4]], rtol=1e-15)
    # Garson 1991, each node's fractions times |v|:
    # (2/4 + 1/4, 6/4 + 1/4, 0 + 2/4) / 3 = 1/4, 7/12, 1/6
    np.testing.assert_allclose(
        garson(hand(), weighted=True).mean, [[1 / 4, 7 / 12, 1 / 6]], rtol=1e-15
    )


def test_garson_counts_in_full_what_cancels_in_olden() -> None:
    # x2 with w = (3, 6): Olden 0 (above);
    # Garson's products 2, 6, 0 (sum 8) and 2, 6, 4 (sum 12): (6/8 + 6/12) / 2 = 5/8
    cancelling = hand(np.array([[1.0, -2.0], [3.0, 6.0], [0.0, 4.0]]))
    assert value(garson(cancelling), "x2") == pytest.approx(5 / 8, rel=1e-15)
    # and the size of |v| cancels (Goh 1995), while a node that leads nowhere is left out:
    # only node 1's 1/4, 3/4, 0 are there
    assert (
        garson(hand(w2=np.array([[200.0], [-1.0]]))).mean.tolist() == garson(hand()).mean.tolist()
    )
    assert garson(hand(w2=np.array([[2.0], [0.0]]))).mean.tolist() == [[1 / 4, 3 / 4, 0]]


def test_garson_refuses_what_it_is_not_defined_for() -> None:
    deep = gn.Network([3, 2, 2, 1]), gn.initialize(gn.Network([3, 2, 2, 1]))
    with pytest.raises(
        GlassnetError, match="defined for one hidden layer, and this network .* has 2: use olden"
    ):
        garson(deep)
    with pytest.raises(GlassnetError, match="no weights lead from the inputs to this output"):
        garson(hand(w2=np.zeros((2, 1))))


def test_columns_are_the_sums_of_their_features(species: gn.Model) -> None:
    for found in (olden(species), garson(species, output="species=Gentoo")):
        assert found.features is not None
        assert found.names == tuple(species.encoding.needed)
        islands = [i for i, name in enumerate(found.features.names) if name.startswith("island")]
        assert len(islands) == 3
        np.testing.assert_allclose(
            found.values[:, :, found.names.index("island")],
            found.features.values[:, :, islands].sum(axis=2),
            rtol=1e-12,
        )
    assert olden(species).outputs == ("species=Adelie", "species=Chinstrap", "species=Gentoo")
    np.testing.assert_allclose(garson(species).values.sum(axis=2), 1, rtol=1e-12)


def test_members_are_taken_apart_and_their_spread_shown() -> None:
    # x1's Olden values 4 and, with the output's weights (1, 1), 1 - 2 = -1:
    # mean 1.5, sample deviation 5 / sqrt(2)
    one, other = hand(), hand(w2=np.array([[1.0], [1.0]]))
    both = gn.Model(one.encoding, one.members + other.members, record=Record(best_epochs=(3, 8)))
    for models in (both, [one, other], [both]):
        found = olden(models)
        assert found.values[0, :, 0].tolist() == [4, -1]
        assert found.mean[0, 0] == 1.5
        assert found.spread[0, 0] == pytest.approx(5 / np.sqrt(2))
        assert found.of_how_many == "2 networks"
    assert [part.record.best_epochs for part in networks_of(both)] == [(3,), (8,)]
    assert np.isnan(olden(one).spread).all()


def test_the_members_outputs_are_on_average_those_of_the_joined_network(
    penguins: pl.DataFrame,
) -> None:
    model = gn.train_table(penguins, "body_mass_g", hidden=(5, 4), epochs=3)
    parts = networks_of(model)
    assert [part.network.sizes[1:] for part in parts] == [(5, 4, 1)] * 4
    known = penguins.drop_nulls()
    np.testing.assert_allclose(
        np.mean([part.output(known) for part in parts], axis=0), model.output(known), rtol=1e-12
    )


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_input_gradients_against_differences(name: str) -> None:
    network = gn.Network([2, 4, 3, 2], name, "softmax", "categorical_cross_entropy")
    model = as_model((network, gn.initialize(network, seed=4)))
    x, step = np.random.default_rng(5).normal(size=(7, 2)), 1e-6
    for k in range(2):
        found = input_gradients(model, x, output=k, absolute=False, per="unit")
        for i in range(2):
            there, back = (
                model.output_of(x + sign * step * np.eye(2)[i])[:, k] for sign in (1, -1)
            )
            assert found.mean[0, i] == pytest.approx(
                np.mean(there - back) / (2 * step), rel=1e-6, abs=1e-9
            )


def encoded(bin_height: float = 1.0) -> gn.Model:
    """A number that is clipped smoothly, in bins and missing at times, one as it is, two values and
    three; a target with a scale.
    """
    inputs = (
        Number(
            "a", 2.0, 3.0, True, 2.0, True, bin_edges=(-1.0, 1.0, 2.5, 6.0), bin_height=bin_height
        ),
        Number("b", 0.0, 1.0, False, 0.0, False, date=True),
        Binary("c", ("no", "yes"), False),
        Categories("d", ("u", "v"), True),
    )
    encoding = TableEncoding("regression", inputs, (NumberTarget("y", 10.0, 4.0, -1e9, 1e9),))
    network = gn.Network([len(encoding.features), 5, 1], "tanh")
    return gn.Model.of_network(network, gn.initialize(network, seed=2), encoding)


def rows(a: Any, b: Any) -> dict[str, Any]:
    days = np.array(b, "datetime64[D]").astype(object)
    return {
        "a": a,
        "b": days,
        "c": ["no", "yes", "no", "yes", "yes"],
        "d": ["u", "v", "w", "u", "v"],
    }


@pytest.mark.filterwarnings("ignore:column 'd'. 1 of 5 rows holds a category")
@pytest.mark.parametrize("bin_height", [1.0, 0.25])
def test_input_gradients_go_through_the_encoding_in_the_columns_own_unit(
    bin_height: float,
) -> None:
    model, step = encoded(bin_height), 1e-5
    a, b = (
        [-2.0, 0.3, None, 4.0, 9.0],
        [0, 1, 2, 0, -1],
    )  # outside the pieces, inside two of them, missing
    for absolute in (True, False):
        found = input_gradients(model, rows(a, b), absolute=absolute, per="unit")
        moved = [
            model.predict(rows([None if v is None else v + sign * step for v in a], b))
            for sign in (1, -1)
        ]
        slopes = ((moved[0] - moved[1]) / (2 * step))[[0, 1, 3, 4]]  # where the cell is known
        expected = np.abs(slopes).mean() if absolute else slopes.mean()
        assert value(found, "a") == pytest.approx(expected, rel=1e-6)
    assert found.names == ("a", "a missing", "b", "c=yes", "d=u", "d=v", "d missing")
    assert found.features is not None
    assert list(found.features.names) == model.encoding.features


def test_input_gradients_per_deviation_are_those_per_unit_times_it() -> None:
    table = rows([-2.0, 0.3, None, 4.0, 9.0], [0, 1, 2, 0, -1])
    unit, deviation = (input_gradients(encoded(), table, per=per) for per in ("unit", "deviation"))
    spread = {
        "a": np.std([-2.0, 0.3, 4.0, 9.0]),
        "b": np.std([0, 1, 2, 0, -1]),
        "c=yes": np.std([-1, 1, -1, 1, 1]),
    }
    for name, size in spread.items():
        assert value(deviation, name) == pytest.approx(value(unit, name) * size, rel=1e-12)
    unknown = input_gradients(encoded(), rows([None] * 5, [0, 1, 2, 0, -1]))
    assert value(unknown, "a") == 0


def shuffled() -> tuple[gn.Model, np.ndarray, np.ndarray]:
    """Y = 2 x1, to which x2 adds nothing, as a network without hidden layers."""
    model = as_model((gn.Network([2, 1], bias=False), gn.Parameters((np.array([[2.0], [0.0]]),))))
    x = np.array([[1.0, 5.0], [2.0, 3.0], [4.0, 8.0]])
    return model, x, 2 * x[:, 0]


def test_permutation_by_hand() -> None:
    model, x, y = shuffled()
    # seed 0 shuffles three rows once as 2, 0, 1:
    # x1 becomes 4, 1, 2, the prediction 8, 2, 4 in place of 2, 4, 8
    assert np.random.default_rng(0).permutation(3).tolist() == [2, 0, 1]
    # squared errors 36, 4, 16: mean 56/3, and before it was 0; absolute errors 6, 2, 4: mean 4
    found = permutation_importance(model, x, y, repeats=1, seed=0)
    assert found.mean[0].tolist() == pytest.approx([56 / 3, 0])
    assert permutation_importance(model, x, y, repeats=1, seed=0, scoring="mae").mean[
        0
    ].tolist() == pytest.approx([4, 0])
    # R2 falls from 1: the squared distances from the mean 14/3 are 64/9, 4/9, 100/9,
    # together 168/9; 56 / (168/9) = 3
    assert permutation_importance(model, x, y, repeats=1, seed=0, scoring="r2").mean[
        0
    ].tolist() == pytest.approx([3, 0])


def test_permutation_of_one_network_shows_its_shuffles() -> None:
    found = permutation_importance(*shuffled(), repeats=4, seed=3)
    assert found.values.shape == (1, 4, 2)
    assert found.of_how_many == "4 shuffles of one network"
    random = np.random.default_rng(3)
    x = np.array([1.0, 2.0, 4.0])
    assert found.values[0, :, 0].tolist() == pytest.approx(
        [4 * np.mean((x - x[random.permutation(3)]) ** 2) for _ in range(4)]
    )
    model, rows, y = shuffled()
    several = permutation_importance([model, model], rows, y, repeats=4, seed=3)
    assert several.values[0, :, 0].tolist() == pytest.approx([found.mean[0, 0]] * 2)


def test_permutation_of_many_rows_takes_some() -> None:
    model, x, y = shuffled()
    drawn = np.random.default_rng([3, 2]).choice(
        3, 2, replace=False
    )  # two rows, the same for every network
    assert np.random.default_rng(3).permutation(2).tolist() == [1, 0]  # which change places
    found = permutation_importance([model, model], x, y, repeats=1, seed=3, max_rows=2)
    assert found.values[0, :, 0].tolist() == pytest.approx(
        [4 * (x[drawn[0], 0] - x[drawn[1], 0]) ** 2] * 2
    )


def test_permutation_moves_all_features_of_a_column_together(
    penguins: pl.DataFrame, species: gn.Model
) -> None:
    found = permutation_importance(species, penguins, repeats=1, seed=2, scoring="log_loss")
    known = penguins.filter(pl.col("species").is_not_null())
    order = np.random.default_rng(2).permutation(len(known))
    moved = known.with_columns(known["island"].gather(order), known["bill_length_mm"])
    place = {label: i for i, label in enumerate(["Adelie", "Chinstrap", "Gentoo"])}
    truth = np.array([place[label] for label in known["species"]])
    losses = []
    for table in (known, moved):
        shares = [
            part.predict_proba(table)[np.arange(len(truth)), truth] for part in networks_of(species)
        ]
        losses.append(-np.log(shares).mean(axis=1))
    assert found.values[0, :, found.names.index("island")].tolist() == pytest.approx(
        (losses[1] - losses[0]).tolist()
    )


def test_permutation_of_some_columns_measures_only_those_and_tells_how_far_it_is(
    penguins: pl.DataFrame, species: gn.Model
) -> None:
    told: list[tuple[int, int]] = []
    some = permutation_importance(
        species,
        penguins,
        columns=["year", "island"],
        repeats=2,
        progress=lambda done, total: told.append((done, total)),
    )
    assert some.names == ("year", "island")
    every = permutation_importance(species, penguins, repeats=2)
    assert value(some, "island") == value(every, "island")
    assert told == [(number, 8) for number in range(1, 9)]  # two columns of four networks


def test_what_matters_is_found_on_a_real_table(penguins: pl.DataFrame, species: gn.Model) -> None:
    for found in (
        permutation_importance(species, penguins, scoring="accuracy"),
        input_gradients(species, penguins),
    ):
        assert found.table()["column"][0] == "bill_length_mm"
        assert abs(found.mean[0, found.names.index("year")]) < 0.2 * value(found, "bill_length_mm")


def test_several_targets_score_their_mean(penguins: pl.DataFrame) -> None:
    targets = ["bill_length_mm", "bill_depth_mm"]
    both = gn.train_table(penguins, targets, members=1, hidden=(6,), epochs=20)
    table = penguins.drop_nulls()
    found = permutation_importance(both, table, repeats=1, seed=0, scoring="mae")
    order = np.random.default_rng(0).permutation(len(table))
    truth = table[targets].to_numpy()
    errors = [
        np.abs(both.predict(t) - truth).mean()
        for t in (table, table.with_columns(table["species"].gather(order)))
    ]
    assert value(found, "species") == pytest.approx(errors[1] - errors[0])
    assert input_gradients(both, table).outputs == ("bill_length_mm",)


def test_lek_by_hand() -> None:
    # sigmoid network 2-1-1 without biases: y = 2 sigmoid(x1 - x2);
    # the rows' x1 are 0, 1, 2 and x2 10, 12, 20
    pair = (
        gn.Network([2, 1, 1], "sigmoid", bias=False),
        gn.Parameters((np.array([[1.0], [-1.0]]), np.array([[2.0]]))),
    )
    table = {"x1": [2.0, 0.0, 1.0], "x2": [12.0, 10.0, 20.0]}
    found = lek_profile(pair, table, quantiles=[0, 0.5], points=3)
    first, second = found.columns
    assert (first.name, first.x.tolist(), second.x.tolist()) == ("x1", [0, 1, 2], [10, 15, 20])
    assert found.others == ("quantile 0", "quantile 0.5")
    z1 = np.array(
        [[0 - 10, 1 - 10, 2 - 10], [0 - 12, 1 - 12, 2 - 12]]
    )  # x2 held at its lowest, 10, and its median, 12
    z2 = np.array([[0 - 10, 0 - 15, 0 - 20], [1 - 10, 1 - 15, 1 - 20]])  # x1 held at 0 and 1
    np.testing.assert_allclose(first.mean, 2 / (1 + np.exp(-z1)), rtol=1e-12)
    np.testing.assert_allclose(second.mean, 2 / (1 + np.exp(-z2)), rtol=1e-12)
    assert not first.spread.any()
    table = found.table()
    assert (table["column"][3], table["others"][3], table["x"][4]) == ("x1", "quantile 0.5", 1)
    assert table["mean"][4] == first.mean[1, 1]


def test_lek_of_a_table_with_categories_and_missing_cells(
    penguins: pl.DataFrame, species: gn.Model
) -> None:
    found = lek_profile(
        species,
        penguins,
        columns=["island", "body_mass_g"],
        quantiles=[0.25],
        output="Gentoo",
        points=4,
    )
    island, mass = found.columns
    assert (island.kind, island.x.tolist(), island.values.shape) == (
        "text",
        ["Biscoe", "Dream", "Torgersen"],
        (4, 1, 3),
    )
    held = {
        name: [penguins[name].quantile(0.25, "linear")]
        for name in ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "year")
    }
    held |= {"island": ["Biscoe"], "sex": ["male"]}  # the most frequent: 168 and 168 rows
    low = networks_of(species)[2].predict_proba(
        {**held, "body_mass_g": [float(penguins["body_mass_g"].min())]}
    )
    assert mass.values[2, 0, 0] == pytest.approx(low[0, 2], rel=1e-9)
    assert mass.spread[0, 0] == pytest.approx(mass.values[:, 0, 0].std(ddof=1))


def test_lek_by_group_holds_the_others_at_its_medians(penguins: pl.DataFrame) -> None:
    model = gn.train_table(
        penguins.drop("species", "island", "sex"), "body_mass_g", members=1, hidden=(4,), epochs=5
    )
    table = penguins.with_columns(pl.lit(None, pl.Float64).alias("bill_depth_mm"))
    found = lek_profile(model, table, groups="year", columns=["flipper_length_mm"], points=3)
    assert found.others == ("year=2007", "year=2008", "year=2009")
    group = penguins.filter(pl.col("year") == 2008)
    held = {
        "bill_length_mm": [group["bill_length_mm"].median()],
        "bill_depth_mm": [None],
        "year": [2008],
    }
    at = model.predict({**held, "flipper_length_mm": [float(penguins["flipper_length_mm"].max())]})
    assert found.columns[0].mean[1, -1] == pytest.approx(at[0], rel=1e-9)
    assert [profile.name for profile in lek_profile(model, table).columns] == [
        "bill_length_mm",
        "flipper_length_mm",
        "year",
    ]
    with pytest.raises(
        GlassnetError,
        match="column 'bill_length_mm' has 164 different cells: group by one that has 8",
    ):
        lek_profile(model, penguins, groups="bill_length_mm")
    by_class = lek_profile(
        encoded(),
        rows([1.0, 2.0, 3.0, 4.0, 5.0], range(5)) | {"y": [1.0, 1.0, 2.0, 2.0, 2.0]},
        groups="y",
    )
    assert by_class.others == ("y=1", "y=2")


def test_models_of_other_columns_count_what_they_do_not_use_as_nothing() -> None:
    names = (["a", "b"], ["b", "c"])
    models = [
        gn.Model.of_network(
            gn.Network([2, 1]),
            gn.Parameters((np.array([[1.0], [2.0]]),), (np.zeros(1),)),
            plain_encoding(part, ["y"]),
        )
        for part in names
    ]
    found = olden(models)
    assert found.names == ("a", "b", "c")
    assert found.values[0].tolist() == [[1, 2, 0], [0, 1, 2]]


def test_tables_and_texts() -> None:
    values = np.array([[[0.5, -2.0], [0.5, -4.0]], [[1.0, 0.0], [2.0, 0.0]]])
    found = Importance("Olden", "words", ("a<b", "b"), ("y=1", "y=2"), values, signed=True)
    assert found.table() == {
        "column": ["b", "a<b"],
        "mean y=1": [-3, 0.5],
        "spread y=1": [np.sqrt(2), 0],
        "mean y=2": [0, 1.5],
        "spread y=2": [0, np.sqrt(0.5)],
    }
    single = Importance("Garson", "share", ("a<b", "b"), ("y",), values[:1, :1])
    assert str(single) == "Garson: y; share (one network)\ncolumn  mean\nb         -2\na<b      0.5"
    assert "<th>a&lt;b</th><td>0.5</td>" in single._repr_html_()
    assert (
        Importance("P", "w", ("a",), ("y",), np.ones((1, 1, 1)), over="shuffle").of_how_many
        == "one shuffle of one network"
    )


def test_estimators(penguins: pl.DataFrame) -> None:
    x = penguins.drop_nulls().select("bill_length_mm", "bill_depth_mm").to_numpy() / 20
    y = penguins.drop_nulls()["sex"].to_numpy()
    fitted = gn.MLPClassifier(hidden_layer_sizes=(4,), solver="lbfgs", random_state=0).fit(x, y)
    np.testing.assert_allclose(olden(fitted).mean[0], (fitted.coefs_[0] @ fitted.coefs_[1])[:, 0])
    found = permutation_importance(fitted, x, y, scoring="accuracy")
    assert found.names == ("x0", "x1")
    table = gn.TableClassifier(random_state=0, max_iter=3).fit(
        penguins.drop("species"), penguins["species"]
    )
    assert len(olden(table).outputs) == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda model, table: olden(model, output="species=Gento"),
            "unknown output 'species=Gento': did you mean 'species=Gentoo'",
        ),
        (
            lambda model, table: olden(model, output=3),
            "there is no output 3: the network has 3, counted from 0",
        ),
        (lambda model, table: olden([]), "the list of models is empty"),
        (
            lambda model, table: olden([model, hand()]),
            "model 1 of the list has the outputs y, but the first has species=Adelie, ",
        ),
        (
            lambda model, table: olden("model"),
            "give a glassnet Model or one of its fitted estimators, got str",
        ),
        (lambda model, table: input_gradients(model, table, per="metre"), "unknown per 'metre'"),
        (
            lambda model, table: input_gradients(model, table.drop("year")),
            "lacks the column 'year'",
        ),
        (
            lambda model, table: permutation_importance(model, table.drop("species")),
            "lacks the target column 'species'",
        ),
        (
            lambda model, table: permutation_importance(model, table, scoring="r2"),
            "unknown scoring 'r2': .*Known: loss, accuracy",
        ),
        (lambda model, table: permutation_importance(model, table, repeats=0), "repeats is 0"),
        (
            lambda model, table: permutation_importance(model, table, columns=["iland"]),
            "unknown column 'iland': did you mean 'island'?",
        ),
        (
            lambda model, table: permutation_importance(model, table[:1]),
            "2 or more are needed, there is 1",
        ),
        (
            lambda model, table: lek_profile(model, table, columns=["yeer"]),
            "unknown column 'yeer': did you mean 'year'",
        ),
        (
            lambda model, table: lek_profile(model, table, quantiles=[0.5, 2]),
            r"quantiles are \[0.5, 2\]: give one or more, from 0 to 1",
        ),
        (
            lambda model, table: lek_profile(model, table, groups="size"),
            "unknown column to group by 'size'",
        ),
    ],
)
def test_refused(penguins: pl.DataFrame, species: gn.Model, call: Any, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        call(species, penguins)
