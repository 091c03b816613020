"""Adding and removing rows of a list, by buttons that send the form. Pure."""

from __future__ import annotations

from axme.gateway.web.answers import FORM, MOST_ROWS, Typed, count_of, name_of, rows_of, with_defaults
from axme.gateway.web.fields import Field, Kind


def change(form: Field, typed: Typed, wish: str) -> str | None:
    """Do what a button asks, ``add form/items`` or ``remove form/items/2``, to what was typed.

    Returns:
        The name of the control to go on with; ``None`` when the wish is none.
    """
    verb, _, name = wish.partition(" ")
    if verb == "add":
        return _add(form, typed, name)
    at, _, row = name.rpartition("/")
    if verb == "remove" and row.isascii() and row.isdigit() and len(row) < 5:
        return _remove(form, typed, at, int(row))
    return None


def _add(form: Field, typed: Typed, at: str) -> str | None:
    part = _find(form, FORM, at)
    if part is None or part.entry is None:
        return None
    rows = rows_of(part, at, typed)
    if rows < MOST_ROWS:
        typed[count_of(at)] = [str(rows + 1)]
        with_defaults(part.entry, name_of(at, rows), typed)
    return name_of(at, rows)


def _remove(form: Field, typed: Typed, at: str, gone: int) -> str | None:
    part = _find(form, FORM, at)
    rows = rows_of(part, at, typed) if part else 0
    if part is None or gone >= rows:
        return None
    for row in range(gone, rows):
        for name in [name for name in typed if _is_of(name, name_of(at, row))]:
            texts = typed.pop(name)
            if row > gone:
                typed[name_of(at, row - 1) + name.removeprefix(name_of(at, row))] = texts
    typed[count_of(at)] = [str(rows - 1)]
    return at


def _is_of(name: str, row: str) -> bool:
    return name == row or name.startswith((f"{row}/", f"{row}#"))


def _find(part: Field, at: str, sought: str) -> Field | None:
    """The list named ``sought`` at or below ``part``."""
    if at == sought:
        return part if part.kind is Kind.ROWS else None
    if part.kind is Kind.ROWS and part.entry is not None and sought.startswith(f"{at}/"):
        row = sought.removeprefix(f"{at}/").partition("/")[0]
        return _find(part.entry, f"{at}/{row}", sought)
    for inner in part.parts:
        name = name_of(at, inner.key)
        if sought == name or sought.startswith(f"{name}/"):
            return _find(inner, name, sought)
    return None
