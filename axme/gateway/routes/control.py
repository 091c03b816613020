"""Moving a test clock. These routes exist only in a gateway started with ``--clock test`` on loopback."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from marshmallow import fields, validate

from axme.contract.clock import MovableClock, to_text
from axme.contract.codes import FORBIDDEN
from axme.contract.schemas.base import Flag, ObjectSchema, RequestSchema
from axme.gateway.actions import jobs, outside
from axme.gateway.datadir import save_clock
from axme.gateway.errors import GatewayError
from axme.gateway.routes.operation import Access, Answers, Asked, Body, Operation
from axme.gateway.routes.services import Services
from axme.gateway.store.tx import Tx

_TEN_YEARS = 10 * 366 * 86_400
_MESSAGE = "A clock goes forward only, by at most ten years at a time."
_LOOK_SECONDS = 0.01


class ClockAdvance(RequestSchema):
    """By how much; or no further than the first moment at which something is due."""

    seconds = fields.Float(required=True, validate=validate.Range(min=0, max=_TEN_YEARS, error=_MESSAGE))
    to_next = fields.Boolean(load_default=False)


class ClockAnswer(ObjectSchema):
    """The new time, and how many jobs fell due on the way."""

    ok = Flag(required=True)
    now = fields.String(required=True)
    jobs = fields.Integer(required=True)


async def advance(services: Services, asked: Asked | None) -> Body:
    """Move the clock from one due timer to the next, and return when everything that fell due is done."""
    clock = services.clock
    if asked is None or not isinstance(clock, MovableClock) or asked.who.address != services.admin_address:
        raise GatewayError(FORBIDDEN, "only the key of the first service account moves a test clock")
    # One after the other: whoever moved the clock while another looks at it would carry that one past a timer.
    async with services.moving:
        target = clock.now() + timedelta(seconds=asked.body["seconds"])
        done = await _advance(services, clock, target, to_next=asked.body["to_next"])
        return {"ok": True, "now": to_text(clock.now()), "jobs": done}


async def _advance(services: Services, clock: MovableClock, target: datetime, *, to_next: bool) -> int:
    done = await _work_off(services)
    if done and to_next:
        return done
    while (due := await _step(services, clock, target)) is not None:
        done += await _work_off(services)
        if due and to_next:
            return done
    return done


async def _step(services: Services, clock: MovableClock, target: datetime) -> bool | None:
    """Go on to the next moment at which something is due, or to the target.

    Returns:
        Whether something is due there; ``None`` when the target is reached and all is done.
    """
    left = target - clock.now()

    def move(tx: Tx) -> timedelta:
        if within := _to_next(tx):
            _move(services, clock, min(within, left))
        return within

    # Alone: what is being written belongs to the time before, and may fall due before the time after. Where something
    # is due already, another thread or node is at it.
    while not (within := await services.store.write_alone(move)):
        await asyncio.sleep(_LOOK_SECONDS)
    return within <= left if left else None


def _move(services: Services, clock: MovableClock, by: timedelta) -> None:
    # Written down first: a gateway that is killed and started again must not find itself before its own events.
    save_clock(services.settings.data_dir, clock.now() + by)
    clock.advance(by)


async def _work_off(services: Services) -> int:
    done = 0
    while jobs_done := await asyncio.to_thread(_do_all, services):
        done += jobs_done
    return done


def _to_next(tx: Tx) -> timedelta:
    """How long nothing is due."""
    # The regular work is left out: it would make thousands of steps of a year, and nobody waits for its moment.
    due = jobs.next_due_but_regular(tx)
    known = (due and due.within, outside.microseconds_to_next(tx))
    return min((timedelta(microseconds=micros) for micros in known if micros is not None), default=timedelta.max)


def _do_all(services: Services) -> int:
    """Do what is due, inside and outside, until nothing is; what was under way is waited for."""
    done = 0
    while more := services.engine.run_due() + services.outbox.run_due():
        done += more
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
