"""One question to a gateway each, sharp enough to tell a known mistake from the right way; no answer is a good one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from axme.client import AxmeClient
from axme.config import AxmeClientConfig
from axme.exceptions import AxmeError, AxmeHttpError, AxmeNotFoundError
from tests.chaos.checker import Final, History, Op, Post, Violation, check
from tests.chaos.checker.history import Outcome
from tests.chaos.harness.places import START_SECONDS, Place
from tests.chaos.harness.sink import Sink
from tests.chaos.power import PowerLine
from tests.hard.kit import in_threads
from tests.hard.proxy import CLEAN, Fault, FaultProxy

KEYS, TWINS = 10, 8
EVENT = "invite.accepted"
Found = list[Violation]


def body(mark: str, **extra: Any) -> dict[str, Any]:
    """An intent that can be found again."""
    return {"intent_type": "chaos.v1", "to_agent": "worker", "payload": {"mark": mark}, **extra}


def create(client: AxmeClient, mark: str, **extra: Any) -> Op:
    """Create an intent under the key ``mark``."""
    sent = body(mark, **extra)
    return told("create", mark, lambda: client.create_intent(sent, idempotency_key=mark), asked=sent)


def twins(place: Place) -> Found:
    """The same key from many threads at once: one effect, one answer."""
    with place.client() as client:
        calls = [lambda n=n: create(client, f"twin-{n}") for n in range(KEYS) for _ in range(TWINS)]  # type: ignore[misc]
        history = History(in_threads(calls))
    return check(history, place.close())


def kill_after_answer(place: Place) -> Found:
    """Killed in the moment it has answered: the answer was the truth."""
    history = History()
    for n in range(3):
        with place.client() as client:
            history.ops.append(create(client, f"killed-{n}"))
            place.nodes[0].kill()
        place.nodes[0].restart(timeout=START_SECONDS)
    return check(history, place.close())


def power_cut(place: Place, line: PowerLine) -> Found:
    """The power is cut in the moment it has answered."""
    with place.client() as client:
        history = History([create(client, f"cut-{n}") for n in range(20)])
        line.cut(place.nodes[0])
    try:
        place.nodes[0].restart(timeout=START_SECONDS)
    except Exception as error:
        return [Violation("I11", f"it does not start again: {error}")]
    return check(history, place.close())


def cursors(place: Place) -> Found:
    """A reader that follows the changes of an inbox while eight write: none is skipped."""
    over = threading.Event()
    seen: list[str] = []

    def write(n: int) -> list[str]:
        with place.client() as client:
            return [client.send_intent(body(f"row-{n}-{m}")) for m in range(12)]

    def read() -> None:
        cursor, last = None, False
        with place.client() as client:
            while not last:
                last = over.is_set()
                page = client.list_inbox_changes(owner_agent="worker", cursor=cursor)
                seen.extend(change["thread"]["intent_id"] for change in page["changes"])
                cursor = page["next_cursor"]
                last = last and not page["changes"]

    reader = threading.Thread(target=read)
    reader.start()
    written = [one for mine in in_threads([lambda n=n: write(n) for n in range(8)]) for one in mine]  # type: ignore[misc]
    over.set()
    reader.join()
    missed = set(written) - set(seen)
    return [Violation("W4", f"{len(missed)} of {len(written)} changes were skipped")] if missed else []


def registers(place: Place) -> Found:
    """Many compare and set one generation: each is consumed once."""
    with place.client(max_retries=0) as client:
        first = create(client, "register")
        intent_id = first.answer["intent_id"]

        def storm() -> list[Op]:
            made = []
            for _ in range(6):
                read = told("read", "", lambda: client.get_intent(intent_id)["intent"], intent_id=intent_id)
                expected = read.answer["policy_generation"]
                sent = {"controls": {"max_retries": 1}, "expected_policy_generation": expected}
                made += [read, told(
                    "cas", "", lambda sent=sent: client.update_intent_controls(intent_id, sent),  # type: ignore[misc]
                    intent_id=intent_id, asked={"expected": expected},
                )]  # fmt: skip
            return made

        history = History([first, *[op for mine in in_threads([storm] * 8) for op in mine]])
    return check(history, place.close())


def two_ends(place: Place) -> Found:
    """Ended, and ended again under another key."""
    with place.client() as client:
        first = create(client, "ends")
        history, intent_id = History([first]), first.answer["intent_id"]
        for word in ("CANCELED", "FAILED"):
            sent = {"status": word, "error": {"message": "x"}}
            told("resolve", word, lambda sent=sent: client.resolve_intent(intent_id, sent))  # type: ignore[misc]
    return [violation for violation in check(history, place.close()) if violation.name == "I4"]


def reminders(place: Place) -> Found:
    """One reminder is asked for, and one comes."""
    with place.client() as client:
        intent_id = create(client, "remind").answer["intent_id"]
        asked = {"controls": {"reminders": [{"offset_seconds": 60, "note": "soon"}]}}
        client.update_intent_controls(intent_id, asked)
        place.nodes[0].advance(timedelta(minutes=5))
        events = client.list_intent_events(intent_id)["events"]
    count = sum(event["event_type"] == "intent.reminder" for event in events)
    return [Violation("I6", f"{count} reminders instead of one")] if count != 1 else []


def late_result(place: Place) -> Found:
    """A worker that slept past its lease brings a result while another has the intent."""
    with place.client() as admin:
        key = admin.agents.create("worker").create_key().reveal()
    place.api_key = key
    with place.client() as client:
        create(client, "claimed", max_delivery_attempts=5)
        late = _claim(client, "one")
        place.nodes[0].advance(timedelta(minutes=5))
        _claim(client, "two")
        done = told("finish", late, lambda: client.complete_claim(late, {"result": {"n": 1}}))
    return [Violation("I7", "the result of a lost claim was accepted")] if done.outcome == "ok" else []


def tenants(place: Place) -> Found:
    """Another organization asks for an intent by its id."""
    with place.client() as client:
        intent_id = create(client, "canary-of-one").answer["intent_id"]
        org = client.organizations.create("Another")
        workspace = org.workspaces.create("there", environment="sandbox")
        key = workspace.service_accounts.create("stranger").create_key().reveal()
    place.api_key = key
    with place.client() as stranger:
        try:
            shown = stranger.get_intent(intent_id)
        except AxmeNotFoundError:
            return []
    return [Violation("C7", f"a stranger was shown {shown['intent']['payload']}")]


def webhooks(place: Place) -> Found:
    """A target that fails first is told again, under the same id."""
    sink = Sink(failing=2)
    with place.client() as client:
        subscription = client.webhooks.subscribe(sink.url, [EVENT]).id
        sent = {"event_type": EVENT, "source": "chaos", "payload": {}}
        history = History([told("publish", "p", lambda: client.publish_webhook_event(sent, idempotency_key="p"))])
        for _ in range(4):
            place.nodes[0].advance(timedelta(minutes=10))
    final: Final = place.close()
    sink.close()
    history.posts = [Post(event_id, subscription, text) for event_id, text in sink.posts]
    return check(history, final)


def lost_answers(place: Place) -> Found:
    """Answers get lost on the way, and the client asks again."""
    gateway = place.nodes[0]
    with (
        FaultProxy(gateway.port, lambda n: CLEAN if n % 2 else Fault(cut_after=1)) as proxy,
        AxmeClient(AxmeClientConfig(base_url=proxy.base_url, api_key=place.api_key, timeout=60)) as client,
    ):
        history = History([create(client, f"lost-{n}") for n in range(5)])
    return check(history, place.close())


def _claim(client: AxmeClient, worker_id: str) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = client.claim_deliveries("worker", {"worker_id": worker_id, "lease_seconds": 5})["claims"]
        if found:
            claim_id: str = found[0]["claim_id"]
            return claim_id
    raise AssertionError("there is nothing to claim")


def told(verb: str, key: str, call: Callable[[], dict[str, Any]], **more: Any) -> Op:
    """Make a call and say how it went."""
    began = time.monotonic()
    answer: Any = {}
    outcome: Outcome = "ok"
    try:
        answer = call()
    except AxmeError as error:
        outcome = getattr(error, "outcome", "unknown")
        answer = dict(error.details or {}) if isinstance(error, AxmeHttpError) else {}
    return Op(verb, outcome, key, answer=answer, began=began, ended=time.monotonic(), **more)
