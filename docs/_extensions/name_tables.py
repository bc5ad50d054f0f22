"""`.. name-table:: LOSSES`: one of glassnet's public tables in the reference, with every name that
is in it.
"""

from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import glassnet


class NameTable(SphinxDirective):
    """The table as a `py:data`, its description the directive's content, and its names."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The nodes of a `py:data` directive."""
        name = self.arguments[0]
        rows = ", ".join(f"``{row}``" for row in getattr(glassnet, name))
        body = "".join(f"   {line}\n" for line in (*self.content, "", rows))
        return self.parse_text_to_nodes(f".. py:data:: {name}\n\n{body}")


def setup(app: Any) -> dict[str, bool]:
    """The directive."""
    app.add_directive("name-table", NameTable)
    return {"parallel_read_safe": True}
