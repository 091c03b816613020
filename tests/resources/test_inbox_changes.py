"""The inbox as an endless, resumable iteration."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from axme import AxmeClient, AxmeClosedError, AxmeProtocolError, AxmeTimeoutError, AxmeValueError, InboxThread
from tests.plain import until
from tests.resources.samples import THREAD
from tests.wire.recorder import Recorder


def ask(client: AxmeClient, owner: str) -> str:
    return client.intents.create("budget.v1", to=owner, human_task={"title": "Approve"}).id


def test_changes_come_in_order_and_go_on_from_a_cursor(client: AxmeClient) -> None:
    owner = f"owner-{uuid.uuid4().hex[:8]}"
    first, second = ask(client, owner), ask(client, owner)
    with client.inbox.changes(owner_agent=owner, poll_interval=0.05, timeout=10) as changes:
        assert [next(changes).intent_id, next(changes).intent_id] == [first, second]
        saved = changes.cursor
    assert saved is not None
    third = ask(client, owner)
    with client.inbox.changes(cursor=saved, owner_agent=owner, poll_interval=0.05, timeout=10) as changes:
        thread = next(changes)
        assert isinstance(thread, InboxThread)
        assert thread.intent_id == third
        timer = threading.Timer(0.2, thread.approve)
        timer.start()
        assert (next(changes).id, thread.refresh().status) == (thread.id, "done"), "also what changes meanwhile"
        timer.join()


def test_waiting_for_a_change_ends_in_time(client: AxmeClient) -> None:
    changes = client.inbox.changes(owner_agent=f"nobody-{uuid.uuid4().hex}", poll_interval=0.05, timeout=0.2)
    with pytest.raises(AxmeTimeoutError, match=r"no change within 0\.2 seconds"):
        next(changes)


@pytest.mark.parametrize("what", ["iteration", "client"])
def test_it_can_be_ended_from_another_thread(what: str, scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "changes": []})
    changes = scripted.inbox.changes(poll_interval=60)
    ended: list[Any] = []

    def read() -> None:
        try:
            ended.extend(changes)
        except AxmeClosedError as error:
            ended.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    until(lambda: recorder.asked)
    (changes if what == "iteration" else scripted).close()
    reader.join(5)
    assert not reader.is_alive()
    assert [type(error) for error in ended] == ([] if what == "iteration" else [AxmeClosedError])


def test_the_cursor_is_that_of_the_last_one_handed_out(scripted: AxmeClient, recorder: Recorder) -> None:
    def change(place: str) -> dict[str, Any]:
        return {"cursor": place, "thread": THREAD}

    recorder.answer({"ok": True, "changes": [change("1"), change("2")]})
    recorder.answer({"ok": True, "changes": [change("3")]})
    changes = scripted.inbox.changes(cursor="0")
    assert repr(changes) == "<InboxChanges at 0>"
    next(changes)
    assert (changes.cursor, len(recorder.asked)) == ("1", 1)
    next(changes)
    next(changes)
    assert [asked.query["cursor"] for asked in recorder.asked] == ["0", "2"]
    assert changes.cursor == "3"


@pytest.mark.parametrize("answer", [{}, {"changes": None}, {"changes": [{"thread": THREAD}]}, {"changes": ["x"]}])
def test_an_answer_that_cannot_be_right_is_named(
    answer: dict[str, Any], scripted: AxmeClient, recorder: Recorder
) -> None:
    recorder.answer({"ok": True, **answer})
    with pytest.raises(AxmeProtocolError, match=r"list of changes|without a cursor"):
        next(scripted.inbox.changes())


def test_a_pause_of_nothing_is_refused(scripted: AxmeClient) -> None:
    with pytest.raises(AxmeValueError, match="poll_interval"):
        scripted.inbox.changes(poll_interval=0)
