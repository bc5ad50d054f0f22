"""What the estimators of networks share, whatever they are given."""

from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator

from glassnet.errors import GlassnetError


class NetworkEstimator(BaseEstimator):
    """A scikit-learn estimator that holds a network.

    `_network_inputs`, X -> (network, parameters, X as the network takes it), is what
    `HiddenFeatures` asks of one.
    """

    if TYPE_CHECKING:  # what fit sets

        def __getattr__(self, name: str) -> Any: ...

    def _html_repr(self) -> str:
        """What notebooks show: scikit-learn's box, and once it is fitted the network below it."""
        box: str = super()._html_repr()
        if not hasattr(self, "model_"):
            return box
        from glassnet.plots.notebook import network_html

        return box + network_html(self)


def check_validation(X_val: Any, y_val: Any, sample_weight_val: Any) -> None:
    """Raises GlassnetError where fit is given only a part of its validation rows."""
    if (X_val is None) != (y_val is None) or (X_val is None and sample_weight_val is not None):
        raise GlassnetError(
            "X_val and y_val belong together, and sample_weight_val to them: give both, or none"
        )
