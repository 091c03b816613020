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
    while (step := await _to_next(services)) <= target - clock.now():
        await _move(services, clock, step)
        done += await _work_off(services)
        if to_next:
            return done
    await _move(services, clock, target - clock.now())
    return done + await _work_off(services)


async def _move(services: Services, clock: MovableClock, by: timedelta) -> None:
    # Written down first: a gateway that is killed and started again must not find itself before its own events.
    await asyncio.to_thread(save_clock, services.settings.data_dir, clock.now() + by)
    clock.advance(by)


async def _work_off(services: Services) -> int:
    done = 0
    while jobs_done := await asyncio.to_thread(_do_all, services):
        done += jobs_done
    return done


async def _to_next(services: Services) -> timedelta:
    """How long nothing is due; what another thread or node is at keeps us waiting."""
    while (micros := await services.store.read(_microseconds_to_next)) == 0:
        await asyncio.sleep(_LOOK_SECONDS)
    return timedelta.max if micros is None else timedelta(microseconds=micros)


def _microseconds_to_next(tx: Tx) -> int | None:
    # The regular work is left out: it would make thousands of steps of a year, and nobody waits for its moment.
    due = jobs.next_due_but_regular(tx)
    known = (due and due.within, outside.microseconds_to_next(tx))
    return min((micros for micros in known if micros is not None), default=None)


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
