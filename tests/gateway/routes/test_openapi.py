"""The OpenAPI document says what the gateway does."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from axme.gateway.routes.openapi import document
from axme.gateway.routes.operation import Access
from axme.gateway.routes.table import OPERATIONS
from tests.plain import Caller


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return document(OPERATIONS)


def test_the_document_is_valid(spec: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(json.loads(json.dumps(spec))).validate()


def test_every_route_is_in_it(spec: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        described = spec["paths"][re.sub(r"\{(\w+):\w+\}", r"{\1}", operation.path)]
        for method in operation.methods:
            one = described[method.lower()]
            assert one["summary"] == operation.about
            assert bool(one["security"]) is (operation.access is not Access.PUBLIC)
            names = {parameter["name"] for parameter in one["parameters"] if parameter["in"] == "query"}
            assert names == {parameter.name for parameter in operation.query}
            assert "default" in one["responses"]


def test_it_is_public_and_served_as_made(caller: Caller, spec: dict[str, Any]) -> None:
    answer = caller.send("GET", "/openapi.json", headers={"x-api-key": ""})
    assert answer.json() == spec
