"""Drawings are made when the site is built and stand in the page as SVG, in its colours: no script, no request."""

from __future__ import annotations

import hashlib
import re

import mermaidx
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

#: Colours are those of the page (``axme.css``), so the drawing brings none of its own along.
_OWN_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


class Mermaid(SphinxDirective):
    """A fenced ``mermaid`` block."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        source = "\n".join(self.content)
        name = "drawing-" + hashlib.sha256(source.encode()).hexdigest()[:10]
        svg = _OWN_STYLE.sub("", mermaidx.render(source).svg()).replace("my-svg", name)
        kind = source.split(maxsplit=1)[0]
        return [nodes.raw("", f'<figure class="drawing drawing-{kind.lower()}">{svg}</figure>', format="html")]
