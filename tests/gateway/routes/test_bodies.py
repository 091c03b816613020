"""The short way of reading a body and marshmallow's own agree on everything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from axme.contract.schemas.base import RequestSchema
from axme.gateway.errors import GatewayError
from axme.gateway.routes.bodies import BodyReader
from axme.gateway.routes.table import OPERATIONS, TEST_CLOCK_OPERATIONS

SCHEMAS = sorted({op.body for op in (*OPERATIONS, *TEST_CLOCK_OPERATIONS) if op.body}, key=lambda body: body.__name__)
_LEAF = st.sampled_from(
    [
        None,
        True,
        0,
        3,
        -1,
        2.5,
        "",
        "a",
        "a.b.v1",
        "agent://a/b/c",
        "2026-01-01T00:00:00Z",
        "COMPLETED",
        "approve",
        "\x01",
    ]
)
_VALUE = st.recursive(
    _LEAF,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["title", "paused", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@pytest.mark.parametrize("body", SCHEMAS, ids=lambda body: body.__name__)
def test_both_ways_agree(body: type[RequestSchema]) -> None:
    schema, reader = body(), BodyReader(body())
    names = st.sampled_from([*schema.fields, "toAgent", "note", "reason", "extra"])

    @given(sent=st.dictionaries(names, _VALUE, max_size=5))
    def agree(sent: dict[str, Any]) -> None:
        try:
            expected = schema.load(sent)
        except ValidationError:
            with pytest.raises(GatewayError) as caught:
                reader.read(sent)
            assert caught.value.code.status == 422
            assert caught.value.details
        else:
            assert reader.read(sent) == expected

    agree()


def test_defaults_are_not_shared_between_bodies() -> None:
    create = next(op for op in OPERATIONS if op.name == "create_intent").body
    assert create is not None
    reader = BodyReader(create())
    one = reader.read({"intent_type": "a.b.v1", "to_agent": "w"})
    one["payload"]["mine"] = 1
    assert reader.read({"intent_type": "a.b.v1", "to_agent": "w"})["payload"] == {}
