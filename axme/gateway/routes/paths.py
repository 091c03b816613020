"""Which endpoint a path leads to, without asking every one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from re import Match

from starlette.routing import compile_path
from starlette.types import ASGIApp

_Fit = Callable[[str], Match[str] | None]


class Paths:
    """Paths without a parameter come first; of others that fit, the one that was given first."""

    def __init__(self, endpoints: Iterable[tuple[str, ASGIApp]]) -> None:
        self._fixed: dict[str, ASGIApp] = {}
        self._families: dict[str, list[tuple[_Fit, ASGIApp]]] = {}
        for path, endpoint in endpoints:
            if "{" in path:
                self._families.setdefault(_family(path), []).append((compile_path(path)[0].fullmatch, endpoint))
            else:
                self._fixed[path] = endpoint

    def find(self, path: str) -> tuple[ASGIApp, dict[str, str]] | None:
        """The endpoint and what stands for its parameters; ``None`` leads nowhere."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed, {}
        for fit, endpoint in self._families.get(_family(path), ()):
            found = fit(path)
            if found is not None:
                return endpoint, found.groupdict()
        return None


def _family(path: str) -> str:
    """The first word of a path, below ``/v1`` the second: no parameter stands there."""
    _, *words = path.split("/", 3)
    return words[1] if words[:1] == ["v1"] and len(words) > 1 else "".join(words[:1])
