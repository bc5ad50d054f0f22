"""Two directions in the space of all parameters, for a plane through the trained ones.

Where there is a path of training, they are the two along which it moves most (principal components
of its distances from the trained parameters); else two at random, filter-normalised (Li et al.
2018, arXiv 1712.09913, sections 4 and 7.2).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Parameters, unflatten
from glassnet.errors import GlassnetError
from glassnet.training.problem import as_dtype, to_vector

WeightPath = Sequence[tuple[int, Parameters]]
"""(epoch, parameters) along a training, as in `Run.path` and `TableRun.path`."""
PATH_MARGIN = 0.3  # fraction of the path's extent, left free on either side


class Directions(NamedTuple):
    """Two directions in the space of all P parameters.

    Parameters
    ----------
    vectors : ndarray
        2 x P.
    fractions : tuple of two floats, optional
        How much of the path's squared distances from the trained parameters lies along each.
    """

    vectors: np.ndarray
    fractions: tuple[float, float] | None = None


def path_directions(away: np.ndarray) -> Directions:
    """The two directions, at right angles and of length 1, that show most of a path.

    They are its first principal components, not centred, since the plane goes through the trained
    parameters.

    Parameters
    ----------
    away : ndarray
        How far each point of the path is from the trained parameters, points x P.

    Raises
    ------
    GlassnetError
        On a path that does not span a plane.
    """
    rank = int(np.linalg.matrix_rank(away))
    if rank < 2:
        raise GlassnetError(
            f"a path of {len(away)} points that lie on a line spans no plane: "
            "train with more, such as path_points=30"
        )
    _, lengths, vectors = np.linalg.svd(away, full_matrices=False)
    # The start is on the left and below, on every machine.
    signs = np.where(vectors[:2] @ away[0] > 0, -1.0, 1.0)
    squares = lengths**2
    first, second = (float(fraction) for fraction in squares[:2] / np.sum(squares))
    return Directions(signs[:, None] * vectors[:2], (first, second))


def random_directions(parameters: Parameters, seed: int) -> Directions:
    """Two random directions, filter-normalised: as long, into each node, as its trained weights.

    Biases stay where they are, and so do weights of exactly 0, as between joined members.
    """
    random = np.random.default_rng(seed)
    first = _random_direction(parameters, random)
    second = _random_direction(parameters, random)
    return Directions(np.stack([first, second]))


def _random_direction(parameters: Parameters, random: np.random.Generator) -> np.ndarray:
    """One random direction, filter-normalised, P."""
    drawn = [np.where(w != 0, random.normal(size=w.shape), 0.0) for w in parameters.weights]
    scaled = []
    for direction, w in zip(drawn, parameters.weights, strict=True):
        length = np.maximum(np.linalg.norm(direction, axis=0), np.finfo(float).tiny)
        scaled.append(direction * np.linalg.norm(w, axis=0) / length)
    still = [np.zeros_like(b) for b in parameters.biases]
    return to_vector(unflatten([*scaled, *still], parameters))


def away_from(middle: np.ndarray, path: WeightPath) -> np.ndarray:
    """How far each point of a path is from the trained parameters, points x P."""
    points = [to_vector(as_dtype(parameters, np.float64)) for _, parameters in path]
    for point in points:
        if point.shape != middle.shape:
            raise GlassnetError(
                f"the path has {point.size} weights, the model {middle.size}: "
                "give the path of this model's training"
            )
    return np.array(points).reshape(len(points), middle.size) - middle


def reach(points: np.ndarray, resolution: int) -> np.ndarray:
    """The grid along one direction: over the path and the trained parameters at 0, with a margin.

    `points` are the path's positions along it; where there are none the grid goes from -1 to 1.
    """
    if not len(points):
        return np.linspace(-1, 1, resolution)
    low, high = min(0.0, points.min()), max(0.0, points.max())
    margin = PATH_MARGIN * (high - low)
    return np.linspace(low - margin, high + margin, resolution)
