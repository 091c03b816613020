"""The table of flat calls, from their docstrings: the HTTP call, the method, what it does."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from tables import table

from axme.wire import FlatCalls

_HTTP = re.compile(r"``((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)``")
_ROLE = re.compile(r":\w+:`([^`]*)`")


class FlatCallTable(SphinxDirective):
    """All flat calls, family by family."""

    def run(self) -> list[nodes.Node]:
        return table(self, ["method", "what it does"], _rows(), "flat-calls")


def _rows() -> Iterator[list[str]]:
    for family in FlatCalls.__mro__[1:-1]:
        for name, method in vars(family).items():
            if inspect.isfunction(method) and not name.startswith("_"):
                does, http = _read(" ".join((inspect.getdoc(method) or "").split()))
                yield [
                    f"{{py:meth}}`~{family.__module__}.{family.__name__}.{name}`",
                    f"{does} `{http}`" if http else does,
                ]


def _read(text: str) -> tuple[str, str]:
    """What a call does, and its HTTP call, out of its docstring."""
    http = _HTTP.search(text)
    first = text[: http.start()] if http and ". " not in text[: http.start()].rstrip(" .") else text.split(". ")[0]
    return _ROLE.sub(r"`\1`", first).strip(), http[1] if http else ""
