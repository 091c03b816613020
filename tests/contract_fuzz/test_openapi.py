"""Schemathesis against a running gateway: what ``/openapi.json`` promises holds for requests nobody thought of.

Requests are made from the document itself, valid ones and broken ones, with made-up ids and with real ones. The
examples are the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from axme.gateway import start
from axme.gateway.routes.openapi import document
from axme.gateway.routes.operation import Access, Operation, Streams, Writes
from axme.gateway.routes.table import OPERATIONS
from tests.matrix.filling import STEADY, parts_of
from tests.matrix.world import MAKERS, World

EXAMPLES_EACH = 10
CHECKS = [
    not_a_server_error,
    response_schema_conformance,
    content_type_conformance,
    status_code_conformance,
    unsupported_method,
]
#: An open stream takes seconds, and its frames are no document: tests/gateway/routes/test_streams.py.
FUZZED = [
    (operation, method)
    for operation in OPERATIONS
    if not isinstance(operation.action, Streams)
    for method in operation.methods
]
#: Only what has a form can be out of form: a query or a JSON body.
FORMED = [(it, method) for it, method in FUZZED if it.query or isinstance(it.action, Writes) or it.name == "mcp"]
CASES = [(*row, GenerationMode.POSITIVE) for row in FUZZED] + [(*row, GenerationMode.NEGATIVE) for row in FORMED]
_SETTINGS = settings(
    max_examples=EXAMPLES_EACH,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
pytestmark = pytest.mark.xdist_group("contract_fuzz")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with start(data_dir=tmp_path_factory.mktemp("fuzz"), clock="test") as gateway:
        made = World(gateway)
        yield made
        made.close()
        print(f"\n{len(FUZZED)} operations, {made.requests} requests made from the document")


@pytest.fixture(scope="module")
def api() -> Any:
    return schemathesis.openapi.from_dict(document(OPERATIONS))


@pytest.mark.parametrize(
    ("operation", "method", "mode"), [pytest.param(*row, id=f"{row[0].name}-{row[1]}-{row[2].value}") for row in CASES]
)
def test_the_document_holds(operation: Operation, method: str, mode: GenerationMode, world: World, api: Any) -> None:
    described = api[operation.path.replace(":path}", "}")][method]

    @_SETTINGS
    @given(case=described.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        world.requests += 1
        case.path_parameters = {**(case.path_parameters or {}), **_real_ids(operation, world)}
        answer = case.call(base_url=world.gateway.base_url, headers=_key(operation, world), timeout=20)
        case.validate_response(answer, checks=CHECKS)

    holds()


def _key(operation: Operation, world: World) -> dict[str, str]:
    """What is about other organizations is asked by who owns them, the rest in a workspace that is left whole."""
    return {"x-api-key": world.gateway.api_key if operation.access is Access.TENANT else world.here.agent.key}


def _real_ids(operation: Operation, world: World) -> dict[str, str]:
    """Every second request names what there is: a new one, or, where that cannot be, one of a workspace to spoil."""
    if world.requests % 2:
        return {}
    found: dict[str, str] = {}
    for part in parts_of(operation):
        if part.where == "path":
            steady = part.maker in STEADY
            found[part.name] = world.there.id_of(part.maker) if steady else MAKERS[part.maker](world.here, found)
    return found
