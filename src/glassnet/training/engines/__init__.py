"""The engines: interchangeable ways to run the same training. Nothing outside this room knows which one runs.

An engine has one function, ``run(problem, state, orders, rates) -> (state, measured)``: it trains for as many epochs
as `rates` has rows, from `state`, and decides at each epoch's end about the best epoch and early stopping. Called on
pieces of a training one after another it gives, bit for bit, what one call gives.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from warnings import warn

import numpy as np

from glassnet.core.network import Network, Parameters, check_shapes, leaves
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, GlassnetWarning, unknown_name
from glassnet.training.engines import native
from glassnet.training.engines import numpy as numpy_engine
from glassnet.training.problem import Data, Floats, Measured, Problem, State

ENGINES = ("auto", "numpy", "native", "xla")


class Engine(NamedTuple):
    """An engine that was found for a training.

    `first_chunk` is the work (see `Problem`) of the first piece of a run, of whose pace nothing is known yet.
    `note` says why it is not the fastest there could be; "" when it is.
    """

    name: str
    run: Callable[..., tuple[State, Measured]]
    first_chunk: int
    note: str = ""


def find_engine(name: str, problem: Problem) -> Engine:
    """The engine of that name for a problem. "auto" is native where it is built and no function of your own is needed, else numpy.

    Raises GlassnetError on an unknown name, and on an engine that is not here or cannot run the problem. Warns, once, where "auto"
    would be native but for the want of it.
    """
    if name not in ENGINES:
        raise unknown_name("engine", name, ENGINES)
    if name == "numpy":
        return Engine("numpy", numpy_engine.run, numpy_engine.FIRST_CHUNK)
    if name == "xla":
        raise GlassnetError(
            "engine 'xla' is not part of this installation of glassnet: use engine 'numpy', or 'auto'"
        )
    why_not = native.missing() or native.refuses(problem)
    if not why_not:
        return Engine("native", native.run, native.FIRST_CHUNK)
    if name == "native":
        raise GlassnetError(
            f"engine 'native' cannot run this: {why_not}. Use engine 'numpy', or 'auto'"
        )
    if native.missing():
        warn(f"running on NumPy, which is slower: {why_not}", GlassnetWarning, stacklevel=3)
    return Engine("numpy", numpy_engine.run, numpy_engine.FIRST_CHUNK, why_not)


def find_predictor(network: Network, parameters: Parameters) -> Callable[[Floats], Floats]:
    """A function from rows x, N x D contiguous numbers of the parameters' dtype, to the network's outputs, N x K.

    The parameters are those of this moment: what is written into them later is not seen. Raises GlassnetError where they do not
    fit the network.
    """
    check_shapes(network, parameters)
    usual = {w.dtype for w in leaves(parameters)} in ({np.dtype("float64")}, {np.dtype("float32")})
    chosen = native if usual and _is_for_native(network) else numpy_engine
    return chosen.predictor(network, parameters)


def find_gradient(
    network: Network,
    data: Data,
    penalty: Penalty | None,
    weight_masks: Sequence[Floats] = (),
    n_jobs: int | None = None,
) -> Callable[[Floats], tuple[float, float, Floats]]:
    """A function for full-batch solvers: theta -> the loss of all rows with the penalty, the penalty alone, the gradient.

    theta and the gradient are P float64 numbers, those of `to_vector` parameters. The data are those of this moment. What a mask
    holds at nothing counts as 0, whatever theta says, and has no gradient.
    """
    data = Data(
        _float64(data.x),
        _float64(data.y),
        None if data.sample_weight is None else _float64(data.sample_weight),
    )
    given = network, data, penalty, tuple(map(_float64, weight_masks))
    return (
        native.gradient(*given, n_jobs)
        if _is_for_native(network)
        else numpy_engine.gradient(*given)
    )


def find_jacobian(
    network: Network,
    x: Floats,
    row_scale: Floats,
    weight_masks: Sequence[Floats] = (),
    n_jobs: int | None = None,
) -> Callable[[Floats], tuple[Floats, Floats]]:
    """A function for solvers of least squares: theta -> the outputs a, N x K, and how they change with theta, (N K) x P.

    Row i K + k of the second is the slope of row_scale[i] a[i, k], eq. (7.1). theta as for `find_gradient`; what a mask holds at
    nothing has columns of 0.
    """
    given = network, _float64(x), _float64(row_scale), tuple(map(_float64, weight_masks))
    return (
        native.jacobian(*given, n_jobs)
        if _is_for_native(network)
        else numpy_engine.jacobian(*given)
    )


def _is_for_native(network: Network) -> bool:
    return not native.missing() and not native.refuses_network(network)


def _float64(array: Floats) -> Floats:
    return np.ascontiguousarray(array, np.float64)
