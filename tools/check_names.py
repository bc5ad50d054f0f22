"""The names of the package: no retired word in any of them, and no public name with two owners.

Run: python tools/check_names.py src/glassnet (exit status 1 when a name breaks a rule, a line for
each). The glossary, and what stands in place of each retired word, is in CONTRIBUTING.md.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

RETIRED = {
    "answer": "target or prediction",
    "answers": "targets or predictions",
    "course": "the term of what runs: loop, history, state",
    "each": "the thing itself, in the singular",
    "face": "base, display or estimator",
    "held": "clipped, masked or holdout",
    "judge": "validation",
    "judged": "validation",
    "judgement": "validation",
    "judging": "validation",
    "nests": "tree",
    "own": "custom",
    "piece": "chunk, bin or tile",
    "pieces": "chunks, bins or tiles",
    "place": "index, position or path",
    "places": "indices, positions or paths",
    "share": "fraction, scale or probability",
    "shares": "fractions, scales or probabilities",
    "slope": "derivative",
    "slopes": "derivatives",
    "subject": "the thing itself",
    "told": "reported or shown",
    "words": "text or description",
}
"""Words that no identifier may hold, and what to write instead."""
RETIRED_NAMES = {
    "Term": "the type of its value",
    "Terms": "the type of its value",
    "n_weights": "n_parameters",
}
"""Whole names that are retired, and what to write instead."""


def defined_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(name, line) of everything that a file names: functions, classes, arguments and variables."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def words_of(name: str) -> list[str]:
    """The words of an identifier, in lower case.

    >>> words_of("RowShare_of")
    ['row', 'share', 'of']
    """
    return re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())


def retired_words(name: str) -> Iterator[str]:
    """What to say of an identifier that holds a retired word."""
    if name in RETIRED_NAMES:
        yield f"'{name}' is retired: write {RETIRED_NAMES[name]}"
    for word in words_of(name):
        if word in RETIRED:
            yield f"'{name}' holds the retired word '{word}': write {RETIRED[word]}"


def module_level_names(tree: ast.Module) -> Iterator[str]:
    """The public names that a file defines at its top level."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names = [node.name]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
        else:
            names = []
        yield from (name for name in names if not name.startswith("_"))


def faults(package: Path) -> Iterator[str]:
    """Everything that breaks a rule in a package, as lines to print."""
    owners: dict[str, list[str]] = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, line in defined_names(tree):
            yield from (f"{path}:{line}: {fault}" for fault in retired_words(name))
        for name in set(module_level_names(tree)):
            owners[name].append(str(path))
    for name, files in sorted(owners.items()):
        if len(files) > 1:
            yield f"'{name}' has {len(files)} owners: {', '.join(files)}"


def main(package: str) -> int:
    """Print the faults; 0 where there are none."""
    found = list(dict.fromkeys(faults(Path(package))))
    print(*found, f"{len(found)} faults in the names of {package}", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
