"""The table of error codes: facts from ``axme.contract.codes``, meanings from the page."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from tables import table

from axme.contract import codes
from axme.transport.failures import error_class

_HEAD = ["HTTP", "code", "what it means, and what to do"]


class ErrorCatalogue(SphinxDirective):
    """Each line of the content is ``code: what it means and what to do``; every code has one, in any order."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        said = dict(line.split(": ", 1) for line in self.content if line.strip())
        if said.keys() != codes.CATALOGUE.keys():
            raise self.error(f"without a meaning, or unknown: {sorted(said.keys() ^ codes.CATALOGUE.keys())}")
        return table(self, _HEAD, _rows(said), "catalogue")


def _rows(said: dict[str, str]) -> Iterator[list[str]]:
    for row in sorted(codes.CATALOGUE.values(), key=lambda row: (row.status, row.code)):
        raised = error_class(row.status, row.code).__name__
        again = " Retried by itself." if row.retryable else ""
        yield [str(row.status), f"`{row.code}`", f"{said[row.code]}{again} {{py:class}}`~axme.exceptions.{raised}`"]
