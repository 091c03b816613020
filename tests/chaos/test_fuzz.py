"""What strangers write is read or refused: the kept inputs, and new ones for each target."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chaos.fuzz.__main__ import CORPUS
from tests.chaos.fuzz.targets import TARGETS
from tests.chaos.harness.sizes import add, size

EXAMPLES = 100


@pytest.mark.parametrize("name", TARGETS)
def test_kept_inputs_break_nothing(name: str) -> None:
    kept = sorted((CORPUS / name).iterdir())
    assert kept, "every target has inputs to begin with"
    for place in kept:
        TARGETS[name](place.read_bytes())
    add(fuzzed_inputs=len(kept))


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_break_nothing(name: str) -> None:
    kept = [place.read_bytes() for place in sorted((CORPUS / name).iterdir())]
    pieces = st.sampled_from(
        [piece for text in kept for piece in (text, text[: len(text) // 2], text[len(text) // 2 :])]
    )

    @settings(max_examples=size(EXAMPLES), deadline=None, database=None)
    @given(st.lists(pieces | st.binary(max_size=20), max_size=4).map(b"".join))
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()
