"""Collections with names in them: ``org.workspaces["production"]`` asks once, and finds by id or by name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Generic, TypeVar

from axme.exceptions import AxmeLookupError
from axme.resources.base import Resource
from axme.resources.collections import Collection, Page

R = TypeVar("R", bound=Resource)
_SHOWN = 20


class Named(Collection, Generic[R]):
    """A collection that is small enough to be listed as a whole."""

    __slots__ = ()

    @abstractmethod
    def _all(self) -> Page[R]:
        """Everything in it: one list call."""

    @abstractmethod
    def _names(self, item: R) -> tuple[str, ...]:
        """What ``item`` may be called beside its id; the first is the one to show."""

    def __getitem__(self, name: str) -> R:
        found = self._find(self._all(), name)
        if not isinstance(found, list):
            return found
        kind = type(self).__name__
        if not found:
            raise AxmeLookupError(f"there is nothing called {name!r} here: {kind} is empty")
        names = [self._names(item)[0] for item in found]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise AxmeLookupError(f"there is nothing called {name!r} here: {kind} has {', '.join(names[:_SHOWN])}{more}")

    def __contains__(self, name: object) -> bool:
        return not isinstance(self._find(self._all(), name), list)

    def __iter__(self) -> Iterator[R]:
        return iter(self._all())

    def _find(self, items: Page[R], name: object) -> R | list[R]:
        """The item of this id, else the only one of this name, else all items."""
        for item in items:
            if item.id == name:
                return item
        called = [item for item in items if name in self._names(item)]
        return called[0] if len(called) == 1 else items.all()
