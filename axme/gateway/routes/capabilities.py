"""``GET /v1/capabilities`` (contract 3.14)."""

from __future__ import annotations

from axme.contract.schemas.capabilities import Capabilities
from axme.gateway.actions import capabilities
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads
from axme.gateway.store import Tx


def get(tx: Tx, asked: Asked) -> Body:
    """What this gateway can do."""
    return capabilities.get(tx, asked.who)


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/capabilities",
        name="get_capabilities",
        about="What this gateway can do.",
        access=Access.MACHINE,
        action=Reads(get),
        answer=Capabilities,
    ),
)
