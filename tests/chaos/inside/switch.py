"""Having the next gateways start with something inside, until the test is over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

#: Where ``sitecustomize`` lies, and where ``tests`` does: a gateway of an installed package knows neither.
PLACES = (str(Path(__file__).parent), str(Path(__file__).parents[3]))


def plant(patch: pytest.MonkeyPatch, name: str) -> None:
    """Have a known bug in every gateway that is started from now on."""
    _put(patch, "AXME_CHAOS_PLANT", name)


def failpoints(patch: pytest.MonkeyPatch, order: Path) -> None:
    """Have every gateway that is started from now on die where the file ``order`` says, once it exists."""
    _put(patch, "AXME_CHAOS_FAILPOINT", str(order))


def _put(patch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    patch.setenv(variable, value)
    patch.setenv("PYTHONPATH", os.pathsep.join([*PLACES, *filter(None, [os.environ.get("PYTHONPATH")])]))
