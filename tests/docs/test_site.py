"""The documentation site: it builds without a warning, knows every public name, and asks nobody for anything."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import axme
from tests.docs.test_pages import ROOT

pytest.importorskip("sphinx", reason="the site is built by Sphinx: pip install -e '.[docs]'")
pytestmark = pytest.mark.slow

#: What a browser fetches by itself, by the attribute that names it.
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
#: A link that names a page for machines and is not followed when a page is shown.
NOT_FETCHED = {"canonical", "prev", "next", "search", "index"}


class _Fetches(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in FETCHED and given.get("rel") not in NOT_FETCHED:
            self.found.append(given.get(FETCHED[tag]) or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", str(place / "doctrees")]
    done = subprocess.run([*command, "docs", str(place / "html")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return place / "html"


def test_nothing_comes_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 50
    for page in pages:
        parser = _Fetches()
        parser.feed(page.read_text())
        assert not [url for url in parser.found if re.match(r"(https?:)?//", url)], page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", style.read_text()), style.name


def test_the_reference_has_every_public_name(site: Path) -> None:
    text = "".join(page.read_text() for page in (site / "reference").glob("*.html"))
    described = {name.rsplit(".", 1)[-1] for name in re.findall(r'id="(axme\.[\w.]+)"', text)}
    public = {getattr(axme, name).__name__ for name in axme.__all__ if isinstance(getattr(axme, name), type)}
    assert public <= described, sorted(public - described)


def test_drawings_are_drawn(site: Path) -> None:
    for source in (ROOT / "docs").rglob("*.md"):
        wanted = source.read_text().count("```mermaid")
        if wanted:
            page = (site / source.relative_to(ROOT / "docs")).with_suffix(".html").read_text()
            assert page.count('<figure class="drawing') == page.count("</svg></figure>") == wanted, source.name
