"""What the flat calls about macros put on the wire."""

from __future__ import annotations

from axme import AxmeClient
from tests.wire.recorder import Recorder


def test_a_flat_call_is_one_request(flat: AxmeClient, recorder: Recorder) -> None:
    flat.list_macros(trace_id="t")
    flat.get_macro("approval.v1")
    flat.get_macro("a/b")
    assert [(asked.method, asked.path) for asked in recorder.asked] == [
        ("GET", "/v1/tool-registry/macros"),
        ("GET", "/v1/tool-registry/macros/approval.v1"),
        ("GET", "/v1/tool-registry/macros/a%2Fb"),
    ]
    assert recorder.asked[0].headers["x-trace-id"] == "t"
