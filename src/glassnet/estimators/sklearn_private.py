"""What scikit-learn keeps private and no public name stands in for, imported here and nowhere else.

Checking an estimator's parameters by their constraints, the names of input features, and what
searches over settings share, are part of scikit-learn's contract, yet the helpers begin with an
underscore or live in such a module. When a release of scikit-learn moves them, this file is the
place to mend.
"""

from sklearn.base import _fit_context as fit_context
from sklearn.metrics._scorer import _MultimetricScorer as MultimetricScorer
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._validation import _insert_error_scores as insert_error_scores
from sklearn.model_selection._validation import _score as score_of
from sklearn.model_selection._validation import (
    _warn_or_raise_about_fit_failures as tell_of_fit_failures,
)
from sklearn.utils._param_validation import HasMethods, Interval, Options, StrOptions
from sklearn.utils.metaestimators import _safe_split as rows_of_split
from sklearn.utils.validation import _check_feature_names_in as check_feature_names_in
from sklearn.utils.validation import _check_method_params as check_method_params

__all__ = [
    "BaseSearchCV",
    "HasMethods",
    "Interval",
    "MultimetricScorer",
    "Options",
    "StrOptions",
    "check_feature_names_in",
    "check_method_params",
    "fit_context",
    "insert_error_scores",
    "rows_of_split",
    "score_of",
    "tell_of_fit_failures",
]
