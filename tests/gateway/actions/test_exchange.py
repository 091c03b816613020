"""Many claims settled for the next ones: each is judged by itself, and said twice it is answered twice."""

from __future__ import annotations

from typing import Any

import pytest

from axme.contract.codes import NOT_FOUND
from axme.gateway.actions import bindings, claims
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.routes.claims import _read
from axme.gateway.store.tx import Tx
from tests.gateway.actions.claiming import REQUEST, claim
from tests.gateway.rig import Body, Rig, race, refusal

_URL = "https://worker.example.com/in"
_BOUND = {"delivery_mode": "http", "callback_url": _URL, "rotate_secret": False, "overlap_seconds": 60}


def exchange(rig: Rig, *settle: Body, limit: int = 0, key: str | None = None, who: Identity | None = None) -> Any:
    """What became of each (its status, or the code of the refusal), and the claims that came along."""
    body = REQUEST.load({"worker_id": "w1", "limit": limit})
    settles = [_read(one) for one in settle]
    told, found = rig.do(claims.exchange, "worker", body, settles, key=key, who=who)
    return [one if isinstance(one, str) else one.code.code for one in told], found["claims"]


def done(taken: Body, **result: Any) -> Body:
    """A result."""
    return {"claim_id": taken["claim_id"], "kind": "complete", "result": result}


def test_results_bring_the_next_claims(rig: Rig) -> None:
    sent = {rig.create(payload={"n": n}) for n in range(6)}
    taken = claim(rig, limit=4)
    ids = [one["intent_id"] for one in taken]
    ends: list[Body] = [
        done(taken[0], n=0),
        {"claim_id": taken[1]["claim_id"], "kind": "fail", "error": {"code": "broken"}, "retryable": False},
        {"claim_id": taken[2]["claim_id"], "kind": "suspend", "wait": {"for": "time", "seconds": 60}},
        {"claim_id": taken[3]["claim_id"], "kind": "release"},
    ]
    told, found = exchange(rig, *ends, limit=3)
    assert told == ["COMPLETED", "FAILED", "WAITING", "IN_PROGRESS"]
    assert {one["intent_id"] for one in found} == sent - {*ids[:3]}
    assert rig.intent(ids[0])["result"] == {"n": 0}
    assert [rig.intent(one)["status"] for one in ids[1:3]] == ["FAILED", "WAITING"]


def test_one_that_is_refused_spoils_no_other(rig: Rig) -> None:
    for n in range(4):
        rig.create(payload={"n": n})
    taken = claim(rig, limit=4)
    sent = [one["intent_id"] for one in taken]
    rig.resolve(sent[1], "CANCELED")
    told, _ = exchange(
        rig,
        done(taken[0]),
        done(taken[1]),
        {"claim_id": taken[2]["claim_id"], "kind": "suspend", "wait": {"for": "time"}},
        {"claim_id": "nothing", "kind": "complete"},
        {"claim_id": taken[2]["claim_id"], "kind": "explode"},
        {"kind": "complete"},
        done(taken[3]),
    )  # fmt: skip
    bad = "validation_error"
    assert told == ["COMPLETED", "claim_lost", bad, "not_found", bad, bad, "COMPLETED"]
    assert [rig.intent(one)["status"] for one in sent] == ["COMPLETED", "CANCELED", "IN_PROGRESS", "COMPLETED"]


def test_what_a_refused_one_has_begun_is_undone(rig: Rig) -> None:
    """A child for another agent is refused after the parent's timers and checkpoint were touched."""
    for n in range(2):
        rig.create(payload={"n": n})
    taken = claim(rig, limit=2)
    parent, other = (one["intent_id"] for one in taken)
    wait = {"for": "agent", "to": "agent://elsewhere/entirely/nobody", "intent_type": "part.v1"}
    told, _ = exchange(
        rig, {"claim_id": taken[0]["claim_id"], "kind": "suspend", "wait": wait, "checkpoint": {"n": 1}}, done(taken[1])
    )
    assert told[1] == "COMPLETED"
    assert told[0] not in ("WAITING", "COMPLETED")
    assert rig.intent(parent)["status"] == "IN_PROGRESS"
    assert rig.story(other)[-1] == "completed"
    assert exchange(rig, done(taken[0]))[0] == ["COMPLETED"]


def test_said_again_it_is_answered_again_and_done_once(rig: Rig) -> None:
    for n in range(3):
        rig.create(payload={"n": n})
    taken = claim(rig, limit=2)
    sent = [one["intent_id"] for one in taken]
    ends = [
        done(taken[0], n=0),
        {"claim_id": taken[1]["claim_id"], "kind": "fail", "error": {"code": "x"}, "retryable": True},
    ]
    first = exchange(rig, *ends, limit=1, key="k")
    assert exchange(rig, *ends, limit=1, key="k") == first, "the same request"
    assert exchange(rig, ends[1], key="other")[0] == first[0][1:], "in other company"
    assert exchange(rig, done(taken[0], n=1))[0] == ["claim_lost"], "another result is another word"
    assert rig.intent(sent[0])["result"] == {"n": 0}
    assert rig.story(sent[0]).count("completed") == 1
    assert rig.story(sent[1]).count("delivery_failed") == 1


def test_said_at_once_by_many_it_is_done_once(rig: Rig) -> None:
    intents = [rig.create(payload={"n": n}) for n in range(8)]
    taken = claim(rig, limit=8)
    forth, back = [done(one) for one in taken], [done(one) for one in reversed(taken)]
    found = race([lambda n=n: exchange(rig, *(forth if n % 2 else back)) for n in range(8)], 4)
    assert found == [(["COMPLETED"] * 8, [])] * 8
    assert all(rig.story(one).count("completed") == 1 for one in intents)


def test_a_result_of_somebody_else_is_not_his(rig: Rig) -> None:
    rig.create()
    (taken,) = claim(rig)
    assert exchange(rig, done(taken))[0] == ["COMPLETED"]
    body, stranger = REQUEST.load({"worker_id": "w1"}), rig.peer("strangers")
    address = "agent://local/default/worker"
    assert refusal(lambda: rig.do(claims.exchange, address, body, [], key=None, who=stranger)).code.status == 403
    assert exchange(rig, done(taken), who=stranger)[0] == ["not_found"]


def test_where_nothing_may_be_claimed_results_are_accepted_all_the_same(rig: Rig) -> None:
    rig.account("worker")
    intent_id = rig.create()
    (taken,) = claim(rig)
    rig.do(bindings.put, "agent://local/default/worker", _BOUND)
    assert "posted to a URL" in refusal(lambda: claim(rig)).message
    assert exchange(rig, done(taken), limit=1) == (["COMPLETED"], [])
    assert rig.intent(intent_id)["status"] == "COMPLETED"


def test_a_part_that_is_refused_is_undone_with_its_news_and_its_regrets_are_kept(rig: Rig) -> None:
    before = len(rig.notices)

    def part(tx: Tx) -> None:
        tx.publish("t", 1, {"n": 1})
        tx.if_refused(lambda later: later.publish("t", 2, {"n": 2}))
        raise refused

    def action(tx: Tx) -> str:
        tx.publish("t", 0, {"n": 0})
        with pytest.raises(GatewayError):
            tx.attempt(lambda: part(tx))
        return tx.attempt(lambda: "goes on")

    refused = GatewayError(NOT_FOUND, "there is none")
    assert rig.store.write_sync(action) == "goes on"
    assert [notice.seq for notice in rig.notices[before:] if notice.topic == "t"] == [0, 2]
