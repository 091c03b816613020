"""The macros a scenario may name (contract 3.11)."""

from __future__ import annotations

from typing import Any

from axme.contract.codes import NOT_FOUND
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy.macros import MACROS, Macro, Parameter
from axme.gateway.store.tx import Tx


def list_macros(_tx: Tx, _who: Identity) -> dict[str, Any]:
    """All of them. ``GET /v1/tool-registry/macros``"""
    return {"ok": True, "macros": [_macro(macro) for macro in MACROS.values()]}


def get(_tx: Tx, _who: Identity, macro_id: str) -> dict[str, Any]:
    """One of them. ``GET /v1/tool-registry/macros/{macro_id}``

    Raises:
        GatewayError: 404.
    """
    macro = MACROS.get(macro_id)
    if macro is None:
        raise GatewayError(NOT_FOUND, f"there is no macro {macro_id[:120]}: this gateway has {', '.join(MACROS)}")
    return {"ok": True, "macro": _macro(macro)}


def _macro(macro: Macro) -> dict[str, Any]:
    return {
        "macro_id": macro.macro_id,
        "description": macro.about,
        "parameters": [_parameter(parameter) for parameter in macro.parameters],
        "steps": [step["step_id"] for step in macro.steps],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    shown = {"name": parameter.name, "description": parameter.about}
    return shown if parameter.required else shown | {"default": parameter.default}
