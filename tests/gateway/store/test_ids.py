"""Ids grow with time and never meet."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from axme.gateway.store.ids import new_uuid

MOMENTS = st.integers(0, 2**47 * 1000)


@given(MOMENTS, MOMENTS)
def test_an_id_is_a_version_7_uuid_and_sorts_by_its_millisecond(one: int, other: int) -> None:
    ids = {moment // 1000: new_uuid(moment) for moment in (one, other)}
    for millisecond, text in ids.items():
        parsed = uuid.UUID(text)
        assert (str(parsed), parsed.version, parsed.variant) == (text, 7, uuid.RFC_4122)
        assert parsed.int >> 80 == millisecond
    assert [ids[key] for key in sorted(ids)] == sorted(ids.values())


def test_ids_of_one_moment_differ() -> None:
    assert len({new_uuid(1) for _ in range(10_000)}) == 10_000
