"""Guessing: a million links against the look-up itself, some over HTTP; no comparison tells how close one was."""

from __future__ import annotations

import ast
import hmac
import itertools
import random
import secrets
import string
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

import axme
from axme.gateway import LocalGateway
from axme.gateway.actions import links
from axme.gateway.auth import links as tokens
from axme.gateway.lifecycle.links import LinkState
from axme.gateway.store.queries import secrets as stored
from axme.gateway.store.tx import Tx
from tests.gateway.actions.test_links import ask, make
from tests.gateway.rig import Rig
from tests.plain import Caller

GUESSES = 1_000_000
_LETTERS = string.ascii_letters + string.digits + "-_"


def _guesses(real: list[str], chance: random.Random) -> Iterator[str]:
    """What somebody would try who has seen other links: anything, ids with another signature, one letter changed."""
    pairs = [token.split(".") for token in real]
    while True:
        (link_id, signature), (other_id, other) = chance.choice(pairs), chance.choice(pairs)
        some, place = _text(chance, 16), chance.randrange(len(signature) - 1)
        letter = _LETTERS[(_LETTERS.index(signature[place]) + chance.randrange(1, 64)) % 64]
        yield f"{some}.{_text(chance, 32)}"
        yield f"{some}.{signature}"
        yield f"{link_id}.{signature[:place]}{letter}{signature[place + 1 :]}"
        yield f"{link_id}.{other}" if link_id != other_id else f"{link_id}.{_text(chance, 32)}"
        yield f"{link_id[: place % 22]}{some[place % 22 :]}.{signature}"


def _text(chance: random.Random, size: int) -> str:
    return urlsafe_b64encode(chance.randbytes(size)).rstrip(b"=").decode()


# A transaction that takes so long would be ended by PostgreSQL; what is guessed at is the same.
@pytest.mark.sqlite
def test_a_million_guesses_find_no_link(one_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    real = [make(one_rig, ask(one_rig))[0] for _ in range(20)]
    seed = secrets.randbits(32)
    print(f"seed {seed}")

    def guess(tx: Tx) -> None:
        assert all(links.open(tx, token).state is LinkState.OPEN for token in real)
        secret = stored.find(tx, tokens._SECRET)
        # Asking the database for the same row a million times would be most of the work.
        monkeypatch.setattr(stored, "find", lambda *_: secret)
        wrong = itertools.filterfalse(set(real).__contains__, _guesses(real, random.Random(seed)))
        for token in itertools.islice(wrong, GUESSES):
            assert links.open(tx, token).state is LinkState.UNKNOWN, token

    one_rig.store.read_sync(guess)


def test_guesses_over_http_are_all_answered_alike(gateway: LocalGateway) -> None:
    with Caller(gateway.base_url, None) as stranger:
        answers = [
            stranger.send("GET", f"/tasks/{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}") for _ in range(50)
        ]
    assert {answer.status_code for answer in answers} <= {404, 429}
    assert len({answer.text for answer in answers if answer.status_code == 404}) <= 1
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_signatures_are_compared_in_constant_time(one_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    token, _ = make(one_rig, ask(one_rig))
    compared: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    for wrong in (f"{token[:-2]}{'AA' if not token.endswith('AA') else 'BB'}", f"{token.split('.')[0]}.{'A' * 43}"):
        compared.clear()
        assert one_rig.store.read_sync(lambda tx, wrong=wrong: tokens.read(tx, wrong)) is None
        assert [len(one) == len(other) == 32 for one, other in compared] == [True]


#: What lets somebody in. A comparison that stops at the first difference tells how much of it was right.
SECRET_WORDS = {"token", "secret", "signature", "seal", "token_hash", "password", "api_key", "form_token", "cookie"}


def test_no_secret_is_compared_letter_by_letter() -> None:
    root = Path(axme.__file__).parent
    found = []
    sources = {*root.joinpath("gateway").rglob("*.py"), *root.joinpath("contract").rglob("*.py"), root / "webhooks.py"}
    # In statements the database compares, and looks a hash up in an index.
    for path in sorted(sources - set(root.joinpath("gateway/store/queries").iterdir())):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
                sides = [node.left, *node.comparators]
                if not any(isinstance(side, ast.Constant) for side in sides):
                    names = {_name(side) for side in sides} & SECRET_WORDS
                    found += [(path.relative_to(root).as_posix(), node.lineno, name) for name in names]
    assert found == []


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return node.id if isinstance(node, ast.Name) else ""
