"""A path finds the endpoint that a look at all of them, one after the other, would find."""

from __future__ import annotations

from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import compile_path
from starlette.types import ASGIApp

from axme.gateway.routes.paths import Paths
from axme.gateway.routes.table import OPERATIONS, TEST_CLOCK_OPERATIONS
from axme.gateway.web.table import PAGES

TEMPLATES = list(dict.fromkeys(each.path for each in (*OPERATIONS, *TEST_CLOCK_OPERATIONS, *PAGES)))
PATHS = Paths((template, cast(ASGIApp, template)) for template in TEMPLATES)
FITS = [(template, compile_path(template)[0].fullmatch) for template in TEMPLATES]
STEPS = [*sorted({step for template in TEMPLATES for step in template.split("/")}), "", "é", "a\nb", "%2F", "v1 "]


def _one_by_one(path: str) -> tuple[object, dict[str, str]] | None:
    found = ((template, fit(path)) for template, fit in FITS)
    return next(((template, match.groupdict()) for template, match in found if match), None)


def test_every_path_leads_to_its_own_endpoint() -> None:
    assert {template: PATHS.find(template) for template in TEMPLATES} == {
        template: _one_by_one(template) for template in TEMPLATES
    }


@given(st.one_of(st.text(max_size=20), st.lists(st.sampled_from(STEPS), max_size=7).map("/".join)))
def test_any_path_is_found_as_if_all_were_tried(path: str) -> None:
    assert PATHS.find(path) == _one_by_one(path)
