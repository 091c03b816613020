"""From an operation and its example to requests: which ids it names, and the request with any of them exchanged."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from axme.gateway.routes.operation import Operation
from tests.matrix.catalogue import EXAMPLES, Example, Id, New
from tests.matrix.world import MAKERS, Place, Request, new_word

_PLACEHOLDER = re.compile(r"\{(\w+)(?::\w+)?\}")
#: What stays as it is when it is written to: a new one for each request would prove nothing more.
STEADY = frozenset({"org_id", "workspace_id", "address", "idle_address", "principal_id"})
_CATALOGUE = "tests/matrix/catalogue.py"


class Part(NamedTuple):
    """One id of a request: where it stands, and what makes it."""

    where: str
    name: str
    maker: str


def example_of(operation: Operation) -> Example:
    """The example of an operation."""
    assert operation.name in EXAMPLES, (
        f"the matrix does not know {operation.name} ({operation.path}): add a request that succeeds to EXAMPLES in "
        f"{_CATALOGUE}"
    )
    return EXAMPLES[operation.name]


def parts_of(operation: Operation) -> tuple[Part, ...]:
    """Every id the example names, those of the path first."""
    example = example_of(operation)
    path = [Part("path", name, example.path.get(name, name)) for name in _PLACEHOLDER.findall(operation.path)]
    found = [*path, *_ids_in("query", example.query), *_ids_in("body", example.body)]
    for part in found:
        assert part.maker in MAKERS, (
            f"{operation.name} names {part.name}, and nothing makes one: add {part.maker!r} to MAKERS in "
            f"tests/matrix/world.py, or say in {_CATALOGUE} which maker's id it takes"
        )
    return tuple(found)


def _ids_in(where: str, value: Any, name: str = "") -> Iterator[Part]:
    if isinstance(value, Id):
        yield Part(where, name, value.maker)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _ids_in(where, inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids_in(where, inner, name)


def own_ids(operation: Operation, place: Place, *, fresh: bool) -> dict[Part, str]:
    """An id of ``place`` for every part; new ones where what they name is used up by the request."""
    made: dict[str, str] = {}
    found = {}
    for part in parts_of(operation):
        if fresh and part.maker not in STEADY:
            made[part.name] = MAKERS[part.maker](place, made)
        found[part] = made.get(part.name) or place.id_of(part.maker)
    return found


def request_of(operation: Operation, ids: Mapping[Part, str], method: str | None = None) -> Request:
    """The example as a request, with these ids."""
    example = example_of(operation)
    by_place = {(part.where, part.name): value for part, value in ids.items()}
    path = _PLACEHOLDER.sub(lambda found: quote(by_place["path", found[1]], safe=""), operation.path)
    return Request(
        method=method or operation.methods[0],
        path=path,
        query=_filled("query", example.query, by_place),
        body=_filled("body", example.body, by_place),
        content=example.content,
        headers={"x-request-id": "the-request", **({"content-type": "text/plain"} if example.content else {})},
    )


def _filled(where: str, value: Any, ids: Mapping[tuple[str, str], str], name: str = "") -> Any:
    if isinstance(value, Id):
        return ids[where, name]
    if isinstance(value, New):
        return new_word(value.start)
    if isinstance(value, Mapping):
        return {key: _filled(where, inner, ids, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(where, inner, ids, name) for inner in value]
    return value


_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def masked(text: str, value: str) -> str:
    """An answer without the id that was asked with, and without new ones."""
    return re.sub(_UUID, "<uuid>", text.replace(value, "<id>"))


def like(value: str) -> str:
    """An id of the same form that nothing has."""
    if re.fullmatch(_UUID, value):
        return str(uuid.uuid4())
    if value.startswith("clm_"):
        return f"clm_{uuid.uuid4().hex}_{secrets.token_hex(8)}"
    if value.startswith("agent://user/"):
        return f"agent://user/{uuid.uuid4()}"
    if value.startswith("agent://"):
        return f"agent://nowhere{secrets.token_hex(4)}/main/worker"
    if value.endswith(".v1"):
        return f"matrix.nowhere{secrets.token_hex(4)}.v1"
    return value[:-6] + secrets.token_hex(3)
