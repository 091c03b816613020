"""Workers and their gateway are killed at random: every intent is resolved once, and nothing is lost."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from pathlib import Path

from axme import AxmeClient
from axme.exceptions import AxmeError
from axme.gateway import LocalGateway
from tests.databases import rows
from tests.hard.crew import Crew, send
from tests.hard.kit import in_threads, is_whole, seeded
from tests.plain import until

INTENTS = 2000
KILLS = 20
SENDERS = 4


def test_two_thousand_intents_three_workers_and_kills(fresh_gateway: LocalGateway, tmp_path: Path) -> None:
    chance = seeded(11)
    data, began = fresh_gateway.data_dir, time.monotonic()
    kills: Counter[str] = Counter()
    with Crew(fresh_gateway, tmp_path, 3) as crew:
        over = threading.Event()

        def chaos() -> None:
            while kills.total() < KILLS and not over.wait(chance.uniform(0.3, 1.2)):
                if chance.random() < 0.25:
                    fresh_gateway.kill()
                    fresh_gateway.restart(30)
                    kills["gateway"] += 1
                else:
                    crew.replace(chance.randrange(3))
                    kills["worker"] += 1

        def sender(number: int) -> list[str]:
            with fresh_gateway.client(timeout=60) as client:
                return [_surely(client, n) for n in range(number, INTENTS, SENDERS)]

        wrecker = threading.Thread(target=chaos)
        wrecker.start()
        try:
            sent = [one for ids in in_threads([lambda n=n: sender(n) for n in range(SENDERS)]) for one in ids]  # type: ignore[misc]
            until(lambda: _ended(data) > INTENTS * 0.9, seconds=120)
        finally:
            over.set()
            wrecker.join(60)
        until(lambda: _ended(data) == INTENTS, seconds=60)
        begun = crew.begun()
    assert crew.codes == [0, 0, 0]
    assert len(set(sent)) == INTENTS
    stored = rows(data, "SELECT status, result FROM intents")
    assert Counter(status for status, _ in stored) == {"COMPLETED": INTENTS}
    assert sorted(result for _, result in stored) == sorted(f'{{"n":{n}}}' for n in range(INTENTS))
    terminal = rows(
        data, "SELECT intent_id, count(*) FROM intent_events WHERE event_type = 'intent.completed' GROUP BY intent_id"
    )
    assert {many for _, many in terminal} == {1}
    assert len(terminal) == INTENTS
    assert set(begun) == set(sent)
    assert is_whole(data)
    print(
        f"{INTENTS} intents, each resolved once, in {time.monotonic() - began:.0f} s; "
        f"{kills['worker']} workers and {kills['gateway']} gateways killed; handlers began {begun.total()} times: "
        f"{sum(many > 1 for many in begun.values())} intents more than once, none more than {max(begun.values())} times"
    )


def test_a_worker_that_slept_past_its_lease_cannot_finish_what_another_took(
    fresh_gateway: LocalGateway, tmp_path: Path
) -> None:
    with Crew(fresh_gateway, tmp_path, 1) as crew, fresh_gateway.client() as client:
        intent = client.intents.handle(send(client, 1, seconds=1.5))
        until(crew.begun)
        sleeper = crew.workers[0]
        sleeper.send_signal(signal.SIGSTOP)
        crew.workers.append(crew.hire())
        intent.wait(60)
        assert crew.begun_by(crew.workers[1]) == [intent.id], "the second one took it over"
        events = intent.events()
        sleeper.send_signal(signal.SIGCONT)
        until(lambda: "is not ours any more" in crew.log.read_text() or "came too late" in crew.log.read_text())
        assert [event.seq for event in intent.events()] == [event.seq for event in events], "nothing was added"
        assert [event.event_type for event in events].count("intent.completed") == 1
        assert client.intents.handle(send(client, 2)).wait(30).result == {"n": 2}
    assert crew.codes == [0, 0]


def _surely(client: AxmeClient, n: int) -> str:
    """Send under one key until it is acknowledged."""
    while True:
        try:
            return send(client, n)
        except AxmeError as error:
            if not getattr(error, "retryable", False):
                raise
            time.sleep(0.05)


def _ended(data: Path) -> int:
    time.sleep(0.2)
    return int(rows(data, "SELECT count(*) FROM intents WHERE status = 'COMPLETED'")[0][0])
