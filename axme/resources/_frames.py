"""Records as a data frame of pandas or polars, whichever is there; both are imported when a frame is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from axme.exceptions import AxmeValueError
from axme.resources.base import Record, Resource
from axme.resources.fields import fields_of

#: The first that is installed makes the frame, unless one is named.
LIBRARIES = ("pandas", "polars")
#: Name and kind of each column; a kind is ``str``, ``int``, ``float``, ``bool``, ``datetime`` or ``object``.
Kinds = Mapping[str, type]
_INSTALL = 'install one of them: python -m pip install "axme[notebook]"'


def frame(kinds: Kinds, rows: Iterable[Mapping[str, Any]], library: str | None = None) -> Any:
    """The rows as a frame with these columns, each of its kind even where it is empty; moments are in UTC.

    Raises:
        AxmeValueError: a library was named that makes no frames here.
        ModuleNotFoundError: it is not installed; the message says what to install.
    """
    rows = list(rows)
    columns = {name: [row.get(name) for row in rows] for name in kinds}
    chosen = _chosen(library)
    made = _in_pandas if chosen == "pandas" else _in_polars
    return made(import_module(chosen), kinds, columns)


def frame_of(kind: type[Record] | None, items: Sequence[Any], library: str | None = None) -> Any:
    """Records of one kind as a frame: the declared fields, and a column for each count by name."""
    kind = type(items[0]) if items and isinstance(items[0], Record) else kind
    if kind is None:
        return frame({"value": object} if items else {}, ({"value": item} for item in items), library)
    told = {name: one for name, one in fields_of(kind).items() if name not in kind._HIDDEN}
    rows = [_row(item, told) for item in items]
    kinds: dict[str, type] = {"id": str} if issubclass(kind, Resource) else {}
    for name, one in told.items():
        if one.kind == dict[str, int]:
            kinds |= dict.fromkeys(_spread(rows, name), int)
        else:
            kinds[name] = _kind(one.kind)
    return frame(kinds, rows, library)


def _spread(rows: Iterable[dict[str, Any]], name: str) -> list[str]:
    """Put the counts under ``name`` into the rows themselves, and say which there are."""
    names: dict[str, None] = {}
    for row in rows:
        counts = row.pop(name, None)
        for key, count in counts.items() if isinstance(counts, dict) else ():
            row.setdefault(key, count)
            names[key] = None
    return list(names)


def _row(item: Record, told: Mapping[str, Any]) -> dict[str, Any]:
    raw = item._snapshot.raw
    row = {name: _plain(one.glance(raw[one.key])) for name, one in told.items() if one.key in raw}
    return ({"id": item._shown_id()} if isinstance(item, Resource) else {}) | row


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return str(value)
    return [item.raw for item in value] if isinstance(value, tuple) else value


def _kind(kind: Any) -> type:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str
    return kind if kind in (str, int, float, bool, datetime) else object


def _chosen(library: str | None) -> str:
    if library is None:
        found = next((name for name in LIBRARIES if find_spec(name) is not None), None)
        if found is None:
            raise ModuleNotFoundError(f"to_frame() needs pandas or polars: {_INSTALL}")
        return found
    if library not in LIBRARIES:
        raise AxmeValueError(f"to_frame() makes frames of {' or '.join(LIBRARIES)}, not of {library!r}")
    if find_spec(library) is None:
        raise ModuleNotFoundError(
            f"to_frame({library!r}) needs {library}: python -m pip install {library}", name=library
        )
    return library


def _in_pandas(pandas: Any, kinds: Kinds, columns: Mapping[str, list[Any]]) -> Any:
    dtypes = {str: "string", datetime: "datetime64[us, UTC]", float: "float64", object: "object"}

    def series(name: str, values: list[Any]) -> Any:
        kind = kinds[name]
        values = _fitting(kind, values)
        whole = None not in values
        counted = {int: "int64" if whole else "Int64", bool: "bool" if whole else "boolean"}
        return pandas.Series(values, dtype=dtypes.get(kind) or counted[kind], name=name)

    return pandas.DataFrame({name: series(name, values) for name, values in columns.items()})


def _in_polars(polars: Any, kinds: Kinds, columns: Mapping[str, list[Any]]) -> Any:
    dtypes = {
        str: polars.String,
        int: polars.Int64,
        float: polars.Float64,
        bool: polars.Boolean,
        datetime: polars.Datetime("us", "UTC"),
        # What has no type of its own is JSON.
        object: polars.String,
    }

    def series(name: str, values: list[Any]) -> Any:
        kind = kinds[name]
        if kind is object:
            values = [None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in values]
        return polars.Series(name, _fitting(kind, values), dtype=dtypes[kind])

    return polars.DataFrame([series(name, values) for name, values in columns.items()])


def _fitting(kind: type, values: list[Any]) -> list[Any]:
    """The values that are of this kind, and ``None`` for others: one odd answer shall not cost the frame."""
    if kind is object:
        return values
    if kind is float:
        return [float(value) if type(value) in (int, float) else None for value in values]
    if kind is int:
        return [value if type(value) is int else None for value in values]
    return [value if isinstance(value, kind) else None for value in values]
