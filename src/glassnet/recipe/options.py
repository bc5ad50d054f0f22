"""The options of training on a table, each declared once.

The command line (`cli/train.py`) makes its options from these declarations, and the signatures of
`TableRegressor` and `TableClassifier` are tested against them. What is left open here (None) is
settled from the table in `defaults.py`.
"""

import inspect
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassnet.errors import option_error, unknown_name
from glassnet.recipe.declarations import (
    Declaration,
    check_activations,
    check_class_weight,
    check_column_names,
    check_effort,
    check_layer_sizes,
    check_loss,
    check_memory,
    check_path,
    check_texts,
    check_threshold,
    check_true_or_false,
    dropout_rate,
    fraction,
    not_negative,
    one_of_these,
    option,
    positive,
    weight_of_mixture,
    whole_number,
)
from glassnet.recipe.efforts import EFFORTS
from glassnet.settings import is_whole, items_of, plain_number

if TYPE_CHECKING:
    from glassnet.tables.formats.reading import Reading
    from glassnet.tables.targets import Task

MOST_MEMBERS = 10_000  # more is a slip of the pen, not an ensemble
MOST_DRAWS = 1000  # settings; so many need hours
MAX_BINS = 255  # of a column; so many inputs are packed in one byte


NOT_OF_A_STUDY = (
    "start",
    "effort",
    "draws",
    "members",
    "refit",
    "threshold",
    "teacher_weight",
    "memory",
)
"""Options that say which networks there are, or what is made of them: a study has one a start. And
the memory, for a study keeps what all of them predict."""

NOT_OF_A_SEARCH = (*NOT_OF_A_STUDY, "validation")
"""Those, and which rows validate: a search has folds for it."""


