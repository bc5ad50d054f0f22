"""How long the mathematics is: lines of code and of docstrings in a folder, and a promise kept.

Run: python tools/count_lines.py src/glassnet/core 700 (exit status 1 when the code has more lines
than that).
"""

import ast
import io
import sys
import tokenize
from pathlib import Path


def count(source: str) -> tuple[int, int]:
    """(lines of code, lines of docstrings) of a Python file; blank lines and lines of comment only
    count as neither.
    """
    strings = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    documented = {
        line
        for node in strings
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    quiet = {
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.COMMENT,
        tokenize.ENDMARKER,
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {
        line
        for token in tokens
        if token.type not in quiet
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - documented), len(documented)


def main(folder: str, limit: int) -> int:
    """Print the table; 0 when the code keeps to the limit."""
    total = docs = 0
    for path in sorted(Path(folder).rglob("*.py")):
        code, documentation = count(path.read_text(encoding="utf-8"))
        total, docs = total + code, docs + documentation
        print(f"{code:5} code {documentation:5} docstring  {path.name}")
    print(
        f"{total:5} code {docs:5} docstring  {docs / (total + docs):.0%} of it docstrings; the "
        f"promise is at most {limit} of code"
    )
    return int(total > limit)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
