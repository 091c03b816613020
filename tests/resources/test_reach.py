"""The objects are thin sugar over a complete floor: what a flat call can do, an object can do."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import axme.doctor
import axme.resources
import axme.worker
from axme import AxmeClient
from axme.wire import FlatCalls

#: Any path at all, a plain dict that is enough, and a shorter form of create.
WITHOUT_AN_OBJECT = {"get", "post", "put", "patch", "delete", "health", "send_intent"}
CALLS = {name for name, _ in inspect.getmembers(FlatCalls, inspect.isfunction) if not name.startswith("_")}
ROOMS = (Path(axme.resources.__file__).parent, Path(axme.worker.__file__).parent)
SOURCE = "\n".join(path.read_text() for room in ROOMS for path in room.glob("*.py")) + inspect.getsource(AxmeClient)


@pytest.mark.parametrize("name", sorted(CALLS - WITHOUT_AN_OBJECT))
def test_a_flat_call_is_reached_from_an_object(name: str) -> None:
    assert re.search(rf"\.{name}\(", SOURCE), f"no object uses {name}"


def test_no_url_path_stands_outside_the_wire() -> None:
    doctor = "\n".join(path.read_text() for path in Path(axme.doctor.__file__).parent.glob("*.py"))
    code = re.sub(r'"""(?:.|\n)*?"""', "", SOURCE + doctor)
    assert not re.findall(r'"/v1[^"]*"', code)
