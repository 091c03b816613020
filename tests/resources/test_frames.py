"""Pages, usage and timelines as frames of pandas and polars, each column of its kind."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from typing import Any

import pytest

from axme import AxmeClient
from axme.exceptions import AxmeValueError
from axme.resources.audit import AuditEvent
from axme.resources.collections import Page
from axme.resources.intent import Intent
from axme.resources.intent_events import IntentEvent
from axme.resources.invites import Invite
from axme.resources.usage import UsagePoint, UsageSummary
from tests.resources.samples import INTENT, event
from tests.resources.test_timeline import LIFE, timeline
from tests.wire.recorder import Recorder

LIBRARIES = ("pandas", "polars")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
both = pytest.mark.parametrize("library", LIBRARIES)


@pytest.fixture(autouse=True)
def _installed(request: pytest.FixtureRequest) -> None:
    if "library" in request.fixturenames:
        name = request.getfixturevalue("library")
        pytest.importorskip(name, reason=f"{name} is not installed")


def kinds(frame: Any) -> dict[str, str]:
    """The kind of each column, in the library's own words."""
    types = frame.schema if hasattr(frame, "schema") else frame.dtypes
    return {name: str(kind) for name, kind in dict(types).items()}


def rows(frame: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = frame.to_dicts() if hasattr(frame, "to_dicts") else frame.to_dict("records")
    return found


EVENT_KINDS = {
    "pandas": {"seq": "int64", "status": "string", "at": "datetime64[us, UTC]", "details": "object"},
    "polars": {
        "seq": "Int64",
        "status": "String",
        "at": "Datetime(time_unit='us', time_zone='UTC')",
        "details": "String",
    },
}


@both
@pytest.mark.parametrize("count", [0, 3])
def test_events_have_their_kinds_even_where_there_are_none(library: str, count: int) -> None:
    some = [IntentEvent(event(seq, "WAITING", details={"n": seq})) for seq in range(1, count + 1)]
    frame = Page(some, what="events", kind=IntentEvent).to_frame(library)
    assert len(frame) == count
    assert EVENT_KINDS[library].items() <= kinds(frame).items()
    if some:
        first = rows(frame)[0]
        assert (first["seq"], first["status"], first["at"]) == (1, "WAITING", NOON)


@both
def test_intents_bring_their_ids_and_need_no_request(library: str, scripted: AxmeClient, recorder: Recorder) -> None:
    frame = Page(
        [Intent._from(scripted, INTENT), Intent._from(scripted, INTENT | {"seq": None})], what="intents"
    ).to_frame(library)
    first, second = rows(frame)
    assert first["id"] == INTENT["intent_id"]
    assert first["status"] == "WAITING"
    assert first["seq"] == 4
    assert str(second["seq"]) in ("None", "<NA>")
    assert "from_a_newer_server" not in first
    assert not recorder.asked


def test_structures_are_objects_in_pandas_and_json_in_polars(scripted: AxmeClient) -> None:
    page = Page([Intent._from(scripted, INTENT)], what="intents")
    assert rows(page.to_frame("pandas"))[0]["payload"] == INTENT["payload"]
    assert rows(page.to_frame("polars"))[0]["payload"] == '{"order": "A-1", "lines": [1, 2]}'


@both
def test_a_usage_series_has_a_column_for_each_dimension(library: str) -> None:
    days = [
        UsagePoint({"at": f"2026-11-{day}T00:00:00Z", "dimensions": {"intents_per_day": day, "storage": 0}})
        for day in (21, 22)
    ]
    frame = Page(days, what="days").to_frame(library)
    assert list(kinds(frame)) == ["at", "intents_per_day", "storage"]
    assert [row["intents_per_day"] for row in rows(frame)] == [21, 22]
    assert "UTC" in kinds(frame)["at"]
    assert "nt64" in kinds(frame)["storage"]


@both
def test_a_usage_summary_has_a_row_for_each_dimension(library: str) -> None:
    dimensions = {"intents_per_day": {"used": 6, "limit": 10, "remaining": 4}}
    assert rows(UsageSummary({"dimensions": dimensions}).to_frame(library)) == [
        {"dimension": "intents_per_day", "used": 6, "limit": 10, "remaining": 4}
    ]


@both
def test_audit_events_that_a_server_got_wrong_cost_a_cell_and_not_the_frame(library: str) -> None:
    good = {
        "event_id": "e",
        "at": "2026-11-22T12:00:00Z",
        "actor": "me",
        "action": "a",
        "target": "t",
        "outcome": "done",
    }
    frame = Page([AuditEvent(good), AuditEvent(good | {"at": "not a time", "actor": 7})], what="audit events").to_frame(
        library
    )
    first, second = rows(frame)
    assert first["at"] == NOON
    assert second["action"] == "a"
    assert str(second["at"]) in ("None", "NaT")


@both
def test_the_spans_of_a_timeline_are_rows(library: str) -> None:
    frame = timeline(LIFE).to_frame(library)
    assert [(row["kind"], row["seconds"]) for row in rows(frame)][:3] == [
        ("queued", 3600.0),
        ("working", 3600.0),
        ("waiting", 4 * 3600.0),
    ]
    assert "UTC" in kinds(frame)["end"]


@both
def test_no_frame_holds_what_an_invite_lets_in_with(library: str, scripted: AxmeClient) -> None:
    invite = Invite(scripted, "canary", {"token": "canary", "invite_url": "https://x/canary", "status": "pending"})
    assert "canary" not in str(rows(Page([invite], what="invites").to_frame(library)))


def test_any_list_of_values_is_a_frame() -> None:
    assert rows(Page(["a", "b"], what="names").to_frame("polars")) == [{"value": '"a"'}, {"value": '"b"'}]
    assert len(Page([], what="names").to_frame("pandas")) == 0


def test_pandas_comes_first() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    assert isinstance(Page([], what="names").to_frame(), pandas.DataFrame)


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    gone = {"pandas"}
    monkeypatch.setattr("axme.resources._frames.find_spec", lambda name: None if name in gone else found(name))
    polars = pytest.importorskip("polars", reason="polars is not installed")
    page = Page([], what="names")
    assert isinstance(page.to_frame(), polars.DataFrame)
    with pytest.raises(ModuleNotFoundError, match="pip install pandas"):
        page.to_frame("pandas")
    gone.add("polars")
    with pytest.raises(ModuleNotFoundError, match=r'needs pandas or polars.*pip install "axme\[notebook\]"'):
        page.to_frame()
    with pytest.raises(AxmeValueError, match="pandas or polars, not of 'dask'"):
        page.to_frame("dask")
