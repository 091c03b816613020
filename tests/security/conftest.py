"""What the rooms of security share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.gateway.rig import Rig


@pytest.fixture
def one_rig(tmp_path: Path) -> Iterator[Rig]:
    """A booted core on the database of the run, for what is about neither."""
    made = Rig(databases.url(tmp_path))
    yield made
    made.close()
