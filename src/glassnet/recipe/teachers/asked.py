"""Teachers that can be asked for any row: a glassnet model, or an estimator of scikit-learn's kind.

An estimator that is not fitted yet is fitted on parts of the rows, so that what it says of a row is
said by one that did not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.models.model import Model
from glassnet.recipe.class_weight import label_key
from glassnet.recipe.folds import draw_folds
from glassnet.recipe.rows import TableRows, class_indices
from glassnet.recipe.teachers.inputs import TeacherInputs
from glassnet.recipe.teachers.teacher import MixedRows, Predicted, Wanted
from glassnet.tables.columns import Table
from glassnet.tables.targets import ClassTarget, as_labels

FOLDS = 4  # parts of the rows, each predicted by an estimator fitted on the others


@dataclass(frozen=True, eq=False)
class AskedModel:
    """A glassnet model, which finds its columns by name.

    Parameters
    ----------
    model : Model
    description : str
        What it is, in words.
    scored : Model or None
        The model that its scores are of, where it was trained once more on all rows after them.
    """

    model: Model
    description: str
    scored: Model | None = None

    knows_other_rows = True

    def take(self, rows: np.ndarray) -> "AskedModel":
        """Itself: it looks at whatever rows it is asked for."""
        return self

    def predict(self, rows: TableRows, wanted: Sequence[Wanted], seed: int) -> Predicted:
        """What the model says of the rows. Raises GlassnetError where it is of other targets."""
        ask = partial(self._ask, wanted=wanted)
        return Predicted(ask(rows.inputs), lambda mixed: ask(mixed.inputs))

    def _ask(self, inputs: Table, wanted: Sequence[Wanted]) -> np.ndarray:
        found = dict[str, np.ndarray]()
        of_target = {target.name: target for target in wanted}
        for target, part in self.model.encoding.by_target(self.model.output(inputs)):
            aim = of_target.get(target.name)
            if aim is None or isinstance(target, ClassTarget) != bool(aim.labels):
                continue
            if isinstance(target, ClassTarget):
                found[aim.name] = _by_label(target.probabilities(part), target.labels, aim)
            else:
                found[aim.name] = target.decode(part)[:, None]
        for target in wanted:
            if target.name not in found:
                kind = "classes of" if target.labels else "number"
                raise GlassnetError(
                    f"the teacher ({self.description}) does not predict the {kind} '{target.name}'",
                    option="teacher",
                )
        return np.concatenate([found[target.name] for target in wanted], axis=1)


@dataclass(frozen=True, eq=False)
class AskedEstimator:
    """An estimator with `predict` or `predict_proba`, fitted or not.

    Parameters
    ----------
    estimator : estimator
        As it was given.
    inputs : TeacherInputs
        All rows of the table.
    row : array of int
        The numbers of those that are this teacher's.
    fitted : bool
        Whether it is used as it is.
    """

    estimator: Any
    inputs: TeacherInputs
    row: np.ndarray
    fitted: bool

    knows_other_rows = True

    @property
    def description(self) -> str:
        """What it is, in words."""
        kind = type(self.estimator).__name__
        if self.fitted:
            return f"a fitted {kind}"
        return f"{FOLDS} {kind}s, fitted on parts of the rows"

    def take(self, rows: np.ndarray) -> "AskedEstimator":
        """The teacher of only the rows of these numbers."""
        return replace(self, row=self.row[rows])

    def predict(self, rows: TableRows, wanted: Sequence[Wanted], seed: int) -> Predicted:
        """What the estimator says of the rows.

        Raises GlassnetError where its predictions do not fit, and whatever it raises itself.
        """
        if self.fitted:
            names = getattr(self.estimator, "feature_names_in_", None)
            inputs = self.inputs.select([*rows.inputs] if names is None else list(map(str, names)))
            fitted, left_out = [self.estimator], None
        else:
            inputs = self.inputs.select([*rows.inputs])
            fitted, left_out = self._fit(rows, inputs, wanted, seed)

        def ask(estimators: Sequence[Any], x: Any) -> np.ndarray:
            return np.mean([_ask(one, x, wanted) for one in estimators], axis=0)

        of_rows = ask(fitted, inputs.take(self.row))
        for estimator, numbers in zip(fitted, left_out or (), strict=False):
            of_rows[numbers] = ask([estimator], inputs.take(self.row[numbers]))

        def of_mixed(mixed: MixedRows) -> np.ndarray:
            donor = {name: self.row[numbers] for name, numbers in mixed.donor.items()}
            return ask(fitted, inputs.mixed(self.row[mixed.base], donor))

        return Predicted(of_rows, of_mixed)

    def _fit(
        self, rows: TableRows, inputs: TeacherInputs, wanted: Sequence[Wanted], seed: int
    ) -> tuple[list[Any], list[np.ndarray]]:
        """(an estimator for each fold, the rows that it was not fitted on)."""
        from sklearn.base import clone

        y = _truth(rows.targets, wanted)
        _, first, group = np.unique(self.row, return_index=True, return_inverse=True)
        task = "multiclass" if wanted[0].labels else "regression"
        classes = class_indices(rows.targets.take(first), task)
        folds = min(FOLDS, len(first))
        fold = draw_folds(len(first), folds, seed, classes)[group]  # a repeated row stays in one
        fitted: list[Any] = []
        for number in range(folds):
            trained = np.flatnonzero(fold != number)
            copy: Any = clone(self.estimator)
            fitted.append(copy.fit(inputs.take(self.row[trained]), y[trained]))
        return fitted, [np.flatnonzero(fold == number) for number in range(folds)]


def asked_estimator(estimator: Any, inputs: TeacherInputs, n_rows: int) -> AskedEstimator:
    """An estimator as a teacher of N rows."""
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    fitted = True
    if hasattr(estimator, "fit"):
        try:
            check_is_fitted(estimator)
        except NotFittedError:
            fitted = False
    return AskedEstimator(estimator, inputs, np.arange(n_rows), fitted)


def _truth(targets: Table, wanted: Sequence[Wanted]) -> np.ndarray:
    """The targets as an estimator is fitted on them: N, or N x targets."""
    columns: list[np.ndarray] = []
    for target in wanted:
        column = targets[target.name]
        if target.labels:
            index = ClassTarget(target.name, target.labels).index(column)
            columns.append(as_labels(target.labels)[index])
        else:
            columns.append(column.values)
    return columns[0] if len(columns) == 1 else np.stack(columns, axis=1)


def _ask(estimator: Any, x: Any, wanted: Sequence[Wanted]) -> np.ndarray:
    """The predictions of a fitted estimator, N x K."""
    classify = bool(wanted[0].labels)
    if classify and not hasattr(estimator, "predict_proba"):
        raise _misfit(estimator, "gives no probabilities of classes (it has no predict_proba)")
    found = (estimator.predict_proba if classify else estimator.predict)(x)
    if len(wanted) > 1:
        parts = found if isinstance(found, list) else np.asarray(found).T
        columns = [np.asarray(part).reshape(len(part), -1)[:, -1:] for part in parts]
        found = np.concatenate(columns, axis=1)
    else:
        found = np.asarray(found, np.float64)
        found = found.reshape(len(found), -1)
        if classify:
            found = _by_label(found, estimator.classes_, wanted[0])
    if found.shape[1] != sum(target.width for target in wanted) or not np.isfinite(found).all():
        raise _misfit(estimator, f"predicts an array of {found.shape}, or what is not finite")
    return found


def _misfit(estimator: Any, message: str) -> GlassnetError:
    return GlassnetError(f"the teacher ({type(estimator).__name__}) {message}", option="teacher")


def _by_label(probabilities: np.ndarray, labels: Sequence[Any], target: Wanted) -> np.ndarray:
    """Probabilities, N x labels, in the order and number of the target's outputs, N x K.

    Raises GlassnetError on a label that is no class of the target; one that is lacking is never
    predicted.
    """
    known = target.keys
    found = np.zeros((len(probabilities), len(known)))
    for label, column in zip(labels, probabilities.T, strict=True):
        key = label_key(label)
        if key not in known:
            raise GlassnetError(
                f"the teacher predicts a class '{key}' that '{target.name}' has not: "
                f"its classes are {', '.join(known)}",
                option="teacher",
            )
        found[:, known.index(key)] = column
    return found[:, 1:] if len(known) == 2 else found
