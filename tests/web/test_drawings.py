"""What notebooks draw, in a real browser: labels that do not overlap, rules of a notebook that do not win."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from axme.display import html
from tests.resources.test_timeline import ANNA, HEAD, LIFE, at, event, timeline

#: Rules as JupyterLab has them for tables and code in outputs.
JUPYTER = """<style>.o:not(.m) td,.o:not(.m) th,.o:not(.m) tr{text-align:right;vertical-align:middle;padding:.5em}
.o:not(.m) tbody tr:nth-child(odd){background:rgb(1,2,3)}.o code{background:rgb(1,2,3)}</style>"""
#: Runs in the page: pairs of texts that lie on one another, and texts that leave the drawing.
_OVERLAPS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  if (svg.parentElement.closest("svg")) return []
  const frame = svg.getBoundingClientRect(), texts = [...svg.querySelectorAll('text')].map(
    e => [e.textContent, e.getBoundingClientRect()])
  const on = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3
  return texts.flatMap(([text, box], i) => [
    ...texts.slice(i + 1).filter(([, other]) => on(box, other)).map(([other]) => [text, other]),
    ...(box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1
      ? [[text]] : [])])})"""


def _waits(who: dict[str, str], count: int, every: float) -> list[dict[str, Any]]:
    first = [event(1, "created", "CREATED", 0), event(2, "waiting", "WAITING", 0, pending_with=who)]
    return first + [
        event(3 + n, "reminder", "WAITING", every * (n + 1), pending_with=who, details={"remind_count": n + 1})
        for n in range(count)
    ]


LIVES = {
    "whole": timeline(LIFE),
    "lasting": timeline(LIFE[:6], at(30)),
    "minutes": timeline([one | {"at": (at(0) + timedelta(seconds=n * 7)).isoformat()} for n, one in enumerate(LIFE)]),
    "instant": timeline([one | {"at": (at(0) + timedelta(milliseconds=n)).isoformat()} for n, one in enumerate(LIFE)]),
    "weeks": timeline(_waits(HEAD, 40, 24), at(1000)),
    "years": timeline(_waits(ANNA, 3, 9000), at(30_000)),
    "names": timeline(_waits({"type": "human", "name": "wilhelmina.mommsen-wagner@example.com"}, 2, 1), at(3)),
}


@pytest.fixture
def page(chromium: Any, request: pytest.FixtureRequest) -> Any:
    made = chromium.new_page(viewport={"width": 1000, "height": 800}, color_scheme=getattr(request, "param", "light"))
    yield made
    made.close()


@pytest.mark.parametrize("name", sorted(LIVES))
def test_labels_do_not_overlap(page: Any, name: str) -> None:
    page.set_content(LIVES[name]._repr_html_())
    assert page.evaluate("() => document.querySelectorAll('svg text').length") > 3
    assert page.evaluate(_OVERLAPS) == []


def test_the_rules_of_a_notebook_do_not_win(page: Any) -> None:
    shown = html.grid("things", ["name", "count", "more"], [["a", 1, {"b": 2}], ["c", 2, {}]])
    page.set_content(f"{JUPYTER}<div class='o'>{shown}</div>")
    sides = "() => [...document.querySelectorAll('tbody tr:first-child td')].map(e => getComputedStyle(e).textAlign)"
    grounds = "() => ['tbody tr', 'code'].map(s => getComputedStyle(document.querySelector(s)).backgroundColor)"
    assert page.evaluate(sides) == ["left", "right", "left"]
    assert page.evaluate(grounds) == ["rgba(0, 0, 0, 0)"] * 2


@pytest.mark.parametrize(
    ("page", "theme", "ground"),
    [
        ("light", "", "rgb(255, 255, 255)"),
        ("dark", "", "rgb(13, 17, 23)"),
        ("dark", "<body data-jp-theme-light='true'>", "rgb(255, 255, 255)"),
        ("light", "<body data-jp-theme-light='false'>", "rgb(13, 17, 23)"),
        ("light", "<body style='--jp-layout-color0: rgb(1, 2, 3)'>", "rgb(1, 2, 3)"),
    ],
    indirect=["page"],
)
def test_a_notebook_says_whether_it_is_dark_and_else_the_system(page: Any, theme: str, ground: str) -> None:
    page.set_content(f"{theme}{html.card('Intent', 'id', 'WAITING')}")
    color = "() => getComputedStyle(document.querySelector('.axme-card')).backgroundColor"
    assert page.evaluate(color) == ground
