"""TableEncoder: a data frame of any kind as the numbers that a network is given, and back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_array, check_is_fitted

from glassnet.errors import GlassnetError
from glassnet.estimators.inverse import TableFormat
from glassnet.estimators.validate_x import (
    category_names,
    check_text,
    column_names,
    is_frame,
    plain_rows,
    read_x,
)
from glassnet.recipe.options import options_from
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.inputs import Input


class TableEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Columns of numbers, text, booleans and dates as numbers of about the size of 1.

    It encodes as `glassnet train` does. Numbers and dates (in days) are centred on the median,
    divided by the interquartile range and clipped smoothly, u / sqrt(1 + (u/3)^2), so that nothing
    lies beyond 3. From 700 rows on each is also cut into up to 16 bins between its quantiles: -1
    below a bin, +1 above it, a line between. Two categories become -1 and +1, more become one
    column of 0 and 1 each (of the 50 most frequent). Where cells are missing in fit, an indicator
    says so. A category not seen in fit counts as missing. Columns that are constant, or hold more
    names than categories, are left out.

    Parameters
    ----------
    categories : list of str or int
        Columns of numbers to take as categories, by name or by number, from 0.
    missing : list of str or None
        Exactly the texts that mean a missing cell, beside the empty one. None: the usual ones
        among numbers; in a column of text they are categories.
    decimal : str or None
        "." or ",": the decimal mark of text columns whose numbers fit both.
    date_order : str or None
        "dmy", "mdy" or "ymd": the order of text columns whose dates fit several.

    Attributes
    ----------
    encoding_ : list
        What was learnt of each column; `str` of one says it in words, `features` names what it
        becomes.
    n_features_in_ : int
        Number of columns seen in fit.
    feature_names_in_ : array of str
        Their names, where they are all text.

    Raises GlassnetError, naming the column and the row, on cells that are infinite, beyond 1e100,
    or of another kind than in fit.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["m", "f", "f", "m", "f"], "age": [22, 38, None, 35, 54]})
    >>> encoder = TableEncoder().set_output(transform="pandas").fit(frame)
    >>> encoder.transform(frame).round(2)
       sex=m   age  age missing
    0    1.0 -1.28          0.0
    1   -1.0  0.15          0.0
    2   -1.0  0.00          1.0
    3    1.0 -0.15          0.0
    4   -1.0  1.48          0.0
    >>> for column in encoder.encoding_:
    ...     print(column)
    two values: f = -1, m = +1
    number: (x - 36.5) / 10.25, then u / sqrt(1 + (u/3)^2); missing: 36.5 and an indicator
    """

    def __init__(
        self,
        *,
        categories: Sequence[str | int] = (),
        missing: Sequence[str] | None = None,
        decimal: str | None = None,
        date_order: str | None = None,
    ) -> None:
        self.categories = categories
        self.missing = missing
        self.decimal = decimal
        self.date_order = date_order

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the encoding of every column of X, N x D; y is not looked at."""
        table = read_x(self, X, reset=True)
        categories = category_names(self.categories, list(table))
        check_text(table, categories)
        missing = options_from({"missing": self.missing}).missing
        inputs = learn_inputs(table, categories)
        self._encoding = TableEncoding("regression", inputs, (), missing)
        self.encoding_: list[Input] = list(self._encoding.inputs)
        self._format = TableFormat.of_frame(X) if is_frame(X) else TableFormat()
        return self

    def transform(self, X: Any) -> np.ndarray:
        """X as numbers.

        Parameters
        ----------
        X : data frame or array, N x D
            Rows with the columns seen in fit.

        Returns
        -------
        array of float64, N x features
            Or the data frame that `set_output` asks for.
        """
        rows = plain_rows(self, vars(self).get("_encoding"), X)
        if rows is not None:
            return self._encoding.encode_array(rows)
        check_is_fitted(self, "_encoding")
        return self._encoding.encode_inputs(self._read(X))

    def _read(self, X: Any) -> Table:
        return read_x(self, X, reset=False, reading=self._encoding.reading)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """The names of the columns of `transform`: age, age missing, sex=m, ..."""
        check_is_fitted(self, "_encoding")
        names: Any = super().get_feature_names_out(input_features)  # of the columns, checked
        features: list[str] = []
        for column, name in zip(self._encoding.inputs, names, strict=True):
            features.extend(replace(column, name=name).features)
        return np.array(features, object)

    def inverse_transform(self, X: Any) -> Any:
        """The table that `transform` made X of: a data frame of the kind seen in fit, or an array.

        Numbers come back within rounding, dates to the day, times to a millisecond, categories as
        they were, missing cells as None or NaN. What cannot come back: how far away a far outlier
        was (it was clipped to just below 3); categories that were rare or not seen in fit; the
        missing cells of a column that had none in fit (its median comes back); columns that were
        left out (all missing).
        """
        check_is_fitted(self, "_encoding")
        x = check_array(np.asarray(X), dtype="float64")
        if x.shape[1] != len(self._encoding.features):
            raise GlassnetError(
                f"X has {x.shape[1]} columns, but transform makes {len(self._encoding.features)}"
            )
        return self._format.decode(self._encoding, x, column_names(self))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags
