"""Nothing is installed that is known to be unsafe: lowest versions that are declared, and what is really there.

What became known later is the matter of ``tox -e audit``, which asks an advisory service and writes the list of parts.
"""

from __future__ import annotations

import configparser
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
#: The first version without the faults that were made public, of what touches bytes of strangers.
SAFE = {
    "requests": "2.33",  # extracted archives, netrc of another host
    "urllib3": "2.7",  # redirects, decompression without end
    "starlette": "0.49.1",  # ranges and forms that cost more than they should
    "uvicorn": "0.34",
    "httptools": "0.6.4",  # line feeds and lengths that two parsers read differently
    "Jinja2": "3.1.6",  # sandboxes
    "PyJWT": "2.10.1",  # issuers that are part of another
    "certifi": "2024.7.4",
    "idna": "3.7",
    "Mako": "1.2.2",
    "SQLAlchemy": "2.0.40",
    "marshmallow": "4.1.2",
}


def _declared() -> dict[str, Requirement]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    lines = setup["options"]["install_requires"] + setup["options.extras_require"]["gateway"]
    found = [Requirement(line.strip()) for line in lines.splitlines() if line.strip()]
    return {requirement.name.lower(): requirement for requirement in found}


@pytest.mark.parametrize("name", SAFE)
def test_what_is_installed_is_safe(name: str) -> None:
    try:
        assert Version(version(name)) >= Version(SAFE[name])
    except PackageNotFoundError:
        pytest.fail(f"{name} is not installed: it is no dependency any more, so take it out of the list")


@pytest.mark.parametrize("name", sorted({name.lower() for name in SAFE} & _declared().keys()))
def test_nothing_unsafe_may_be_installed(name: str) -> None:
    safe = next(Version(known) for each, known in SAFE.items() if each.lower() == name)
    lowest = [Version(spec.version) for spec in _declared()[name].specifier if spec.operator == ">="]
    assert lowest, f"{name}: setup.cfg names no lowest version"
    assert lowest[0] >= safe, f"{name}: setup.cfg allows {lowest[0]}, safe is {safe}"


def test_every_dependency_has_a_lowest_version() -> None:
    for name, requirement in _declared().items():
        assert [spec for spec in requirement.specifier if spec.operator == ">="], name


def test_nothing_is_fetched_from_a_moving_place() -> None:
    text = (ROOT / "setup.cfg").read_text() + (ROOT / "pyproject.toml").read_text()
    assert not re.search(r"git\+|@ https?://|--index-url|--extra-index", text)
