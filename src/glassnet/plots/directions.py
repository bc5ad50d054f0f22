"""Two directions in the space of all weights: a plane through the trained ones, over which to look at the loss.

Where there is a path of training, the two along which it moves most (principal components of its distances from the trained
weights); else two at random, filter-normalised (Li et al. 2018, arXiv 1712.09913, sections 4 and 7.2).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Parameters, unflatten
from glassnet.errors import GlassnetError
from glassnet.training.problem import as_dtype, to_vector

WeightPath = Sequence[tuple[int, Parameters]]
"""(epoch, parameters) along a training, as in `Run.path` and `TableRun.path`."""
MARGIN = 0.3  # of the path's extent, left free on either side


class Directions(NamedTuple):
    """Two directions in the space of all P parameters, what they are called, and how much of the path's movement each shows."""

    vectors: np.ndarray  # 2 x P
    shares: tuple[float, float] | None = None


def path_directions(away: np.ndarray) -> Directions:
    """The two directions, at right angles and of length 1, that show most of a path.

    away : points x P, how far each point of the path is from the trained weights; the directions are its first principal
        components, not centred, since the plane goes through the trained weights.

    Raises GlassnetError on a path that does not span a plane.
    """
    rank = int(np.linalg.matrix_rank(away))
    if rank < 2:
        raise GlassnetError(
            f"a path of {len(away)} points that lie on a line spans no plane: train with more, such as path_points=30"
        )
    _, lengths, vectors = np.linalg.svd(away, full_matrices=False)
    signs = np.where(
        vectors[:2] @ away[0] > 0, -1.0, 1.0
    )  # the start is on the left and below, on every machine
    first, second = (float(share) for share in lengths[:2] ** 2 / np.sum(lengths**2))
    return Directions(signs[:, None] * vectors[:2], (first, second))


def random_directions(parameters: Parameters, seed: int) -> Directions:
    """Two random directions, filter-normalised: the weights into each node are drawn, then made as long as its own.

    Biases are left where they are, and so are weights that are 0, such as those between networks that were trained apart.
    """
    random = np.random.default_rng(seed)

    def draw() -> np.ndarray:
        drawn = [random.normal(size=w.shape) * (w != 0) for w in parameters.weights]
        lengths = [np.maximum(np.linalg.norm(d, axis=0), np.finfo(float).tiny) for d in drawn]
        scaled = [
            d * np.linalg.norm(w, axis=0) / n
            for d, n, w in zip(drawn, lengths, parameters.weights, strict=True)
        ]
        return to_vector(
            unflatten([*scaled, *(np.zeros_like(b) for b in parameters.biases)], parameters)
        )

    return Directions(np.stack([draw(), draw()]))


def away_from(middle: np.ndarray, path: WeightPath) -> np.ndarray:
    """How far each point of a path is from the trained weights, points x P."""
    points = [to_vector(as_dtype(parameters, np.float64)) for _, parameters in path]
    for point in points:
        if point.shape != middle.shape:
            raise GlassnetError(
                f"the path has {point.size} weights, the model {middle.size}: give the path of this model's training"
            )
    return np.array(points).reshape(len(points), middle.size) - middle


def reach(points: np.ndarray, resolution: int) -> np.ndarray:
    """From -1 to 1 where there is no path, else over the path and the trained weights at 0, with a margin."""
    if not len(points):
        return np.linspace(-1, 1, resolution)
    low, high = min(0.0, points.min()), max(0.0, points.max())
    margin = MARGIN * (high - low)
    return np.linspace(low - margin, high + margin, resolution)