@dataclass(frozen=True)
class Options:
    """How to train on a table. What is None is settled from the table.

    Raises GlassnetError, naming the option, on unknown names and values out of range.
    """

    task: str | None = option(
        None,
        "What kind of target it is.",
        names_in="glassnet.tables.targets.TASKS",
        if_open="found from the target",
    )
    effort: str | float = option(
        "default",
        "How much to try: quick is one network, best draws settings and keeps those that together "
        "predict the rows left out of the folds best; a number is about so many seconds of that.",
        check_effort,
        names_in="glassnet.recipe.efforts.EFFORTS",
        sklearn="effort",
    )
    draws: int | None = option(
        None,
        "Settings that are drawn at random around the best, and trained too.",
        whole_number(0, MOST_DRAWS),
        if_open="by effort: 7 for the best, as many as there is time for in seconds, else none",
        sklearn="draws",
    )
    members: int | None = option(
        None,
        "Networks that are trained apart, of each settings; their mean predicts.",
        whole_number(1, MOST_MEMBERS),
        if_open="by effort: 1, 4, 8",
        sklearn="members",
    )
    hidden: tuple[int, ...] | None = option(
        None,
        "Nodes of each hidden layer, of each member.",
        check_layer_sizes,
        if_open="64,64; 64 for a quick effort",
        sklearn="hidden_layer_sizes",
    )
    activation: str | tuple[str, ...] = option(
        "silu",
        "Activation of the hidden layers, one for all or one each, as in relu,tanh.",
        check_activations,
        names_in="glassnet.core.activations.ACTIVATIONS",
        sklearn="activation",
    )
    loss: str | None = option(
        None,
        "Loss, some with a setting, as in huber:0.5 and pinball:0.9.",
        check_loss,
        names_in="glassnet.core.losses.LOSSES",
        if_open="by task",
        sklearn="loss",
    )
    optimizer: str = option(
        "adamw",
        "Optimizer: how a gradient becomes a step.",
        names_in="glassnet.core.optimizers.OPTIMIZERS",
        sklearn="solver",
    )
    learning_rate: float | None = option(
        None,
        "Largest learning rate.",
        positive,
        if_open="by optimizer",
        sklearn="learning_rate_init",
    )
    schedule: str | None = option(
        None,
        "Schedule of the learning rate along the run.",
        names_in="glassnet.training.schedules.SCHEDULES",
        if_open="constant where rows that validate say how long to train, else cosine",
        sklearn="learning_rate",
    )
    average: float | None = option(
        None,
        "Keep a moving average of the weights that remembers this fraction of the run, where it "
        "validates better.",
        positive,
        if_open="the weights themselves",
        sklearn="average",
    )
    batch_size: int | None = option(
        None,
        "Rows of an update.",
        whole_number(1),
        if_open="by the number of rows",
        sklearn="batch_size",
    )
    epochs: int | None = option(
        None,
        "Times through the rows.",
        whole_number(1),
        if_open="by the number of rows",
        sklearn="max_iter",
    )
    patience: int | None = option(
        None,
        "Stop after so many epochs without a better one.",
        whole_number(1),
        if_open="never",
        sklearn="n_iter_no_change",
    )
    l2: float = option(
        0.0,
        "Adds (l2/2) sum w^2 to the loss.",
        not_negative,
        sklearn="alpha",
    )
    l1: float = option(
        0.0,
        "Adds l1 sum |w| to the loss.",
        not_negative,
        sklearn="l1",
    )
    decay: float | None = option(
        None,
        "Weight decay of adamw and muon.",
        not_negative,
        if_open="by the number of rows, or as the rows left out of the folds are predicted best",
        sklearn="decay",
    )
    dropout: float | None = option(
        None,
        "Fraction of the hidden nodes left out of each update.",
        dropout_rate,
        if_open="0.15; 0 with a teacher that can be asked for any row",
        sklearn="dropout",
    )
    seed: int = option(
        0,
        "Seed of the split, the weights and the batches.",
        whole_number(0),
        sklearn="random_state",
    )
    dtype: str = option(
        "float32",
        "Numbers that the training computes in.",
        names_in="glassnet.core.initializers.DTYPES",
        sklearn="dtype",
    )
    engine: str = option(
        "auto",
        "Engine that runs the training.",
        names_in="glassnet.training.engines.registry.ENGINE_NAMES",
        sklearn="engine",
    )
    validation: float | None = option(
        None,
        "Fraction of the training rows that epochs are validated on.",
        fraction,
        if_open="each member by a fold of its own; 0.2 for one member",
        sklearn="validation_fraction",
    )
    holdout: float = option(
        0.2,
        "Fraction of the rows kept for the final score.",
        fraction,
    )
    refit: bool | None = option(
        None,
        "Whether the model is trained once more after the scores, on all rows; without it the one "
        "that was scored is kept.",
        check_true_or_false,
        if_open="up to 20,000 rows; more would take as long again",
    )
    teacher_weight: float = option(
        0.7,
        "With a teacher: how much its predictions count in each target, against the true one.",
        weight_of_mixture,
        sklearn="teacher_weight",
    )
    class_weight: str | dict[str, float] | None = option(  # noqa: RUF009
        None,
        "How much each class counts: yes=5,no=1, or balanced, so that all weigh the same in all.",
        check_class_weight,
        if_open="all rows count the same",
    )
    threshold: float | str | None = option(
        None,
        "Of two classes: the probability of the second (yes of no and yes, 1 of 0 and 1) from "
        "which on it is predicted; or balanced: that of the largest balanced accuracy on rows not "
        "trained on, of more classes the largest probability over the class's frequency.",
        check_threshold,
        if_open="the likelier class is predicted",
    )
    categories: tuple[str, ...] = option(
        (),
        "Column of numbers to take as categories; repeat for more.",
        check_column_names,
        sklearn="categories",
        flag="category",
    )
    ignore: tuple[str, ...] = option(
        (),
        "Column to leave out; repeat for more.",
        check_column_names,
    )
    bins: int | None = option(
        None,
        "Bins that each column of numbers is also cut into, between its quantiles; 0: none.",
        whole_number(0, MAX_BINS),
        if_open="as the rows left out of the folds are predicted best",
        sklearn="bins",
    )
    affine: bool = option(
        False,
        "Only centre and scale numbers, so that the model can be folded into plain weights.",
        check_true_or_false,
    )
    missing: tuple[str, ...] | None = option(
        None,
        "Texts that mean a missing cell in columns of text, as in NA,- ; no others do there.",
        check_texts,
        sklearn="missing",
        if_open="the usual ones among numbers; in columns of text they are categories",
    )
    decimal: str | None = option(
        None,
        "Decimal mark, . or , where a column's numbers fit both.",
        one_of_these(".", ","),
        sklearn="decimal",
        if_open="by the other columns, and what separates cells",
    )
    date_order: str | None = option(
        None,
        "Order of day, month and year, dmy, mdy or ymd, where a column's dates fit several.",
        one_of_these("dmy", "mdy", "ymd"),
        sklearn="date_order",
        if_open="by the other columns; else the day first, with a warning",
    )
    start: str | None = option(
        None,
        "Run folder or model file to go on from: its weights, columns and options, but for what is "
        "given here.",
        check_path,
        if_open="new weights",
        flag="from",
    )
    memory: str | int | None = option(
        None,
        "Memory that the run may take, as in 512MB or 2GB: a larger table is read some rows at a "
        "time, and its rows lie in files while they are trained on.",
        check_memory,
        if_open="as much as the table needs",
    )

    def __post_init__(self) -> None:
        for name, declaration in DECLARATIONS.items():
            value = _plain(getattr(self, name))
            object.__setattr__(self, name, value)
            left_open = value is None and declaration.if_open
            if not left_open:
                declaration.check(name, value)

    @property
    def effort_name(self) -> str:
        """The effort by name: that of a number of seconds is best."""
        return self.effort if isinstance(self.effort, str) else "best"

    @property
    def member_count(self) -> int:
        """Networks of each settings: as asked for, or the effort's."""
        return EFFORTS[self.effort_name].members if self.members is None else self.members

    @property
    def draw_count(self) -> int:
        """Settings to draw: as asked for, or the effort's; the most there may be in seconds."""
        if self.draws is not None:
            return self.draws
        return EFFORTS[self.effort].draws if isinstance(self.effort, str) else MOST_DRAWS

    def reading(self, targets: Collection[str]) -> "Reading":
        """How the text of a table is to be read, whose columns to predict are these."""
        from glassnet.tables.formats.reading import Reading

        return Reading(
            self.missing, self.decimal, self.date_order, self.categories, frozenset(targets)
        )


