"""What happens at the same moment: one continuation of a waiting step, and a door that closes under what comes in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from axme.gateway.actions import audit_trail, cross_org, intents
from axme.gateway.errors import GatewayError
from tests.gateway.rig import Rig, race

INTENTS, RACERS = 50, 8
SENDS = 100


def test_one_of_many_resumes_continues_a_waiting_step(rig: Rig) -> None:
    ids = [rig.create() for _ in range(INTENTS)]
    results = race([lambda i=i, n=n: rig.resume(i, {"n": n}) for i in ids for n in range(RACERS)], RACERS)
    refused = [result for result in results if isinstance(result, GatewayError)]
    assert len(refused) == INTENTS * (RACERS - 1)
    assert {error.code.status for error in refused} == {409}
    for one in ids:
        assert rig.story(one).count("completed") == 1
        assert rig.story(one)[-1] == "completed"


def test_what_comes_while_a_door_closes_is_in_or_out_and_on_record(rig: Rig) -> None:
    """Opened and closed by its owner while others send: never half, and nothing comes once it is said to be closed."""
    peer = rig.peer("elsewhere")

    def set_door(mode: str) -> None:
        rig.do(lambda tx, who: cross_org.set_receive_policy(
            tx, who, cross_org.receive_policy(tx, who, who.org_id), {"mode": mode}
        ))  # fmt: skip

    def send(_: int) -> str | None:
        try:
            return rig.create(to_agent=rig.who.address, who=peer)
        except GatewayError as error:
            assert (error.code.status, (error.details or {})["reason"]) == (403, "receive_policy_closed")
            return None

    def while_it_moves(doing: Callable[[], None]) -> list[str | None]:
        with ThreadPoolExecutor(RACERS) as pool:
            sent = [pool.submit(send, n) for n in range(SENDS)]
            doing()
            return [one.result() for one in sent]

    def moving() -> None:
        for mode in ("open", "closed") * 5:
            set_door(mode)

    results = while_it_moves(moving)
    assert send(0) is None
    results.append(None)
    taken = {one for one in results if one}
    listed = rig.do(intents.list_intents, status=None, limit=2 * SENDS, who=peer)["intents"]
    assert {one["intent_id"] for one in listed} == taken
    for one in taken:
        assert rig.story(one) == ["created", "submitted", "delivered"]
    trail = rig.do(
        audit_trail.list_events, org_id=peer.org_id, actors=frozenset(), action_prefix="intent.create", limit=1000,
        who=rig.identity(rig.first.api_key),
    )["events"]  # fmt: skip
    told = [event["outcome"] for event in trail]
    assert told.count("refused") == results.count(None)
    assert len(told) - told.count("refused") == len(taken)
