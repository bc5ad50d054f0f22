"""Which rows each member trains on: folds are equal parts, of each class too."""

import numpy as np

from glassnet.recipe.folds import assign_folds, draw_folds
from glassnet.recipe.options import Options


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


def test_each_member_is_validated_by_the_fold_that_it_is_not_trained_on() -> None:
    splits = assign_folds(480, Options(members=4))
    folds = [split.validation for split in splits if split.validation is not None]
    assert [len(fold) for fold in folds] == [120] * 4
    assert sorted(np.concatenate(folds).tolist()) == list(range(480))
    for split, fold in zip(splits, folds, strict=True):
        assert sorted([*split.train, *fold]) == list(range(480))


def test_a_fold_that_is_too_small_validates_nothing_and_is_left_out_all_the_same() -> None:
    for split in assign_folds(396, Options(members=4)):
        assert (len(split.train), split.validation) == (297, None)


def test_all_rows_train_every_member_where_others_validate_or_nothing_does() -> None:
    apart = [
        assign_folds(480, Options(members=4), validated_by_other_rows=True),
        assign_folds(480, Options(members=4, validation=0.0)),
        assign_folds(480, Options(members=1)),
        assign_folds(3, Options(members=4)),
    ]
    for splits, rows, members in zip(apart, (480, 480, 480, 3), (4, 4, 1, 4), strict=True):
        assert [(len(split.train), split.validation) for split in splits] == [
            (rows, None)
        ] * members
