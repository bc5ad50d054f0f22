"""What a training shows that its user should know, as warnings: it went astray, or is saturated.

What a run on a table shows is `recipe/findings/`.
"""

from collections.abc import Iterator

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetWarning
from glassnet.training.endings import BROKEN, ENDINGS
from glassnet.training.problem import Floats

LARGE_INPUT = 10.0  # inputs up to this are scaled well enough
FIRST_LAYER_ROWS = 256  # rows whose first layer is looked at
FLAT = 1e-3  # a derivative that is smaller lets no gradient through
SATURATED = 0.99  # of all nodes in all rows: few sums happen to lie near 0


def training_notices(
    network: Network, parameters: Parameters, x: Floats, ended: str, message: str = ""
) -> Iterator[GlassnetWarning]:
    """What there is to say of a training on N x D inputs that ended so.

    Parameters
    ----------
    network, parameters : Network, Parameters
        What it left.
    x : array
        N x D.
    ended : str
        A name of `ENDINGS`.
    message : str
        More on the end.
    """
    if ended in BROKEN:
        more = f" ({message})" if message else ""
        yield GlassnetWarning(f"the training {ENDINGS[ended]}{more}", option="optimizer")
    else:
        yield from saturation_notices(network, parameters, x)


def saturation_notices(
    network: Network, parameters: Parameters, x: Floats
) -> Iterator[GlassnetWarning]:
    """Where the inputs are so large that no node of the first hidden layer changes with them."""
    largest = max(x.max(), -x.min())
    if not largest > LARGE_INPUT or len(parameters.weights) < 2:
        return
    rows = x[:: max(1, len(x) // FIRST_LAYER_ROWS)]
    z = rows @ parameters.weights[0]
    if parameters.biases:
        z = z + parameters.biases[0]
    activation = network.activations[0]
    with np.errstate(all="ignore"):
        of = z if activation.derivative_of == "z" else activation.value(z)
        flat = np.abs(activation.derivative(of)) < FLAT
    if flat.mean() >= SATURATED:
        yield GlassnetWarning(
            f"every node of the first layer ({activation.name}) is saturated or dead in all rows: "
            f"the inputs go up to {largest:.4g}, and no gradient comes through",
            remedy="scale them to about the size of 1",
        )
