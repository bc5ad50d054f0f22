"""`glassnet explain --hidden-nodes`: what hidden nodes respond to, written down.

The command itself is `explain.py`; the sentences are `importance/node_text.py`'s.
"""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.terminal import document_stream, line_width, say
from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from glassnet.importance.hidden_nodes import HiddenNode, HiddenNodes
    from glassnet.models.rows import Rows

NODE_FORMATS = ("text", "json")
ROW_OPTIONS = ("rows", "worst", "what_if", "backward", "whole", "iteration")
"""Parameters of the command that are about single rows."""
MORE = "all: --node all, or one of them: --node 1.5"


def check_nodes_alone(asked: bool, member: int | None, form: str) -> None:
    """Raises GlassnetError on options of the command that do not go with what is asked."""
    if not asked:
        if member is not None:
            raise GlassnetError("--member goes with --hidden-nodes: a row is explained by all")
        return
    context = click.get_current_context()
    for option in context.command.params:
        if option.name in ROW_OPTIONS and context.params[option.name] not in (None, (), False):
            raise GlassnetError(
                f"--hidden-nodes looks at all rows of the table: leave {option.opts[0]} out"
            )
    if form not in NODE_FORMATS:
        raise GlassnetError(f"--hidden-nodes is written as text or json, not as {form}")


def write_nodes(
    rows: "Rows",
    asked: Sequence[tuple[int, int]] | str | None,
    member: int | None,
    form: str,
    file: Path | None,
    overwrite: bool,
) -> None:
    """Write what hidden nodes respond to, to a file or standard output.

    Parameters
    ----------
    rows : Rows
        Over which they are measured.
    asked : sequence of (layer, node), "all" or None
        Which, from 0; None: those that do most.
    member : int or None
        Of which network, from 1; None: of all.
    form : {"text", "json"}
        How.
    file : Path or None
        Where to; None: standard output.
    overwrite : bool
        Whether a file of that name may be replaced.
    """
    from glassnet.files import whole_file
    from glassnet.importance.hidden_nodes import hidden_nodes_of

    count = len(rows.model.members)
    if member is not None and not 1 <= member <= count:
        raise GlassnetError(f"--member {member}: the model's members are 1 to {count}")
    found = hidden_nodes_of(rows, members=None if member is None else [member - 1])
    others = [target.name for target in rows.model.encoding.targets[1:]]
    lines = _lines(found, _chosen(found, asked), others)
    text = _json(found) if form == "json" else "\n".join(lines)
    if file is not None:
        with whole_file(file, overwrite=overwrite) as part:
            part.write_text(text + "\n", encoding="utf-8")
    elif form == "json":
        document_stream().write(text + "\n")
    else:
        for line in text.split("\n"):
            say(line)


def _chosen(
    found: "HiddenNodes", asked: Sequence[tuple[int, int]] | str | None
) -> "Sequence[HiddenNode] | None":
    """The nodes asked for, of every member. Raises GlassnetError on one that is not there."""
    if asked is None or not len(found):
        return None
    if isinstance(asked, str):
        return found.nodes
    known = {(node.layer, node.node) for node in found.nodes}
    widths: dict[int, int] = {}
    for layer, number in sorted(known):
        widths[layer + 1] = number + 1
    for layer, number in asked:
        if (layer, number) not in known:
            ranges = ", ".join(f"{one}.1 to {one}.{width}" for one, width in widths.items())
            raise GlassnetError(f"--node {layer + 1}.{number + 1}: the hidden nodes are {ranges}")
    return [node for node in found.nodes if (node.layer, node.node) in asked]


def _json(found: "HiddenNodes") -> str:
    import json

    return json.dumps(found.to_dict(), ensure_ascii=False)


def _lines(
    found: "HiddenNodes", shown: "Sequence[HiddenNode] | None", other_targets: Sequence[str]
) -> Iterator[str]:
    """The sentences, in lines as wide as the terminal."""
    from glassnet.importance.node_text import node_lines

    sentences = [*node_lines(found, shown, MORE)]
    if other_targets:
        sentences.append(
            f"This is of the first target; of {', '.join(other_targets)} it is told in Python: "
            "gn.hidden_nodes(model, table, output=NAME)."
        )
    for sentence in sentences:
        indent = " " * (len(sentence) - len(sentence.lstrip()))
        yield from textwrap.wrap(
            sentence.strip(), line_width(), initial_indent=indent, subsequent_indent=indent + "  "
        )
