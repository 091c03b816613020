"""What all objects share: a record is a view of one dict; a resource is also a handle with verbs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, TypeVar, cast

from axme.calls import CallInfo, latest
from axme.exceptions import AxmeClosedError, AxmeProtocolError, AxmeValueError
from axme.resources.fields import Field, copied, fields_of
from axme.transport.planned import Placeholder, Reference
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema

_MAPPING_NAMES = frozenset({"get", "items", "keys", "values", "pop", "update", "setdefault"})
_MISSING = object()
R = TypeVar("R", bound="Resource")


class Snapshot:
    """One dict as received, with what was decoded of it so far. Replaced as a whole; the dict is never changed."""

    __slots__ = ("call", "complete", "decoded", "raw")

    def __init__(self, raw: dict[str, Any], *, complete: bool) -> None:
        self.raw = raw
        self.complete = complete
        self.decoded: dict[str, Any] = {}
        #: What it was the answer to: whoever makes one has just asked.
        self.call = latest.call


class Record(ABC):
    """Typed fields over one dict. Not a mapping: the dict itself is ``raw``."""

    __slots__ = ("__weakref__", "_snapshot")
    #: What a table of many shows, in this order; without it, what there is room for.
    _COLUMNS: ClassVar[tuple[str, ...]] = ()
    #: Fields that are shown nowhere.
    _HIDDEN: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, raw: dict[str, Any]) -> None:
        self._snapshot = Snapshot(raw, complete=True)

    @staticmethod
    @abstractmethod
    def _schema() -> type[Schema]:
        """The family's schema; imported inside, so that marshmallow is loaded when it is first needed."""

    @property
    def raw(self) -> dict[str, Any]:
        """The dict as received, unknown fields included; a copy, so that changing it changes nothing here."""
        return cast(dict[str, Any], copied(self._snapshot.raw))

    @property
    def call(self) -> CallInfo | None:
        """The call it was last seen in: method, path, status, duration, request id, ``as_curl()``; ``None`` if none."""
        return self._snapshot.call if self._snapshot.raw else None

    def _read(self, field: Field[Any]) -> Any:
        snapshot = self._snapshot
        found = snapshot.decoded.get(field.name, _MISSING)
        if found is not _MISSING:
            return found
        value = snapshot.raw.get(field.key, _MISSING)
        if value is _MISSING:
            snapshot = self._fetched(snapshot)
            value = snapshot.raw.get(field.key, _MISSING)
        if value is _MISSING:
            if field.required:
                raise field.missing(type(self))
            return None
        if isinstance(value, Placeholder):
            raise value.unknown()
        return snapshot.decoded.setdefault(field.name, field.decode(type(self), value))

    def _fetched(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot that holds all there is."""
        return snapshot

    def _seen(self, key: str) -> str:
        """A value as last seen, safe to show; empty when it never came."""
        value = self._snapshot.raw.get(key)
        return "" if value is None else "".join(c if c.isprintable() else "?" for c in str(value)[:120])

    def _summary(self) -> str:
        return ""

    def _glimpse(self) -> dict[str, Any]:
        """What to show of it, by name: the declared fields as last seen, and nothing that would have to be fetched."""
        raw = self._snapshot.raw
        told = {name: one for name, one in fields_of(type(self)).items() if name not in self._HIDDEN}
        return {name: one.glance(raw[one.key]) for name, one in told.items() if one.key in raw}

    def _repr_html_(self) -> str:
        from axme.resources import _showing

        return _showing.card_of(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from axme.resources import _showing

        printer.text(_showing.pretty(repr(self), self._seen("status")))

    def __repr__(self) -> str:
        return f"<{' '.join(filter(None, (type(self).__name__, self._summary())))}>"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._snapshot.raw == other._snapshot.raw

    __hash__: ClassVar[Any] = None

    def __getstate__(self) -> dict[str, Any]:
        return {"raw": self._snapshot.raw, "complete": self._snapshot.complete}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._snapshot = Snapshot(state["raw"], complete=state["complete"])
        self._snapshot.call = None

    if not TYPE_CHECKING:
        # Said here and not to type checkers, so that these keep finding misspelt names.
        def __getitem__(self, key: object) -> NoReturn:
            raise TypeError(f"{type(self).__name__} is an object, not a dict: use its fields, or .raw[{key!r}]")

        def __getattr__(self, name: str) -> NoReturn:
            if name in _MAPPING_NAMES:
                raise AttributeError(
                    f"{type(self).__name__} is an object, not a dict: use its fields, or .raw.{name}(…)"
                )
            raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")


class Resource(Record):
    """A handle on something the gateway keeps, with the last snapshot seen of it.

    Only verbs, ``refresh()`` and the first reading of a field that was never sent talk to the gateway; showing,
    comparing, hashing, copying and pickling never do. A pickled resource comes back detached: ``client.attach(it)``.
    """

    __slots__ = ("_client", "_id", "_server")
    #: The key that identifies it, and the key its flat calls answer under.
    _ID: ClassVar[str]
    _KEY: ClassVar[str]

    def __init__(
        self, client: FlatCalls, resource_id: str, raw: dict[str, Any] | None = None, *, complete: bool = False
    ) -> None:
        if not isinstance(resource_id, str) or not resource_id:
            raise AxmeValueError(f"{type(self).__name__} needs an id, not {resource_id!r}")
        self._client: FlatCalls | None = client
        self._server = client.config.base_url
        self._id = resource_id
        self._snapshot = Snapshot(raw or {}, complete=complete)

    @classmethod
    def _from(cls, client: FlatCalls, raw: Any, *, complete: bool = True) -> Self:
        """The object for one dict of an answer."""
        if not isinstance(raw, dict) or not isinstance(raw.get(cls._ID), str) or not raw[cls._ID]:
            raise AxmeProtocolError(f"the server's answer holds no {cls.__name__} with an {cls._ID!r}")
        return cls(client, raw[cls._ID], raw, complete=complete)

    @property
    def id(self) -> str:
        """What identifies it among its kind."""
        if isinstance(self._id, Reference) and self._id.value is not None:
            self._id = self._id.value
        return self._id

    def _shown_id(self) -> str:
        """Its id, as far as others may see it."""
        return self._id

    def refresh(self) -> Self:
        """Fetch it anew; every other object stays as it is."""
        return self._absorb(self._fetch())

    @abstractmethod
    def _fetch(self) -> dict[str, Any]:
        """The answer of the flat call that gets one."""

    def _absorb(self, answer: Mapping[str, Any]) -> Self:
        """Take the newest snapshot out of an answer; what is only planned leaves it as it is."""
        if isinstance(answer, Placeholder):
            return self
        self._become(self._from(self._api, answer.get(self._KEY)))
        return self

    def _become(self, fresh: Self) -> None:
        self._snapshot = fresh._snapshot

    def _fetched(self, snapshot: Snapshot) -> Snapshot:
        return snapshot if snapshot.complete else self.refresh()._snapshot

    @property
    def _api(self) -> FlatCalls:
        if self._client is None:
            raise AxmeClosedError(
                f"this {type(self).__name__} is detached, because it was unpickled: bind it with client.attach(…)"
            )
        return self._client

    def _attach(self, client: FlatCalls) -> None:
        self._client, self._server = client, client.config.base_url

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return (self._id, self._server) == (other._id, other._server)

    def __hash__(self) -> int:
        return hash((type(self), self._id, self._server))

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "id": self._id, "server": self._server}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._client, self._id, self._server = None, state["id"], state["server"]

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self))
        twin.__setstate__(self.__getstate__())
        twin._client, twin._snapshot.call = self._client, self._snapshot.call
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = self.__copy__()
        twin._snapshot = Snapshot(self.raw, complete=self._snapshot.complete)
        twin._snapshot.call = self._snapshot.call
        return twin


def bound(client: FlatCalls, resource: R) -> R:
    """``resource``, bound to ``client`` from now on."""
    if not isinstance(resource, Resource):
        raise AxmeValueError(f"only resources can be attached, not {type(resource).__name__}")
    resource._attach(client)
    return resource


def short(text: str) -> str:
    """A UUID by its last eight characters, since those made in one minute begin alike; anything else as it is."""
    return f"…{text[-8:]}" if len(text) == 36 and text.count("-") == 4 else text
