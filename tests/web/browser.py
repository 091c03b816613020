"""What every page must be like in a browser, whatever it shows; tasks as the documentation makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

DOCS = Path(__file__).parents[2] / "docs" / "tasks"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
#: On a browser's console, and no fault of a page: a refusal is a page of ours, a changed network is the machine's.
NO_COMPLAINTS = ("the server responded with a status of", "net::ERR_NETWORK_CHANGED")
#: Contrast that text needs against what is behind it (WCAG 2.2, AA).
LEAST_CONTRAST = 4.5

#: Runs in the page: elements whose text is too faint, as ``[text, contrast]``.
_FAINT = """() => {
  const parts = c => c.match(/[\\d.]+/g).map(Number)
  const light = c => { const [r, g, b] = parts(c).map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor
    if ((parts(c)[3] ?? 1) > 0.99) return c } return 'rgb(255, 255, 255)' }
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
  return [...document.querySelectorAll('body *')].filter(e => own(e) && e.checkVisibility() && !e.closest('.sr'))
    .map(e => { const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x)
      return [e.textContent.trim().slice(0, 40), (a + 0.05) / (b + 0.05)] })
    .filter(([, contrast]) => contrast < LEAST) }"""

#: Runs in the page: controls without a name, and things that are pressed but too small for a finger.
_NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')].filter(
  e => !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim())).map(e => e.outerHTML)"""
_SMALL = """() => [...document.querySelectorAll('button, select, input:not([type=hidden]), textarea')].filter(
  e => !e.closest('.sr')).map(e => [e, (e.closest('label') ?? e).getBoundingClientRect()])
  .filter(([, box]) => box.height < 40 || box.width < 40).map(([e]) => e.outerHTML)"""
_REFERENCES = """() => [...document.querySelectorAll('[aria-describedby], [aria-labelledby], [for], a[href^="#"]')]
  .flatMap(e => [...(e.getAttribute('aria-describedby') ?? '').split(' '), e.getAttribute('aria-labelledby'),
    e.getAttribute('for'), e.getAttribute('href')?.slice(1)]).filter(id => id && !document.getElementById(id))"""


def made_in_the_docs(name: str) -> dict[str, Any]:
    """What the first code block of a page of the documentation makes: ``client``, ``intent`` and ``link``."""
    tokens = MarkdownIt().parse((DOCS / f"{name}.md").read_text())
    source = next(token.content for token in tokens if token.type == "fence" and token.info.strip() == "python")
    names: dict[str, Any] = {}
    exec(compile(source, name, "exec"), names)
    return names


@contextmanager
def tab(chromium: Any, place: str = "/tasks/", **options: Any) -> Iterator[Any]:
    """A page in a browser of its own, without a script if not told otherwise; it must not complain of anything.

    Args:
        place: what stands in the address of everything it may ask for.
    """
    context = chromium.new_context(**{"java_script_enabled": False, "viewport": DESKTOP, "locale": "en-GB"} | options)
    complaints: list[str] = []
    asked_elsewhere: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: asked_elsewhere.append(request.url))
    yield page
    context.close()
    assert [text for text in complaints if not any(known in text for known in NO_COMPLAINTS)] == []
    assert all(place in url for url in asked_elsewhere), asked_elsewhere


def press(page: Any, name: str) -> None:
    """Press a button whose name begins like that, and wait for where it leads."""
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()


def check(page: Any) -> None:
    """What holds for every page: in a language, with one heading, nothing nameless, faint, tiny or beyond the edge."""
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.title()
    assert page.evaluate(_NAMELESS) == []
    assert page.evaluate(_SMALL) == []
    assert page.evaluate(_REFERENCES) == []
    assert page.evaluate(_FAINT.replace("LEAST", str(LEAST_CONTRAST))) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
