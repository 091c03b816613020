"""What the flat calls about scenarios put on the wire."""

from __future__ import annotations

from axme import AxmeClient
from tests.wire.recorder import Recorder

BUNDLE = {"intent": {"type": "order.v1"}}


def test_a_flat_call_is_one_request(flat: AxmeClient, recorder: Recorder) -> None:
    flat.apply_scenario(BUNDLE, idempotency_key="k")
    flat.validate_scenario(BUNDLE)
    assert [(asked.method, asked.path, asked.body) for asked in recorder.asked] == [
        ("POST", "/v1/scenarios/apply", BUNDLE),
        ("POST", "/v1/scenarios/validate", BUNDLE),
    ]
    assert recorder.asked[0].headers["idempotency-key"] == "k"
