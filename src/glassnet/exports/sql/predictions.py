"""From outputs to predictions."""

from collections.abc import Iterator, Sequence

from glassnet.exports.plan import PlannedTarget
from glassnet.exports.sql.steps import SqlChain, SqlColumn
from glassnet.exports.sql.sums import grouped
from glassnet.tables.targets import ClassTarget, NumberTarget


def add_predictions(chain: SqlChain) -> list[str]:
    """The queries after the outputs y; gives what is predicted, an expression for each name."""
    targets = list(enumerate(chain.plan.targets, 1))
    makers = [
        _Classes(chain, number, planned, planned.target)
        if isinstance(planned.target, ClassTarget)
        else _Number(chain, number, planned, planned.target)
        for number, planned in targets
    ]
    spreads = [f"spread{number}" for number, planned in targets if planned.interval]
    outputs = [f"y{n}" for n in range(1, chain.plan.n_outputs + 1)]
    classes = [maker for maker in makers if isinstance(maker, _Classes)]
    totals = [column for maker in classes for column in maker.totals]
    if totals:
        kept = ["raw", *outputs, *spreads]
        chain.add("totals", "What the outputs of classes add up to.", kept, totals)
    decoded = [column for maker in makers for column in maker.decoded]
    kept = ["raw", *spreads]
    chain.add("decoded", "The outputs in the units of the targets.", kept, decoded)
    kept = [*kept, *(column.name for column in decoded)]
    largest = [column for maker in classes for column in maker.largest]
    if largest:
        chain.add("likeliest", "The largest over the classes.", kept, largest)
    if classes:
        chosen = [column for maker in classes for column in maker.chosen]
        chain.add("chosen", "The class that is predicted, from 1.", kept, chosen)
    return [expression for maker in makers for expression in maker.predicted()]


class _Number:
    """A target that is a number."""

    def __init__(
        self, chain: SqlChain, number: int, planned: PlannedTarget, target: NumberTarget
    ) -> None:
        self.chain = chain
        self.planned = planned
        self.target = target
        self.value = f"value{number}"
        self.spread = f"spread{number}"

    @property
    def decoded(self) -> list[SqlColumn]:
        """The number that the output stands for."""
        value = self.chain.formulas.decoded(self.target, f"y{self.planned.first + 1}")
        return [SqlColumn(self.value, [value], self.target.name)]

    def predicted(self) -> Iterator[str]:
        """The number, and the ends of its interval."""
        yield self.value
        interval = self.planned.interval
        if interval:
            for bound in (interval.low, interval.high):
                yield self.chain.formulas.end(self.value, self.spread, bound, interval)


class _Classes:
    """A target of classes: their probabilities are p1_1, p1_2, ... of target 1."""

    def __init__(
        self, chain: SqlChain, number: int, planned: PlannedTarget, target: ClassTarget
    ) -> None:
        self.chain = chain
        self.planned = planned
        self.target = target
        self.number = number
        self.p = [f"p{number}_{k}" for k in range(1, len(target.labels) + 1)]
        self.y = [f"y{planned.first + k}" for k in range(1, target.width + 1)]

    @property
    def totals(self) -> list[SqlColumn]:
        """The sum of the outputs; that of two classes is 1."""
        return [SqlColumn(f"total{self.number}", grouped(self.y))] if len(self.y) > 1 else []

    @property
    def decoded(self) -> list[SqlColumn]:
        """The probabilities."""
        if len(self.y) > 1:
            one, zero = map(self.chain.literal, (1, 0))
            total = f"coalesce(nullif(total{self.number}, {zero}), {one})"
            values = [f"{y} / {total}" for y in self.y]
        else:
            values = [f"1 - {self.y[0]}", self.y[0]]
        named = zip(self.p, values, self.target.label_texts, strict=True)
        return [SqlColumn(p, [value], label) for p, value, label in named]

    @property
    def weighed(self) -> list[str]:
        """What the predicted class has the largest of."""
        if not self.target.frequencies:
            return self.p
        pairs = zip(self.p, self.target.frequencies, strict=True)
        return [self.chain.formulas.over_frequency(p, float(f)) for p, f in pairs]

    @property
    def largest(self) -> list[SqlColumn]:
        """The largest of them, and the largest probability, where they are needed."""
        found = []
        if self.target.threshold is None:
            found.append(SqlColumn(f"most{self.number}", [self.chain.largest(self.weighed)]))
        if self._asks_for_likeliest:
            largest = self.chain.largest(self.p)
            found.append(SqlColumn(f"likeliest_most{self.number}", [largest]))
        return found

    @property
    def _asks_for_likeliest(self) -> bool:
        """Whether a set needs the likeliest class beside the predicted one."""
        differ = self.target.threshold is not None or bool(self.target.frequencies)
        return self.planned.largest is not None and differ

    @property
    def chosen(self) -> list[SqlColumn]:
        """Which class is predicted, and which is the likeliest."""
        if self.target.threshold is None:
            chosen = _first_of([f"{value} = most{self.number}" for value in self.weighed])
        else:
            test = f"{self.p[1]} >= {self.chain.literal(self.target.threshold)}"
            chosen = f"CASE WHEN {test} THEN 2 ELSE 1 END"
        found = [SqlColumn(f"chosen{self.number}", [chosen])]
        if self._asks_for_likeliest:
            likeliest = _first_of([f"{p} = likeliest_most{self.number}" for p in self.p])
            found.append(SqlColumn(f"likeliest{self.number}", [likeliest]))
        return found

    def predicted(self) -> Iterator[str]:
        """The class, the set of classes, and the probabilities."""
        literal = self.chain.database.literal
        *cases, last = map(literal, self.target.labels)
        written = " ".join(f"WHEN {k} THEN {label}" for k, label in enumerate(cases, 1))
        yield f"CASE chosen{self.number} {written} ELSE {last} END"
        if self.planned.largest is not None:
            yield self._set(self.planned.largest)
        yield from self.p

    def _set(self, largest: float) -> str:
        """The classes of the set, with a | in between."""
        literal = self.chain.database.literal
        parts = []
        for k, (p, label) in enumerate(zip(self.p, self.target.label_texts, strict=True), 1):
            test = f"1 - {p} <= {literal(float(largest))} OR chosen{self.number} = {k}"
            if self._asks_for_likeliest:
                test += f" OR likeliest{self.number} = {k}"
            parts.append(f"CASE WHEN {test} THEN {literal('|' + label)} ELSE '' END")
        return "substr(\n    " + " ||\n    ".join(grouped(parts)) + ",\n    2)"


def _first_of(tests: Sequence[str]) -> str:
    """The number, from 1, of the first test that is true."""
    cases = " ".join(f"WHEN {test} THEN {k}" for k, test in enumerate(tests[:-1], 1))
    return f"CASE {cases} ELSE {len(tests)} END"
