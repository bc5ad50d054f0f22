"""TableEncoder: a raw data frame as numbers and back, wherever scikit-learn takes a transformer."""

import datetime as dt
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.estimators.encoder import TableEncoder
from glassnet.tables.encoding import learn_inputs
from glassnet.tables.frames import as_table

N = 60
DATA: dict[str, list[Any]] = {
    "whole": [k % 7 for k in range(N)],
    "real": [None if k % 9 == 0 else k / 4 for k in range(N)],
    "flag": [k % 3 == 0 for k in range(N)],
    "maybe": [None if k % 4 == 0 else k % 3 == 0 for k in range(N)],
    "town": ["Ulm", "Bonn", "Kiel"][:3] * (N // 3),
    "day": [dt.date(2020, 1, 1) + dt.timedelta(days=k) for k in range(N)],
    "moment": [
        None if k % 5 == 0 else dt.datetime(2020, 1, 1, 3, 4, 5) + dt.timedelta(hours=7 * k)
        for k in range(N)
    ],
}
FRAMES = {
    "polars": lambda: pl.DataFrame(DATA),
    "pandas": lambda: pd.DataFrame(DATA).assign(day=pd.to_datetime(pd.Series(DATA["day"]))),
    "pandas nullable": lambda: (
        pd.DataFrame(DATA).convert_dtypes().assign(day=pd.to_datetime(pd.Series(DATA["day"])))
    ),
    "pyarrow": lambda: pa.table(DATA),
}


def cells(table: Any) -> dict[str, list[Any]]:
    """A data frame of any kind as plain lists, None where a cell is missing, dates as times."""
    frame = pl.from_pandas(table) if isinstance(table, pd.DataFrame) else pl.DataFrame(table)
    frame = frame.with_columns(
        pl.col("day").cast(pl.Datetime("us")), pl.col("moment").cast(pl.Datetime("us"))
    )
    return frame.with_columns(pl.col("whole").cast(pl.Int64)).to_dict(as_series=False)


@pytest.mark.filterwarnings("ignore")  # scikit-learn's checks try what warns
@parametrize_with_checks([TableEncoder()])
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "check",
    [
        "check_set_output_transform",
        "check_set_output_transform_pandas",
        "check_global_output_transform_pandas",
        "check_set_output_transform_polars",
        "check_global_set_output_transform_polars",
        "check_inplace_ensure_writeable",
        "check_transformer_get_feature_names_out",
        "check_transformer_get_feature_names_out_pandas",
        "check_dataframe_column_names_consistency",
        "check_get_feature_names_out_error",
    ],
)
def test_scikit_learn_checks_of_its_own_transformers(check: str) -> None:
    getattr(estimator_checks, check)("TableEncoder", TableEncoder())


@pytest.mark.parametrize("kind", FRAMES)
def test_a_frame_and_back(kind: str) -> None:
    frame = FRAMES[kind]()
    encoder = TableEncoder().fit(frame)
    x = encoder.transform(frame)
    assert x.dtype == np.float64
    assert np.isfinite(x).all()
    assert np.abs(x).max() <= 3
    back = encoder.inverse_transform(x)
    assert type(back) is type(frame)
    found, expected = cells(back), cells(frame)
    np.testing.assert_allclose(
        np.array(found.pop("real"), float), np.array(expected.pop("real"), float), rtol=1e-12
    )
    assert found == expected
    np.testing.assert_allclose(encoder.transform(back), x, atol=1e-9)


def test_types_of_columns_come_back_where_they_can() -> None:
    frame = FRAMES["polars"]().with_columns(
        pl.col("moment").dt.replace_time_zone("Asia/Tokyo"), pl.col("real").cast(pl.Float32)
    )
    encoder = TableEncoder().fit(frame)
    back = encoder.inverse_transform(encoder.transform(frame))
    assert back.schema == frame.schema
    assert back["moment"].equals(frame["moment"], null_equal=True)
    pandas = FRAMES["pandas"]()
    zoned = pandas.assign(moment=pandas["moment"].dt.tz_localize("Asia/Tokyo"))
    back = TableEncoder().fit(zoned).inverse_transform(TableEncoder().fit_transform(zoned))
    assert back[["whole", "real", "flag", "moment"]].dtypes.equals(
        zoned[["whole", "real", "flag", "moment"]].dtypes
    )
    pd.testing.assert_series_equal(back["moment"], zoned["moment"])


def test_it_encodes_as_training_on_a_table_does() -> None:
    columns = as_table(FRAMES["polars"]())
    for kind, frame in FRAMES.items():
        encoder = TableEncoder().fit(frame())
        assert tuple(encoder.encoding_) == learn_inputs(columns), kind
    assert [str(column).split(":")[0] for column in encoder.encoding_] == [
        "number",
        "number",
        "two values",
        "two values",
        "categories",
        "date in days since 1970-01-01",
        "date in days since 1970-01-01",
    ]


