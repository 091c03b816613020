"""The house keeps its own rules: sizes, names that line up, docstrings that say what a stranger needs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

import axme
import axme.wire

ROOT = Path(__file__).parents[2]
SOURCES = [path for path in (ROOT / "axme").rglob("*.py") if "migrations" not in path.parts]
LONGEST_FILE = 400
HTTP_CALL = re.compile(r"``?(GET|POST|PUT|PATCH|DELETE|HEAD) /|(GET|POST|PUT|PATCH|DELETE) /")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_room(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert not text or text.startswith('"""'), "the first line of a module is its one-sentence description"


@pytest.mark.parametrize("name", sorted(axme.__all__))
def test_the_front_door_opens_what_it_names(name: str) -> None:
    thing = getattr(axme, name)
    assert name.startswith("__") or inspect.getdoc(thing), f"axme.{name} has no docstring"


@pytest.mark.parametrize("module", ["client", "config", "exceptions"])
def test_the_older_import_path_holds_the_very_same_objects(module: str) -> None:
    old, new = importlib.import_module(f"axme_sdk.{module}"), importlib.import_module(f"axme.{module}")
    public = [name for name in old.__all__ if not name.startswith("_")]
    assert public
    assert all(getattr(old, name) is getattr(new, name) for name in public)


def test_the_import_stays_light() -> None:
    heavy = (
        "marshmallow",
        "tenacity",
        "starlette",
        "uvicorn",
        "sqlalchemy",
        "alembic",
        "jinja2",
        "jsonschema",
        "pandas",
    )
    code = (
        "import sys, axme\n"
        "client = axme.AxmeClient(axme.AxmeClientConfig(api_key='k', base_url='http://127.0.0.1:1'))\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def _public_functions(package: str) -> Iterator[tuple[str, FunctionType]]:
    root = importlib.import_module(package)
    for info in pkgutil.iter_modules(root.__path__, f"{package}."):
        module = importlib.import_module(info.name)
        for class_name, cls in vars(module).items():
            if not inspect.isclass(cls) or cls.__module__ != info.name or class_name.startswith("_"):
                continue
            for name, member in vars(cls).items():
                if not name.startswith("_") and isinstance(member, FunctionType):
                    yield f"{info.name}.{class_name}.{name}", member


FLAT = dict(_public_functions("axme.wire"))
VERBS = dict(_public_functions("axme.resources"))


@pytest.mark.parametrize("name", sorted(FLAT))
def test_a_flat_call_names_its_http_call(name: str) -> None:
    assert HTTP_CALL.search(inspect.getdoc(FLAT[name]) or ""), f"{name}: its docstring names no HTTP call"


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_verb_says_what_it_does(name: str) -> None:
    assert inspect.getdoc(VERBS[name]), f"{name} has no docstring"
    signature = inspect.signature(VERBS[name])
    assert not any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values()), f"{name} hides its parameters"
