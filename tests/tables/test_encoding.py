"""What each column becomes, that it can be undone, and that a model file's JSON keeps all of it."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from glassnet.errors import GlassnetError
from glassnet.models.typed import Decoder, data_of
from glassnet.tables.columns import Column, Table, check_almost_numbers
from glassnet.tables.encoding import TableEncoding, learn_inputs, plain_encoding
from glassnet.tables.frames import as_table
from glassnet.tables.inputs import Binary, Categories, Number, Numbers, Unused, learn_input
from glassnet.tables.splitting import split_rows
from glassnet.tables.targets import ClassTarget, NumberTarget, find_task, learn_target


def column(values: list, name: str = "c") -> Column:
    return as_table(pl.DataFrame({name: values}))[name]


def test_a_number_is_centred_scaled_and_smoothly_clipped() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 1000.0]
    learnt = learn_input(column(values))
    # median 3.5, quartiles 2.25 and 4.75: u = (x - 3.5) / 2.5;
    # the outlier 1000 has u = 398.6 and lands just below 3
    assert learnt == Number("c", 3.5, 2.5, smooth_clip=True, fill=3.5, indicator=False)
    u = (np.array(values) - 3.5) / 2.5
    np.testing.assert_allclose(learnt.encode(column(values))[:, 0], u / np.sqrt(1 + u * u / 9))
    assert learnt.encode(column(values)).max() < 3
    np.testing.assert_allclose(learnt.decode(learnt.encode(column(values))), values, rtol=1e-8)


def test_bins_of_a_number_between_quantiles() -> None:
    learnt = Number(
        "c", 2.0, 2.0, smooth_clip=False, fill=2.0, indicator=True, bin_edges=(0.0, 1.0, 4.0)
    )
    assert learnt.features == ["c", "c missing", "c 0 to 1", "c 1 to 4"]
    # 2 is above all of 0 to 1, and a third of the way from 1 to 4: -1 + 2/3;
    # missing is the median, 2
    assert learnt.encode(column([2.0, -9.0, 9.0, None])).tolist() == pytest.approx(
        np.array([[0, 0, 1, -1 / 3], [-5.5, 0, -1, -1], [3.5, 0, 1, 1], [0, 1, 1, -1 / 3]])
    )
    assert learnt.decode(learnt.encode(column([2.0, 9.0, None]))) == [2, 9, None]


def test_low_bins_are_bins_times_their_height() -> None:
    full = Number("c", 2.0, 2.0, True, fill=2.0, indicator=False, bin_edges=(0.0, 1.0, 4.0))
    low = replace(full, bin_height=0.25)
    cells = column([2.0, -9.0, 0.25, 9.0, None])
    np.testing.assert_array_equal(low.encode(cells), full.encode(cells) * [1, 0.25, 0.25])
    assert str(low) == f"{full}, 0.25 high"
    assert low.decode(low.encode(cells)) == full.decode(full.encode(cells))
    x = cells.values[:4, None]
    np.testing.assert_array_equal(Numbers([low]).encode(x), low.encode(cells)[:4])
    both = Numbers([low, full]).encode(np.hstack([x, x]))
    assert both is not None
    np.testing.assert_array_equal(both, np.hstack([low.encode(cells), full.encode(cells)])[:4])


def test_bins_only_where_rows_and_values_are_enough() -> None:
    many = np.arange(1600.0)
    assert len(learn_input(Column("c", "number", many[:700])).bin_edges) == 17
    assert learn_input(Column("c", "number", many[:699])).bin_edges == ()
    assert learn_input(Column("c", "number", many), bins=0).bin_edges == ()
    assert len(learn_input(Column("c", "number", many[:60]), bins=16).bin_edges) == 17
    assert len(learn_input(Column("c", "number", many[:30]), bins=16).bin_edges) == 11
    assert learn_input(Column("c", "number", many[:5]), bins=16).bin_edges == ()
    assert learn_input(Column("c", "number", many % 2)).bin_edges == ()
    assert learn_input(Column("c", "number", many % 3)).bin_edges == (0, 1, 2)


def test_bins_are_as_high_as_they_are_to_be() -> None:
    many = Column("c", "number", np.arange(90.0))
    low = learn_input(many, bins=16, bin_height=0.25)
    assert low == replace(learn_input(many, bins=16), bin_height=0.25)
    assert learn_input(many, bins=0, bin_height=0.25) == learn_input(many, bins=0)
    (found,) = learn_inputs(Table.of([many]), bins=16, bin_height=0.25)
    assert found == low


@pytest.mark.parametrize(("levels", "inputs"), [(50, 50), (254, 254), (300, 255)])
def test_of_very_many_levels_the_rarest_are_unknown(levels: int, inputs: int) -> None:
    cells = [f"l{k:03}" for k in range(levels) for _ in range(3 if k < 250 else 2)]
    learnt = learn_input(column(cells))
    assert isinstance(learnt, Categories)
    assert len(learnt.features) == inputs
    assert len(learnt.levels) == min(levels, 254)
    assert set(learnt.levels) >= {f"l{k:03}" for k in range(min(levels, 250))}
    assert learnt.indicator == (levels > 254)


def test_arrays_with_bins_are_encoded_as_columns_are() -> None:
    random = np.random.default_rng(0)
    x = np.column_stack(
        [random.normal(size=1600), np.arange(1600) % 2, random.integers(0, 5, 1600)]
    )
    columns = Table.of(Column(name, "number", x[:, i]) for i, name in enumerate("abc"))
    encoding = TableEncoding("regression", learn_inputs(columns), ())
    assert len(encoding.features) == 17 + 1 + 5
    np.testing.assert_array_equal(encoding.encode_array(x), encoding.encode_inputs(columns))


def test_missing_numbers_are_the_median_and_an_indicator() -> None:
    learnt = learn_input(column([1.0, None, 3.0]))
    assert learnt.features == ["c", "c missing"]
    assert learnt.encode(column([2.0, None])).tolist() == [[0, 0], [0, 1]]
    assert learnt.decode(learnt.encode(column([3.0, None]))) == [pytest.approx(3), None]
    never = learn_input(column([1.0, 3.0]))
    assert never.encode(column([None, 2.0])).tolist() == [[0], [0]]


def test_scale_without_a_middle_and_without_any_spread() -> None:
    assert learn_input(column([0.0] * 9 + [8.0])).scale == 4  # half the full range
    assert learn_input(column([5.0, 5.0])) == Unused("c", "constant (5)")
    assert learn_input(column([5.0, None])).features == ["c", "c missing"]
    assert learn_input(column([None, None])) == Unused("c", "every cell is missing")


def test_two_values_are_minus_and_plus_one() -> None:
    learnt = learn_input(column(["no", "yes", "no", None]))
    assert learnt == Binary("c", ("no", "yes"), indicator=True, cells="text")
    assert learnt.encode(column(["no", "yes", None, "perhaps"])).tolist() == [
        [-1, 0],
        [1, 0],
        [0, 1],
        [0, 1],
    ]
    assert learnt.decode(learnt.encode(column(["no", "yes", None]))) == ["no", "yes", None]
    assert learn_input(column([True, False, True])).features == ["c=true"]


def test_categories_and_what_was_never_seen() -> None:
    learnt = learn_input(column(["a", "b", "c", "a", "b", "c", None]))
    assert learnt == Categories("c", ("a", "b", "c"), indicator=True)
    assert learnt.encode(column(["b", None, "z"])).tolist() == [
        [0, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 1],
    ]
    assert learnt.decode(learnt.encode(column(["b", None]))) == ["b", None]
    full = learn_input(column(["a", "b", "c"] * 3))
    assert full.encode(column(["z"])).tolist() == [[0, 0, 0]]


def test_rare_and_too_many_categories() -> None:
    many = [f"k{i % 30}" for i in range(300)] + ["once"]
    learnt = learn_input(column(many))
    assert "once" not in learnt.levels
    assert learnt.indicator
    assert len(learn_input(column([f"k{i % 80}" for i in range(800)])).levels) == 80
    names = learn_input(column([f"name {i}" for i in range(20)]))
    assert isinstance(names, Unused)
    assert "more a name than a category" in names.reason
    assert learn_input(column(["x", "x", None])).features  # one category, and missing tells
    assert isinstance(learn_input(column(["x", "x"])), Unused)


def test_one_odd_cell_among_numbers_is_named() -> None:
    cells = [str(i) for i in range(30)]
    cells[7] = "x"
    with pytest.raises(
        GlassnetError,
        match="column 'c', row 8: 'x' is not a number, but 29 of 30 cells are: mend or empty it",
    ):
        check_almost_numbers(column(cells))
    check_almost_numbers(column(["1", "2", "3", "XL"] * 5))  # a few sizes are categories


def test_numbers_as_categories_when_asked() -> None:
    learnt = learn_input(column([1, 2, 3, 1, 2, 3]), category=True)
    assert learnt.levels == ("1", "2", "3")
    assert learnt.encode(column([2.0])).tolist() == [[0, 1, 0]]


@given(arrays(np.float64, st.integers(4, 30), elements=st.floats(-1e6, 1e6)), st.booleans())
def test_encoding_a_number_can_be_undone(values: np.ndarray, smooth_clip: bool) -> None:
    learnt = learn_input(Column("c", "number", values))
    if isinstance(learnt, Number):
        learnt = replace(learnt, smooth_clip=smooth_clip)
        near = np.abs(values - learnt.center) < 1000 * learnt.scale
        assert np.isfinite(learnt.encode(Column("c", "number", values))).all()
        back = np.array(learnt.decode(learnt.encode(Column("c", "number", values))))
        np.testing.assert_allclose(back[near], values[near], rtol=1e-6, atol=1e-6 * learnt.scale)


@given(st.lists(st.sampled_from(["a", "b", "c", "d", None]), min_size=2, max_size=40))
def test_encoding_categories_can_be_undone(cells: list) -> None:
    values = np.array([*cells, "a", "b"], object)
    learnt = learn_input(Column("c", "text", values))
    if not isinstance(learnt, Unused):
        assert learnt.decode(learnt.encode(Column("c", "text", values))) == values.tolist()


FRAME = {
    "n": [1.0, 2.0, None, 4.0] * 5,
    "day": pl.Series([f"2020-01-0{i}" for i in (1, 2, 3, 4)] * 5).str.to_date().to_list(),
    "two": ["x", "y"] * 10,
    "three": ["p", "q", "r", None] * 5,
    "same": [7] * 20,
    "y": list(range(20)),
    "class": ["red", "green", "blue", "red"] * 5,
}


def encoding_of(columns: Table, targets: list[str], task) -> TableEncoding:
    inputs = learn_inputs(columns.select(name for name in columns if name not in targets))
    return TableEncoding(task, inputs, tuple(learn_target(columns[name], task) for name in targets))


@pytest.mark.parametrize(
    ("targets", "task"),
    [
        (["y"], "regression"),
        (["class"], "multiclass"),
        (["two"], "binary"),
        (["y", "n2"], "regression"),
    ],
)
def test_a_table_encoding_survives_json(targets: list[str], task) -> None:
    columns = as_table({**FRAME, "n2": list(range(20))})
    learnt = encoding_of(columns, targets, task)
    assert Decoder(TableEncoding)(json.loads(json.dumps(data_of(learnt)))) == learnt
    x, y = learnt.encode_inputs(columns), learnt.encode_targets(columns)
    assert x.shape == (20, len(learnt.features))
    assert y.shape == (20, len(learnt.outputs))
    assert np.isfinite(x).all()


def test_columns_are_found_by_name_and_missed_by_name() -> None:
    columns = as_table(FRAME)
    learnt = encoding_of(columns, ["y"], "regression")
    backwards = columns.select(reversed(list(columns)))
    np.testing.assert_array_equal(learnt.encode_inputs(backwards), learnt.encode_inputs(columns))
    with pytest.raises(GlassnetError, match="lacks the column 'three'"):
        learnt.encode_inputs(columns.select(name for name in columns if name != "three"))
    # one that was not used is not missed
    learnt.encode_inputs(columns.select(name for name in columns if name != "same"))
    with pytest.raises(
        GlassnetError,
        match="column 'n', row 1: 'one' where the model was trained on numbers: convert the column",
    ):
        learnt.encode_inputs(as_table({**FRAME, "n": ["one"] * 20}))
    np.testing.assert_array_equal(
        learnt.encode_inputs(as_table({**FRAME, "n": pl.Series([None] * 20, dtype=pl.String)}))[
            :, 1
        ],
        1,
    )


def test_plain_encoding_takes_numbers_as_they_are() -> None:
    plain = plain_encoding(["a", "b"], ["y"])
    assert plain.encode_inputs(as_table({"a": [1, 2], "b": [3, 4]})).tolist() == [[1, 3], [2, 4]]
    assert plain.targets[0].decode(np.array([[1e9], [-1e9]])).tolist() == [1e9, -1e9]
    assert str(plain.inputs[0]) == "number: as it is"


def test_a_numeric_target_is_scaled_and_held_to_its_range() -> None:
    target = learn_target(column([10.0, 20.0, 30.0]), "regression")
    assert isinstance(target, NumberTarget)
    encoded = target.encode(column([10.0, 20.0, 30.0]))
    assert encoded.mean() == pytest.approx(0)
    assert encoded.std() == pytest.approx(1)
    np.testing.assert_allclose(target.decode(encoded), [10, 20, 30])
    assert target.decode(np.array([[100.0], [-100.0]])).tolist() == [30, 10]


@pytest.mark.parametrize(
    ("values", "center", "scale"),
    [
        ([1.0, 2, 3, 4, 5], 3, 2 / 1.349),
        ([1.0, 2, 3, 4, 5e9], 3, 2 / 1.349),  # one wild target moves nothing
        ([0.0, 0, 0, 0, 2, 3, 4], 0, 2.5 / 1.349),  # quartiles 0 and 2.5
        ([0.0] * 10 + [2, 3, 4e9], 0, 3),  # quartiles alike: the others' distance
        ([7.0, 7, 7, 7, 7, 6.5], 7, 0.5),
    ],
)
def test_a_robust_scale_is_of_the_quartiles(
    values: list[float], center: float, scale: float
) -> None:
    target = learn_target(column(values), "regression", robust=True)
    assert isinstance(target, NumberTarget)
    assert (target.center, target.scale) == pytest.approx((center, scale))
    assert (target.low, target.high) == (min(values), max(values))


def test_a_robust_scale_is_the_spread_of_normal_targets() -> None:
    y = np.random.default_rng(0).normal(100, 7, 20_000)
    target = learn_target(column(y.tolist()), "regression", robust=True)
    assert isinstance(target, NumberTarget)
    assert (target.center, target.scale) == pytest.approx((100, 7), rel=0.02)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["b", "a", "c"] * 5, ("a", "b", "c")),
        ([0, 1] * 5, (0, 1)),
        ([1.5, 2.0, 1.5] * 5, (1.5, 2.0)),
        ([True, False] * 5, (False, True)),
    ],
)
def test_classes_come_back_as_they_stood(values: list, labels: tuple) -> None:
    given_column = column(values)
    target = learn_target(given_column, find_task([given_column]))
    assert isinstance(target, ClassTarget)
    assert target.labels == labels
    assert target.decode(target.encode(given_column)).tolist() == values
    assert target.truth(given_column).tolist() == values
    np.testing.assert_allclose(target.probabilities(target.encode(given_column)).sum(axis=1), 1)


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0, 1] * 5, "binary"),
        ([1.5, 2.5] * 5, "binary"),
        (["u", "v"] * 5, "binary"),
        ([True, False] * 5, "binary"),
        (["u", "v", "w"] * 5, "multiclass"),
        ([1, 2, 3] * 5, "multiclass"),
        ([1, 2, 3] * 4, "regression"),  # each fewer than 5 times
        (list(range(11)) * 5, "regression"),  # more than 10 values
        ([0.5, 1.0, 1.5] * 5, "regression"),
        ([1, 2, 3] * 5 + [None], "multiclass"),
    ],
)
def test_the_task_is_found(values: list, task: str) -> None:
    found = find_task([column(values)])
    assert found == task


@pytest.mark.parametrize(
    ("values", "task", "message"),
    [
        ([3.0] * 5, "regression", "is constant"),
        (["a"] * 5, "multiclass", "has one class only"),
        (["a", "b"], "regression", "is text, which regression cannot predict"),
        ([True, False], "regression", "is true/false"),
        ([1, 2, 3], "binary", "has 3 values, task='binary' needs two"),
        ([f"name {i}" for i in range(30)], "multiclass", "too many to be classes"),
    ],
)
def test_targets_refused(values: list, task, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        learn_target(column(values), task)


def test_several_targets_must_agree() -> None:
    numbers, words, three = (
        column([1.0, 2.5, 3.0]),
        column(["a", "b", "a"]),
        column(["a", "b", "c"]),
    )
    assert find_task([numbers, numbers]) == "regression"
    assert find_task([words, words]) == "binary"
    for pair in ([numbers, words], [three, three]):
        with pytest.raises(GlassnetError, match="must be all numeric or all two-valued"):
            find_task(pair)


def test_splitting() -> None:
    rest, aside = split_rows(100, 0.2, seed=1)
    assert len(aside) == 20
    assert sorted([*rest, *aside]) == list(range(100))
    assert (
        split_rows(100, 0.2, seed=1)[1].tolist()
        == aside.tolist()
        != split_rows(100, 0.2, seed=2)[1].tolist()
    )
    classes = np.array([0] * 80 + [1] * 15 + [2] * 2 + [3] * 3)
    rest, aside = split_rows(100, 0.2, seed=1, classes=classes)
    counts = np.bincount(classes[aside], minlength=4)
    assert counts[0] == 16
    assert counts[1] == 3
    assert counts[2] == 0
    assert counts[3] <= 1
    assert split_rows(5, 0.0, seed=1)[1].size == 0
