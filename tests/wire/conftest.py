"""Fixtures of the wire tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from axme import AxmeClient
from tests.wire.recorder import Recorder, recording


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as made:
        yield made


@pytest.fixture
def flat(recorder: Recorder) -> Iterator[AxmeClient]:
    """A client of the recorder."""
    with recorder.client() as client:
        yield client