@dataclass(frozen=True)
class ResolvedOptions:
    """Options with nothing left open: what a training was run with.

    Some may still be None, which then is their value: without `average` the weights
    themselves are kept, a `patience` of None never stops a run early,
    a `validation` of None has members validated by folds (see `folds.assign_folds`), without
    `class_weight` all rows count the same, without `threshold` the likelier class is predicted, and
    without `missing`, `decimal` and `date_order` text was read as its cells say.
    """

    task: "Task"
    effort: str
    draws: int
    members: int
    hidden: tuple[int, ...]
    activation: str | tuple[str, ...]
    loss: str
    optimizer: str
    learning_rate: float
    schedule: str
    average: float | None
    batch_size: int
    epochs: int
    patience: int | None
    l2: float
    l1: float
    decay: float
    dropout: float
    seed: int
    dtype: str
    engine: str
    validation: float | None
    holdout: float
    refit: bool
    teacher_weight: float
    class_weight: str | dict[str, float] | None
    threshold: float | str | None
    categories: tuple[str, ...]
    ignore: tuple[str, ...]
    bins: int
    affine: bool
    missing: tuple[str, ...] | None
    decimal: str | None
    date_order: str | None
    start: str | None = None
    memory: str | int | None = None

    def as_options(self) -> Options:
        """The same as options to ask for, which repeat the training."""
        return Options(**asdict(self))


DECLARATIONS: dict[str, Declaration] = {
    field.name: field.metadata["declaration"] for field in fields(Options)
}
"""Option -> its declaration, in the order of a help text."""

SKLEARN_NAMES: dict[str, str] = {
    name: declaration.sklearn for name, declaration in DECLARATIONS.items() if declaration.sklearn
}
"""Option -> the parameter of the table estimators that it is, where they have one."""


def options_from(given: dict[str, Any]) -> Options:
    """Options by name, as people and run.json write them.

    Raises GlassnetError on an unknown name or a value out of range.
    """
    settings: dict[str, Any] = {}
    for name, value in given.items():
        if name not in DECLARATIONS:
            raise unknown_name("option", name, DECLARATIONS)
        settings[name] = tuple(value) if isinstance(value, list) else value
    for name in ("categories", "ignore"):
        if name in settings:
            settings[name] = _several(name, settings[name])
    if settings.get("missing") is not None:
        texts = _several("missing", settings["missing"])
        settings["missing"] = tuple(text for text in texts if not isinstance(text, str) or text)
    if is_whole(settings.get("hidden")):
        settings["hidden"] = (settings["hidden"],)
    return Options(**settings)


def _several(option: str, names: Any) -> tuple[str, ...]:
    """One name, several or None as a tuple; raises OptionError on what is none of these."""
    if names is None:
        return ()
    if isinstance(names, str):
        return (names,)
    items = tuple(names) if isinstance(names, (set, frozenset)) else items_of(names)
    if items is None:
        raise option_error(option, "must be text, or several texts", names)
    return items


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's, paths and classes as their text, which a model file can hold."""
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        from glassnet.recipe.class_weight import label_key

        return {label_key(label): _plain(weight) for label, weight in value.items()}
    return plain_number(value)


def _documented() -> str:
    """The docstring of `Options` with every option as its declaration says it."""
    lines = [inspect.cleandoc(Options.__doc__ or ""), "", "Parameters", "----------"]
    for field in fields(Options):
        declaration: Declaration = field.metadata["declaration"]
        kind = field.type.__name__ if isinstance(field.type, type) else field.type
        lines.append(f"{field.name} : {kind}, default {field.default!r}")
        names = f" A name in `{declaration.names_in}`." if declaration.names_in else ""
        is_open = f" None: {declaration.if_open}." if declaration.if_open else ""
        lines.append(f"    {declaration.help}{names}{is_open}")
    return "\n".join(lines)


Options.__doc__ = _documented()
