"""What the pages need beyond plain Sphinx: drawings, tables made from the code, and the fields of objects."""

from __future__ import annotations

from typing import Any

import catalogue
import diagrams
import fields
import flat_calls
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_lexer("output", TextLexer)
    app.add_directive("mermaid", diagrams.Mermaid)
    app.add_directive("error-catalogue", catalogue.ErrorCatalogue)
    app.add_directive("flat-calls", flat_calls.FlatCallTable)
    app.connect("autodoc-process-docstring", fields.add_fields)
    return {"parallel_read_safe": True, "version": "1"}
