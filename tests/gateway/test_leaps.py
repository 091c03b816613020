"""Random timers and leaps of the clock: the same happens at the same times as in one leap, and as on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axme.contract.clock import from_text
from axme.gateway.actions import jobs
from tests import postgres
from tests.gateway.rig import Rig

pytestmark = pytest.mark.slow

END = 2000
SECONDS = st.integers(1, 300)


class Spec(NamedTuple):
    """The timers of one intent, in seconds after its creation."""

    ttl: int | None
    after: int | None
    interval: int | None
    most: int | None
    escalates: bool
    asked: tuple[int, ...]


SPECS = st.builds(
    Spec,
    ttl=st.none() | SECONDS,
    after=st.none() | SECONDS,
    interval=st.none() | SECONDS,
    most=st.none() | st.integers(1, 4),
    escalates=st.booleans(),
    asked=st.lists(SECONDS, max_size=3).map(tuple),
)
Happening = tuple[int, int, str]


def on_paper(specs: list[Spec]) -> list[Happening]:
    """What must happen: second, number of the intent, event."""
    found: list[Happening] = []
    for number, spec in enumerate(specs):
        told = [(second, number, "reminder") for second in spec.asked]
        if spec.after is not None:
            gap = spec.interval or spec.after
            times = [spec.after + n * gap for n in range((spec.most or 3) + 1)]
            told += [(second, number, "reminder") for second in times[:-1]]
            told += [(times[-1], number, "escalated")] * spec.escalates
        end = END if spec.ttl is None else spec.ttl
        # At the very moment of the deadline either may come first; the drawing of specs keeps them apart.
        found += [happening for happening in told if happening[0] < end]
        found += [(spec.ttl, number, "timed_out")] if spec.ttl is not None else []
    return sorted(found)


def apart(spec: Spec) -> bool:
    """Whether nothing else falls on the second of the deadline."""
    times = {second for second, _, kind in on_paper([spec._replace(ttl=None)])}
    return spec.ttl not in times


def lived(rig: Rig, specs: list[Spec], leaps: list[int]) -> list[Happening]:
    """What happens to intents of ``specs`` while the clock makes ``leaps``, as ``gateway.advance`` makes them."""
    began = rig.clock.now()
    ids = [_created(rig, spec) for spec in specs]
    for leap in [*leaps, END - sum(leaps)]:
        advance(rig, timedelta(seconds=leap))
    found: list[Happening] = []
    for number, intent_id in enumerate(ids):
        for event in rig.events(intent_id)[4:]:
            second = (from_text(event["at"]) - began) / timedelta(seconds=1)
            found.append((int(second), number, event["event_type"].removeprefix("intent.")))
            assert second == int(second)
        assert [event["at"] for event in rig.events(intent_id)] == sorted(e["at"] for e in rig.events(intent_id))
    return sorted(found)


def advance(rig: Rig, by: timedelta) -> None:
    """From one due job to the next, up to the end."""
    target = rig.clock.now() + by
    while (due := rig.store.read_sync(jobs.next_due)) is not None:
        step = timedelta(microseconds=due.within)
        if step > target - rig.clock.now():
            break
        rig.clock.advance(step)
        rig.engine.run_due()
    rig.clock.advance(target - rig.clock.now())


def _created(rig: Rig, spec: Spec) -> str:
    body: dict[str, Any] = {
        "ttl_seconds": spec.ttl,
        "remind_after_seconds": spec.after,
        "remind_interval_seconds": spec.interval,
        "max_reminders": spec.most,
        "escalate_to": "boss" if spec.escalates else None,
    }
    intent_id = rig.create(human_task={}, **{name: value for name, value in body.items() if value is not None})
    if spec.asked:
        rig.controls(intent_id, {"controls": {"reminders": [{"offset_seconds": second} for second in spec.asked]}})
    return intent_id


@contextmanager
def rigs(*urls: str) -> Iterator[list[Rig]]:
    """Booted cores, let go afterwards."""
    with ExitStack() as opened:
        made = [Rig(url) for url in urls]
        for rig in made:
            opened.callback(rig.close)
        yield made


@given(
    specs=st.lists(SPECS.filter(apart), min_size=1, max_size=4),
    leaps=st.lists(st.integers(0, 400), max_size=5),
)
@settings(max_examples=15, deadline=None)
def test_leaps_change_nothing_and_it_is_as_on_paper(specs: list[Spec], leaps: list[int]) -> None:
    with (
        TemporaryDirectory() as folder,
        rigs(f"sqlite:///{folder}/one.db", f"sqlite:///{folder}/two.db") as (stepping, leaping),
    ):
        happened = lived(stepping, specs, leaps)
        assert happened == lived(leaping, specs, [])
        assert happened == on_paper(specs)


def test_both_databases_tell_the_same_story_postgresql(tmp_path: Path, postgres_server: str) -> None:
    """One fixed crowd of timers with every kind in it, many due at the same moment."""
    specs = [
        Spec(ttl, after, interval, most, escalates, asked)
        for ttl in (None, 90, 400)
        for after, interval, most in ((None, None, None), (60, None, 2), (60, 20, None))
        for escalates in (False, True)
        for asked in ((), (60, 61))
        if apart(Spec(ttl, after, interval, most, escalates, asked))
    ]
    with postgres.database(postgres_server) as url, rigs(f"sqlite:///{tmp_path}/axme.db", url) as (sqlite, other):
        stories = [lived(rig, specs, [60, 1, 0, 500]) for rig in (sqlite, other)]
    assert stories[0] == stories[1] == on_paper(specs)


@pytest.mark.parametrize("count", [300])
def test_a_crowd_due_at_one_moment_is_worked_off_in_order(one_rig: Rig, count: int) -> None:
    ids = [one_rig.create(ttl_seconds=60) for _ in range(count)]
    one_rig.notices.clear()
    assert one_rig.advance(seconds=60) == count
    ended = [n.topic for n in one_rig.notices if n.data and n.data["event_type"] == "intent.timed_out"]
    assert sorted(ended) == sorted(f"intent:{intent_id}" for intent_id in ids)
    assert len(set(ended)) == count
