"""What the pytest plugin of this package hands to tests: a gateway, a tenant, people who answer.

The plugin itself is :mod:`axme.testing.plugin`; pytest finds it by itself, and so nothing is loaded here beforehand.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from axme.testing.agents import AgentFactory
    from axme.testing.gateway import TestGateway
    from axme.testing.people import People, Person
    from axme.testing.tenant import Tenant

_HOMES = {
    "AgentFactory": "agents",
    "People": "people",
    "Person": "people",
    "Tenant": "tenant",
    "TestGateway": "gateway",
}
__all__ = ["AgentFactory", "People", "Person", "Tenant", "TestGateway"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
