"""Writers and observers that never stop, and the history of what they were told."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from axme.client import AxmeClient
from axme.exceptions import AxmeHttpError, AxmeTransportError
from tests.chaos.checker import Final, History, Mail, Op, Post, Seen, Timer, check
from tests.chaos.harness.places import Place
from tests.chaos.harness.serving import CREW, Serving
from tests.chaos.harness.sink import Sink
from tests.plain import started, until

REGISTERS = 3
#: How late a timer may be, from its due time on: most of it is the time its gateway may be dead.
TIMER_BOUND = 30.0
EVENT = "invite.accepted"


class Load:
    """``writers`` threads at everything a client can do, ``observers`` threads at intents that keep moving."""

    def __init__(self, place: Place, seed: int, *, writers: int = 8, observers: int = 8) -> None:
        self.history = History()
        self.failures: list[BaseException] = []
        self._place = place
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.sink = Sink()
        self._client = place.client()
        self._serving = Serving(place, self._noted)
        self._subscription: str = self._client.webhooks.subscribe(self.sink.url, [EVENT]).id
        self._registers = [self._client.send_intent(_intent(f"register-{n}")) for n in range(REGISTERS)]
        self._watched = [self._client.send_intent(_intent(f"watched-{n}")) for n in range(max(1, observers // 2))]
        known = enumerate(self._registers), enumerate(self._watched)
        for name, found in zip(("register", "watched"), known, strict=True):
            self.history.ops += [_created(f"{name}-{n}", intent_id) for n, intent_id in found]
        self._writers = [started(self.failures, self._write, n, random.Random(f"{seed}/{n}")) for n in range(writers)]
        self._observers = [
            started(self.failures, self._observe, self._watched[n % len(self._watched)], n) for n in range(observers)
        ]

    def more(self, count: int, seconds: float = 60.0, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait until ``count`` more writes were acknowledged, calling ``meanwhile`` again and again."""
        goal = self.acknowledged() + count

        def done() -> bool:
            meanwhile()
            return self.acknowledged() >= goal or bool(self.failures)

        until(done, seconds=seconds)

    def acknowledged(self) -> int:
        """How many calls have come back with a yes."""
        return sum(op.outcome == "ok" for op in list(self.history.ops))

    def finish(self) -> tuple[History, Final]:
        """Stop writing, end what is observed, let timers and deliveries come to their end, and read the database."""
        self._over.set()
        _join(self._writers)
        for intent_id in self._watched:
            self._client.resolve_intent(intent_id, {"status": "COMPLETED", "result": {}})
        _join(self._observers)
        if self.failures:
            raise self.failures[0]
        deadline = time.monotonic() + TIMER_BOUND
        while not self._is_quiet() and time.monotonic() < deadline:
            time.sleep(0.3)  # what does not come is for the checker to say
        self._serving.close()
        self._client.close()
        self.history.texts |= self._place.logs()
        self.history.secrets.append(self._place.api_key)
        written = self._place.mails()
        final = self._place.close()
        self.sink.close()
        self._read_outside(written, final)
        return self.history, final

    def judge(self) -> dict[str, int]:
        """:meth:`finish`, no violation, and the counts."""
        history, final = self.finish()
        found = check(history, final)
        assert not found, "\n".join(f"{name}: {text}" for name, text in found[:20])
        return self.counts()

    def counts(self) -> dict[str, int]:
        """What was done, as the published page adds it up."""
        return {
            "acknowledged_calls": self.acknowledged(),
            "calls_of_unknown_outcome": sum(op.outcome == "unknown" for op in self.history.ops),
            "events_observed": sum(len(seen.events) for seen in self.history.seen),
            "timers_fired": len(self.history.timers),
            "results_accepted": len({op.key for op in self.history.of("finish", "ok")}),
        }

    def _is_quiet(self) -> bool:
        timed = [timer.intent_id for timer in self.history.timers]
        if any(self._client.get_intent(one)["status"] != "TIMED_OUT" for one in timed[-20:]):
            return False
        if not self._serving.is_done():
            return False
        pending = self._client.list_webhook_events(status="pending")["events"]
        return not pending and len(self._place.mails()) >= len(self.history.mailed_tasks)

    def _write(self, number: int, chance: random.Random) -> None:
        clients = [self._place.client(node) for node in range(len(self._place.nodes))]
        mine: list[str] = []
        count = 0
        doings = (
            self._create, self._twice, self._end, self._cas, self._cas, self._timer, self._decide, self._publish,
            self._serve,
        )  # fmt: skip
        while not self._over.is_set():
            key = f"w{number}-{count}"
            count += 1
            chance.choices(doings, (8, 2, 3, 2, 2, 1, 1, 1, 4))[0](clients, chance, key, mine)
        for client in clients:
            client.close()

    def _call(self, verb: str, key: str, call: Callable[[], dict[str, Any]], **told: Any) -> dict[str, Any] | None:
        """Make a call and write down how it went; the answer if there was one."""
        began = time.monotonic()
        answer: dict[str, Any] = {}
        try:
            answer, outcome = call(), "ok"
        except (AxmeTransportError, AxmeHttpError) as error:
            outcome = error.outcome
            answer = getattr(error, "details", None) or {}
        told.setdefault("intent_id", answer.get("intent_id", ""))
        op = Op(verb, outcome, key, answer=answer, began=began, ended=time.monotonic(), **told)  # type: ignore[arg-type]
        self._noted(op)
        return answer if outcome == "ok" else None

    def _noted(self, op: Op) -> None:
        with self._lock:
            self.history.ops.append(op)

    def _create(self, clients: list[AxmeClient], chance: random.Random, key: str, mine: list[str], **extra: Any) -> Any:
        body = _intent(key) | extra
        told = {"payload": body["payload"]}
        made = self._call(
            "create", key, lambda: chance.choice(clients).create_intent(body, idempotency_key=key), asked=told
        )
        if made and not extra:
            mine.append(made["intent_id"])
        return made

    def _serve(self, clients: list[AxmeClient], chance: random.Random, key: str, mine: list[str]) -> None:
        if made := self._create(clients, chance, key, mine, to_agent=CREW):
            self._serving.sent.append(made["intent_id"])

    def _twice(self, clients: list[AxmeClient], chance: random.Random, key: str, mine: list[str]) -> None:
        self._create(clients, chance, key, mine)
        self._create(clients, chance, key, [])

    def _end(self, clients: list[AxmeClient], chance: random.Random, key: str, mine: list[str]) -> None:
        if not mine:
            return
        intent_id = mine.pop(chance.randrange(len(mine)))
        body = {"status": chance.choice(("COMPLETED", "CANCELED")), "result": {"by": key}}
        self._call(
            "resolve", key, lambda: chance.choice(clients).resolve_intent(intent_id, body, idempotency_key=key),
            intent_id=intent_id, asked={"status": body["status"]},
        )  # fmt: skip

    def _cas(self, clients: list[AxmeClient], chance: random.Random, key: str, mine: list[str]) -> None:
        intent_id, client = chance.choice(self._registers), chance.choice(clients)
        seen = self._call("read", "", lambda: client.get_intent(intent_id)["intent"], intent_id=intent_id)
        if seen is None:
            return
        expected = seen["policy_generation"]
        body = {"controls": {"max_retries": 1 + expected % 9}, "expected_policy_generation": expected}
        self._call(
            "cas", key, lambda: client.update_intent_controls(intent_id, body, idempotency_key=key),
            intent_id=intent_id, asked={"expected": expected},
        )  # fmt: skip

    def _timer(self, clients: list[AxmeClient], chance: random.Random, key: str, mine: list[str]) -> None:
        due = datetime.now(UTC) + timedelta(seconds=chance.uniform(0.1, 1.5))
        made = self._create(clients, chance, key, mine, deadline_at=due.isoformat())
        if made:
            micros = int(due.timestamp() * 1_000_000)
            self.history.timers.append(Timer(made["intent_id"], "intent.timed_out", micros, TIMER_BOUND))

    def _decide(self, clients: list[AxmeClient], chance: random.Random, key: str, mine: list[str]) -> None:
        task = {"task_type": "approval", "title": key, "notify_email": f"{key}@example.com"}
        made = self._create(clients, chance, key, mine, human_task=task)
        if made and chance.random() < 0.5:
            self.history.mailed_tasks.append(made["intent_id"])
        elif made:
            for word in ("approve", "reject"):
                self._call(
                    "decide", f"{key}-{word}",
                    lambda word=word: chance.choice(clients).decide_approval(made["intent_id"], decision=word),
                    intent_id=made["intent_id"],
                )  # fmt: skip

    def _publish(self, clients: list[AxmeClient], chance: random.Random, key: str, mine: list[str]) -> None:
        body = {"event_type": EVENT, "source": "chaos", "payload": {"mark": key}}
        self._call("publish", key, lambda: chance.choice(clients).publish_webhook_event(body, idempotency_key=key))

    def _observe(self, intent_id: str, number: int) -> None:
        with self._place.client(number % len(self._place.nodes)) as client:
            seen = Seen(intent_id, 0, list(client.observe(intent_id, timeout_seconds=900)))
        self.history.seen.append(seen)

    def _read_outside(self, written: list[Any], final: Final) -> None:
        self.history.posts += [Post(event_id, self._subscription, body) for event_id, body in self.sink.posts]
        links = {row["link_id"]: row["intent_id"] for row in final["task_links"]}
        by_mark = {op.key: op.intent_id for op in self.history.of("create", "ok")}
        for mail in written:
            mark = mail.to.split("@")[0]
            link_id = mail.link.rsplit("/", 1)[1].rsplit(".", 1)[0]
            if mark in by_mark:
                self.history.mails.append(Mail(by_mark[mark], mail.to, links.get(link_id, "nowhere")))


def _intent(mark: str) -> dict[str, Any]:
    return {"intent_type": "chaos.v1", "to_agent": "worker", "payload": {"mark": mark}}


def _created(mark: str, intent_id: str) -> Op:
    return Op("create", "ok", mark, intent_id, asked={"payload": {"mark": mark}}, answer={"intent_id": intent_id})


def _join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(180)
    assert not any(thread.is_alive() for thread in threads), "a writer or an observer hangs"