def test_names_of_features() -> None:
    encoder = TableEncoder().fit(FRAMES["pandas"]())
    assert encoder.get_feature_names_out().tolist() == [
        "whole",
        "real",
        "real missing",
        "flag=true",
        "maybe=true",
        "maybe missing",
        "town=Bonn",
        "town=Kiel",
        "town=Ulm",
        "day",
        "moment",
        "moment missing",
    ]
    assert encoder.feature_names_in_.tolist() == list(DATA)
    assert TableEncoder().fit(np.array([[1.0, 2], [3, 5]])).get_feature_names_out(
        ["a", "b"]
    ).tolist() == ["a", "b"]


def test_set_output() -> None:
    frame = FRAMES["pandas"]()
    encoder = TableEncoder().set_output(transform="pandas").fit(frame)
    out = encoder.transform(frame)
    assert out.columns.tolist() == encoder.get_feature_names_out().tolist()
    assert out.dtypes.unique().tolist() == [np.float64]
    assert isinstance(encoder.set_output(transform="polars").transform(frame), pl.DataFrame)
    np.testing.assert_array_equal(
        encoder.set_output(transform="default").transform(frame), out.to_numpy()
    )
    assert cells(encoder.inverse_transform(out))["town"] == DATA["town"]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(-1e6, 1e6)), st.sampled_from(["a", "b", "c", None])
        ),
        min_size=3,
        max_size=40,
    )
)
@settings(max_examples=60, deadline=None)
def test_arrays_of_anything_come_back(rows: list[tuple[float | None, str | None]]) -> None:
    x = np.array(
        [*rows, (0.0, "a"), (1.0, "a"), (2.0, "b"), (5.0, "b"), (3.0, "c"), (4.0, "c")], object
    )
    encoder = TableEncoder().fit(x)
    back = encoder.inverse_transform(encoder.transform(x))
    assert back.shape == x.shape
    assert back[:, 1].tolist() == x[:, 1].tolist()
    scale = encoder.encoding_[0].scale
    for ours, given_cell in zip(back[:, 0], x[:, 0], strict=True):
        if given_cell is None:
            assert ours is None
        elif abs(given_cell - encoder.encoding_[0].center) < 100 * scale:
            assert ours == pytest.approx(given_cell, abs=1e-6 * scale)


def test_arrays_of_numbers() -> None:
    x = np.array([[1, 2.0], [3, 4], [1, 9], [3, np.nan]])
    encoder = TableEncoder().fit(x)
    back = encoder.inverse_transform(encoder.transform(x))
    assert back.dtype == np.float64
    np.testing.assert_allclose(back, x)
    for same in (x.tolist(), x.astype(object), np.ma.masked_invalid(x), pd.DataFrame(x)):
        np.testing.assert_array_equal(
            TableEncoder().fit(same).transform(same), encoder.transform(x)
        )
    whole = encoder.transform(x[:1].astype(np.int32))
    np.testing.assert_array_equal(whole, encoder.transform(x)[:1])
    constant = TableEncoder().fit(np.array([[1, 2.0], [1, 4]]))
    np.testing.assert_array_equal(
        constant.transform(np.array([[7, 2.0]])), [[-1 / np.sqrt(1 + 1 / 9)]]
    )


def test_lists_of_mixed_cells_keep_their_numbers() -> None:
    rows = [["a", 1.5, None], ["b", 2.5, True], ["a", 9.0, False], ["b", None, True]]
    encoder = TableEncoder().fit(rows)
    assert [type(column).__name__ for column in encoder.encoding_] == [
        "Binary",
        "Number",
        "Binary",
    ]
    back = encoder.inverse_transform(encoder.transform(rows))
    assert back[:, 0].tolist() == ["a", "b", "a", "b"]
    assert back[:, 2].tolist() == [None, True, False, True]


def test_categories() -> None:
    frame = pd.DataFrame({"grade": [1, 2, 3] * 10, "size": [0.5, 1.5, 7.0] * 10})
    plain = TableEncoder().fit(frame)
    for given_as in (["grade"], "grade", [0], 0, (np.int64(0),)):
        encoder = TableEncoder(categories=given_as).fit(frame)
        assert encoder.get_feature_names_out().tolist() == ["grade=1", "grade=2", "grade=3", "size"]
        back = encoder.inverse_transform(encoder.transform(frame))
        assert back["grade"].tolist() == frame["grade"].tolist()
        assert back["grade"].dtype == frame["grade"].dtype
    assert plain.get_feature_names_out().tolist() == ["grade", "size"]
    assert TableEncoder(categories=["x0"]).fit(frame.to_numpy()).get_feature_names_out().tolist()[
        :2
    ] == ["x0=1", "x0=2"]
    for wrong, message in (
        (["grad"], "unknown column 'grad': did you mean 'grade'"),
        ([2], "but X has 2 columns"),
        ([1.5], "names or"),
    ):
        with pytest.raises(GlassnetError, match=message):
            TableEncoder(categories=wrong).fit(frame)


