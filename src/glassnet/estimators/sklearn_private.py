"""What scikit-learn keeps private and no public name stands in for, imported here and nowhere else.

Checking an estimator's parameters by their constraints, and the names of input features, are part
of scikit-learn's contract for estimators, yet the helpers for both begin with an underscore. When
a release of scikit-learn moves them, this file is the place to mend.
"""

from sklearn.base import _fit_context as fit_context
from sklearn.utils._param_validation import HasMethods, Interval, Options, StrOptions
from sklearn.utils.validation import _check_feature_names_in as check_feature_names_in

__all__ = [
    "HasMethods",
    "Interval",
    "Options",
    "StrOptions",
    "check_feature_names_in",
    "fit_context",
]
