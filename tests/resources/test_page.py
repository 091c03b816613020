"""What a list call brings."""

from __future__ import annotations

import pytest

from axme import AxmeClient, AxmeProtocolError, Page
from tests.resources.samples import INTENT
from tests.wire.recorder import Recorder


def test_a_page_is_a_sequence() -> None:
    page = Page(["a", "b", "c"], what="letters")
    assert list(page) == page.all() == ["a", "b", "c"]
    assert (len(page), page[0], page[-1], page[1:], page.first()) == (3, "a", "c", ["b", "c"], "a")
    assert "b" in page
    assert page == Page("abc", what="letters")
    assert Page([], what="letters").first() is None


def test_its_repr_says_when_there_may_be_more() -> None:
    assert repr(Page("abc", what="letters", limit=4)) == "<Page: 3 letters>"
    assert repr(Page("abc", what="letters", limit=3)) == "<Page: first 3 letters>"
    assert repr(Page("", what="letters")) == "<Page: 0 letters>"


def test_a_list_is_one_request_and_its_items_need_no_other(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intents": [INTENT | {"intent_id": f"i-{n}"} for n in range(30)]})
    page = scripted.intents.list(status=["WAITING", "RESOLVED"], to="fulfillment")
    assert [intent.id for intent in page] == [f"i-{n}" for n in range(30)]
    assert {intent.status for intent in page} == {"WAITING"}
    assert {intent.deadline_at for intent in page} == {None}
    assert len(recorder.asked) == 1
    assert recorder.last.query == {"status": "WAITING,RESOLVED", "limit": "1000", "to_agent": "fulfillment"}


def test_a_limit_is_passed_on(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intents": [INTENT]})
    assert repr(scripted.intents.list(limit=1)) == "<Page: first 1 intents>"
    assert recorder.last.query == {"limit": "1"}


def test_an_answer_without_the_list_is_a_protocol_error(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intents": {"no": "list"}})
    with pytest.raises(AxmeProtocolError, match="no list of intents"):
        scripted.intents.list()
