"""Where objects come from: a collection makes them, a page holds a list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

from axme.calls import latest
from axme.exceptions import AxmeProtocolError
from axme.transport.planned import Placeholder
from axme.wire import FlatCalls

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Page(Sequence[T_co], Generic[T_co]):
    """What one list call brought: iterate, slice, ``len()``, ``first()``, ``all()``. It never fetches."""

    __slots__ = ("_items", "_kind", "_limit", "_what", "call")

    def __init__(
        self, items: Iterable[T_co], *, what: str, limit: int | None = None, kind: type[Any] | None = None
    ) -> None:
        self._kind = kind
        self._items = tuple(items)
        self._what = what
        self._limit = limit
        #: The call that brought it.
        self.call = latest.call

    @property
    def cut(self) -> bool:
        """Whether there may be more than the limit let through."""
        return self._limit is not None and len(self._items) >= self._limit

    def first(self) -> T_co | None:
        """The first item, or ``None`` when there is none."""
        return self._items[0] if self._items else None

    def all(self) -> list[T_co]:
        """The items as a list."""
        return list(self._items)

    def track(self, what: str = "") -> Iterator[T_co]:
        """The items one by one, with a bar that shows how far it has come; for work on many of them.

        Args:
            what: what is done to them, to stand before the bar.

        Example:
            >>> for intent in client.intents.list(status="waiting").track("canceling"):  # doctest: +SKIP
            ...     intent.cancel()
        """
        from axme.display.progress import tracked

        return tracked(self._items, len(self), what or self._what)

    def to_frame(self, library: str | None = None) -> Any:
        """The items as a data frame, a column for each declared field; moments are in UTC.

        Counts by name, such as those of usage, are columns of their own. Other structures are Python objects in pandas
        and JSON in polars. Nothing is fetched: what the list call left out is missing here too.

        Args:
            library: ``pandas`` or ``polars``; by default the first of them that is installed.

        Returns:
            A ``pandas.DataFrame`` or a ``polars.DataFrame``.

        Raises:
            ModuleNotFoundError: it is not installed; the message says what to install.
            AxmeValueError: it is neither of them.

        Example:
            >>> client.intents.list().to_frame().groupby("status").size()  # doctest: +SKIP
        """
        from axme.resources import _frames

        return _frames.frame_of(self._kind, self._items, library)

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> list[T_co]: ...
    def __getitem__(self, index: int | slice) -> T_co | list[T_co]:
        return list(self._items[index]) if isinstance(index, slice) else self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == other._items if isinstance(other, Page) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._count()} {self._what}>"

    def __str__(self) -> str:
        from axme.resources import _showing

        return _showing.text_of(self)

    def _repr_html_(self) -> str:
        from axme.resources import _showing

        return _showing.grid_of(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _count(self) -> str:
        return f"first {len(self)}" if self.cut else str(len(self))


class Collection:
    """The objects of one family, as one client sees them."""

    __slots__ = ("_api",)

    def __init__(self, client: FlatCalls) -> None:
        self._api = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._api.config.base_url}>"

    def _repr_html_(self) -> str:
        from axme.display import html

        said = (type(self).__doc__ or "").partition("\n")[0]
        return html.card(type(self).__name__, self._api.config.base_url, facts=[("holds", said.rstrip("."))])


class Placed(Collection):
    """A family of one organization or workspace; without either, of the caller's workspace."""

    __slots__ = ("_org_id", "_workspace_id")

    def __init__(self, client: FlatCalls, *, org_id: str | None = None, workspace_id: str | None = None) -> None:
        super().__init__(client)
        self._org_id = org_id
        self._workspace_id = workspace_id


def page(
    answer: Mapping[str, Any],
    key: str,
    make: Callable[[Any], T],
    *,
    what: str,
    limit: int | None = None,
    kind: type[Any] | None = None,
) -> Page[T]:
    """The objects in the list that ``answer`` holds under ``key``; ``kind`` is their class, where ``make`` is not."""
    items = answer.get(key)
    if isinstance(items, Placeholder):
        items, what = [], f"{what}, only planned"
    if not isinstance(items, list):
        raise AxmeProtocolError(f"the server's answer holds no list of {key}")
    return Page(map(make, items), what=what, limit=limit, kind=make if isinstance(make, type) else kind)
