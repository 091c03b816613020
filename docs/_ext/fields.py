"""The fields of an object, from their declarations: name, type, and the key on the wire."""

from __future__ import annotations

import inspect
from typing import Any

from axme.resources.base import Record
from axme.resources.fields import Field


def add_fields(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Called by autodoc for each docstring; says below that of an object what it knows."""
    if what != "class" or not (inspect.isclass(thing) and issubclass(thing, Record)):
        return
    declared = {key: each for key, each in vars(thing).items() if isinstance(each, Field)}
    if not declared:
        return
    lines += ["", ".. list-table::", "   :header-rows: 1", "   :class: fields", ""]
    lines += ["   * - field", "     - type", "     - on the wire"]
    for key, each in declared.items():
        optional = "" if each.required else " or ``None``"
        lines += [f"   * - ``{key}``", f"     - ``{_type(each.kind)}``{optional}", f"     - ``{each.key}``"]
    lines.append("")


def _type(kind: Any) -> str:
    return getattr(kind, "__name__", None) or str(kind).replace("typing.", "")
