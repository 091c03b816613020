"""The life of an intent, out of its events: as data, as text and as a drawing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme import AxmeClient, HumanTask
from axme.contract.statuses import EventType, IntentStatus
from axme.gateway import LocalGateway
from axme.resources.timeline import Timeline
from tests.display.test_html import EVIL, Tags
from tests.resources.samples import ID, INTENT
from tests.wire.recorder import Recorder

START = datetime(2026, 11, 22, 12, 0, 3, tzinfo=UTC)
ANNA = {"type": "human", "ref": "anna@example.com", "name": "anna@example.com"}
HEAD = {"type": "human", "ref": "head@example.com", "name": "head@example.com"}


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def event(seq: int, kind: str, status: str, hours: float, **more: Any) -> dict[str, Any]:
    told = {"intent_id": ID, "seq": seq, "event_type": f"intent.{kind}", "status": status, "actor": "system"}
    return {**told, "at": at(hours).isoformat(), "details": {}, **more}


DECIDED = {
    "outcome": "approved",
    "task_result": {"outcome": "approved", "comment": "fine"},
    "decided_by": "agent://a/b/head",
}
LIFE = [
    event(1, "created", "CREATED", 0),
    event(2, "submitted", "SUBMITTED", 0),
    event(3, "delivered", "DELIVERED", 0),
    event(4, "in_progress", "IN_PROGRESS", 1),
    event(5, "waiting", "WAITING", 2, waiting_reason="WAITING_FOR_HUMAN", pending_with=ANNA),
    event(6, "reminder", "WAITING", 4, pending_with=ANNA, details={"remind_count": 1}),
    event(7, "escalated", "WAITING", 6, pending_with=HEAD, details={"escalated_to": "head@example.com"}),
    event(8, "in_progress", "IN_PROGRESS", 7, details=DECIDED),
    event(9, "delivery_failed", "IN_PROGRESS", 7.5, details={"delivery_attempt": 1}),
    event(10, "completed", "COMPLETED", 8, details=DECIDED),
]


def timeline(events: list[dict[str, Any]], now: datetime = START) -> Timeline:
    return Timeline(ID, events, recipient="agent://acme/prod/fulfillment", now=now)


def test_who_had_it_for_how_long() -> None:
    life = timeline(LIFE)
    assert [(one.kind, one.who, one.start, one.end) for one in life.spans] == [
        ("queued", "fulfillment", at(0), at(1)),
        ("working", "fulfillment", at(1), at(2)),
        ("waiting", "anna@example.com", at(2), at(6)),
        ("waiting", "head@example.com", at(6), at(7)),
        ("working", "fulfillment", at(7), at(8)),
    ]
    assert (life.start, life.end) == (at(0), at(8))


def test_what_happened_when() -> None:
    assert [(mark.kind, mark.who, mark.label) for mark in timeline(LIFE).marks] == [
        ("reminder", "anna@example.com", "reminder 1 to anna@example.com"),
        ("escalated", "anna@example.com", "escalated to head@example.com"),
        ("decision", "head@example.com", "approved by head: “fine”"),
        ("trouble", "fulfillment", "delivery attempt 1 failed"),
        ("ended", "fulfillment", "COMPLETED"),
    ]


def test_what_still_lasts_has_no_end() -> None:
    life = timeline(LIFE[:6], at(10))
    assert life.spans[-1].end is None
    assert life.end is None
    assert "waiting 8 h so far" in life._repr_html_()
    assert ">now<" in life._repr_html_()
    assert "8 h …" in str(life)


def test_a_moved_clock_is_never_behind_the_last_event() -> None:
    assert timeline(LIFE[:6]).now == at(4)


def test_it_is_told_in_lines() -> None:
    lines = str(timeline(LIFE)).splitlines()
    assert len(lines) == 1 + 5 + 5
    assert lines[3].split() == [
        "2026-11-22",
        "14:00:03",
        "·" * 8 + "█" * 16 + "·" * 8,
        "waiting",
        "anna@example.com",
        "4",
        "h",
    ]


def test_the_last_bar_reaches_the_end() -> None:
    last = [line.split()[2] for line in str(timeline(LIFE)).splitlines() if " working " in line][-1]
    assert last == "·" * 28 + "█" * 4


def test_a_short_life_is_told_in_milliseconds() -> None:
    quick = [event(1, "created", "CREATED", 0), event(2, "failed", "FAILED", 1 / 3_600_000, reason="no stock")]
    assert "12:00:03.001" in str(timeline(quick))
    assert "FAILED: no stock" in timeline(quick).to_svg()


def _texts(svg: str) -> list[tuple[float, float, str]]:
    root = ET.fromstring(svg)
    found = root.iter("{http://www.w3.org/2000/svg}text")
    return [(float(one.attrib["x"]), float(one.attrib["y"]), one.text or "") for one in found]


def test_the_drawing_is_a_file_of_its_own() -> None:
    svg = timeline(LIFE).to_svg()
    said = [text for _, _, text in _texts(svg)]
    assert "anna@example.com" in said
    assert "waiting 4 h" in said
    assert "approved by head: “fine”" in said
    assert "prefers-color-scheme:dark" in svg


@pytest.mark.parametrize("count", [0, 1, 8, 9, 300])
def test_many_reminders_are_told_by_the_first_and_the_last(count: int) -> None:
    waits = [event(1, "created", "CREATED", 0), event(2, "waiting", "WAITING", 0, pending_with=ANNA)]
    reminders = [
        event(3 + n, "reminder", "WAITING", n + 1, pending_with=ANNA, details={"remind_count": n + 1})
        for n in range(count)
    ]
    svg = timeline([*waits, *reminders], at(count + 1)).to_svg()
    told = [text for _, _, text in _texts(svg) if text.startswith("reminder")]
    assert len(told) == min(count, 8)
    assert (f"… {count - 8} more …" in svg) == (count > 8)


def test_an_intent_that_nobody_knows_anything_of_is_drawn_too() -> None:
    assert "Timeline" in timeline([])._repr_html_()
    assert "viewBox" in timeline([]).to_svg()
    assert str(timeline([])).startswith("at")


WORDS = st.one_of(st.none(), st.text(max_size=12), st.just(EVIL))
EVENTS = st.lists(
    st.builds(
        lambda kind, status, hours, who, detail: event(
            1, kind.removeprefix("intent."), status, hours, pending_with={"type": "human", "name": who},
            handler=who, reason=detail, details={"outcome": detail, "task_result": {"comment": detail}, "error": who},
        ),
        st.sampled_from([*EventType, "intent.unheard_of"]),
        st.sampled_from([*IntentStatus, "UNHEARD_OF"]),
        st.floats(0, 100_000),
        WORDS,
        WORDS,
    ),
    max_size=12,
)  # fmt: skip


@given(EVENTS)
def test_any_events_are_drawn_within_the_frame_and_as_text(events: list[dict[str, Any]]) -> None:
    ordered = sorted(events, key=lambda one: str(one["at"]))
    life = timeline([one | {"seq": seq} for seq, one in enumerate(ordered, 1)])
    svg = life.to_svg()
    root = ET.fromstring(svg)
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    assert all(0 <= x <= width and 0 <= y <= height for x, y, _ in _texts(svg))
    assert "script" not in Tags(life._repr_html_()).tags
    assert all(line.isprintable() for line in str(life).split("\n"))


def test_it_costs_one_request(scripted: AxmeClient, recorder: Recorder) -> None:
    intent = scripted.intents.handle(ID)
    intent._absorb({"intent": INTENT})
    recorder.answer({"ok": True, "events": LIFE})
    assert intent.timeline().end == at(8)
    assert [asked.path for asked in recorder.asked] == [f"/v1/intents/{ID}/events"]


def test_a_real_approval_is_told_from_the_beginning_to_the_end(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent = client.intents.create(
            "budget.approval.v1", to="shop", human_task=HumanTask.approval("May we?", notify="anna@example.com"),
            remind_after=timedelta(hours=1), max_reminders=1, escalate_to="head@example.com",
        )  # fmt: skip
        movable_gateway.advance(timedelta(hours=5))
        assert intent.timeline().spans[-1].end is None
        intent.decide("approved", comment="fine")
        life = intent.timeline()
    assert [(one.kind, one.who, (one.end or at(0)) - one.start) for one in life.spans] == [
        ("waiting", "anna@example.com", timedelta(hours=2)),
        ("waiting", "head@example.com", timedelta(hours=3)),
    ]
    assert [mark.kind for mark in life.marks] == ["reminder", "escalated", "decision", "ended"]
