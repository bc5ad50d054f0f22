"""Which rows each member trains on: folds are equal parts, of each class too."""

import numpy as np

from glassnet.recipe.folds import draw_folds


def test_folds_are_equal_parts_of_each_class() -> None:
    classes = np.repeat([0, 1, 2, 3], [40, 8, 4, 3])
    fold = draw_folds(55, 4, 0, classes)
    assert [np.bincount(fold[classes == c]).tolist() for c in range(3)] == [
        [10] * 4,
        [2] * 4,
        [1] * 4,
    ]
    assert fold[classes == 3].tolist() == [-1] * 3  # too few for each: they train all members
    assert np.bincount(draw_folds(10, 4, 0)).tolist() == [3, 3, 2, 2]
    assert draw_folds(10, 4, 0).tolist() != draw_folds(10, 4, 1).tolist()
