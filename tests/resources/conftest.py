"""Fixtures of the resource tests: a server that only writes down, and a client of it."""

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
def scripted(recorder: Recorder) -> Iterator[AxmeClient]:
    """A client whose server answers what the test says."""
    with recorder.client() as client:
        yield client
