"""The local warning before a key is used for two different things."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from axme.exceptions import AxmeIdempotencyWarning
from axme.transport import Call, Transport
from axme.transport.idempotency import KeyLedger
from tests.transport.rawserver import Handler, RawServer, always, answer


def call(body: object, key: str | None = "k-1", operation: str = "create_intent", path: str = "/v1/intents") -> Call:
    return Call(method="POST", path=path, json=body, idempotency_key=key, operation=operation)


def test_a_key_with_other_parameters_warns_before_anything_is_sent(
    serve: Callable[[Handler], RawServer], connect: Callable[..., Transport]
) -> None:
    server = serve(always(answer()))
    transport = connect(server)
    transport.send(call({"n": 1}))
    transport.send(call({"n": 1}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AxmeIdempotencyWarning, match="'k-1' was used before for create_intent"):
            transport.send(call({"n": 2}))
    assert len(server.requests) == 2


def test_the_warning_points_at_the_caller(
    serve: Callable[[Handler], RawServer], connect: Callable[..., Transport]
) -> None:
    transport = connect(serve(always(answer())))
    transport.send(call({"n": 1}))
    with pytest.warns(AxmeIdempotencyWarning) as seen:
        transport.send(call({"n": 2}))
    assert seen[0].filename == __file__


@pytest.mark.parametrize(
    "second",
    [
        call({"b": [1], "a": 1}),
        call({"n": 2}, key="k-2"),
        call({"n": 2}, key=None),
        call({"n": 2}, operation="create_webhook"),
    ],
    ids=["same object, other order", "other key", "minted key", "other operation"],
)
def test_what_is_no_conflict_is_silent(second: Call) -> None:
    ledger = KeyLedger()
    ledger.note(call({"a": 1, "b": [1]}))
    ledger.note(second)


def test_the_id_in_the_path_is_a_parameter_too() -> None:
    ledger = KeyLedger()
    ledger.note(call({}, operation="resolve_intent", path="/v1/intents/1/resolve"))
    with pytest.warns(AxmeIdempotencyWarning):
        ledger.note(call({}, operation="resolve_intent", path="/v1/intents/2/resolve"))


def test_the_memory_is_bounded() -> None:
    ledger = KeyLedger()
    for number in range(3000):
        ledger.note(call({"n": 1}, key=f"k-{number}"))
    ledger.note(call({"n": 2}, key="k-1"))
    assert len(ledger._used) <= 1024
