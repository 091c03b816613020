"""Which tests reach a gateway's database, found in their code: nobody has to mark them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from axme.gateway import LocalGateway, start
from tests import databases

#: Whoever names one of these has a gateway, or its core, on the database of the run.
_DOORS: tuple[object, ...] = (LocalGateway, start, databases.url)
#: The plugin for users' tests loads what it needs late, so no name leads there.
_OF_THE_PLUGIN = "axme_gateway"
#: Fixtures of tests that choose their databases themselves, in every run.
_OWN = frozenset({"database_url", "own_server", "postgres_server", "ready_url"})


def uses_the_database(item: pytest.Item) -> bool:
    """Whether a test, or one of its fixtures, starts what keeps its state in the database of the run."""
    if not isinstance(item, pytest.Function) or _chooses_itself(item):
        return False
    if _OF_THE_PLUGIN in item.fixturenames:
        return True
    fixtures = (each for known in item._fixtureinfo.name2fixturedefs.values() for each in known)
    return any(_leads_there(function) for function in (item.function, *(each.func for each in fixtures)))


def _chooses_itself(item: pytest.Function) -> bool:
    chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return bool(_OWN & set(item.fixturenames)) or any(isinstance(it, str) and it in databases.KINDS for it in chosen)


@cache
def _leads_there(function: Any) -> bool:
    """Follow names from one function of the tests to the next."""
    seen: set[object] = set()
    ahead: list[object] = [function]
    while ahead:
        found = ahead.pop()
        if any(found is door for door in _DOORS):
            return True
        if isinstance(found, type) and found.__module__.startswith("tests."):
            ahead += [each for each in vars(found).values() if isinstance(each, FunctionType)]
        plain = inspect.unwrap(found) if callable(found) else found
        if isinstance(plain, FunctionType) and plain.__module__.startswith("tests.") and plain not in seen:
            seen.add(plain)
            ahead += _named(plain)
    return False


def _named(function: FunctionType) -> Iterator[object]:
    """What the names in a function mean: globals, and what modules among them hold under such a name."""
    names = {name for code in _codes(function.__code__) for name in code.co_names}
    places, seen = [function.__globals__], set[int]()
    while places:
        place = places.pop()
        seen.add(id(place))
        found = [place[name] for name in names if name in place]
        yield from found
        places += [vars(each) for each in found if isinstance(each, ModuleType) and id(vars(each)) not in seen]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)
