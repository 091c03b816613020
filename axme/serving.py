"""Finds what a program wants served, and serves it: ``python -m axme serve module:agent``."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from axme.client import AxmeClient
from axme.exceptions import AxmeError
from axme.resources.agents import Agent
from axme.worker import Worker


class TargetError(AxmeError):
    """There is nothing to serve where the program pointed to."""


def worker_for(target: str, *, agent: str | None = None, **options: Any) -> Worker:
    """A worker for ``module:name``, where ``name`` is an agent with handlers, or a function that handles.

    Args:
        target: such as ``shop.orders:agent``, or ``orders.py:agent``.
        agent: the address a function is for; its key comes from the environment.
        options: as of :meth:`axme.Agent.worker`.

    Raises:
        TargetError: there is no such module or name, or it is neither.
        AxmeError: no key is set, or an option makes no sense.
    """
    found = load(target)
    if isinstance(found, Agent):
        if agent is not None:
            raise TargetError(f"{target} is an agent and knows its address: leave --agent away")
        return found.worker(**options)
    if agent is None:
        raise TargetError(f"{target} is a function: say whom it serves, with --agent ADDRESS")
    return AxmeClient.from_env().agents.handle(agent).worker(found, **options)


def load(target: str) -> Agent | Callable[..., Any]:
    """What stands at ``module:name``."""
    place, colon, name = target.partition(":")
    if not (place and colon and name):
        raise TargetError(f"say what to serve as module:name, such as orders:agent, not {target!r}")
    module = _module(place)
    found = getattr(module, name, None)
    if isinstance(found, Agent) or callable(found):
        return found
    what = f"{place} has no {name}" if found is None else f"{target} is {_a(type(found).__name__)}"
    agents = [other for other, value in vars(module).items() if isinstance(value, Agent)]
    raise TargetError(f"{what}; an agent or a function is needed{_but(place, agents)}")


def _module(place: str) -> ModuleType:
    if place.endswith(".py"):
        path = Path(place)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise TargetError(f"there is no file {place}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        sys.path.insert(0, str(path.parent.resolve()))
        spec.loader.exec_module(module)
        return module
    if place.startswith("."):
        raise TargetError(f"{place} is relative to nothing: give the module's full name")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not (place == error.name or place.startswith(f"{error.name}.")):
            raise
        raise TargetError(f"there is no module {place} in {here} or where Python looks") from None


def _but(place: str, agents: list[str]) -> str:
    return f"; there is {', '.join(f'{place}:{name}' for name in agents)}" if agents else ""


def _a(word: str) -> str:
    return f"an {word}" if word[0].lower() in "aeiou" else f"a {word}"
