"""Moving a test clock. These routes exist only in a gateway started with ``--clock test`` on loopback."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from marshmallow import fields, validate

from axme.contract.clock import MovableClock, to_text
from axme.contract.codes import FORBIDDEN
from axme.contract.schemas.base import Flag, ObjectSchema, RequestSchema
from axme.gateway.errors import GatewayError
from axme.gateway.routes.operation import Access, Answers, Asked, Body, Operation
from axme.gateway.routes.services import Services

_TEN_YEARS = 10 * 366 * 86_400


class ClockAdvance(RequestSchema):
    """By how much."""

    seconds = fields.Float(required=True, validate=validate.Range(min=0, max=_TEN_YEARS))


class ClockAnswer(ObjectSchema):
    """The new time, and how many jobs fell due on the way."""

    ok = Flag(required=True)
    now = fields.String(required=True)
    jobs = fields.Integer(required=True)


async def advance(services: Services, asked: Asked | None) -> Body:
    """Move the clock and return when everything that fell due is done."""
    clock = services.clock
    if asked is None or not isinstance(clock, MovableClock) or asked.who.address != services.admin_address:
        raise GatewayError(FORBIDDEN, "only the key of the first service account moves a test clock")
    await asyncio.to_thread(_do_all, services)
    now = clock.advance(timedelta(seconds=asked.body["seconds"]))
    done = await asyncio.to_thread(_do_all, services)
    return {"ok": True, "now": to_text(now), "jobs": done}


def _do_all(services: Services) -> int:
    """Do what is due, inside and outside, until nothing is; what was under way is waited for."""
    done = 0
    while jobs := services.engine.run_due() + services.outbox.run_due():
        done += jobs
    return done


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/internal/clock/advance",
        name="advance_clock",
        about="Move the test clock and do all that falls due.",
        access=Access.MACHINE,
        action=Answers(advance),
        body=ClockAdvance,
        answer=ClockAnswer,
    ),
)
