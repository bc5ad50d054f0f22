"""Hidden nodes in words: what each responds to, and what it does to the prediction.

The measures are `hidden_nodes.py`'s; whoever prints wraps the lines.
"""

from collections.abc import Iterator, Sequence

from glassnet.importance.hidden_nodes import NAMED_ROWS, HiddenNode, HiddenNodes
from glassnet.importance.node_measures import ColumnPart

NODES_AT_ONCE = 10  # nodes said at once
COLUMNS_OF_NODE = 3  # columns named of a node
LEAST_PART = 0.05  # of a column that is named after the first


def node_lines(
    found: HiddenNodes, shown: Sequence[HiddenNode] | None = None, more: str = "all: table()"
) -> Iterator[str]:
    """What is said of nodes, a line for each, with what must be known to read it.

    Parameters
    ----------
    found : HiddenNodes
        All nodes.
    shown : sequence of HiddenNode, optional
        Those to be said; by default the ten that do most.
    more : str
        How a reader sees the others.
    """
    if not len(found):
        yield "The model has no hidden layer, and so no hidden nodes."
        return
    if shown is None:
        shown = [node for node in found.nodes if node.deviation][:NODES_AT_ONCE]
    what = f"the probabilities of {found.target}" if found.is_class else found.target
    yield f"What hidden nodes respond to, and do to {what}: {_how_many(found, shown)}."
    for node in shown:
        yield f"  {node_sentence(found, node)}"
    yield from _others(found, shown, more)
    yield _method(found)


def _how_many(found: HiddenNodes, shown: Sequence[HiddenNode]) -> str:
    if len(shown) == len(found):
        return "all, those that do most first"
    if list(shown) == list(found.nodes[: len(shown)]):
        return f"the {len(shown)} of {len(found):,} that do most"
    return f"{len(shown)} of {len(found):,}"


def node_sentence(found: HiddenNodes, node: HiddenNode) -> str:
    """What one node responds to, and does."""
    name = node.name
    if found.members > 1:
        name += f" of member {node.member + 1} of {found.members}"
    if not node.deviation:
        return f"{name} does nothing: it is {node.low:.3g} in every row."
    named = [part for part in node.columns[:COLUMNS_OF_NODE] if part.fraction >= LEAST_PART]
    ends = ("lowest", "highest") if node.activations else ("low", "high")
    return (
        f"{name} {_response(named or node.columns[:1])}: {_where(node)}. From its {ends[0]} "
        f"({node.low:.2g}) to its {ends[1]} ({node.high:.2g}) it {_effect_text(found, node)}."
    )


def _where(node: HiddenNode) -> str:
    """In which rows it is high and low; of few rows what it is in each, the lowest first."""
    if not node.activations:
        return f"highest in {_rows_text(node.rows_high)}, lowest in {_rows_text(node.rows_low)}"
    in_order = sorted(enumerate(node.activations, 1), key=lambda numbered: numbered[1])
    return _listed([f"{activation:.2g} in row {number}" for number, activation in in_order])


def _response(columns: Sequence[ColumnPart]) -> str:
    """As "rises with weight_lbs (48 %) and is highest where origin is Japan (9 %)"."""
    rising = [f"{one.name} ({_percent(one)})" for one in columns if one.direction == "rises"]
    falling = [f"{one.name} ({_percent(one)})" for one in columns if one.direction == "falls"]
    peaks = [f"{one.name} is {one.level} ({_percent(one)})" for one in columns if one.level]
    phrases = [f"rises with {_listed(rising)}"] if rising else []
    phrases += [f"falls with rising {_listed(falling)}"] if falling else []
    phrases += [f"is on average highest where {_listed(peaks)}"] if peaks else []
    return ", ".join([*phrases[:-2], " and ".join(phrases[-2:])])


def _percent(part: ColumnPart) -> str:
    return f"{100 * part.fraction:.0f} %"


def _rows_text(rows: Sequence[int]) -> str:
    return f"row{'s' if len(rows) > 1 else ''} {_listed(list(map(str, rows)))}"


def _effect_text(found: HiddenNodes, node: HiddenNode) -> str:
    """As "lowers mpg by 1.9", "raises the probability of Adelie by 3 points"."""
    effects = dict(zip(found.outputs, node.effects, strict=True))
    if not found.is_class:
        ((name, effect),) = effects.items()
        return f"{_verb(effect)} {name} by {abs(effect):.2g}"
    up, down = max(effects, key=effects.__getitem__), min(effects, key=effects.__getitem__)
    named = [up, down] if len(effects) > 2 else [up if len(effects) > 1 else down]
    whose = [f"the probability of {output_label(found, named[0])}"]
    whose += [f"that of {output_label(found, one)}" for one in named[1:]]
    return " and ".join(
        f"{_verb(effects[one])} {of} by {_points(effects[one])}"
        for one, of in zip(named, whose, strict=True)
    )


def _verb(effect: float) -> str:
    return "lowers" if effect < 0 else "raises"


def output_label(found: HiddenNodes, output: str) -> str:
    """What an output is called: the target, or the class without its target."""
    return output.removeprefix(f"{found.target}=")


def _points(effect: float) -> str:
    return f"{100 * abs(effect):.2g} points"


def effect_size(found: HiddenNodes, node: HiddenNode, k: int) -> str:
    """A node's effect on output number k: as "-1.9" or "+3 points"."""
    effect = node.effects[k]
    return f"{100 * effect:+.2g} points" if found.is_class else f"{effect:+.2g}"


def _others(found: HiddenNodes, shown: Sequence[HiddenNode], more: str) -> Iterator[str]:
    """How many nodes are not said, and how many do nothing."""
    chosen = set(map(id, shown))
    others = [node for node in found.nodes if node.deviation and id(node) not in chosen]
    if others:
        size = others[0].largest_effect
        most = f"a probability by {_points(size)}" if found.is_class else f"it by {size:.2g}"
        yield f"{len(others):,} others, each moving {most} or less; to see {more}."
    idle = [node for node in found.nodes if not node.deviation]
    if not idle:
        yield f"None of the {len(found):,} does nothing (is the same in every row)."
        return
    of_many = found.members > 1
    names = [
        f"{node.name} of member {node.member + 1}" if of_many else node.name
        for node in idle[:NODES_AT_ONCE]
    ]
    further = f" and {len(idle) - len(names):,} more" if len(idle) > len(names) else ""
    yield (
        f"{len(idle):,} of the {len(found):,} do nothing (are the same in every row): "
        f"{', '.join(names)}{further}."
    )


def _method(found: HiddenNodes) -> str:
    """How it was measured, and what it does not tell."""
    if found.n_rows <= NAMED_ROWS:
        ends, low, high = "", "its lowest", "its highest activation"
    else:
        ends = "Low and high are the 10th and 90th percentile of the activation. "
        low, high = "low", "high"
    vote = f" (the vote of {found.members} networks)" if found.members > 1 else ""
    return (
        f"Method: over {found.n_rows:,} rows. A percentage is a column's part in moving the node: "
        "the mean squared change of its activation as that column alone is fixed as in "
        f"{found.against}, beside the other columns'; columns that tell the same divide it as the "
        "network happens to use them. Which way is a trend over all rows: a row can be high for "
        f"another column's sake. {ends}What a node does is the mean change of the "
        f"prediction{vote} over the rows as that node alone goes from {low} to {high}, the rest of "
        "its layer as it is in each row; nodes that move together do more, or undo each other."
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
