"""A visitor who has signed in to the shared gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from axme.gateway import LocalGateway
from tests.plain import Caller
from tests.web.console.visitor import Visitor, World, furnish


@pytest.fixture
def visitor(gateway: LocalGateway) -> Iterator[Visitor]:
    """Nobody yet."""
    with Visitor(gateway.base_url) as made:
        yield made


@pytest.fixture
def admin_visitor(visitor: Visitor, gateway: LocalGateway) -> Visitor:
    """Signed in with the first key."""
    assert visitor.sign_in(gateway.api_key).status_code == 200
    return visitor


@pytest.fixture
def world(caller: Caller) -> World:
    """One of everything."""
    return furnish(caller, "harmless")