def test_what_cannot_be_encoded_is_named() -> None:
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 5, 9]})
    encoder = TableEncoder().fit(frame)
    with pytest.raises(GlassnetError, match="column 'b', row 3: inf is not a finite number"):
        TableEncoder().fit(frame.replace(9, np.inf))
    with pytest.raises(GlassnetError, match="column 'x1', row 2: inf is not a finite number"):
        TableEncoder().fit(frame.to_numpy()).transform([[1, 2], [3, np.inf]])
    with pytest.raises(
        GlassnetError, match="column 'b', row 1: 'x' where the model was trained on numbers"
    ):
        encoder.transform(frame.assign(b="x"))
    with pytest.raises(GlassnetError, match="no column to predict from: 'a' is not used: constant"):
        TableEncoder().fit(frame[["a"]] * 0)
    with pytest.raises(GlassnetError, match=r"X has 1 sample\(s\), while a minimum of 2"):
        TableEncoder().fit(frame[:1])
    with pytest.raises(ValueError, match="same order"):
        encoder.transform(frame[["b", "a"]])
    with pytest.raises(NotFittedError):
        TableEncoder().transform(frame)
    with pytest.raises(GlassnetError, match="X has 3 columns, but transform makes 2"):
        encoder.inverse_transform(np.zeros((1, 3)))
    text = [str(k) for k in range(40)] + ["oops"]
    with pytest.raises(
        GlassnetError,
        match=r"column 't', row 41: 'oops' is not a .* missing=\['oops'\] or categories=\['t'",
    ):
        TableEncoder().fit(pd.DataFrame({"t": text, "n": range(41)}))
    TableEncoder(categories=["t"]).fit(pd.DataFrame({"t": text, "n": range(41)}))


def test_cells_of_another_kind_in_an_array_count_as_missing_and_that_is_said() -> None:
    x = np.array([[1.0, {"no": "number"}], [2.0, 3.0], [4.0, 5.0]], object)
    with pytest.warns(
        GlassnetWarning, match="column 'x1', row 1: {'no': 'number'} is neither a number, text"
    ):
        encoder = TableEncoder().fit(x)
    assert encoder.get_feature_names_out().tolist() == ["x0", "x1", "x1 missing"]


def test_in_a_pipeline_a_column_transformer_and_cross_validation() -> None:
    frame = FRAMES["pandas"]()
    y = frame["town"] == "Ulm"
    pipeline = make_pipeline(TableEncoder(), LogisticRegression())
    assert cross_val_score(pipeline, frame, y, cv=3).mean() > 0.9
    some = make_column_transformer((TableEncoder(), ["town", "real"]), ("passthrough", ["whole"]))
    assert make_pipeline(some, LogisticRegression()).fit(frame, y).predict(frame[:2]).shape == (2,)
    assert some.get_feature_names_out().tolist() == [
        "tableencoder__town=Bonn",
        "tableencoder__town=Kiel",
        "tableencoder__town=Ulm",
        "tableencoder__real",
        "tableencoder__real missing",
        "passthrough__whole",
    ]


def test_clones_and_pickles() -> None:
    frame = FRAMES["pandas"]()
    encoder = TableEncoder(categories=["whole"]).fit(frame)
    again = pickle.loads(pickle.dumps(encoder))
    np.testing.assert_array_equal(again.transform(frame), encoder.transform(frame))
    pd.testing.assert_frame_equal(
        again.inverse_transform(again.transform(frame)),
        encoder.inverse_transform(encoder.transform(frame)),
    )
    assert clone(encoder).get_params()["categories"] == ["whole"]
    assert not hasattr(clone(encoder), "encoding_")


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_numbers_and_dates_in_text_come_back_as_such(kind: Any) -> None:
    frame = kind({"n": [f"{i},5" for i in range(20)], "d": [f"{i + 1}.1.2020" for i in range(20)]})
    encoder = TableEncoder().fit(frame)
    back = encoder.inverse_transform(encoder.transform(frame))
    np.testing.assert_allclose(back["n"].to_numpy(), np.arange(20) + 0.5)
    assert [moment.day for moment in back["d"]] == list(range(1, 21))
