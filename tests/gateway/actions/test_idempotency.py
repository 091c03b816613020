"""One key, one effect, one answer (contract 1.5)."""

from __future__ import annotations

from sqlalchemy import select, text

from axme.contract import jsontext
from axme.gateway.actions import service_accounts
from axme.gateway.actions.idempotency import Answer, once
from axme.gateway.errors import GatewayError
from axme.gateway.store.tables import metadata
from tests.gateway.rig import Rig, intent_id, race, refusal

KEYS, THREADS = 300, 16


def test_a_repeated_request_is_answered_as_before(rig: Rig) -> None:
    first = rig.submit(key="k", payload={"a": 1, "b": [1, 2]}, correlation_id="one")
    again = rig.submit(key="k", payload={"b": [1, 2], "a": 1}, correlation_id="two")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.text == first.text
    error = refusal(lambda: rig.submit(key="k", payload={"a": 2}))
    assert (error.code.code, error.message) == ("idempotency_conflict", "idempotency key reused with different payload")
    assert intent_id(rig.submit(payload={"a": 1})) != intent_id(first)


def test_a_key_belongs_to_its_sender_and_its_operation(rig: Rig) -> None:
    other = rig.account("other")
    assert rig.create(key="k") != rig.create(key="k", who=other)
    answer = rig.store.write_sync(lambda tx: once(tx, rig.who, "another operation", "k", {}, lambda: {"n": 1}))
    assert answer == ('{"n":1}', False)


def test_a_refused_request_leaves_its_key_free(rig: Rig) -> None:
    assert refusal(lambda: rig.submit(key="k", to_agent="agent://acme/x/y")).code.code == "policy_denied"
    assert rig.submit(key="k").replayed is False


def test_twins_on_many_threads_make_one_intent_each(rig: Rig) -> None:
    calls = [lambda key=f"key-{n}": rig.submit(key=key) for n in range(KEYS) for _ in range(THREADS)]
    answers = [answer for answer in race(calls, THREADS) if isinstance(answer, Answer)]
    assert len(answers) == KEYS * THREADS
    assert sum(not answer.replayed for answer in answers) == KEYS
    assert len({intent_id(answer) for answer in answers}) == KEYS
    assert rig.store.read_sync(lambda tx: tx.query(text("SELECT count(*) AS n FROM intents"))) == [{"n": KEYS}]


def test_twins_with_another_body_all_learn_of_the_conflict(rig: Rig) -> None:
    calls = [
        lambda n=n, body=body: rig.submit(key=f"key-{n}", payload={"body": body})
        for n in range(20)
        for body in (1, 2, 1, 2)
    ]
    results = race(calls, 8)
    for start in range(0, len(calls), 4):
        four = results[start : start + 4]
        assert sum(isinstance(result, GatewayError) for result in four) == 2
        assert len({intent_id(result) for result in four if isinstance(result, Answer)}) == 1


def test_a_key_lives_a_day_and_until_a_day_after_its_intent_ended(rig: Rig) -> None:
    rig.engine.start()
    rig.engine.stop()
    open_one, ended = rig.create(key="open"), rig.create(key="ended")
    rig.advance(hours=20)
    rig.resolve(ended, "COMPLETED")
    rig.advance(hours=23)
    assert (rig.create(key="open"), rig.create(key="ended")) == (open_one, ended)
    rig.advance(hours=2)
    assert rig.create(key="open") == open_one
    assert rig.create(key="ended") != ended


def test_the_secret_of_a_key_is_kept_nowhere(rig: Rig) -> None:
    account = rig.who.service_account_id

    def make() -> Answer:
        return rig.store.write_sync(
            lambda tx: once(tx, rig.who, "keys", "k", {}, lambda: service_accounts.create_key(tx, rig.who, account, {}))
        )

    token: str = jsontext.loads(make().text)["key"]["token"]
    assert rig.identity(token).service_account_id == account
    replayed = make()
    assert replayed.replayed
    assert "token" not in jsontext.loads(replayed.text)["key"]
    secret = token.removeprefix(f"axme_sa_{account}_")
    dump = rig.store.read_sync(lambda tx: [tx.query(select(table)) for table in metadata.sorted_tables])
    assert secret not in str(dump)
