"""A table out of rows of Markdown cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective


def table(directive: SphinxDirective, head: Sequence[str], rows: Iterable[Sequence[str]], css: str) -> list[nodes.Node]:
    """The table as the page's own parser understands it."""
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, rows)]
    found = nodes.container(classes=[css])
    directive.state.nested_parse(StringList(lines, directive.env.docname), directive.content_offset, found)
    return [found]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
