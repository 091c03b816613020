"""The handler Restate calls, served by hypercorn in its own environment: the agent's work, without a step."""

from __future__ import annotations

from typing import Any

import restate

orders = restate.Service("Orders")


@orders.handler()
async def fulfil(ctx: restate.Context, order: dict[str, Any]) -> dict[str, Any]:
    return {"order_id": order["order_id"]}


app = restate.app([orders])
