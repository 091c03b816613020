"""What the flat calls about schemas, users, invites, media and tasks put on the wire, and what they take."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from axme import AxmeClient
from tests.wire.recorder import Recorder

Row = tuple[Callable[[AxmeClient], Any], str, str, dict[str, str], Any]
BODY = {"any": "thing"}
OWNER = "agent://acme/prod/owner"

CALLS: dict[str, Row] = {
    "upsert_schema": (lambda c: c.upsert_schema(BODY), "POST", "/v1/schemas", {}, BODY),
    "upsert_schema of an owner": (
        lambda c: c.upsert_schema(BODY, owner_agent=OWNER), "POST", "/v1/schemas", {"owner_agent": OWNER}, BODY,
    ),
    "get_schema": (lambda c: c.get_schema("order.line.v1"), "GET", "/v1/schemas/order.line.v1", {}, None),
    "register_nick": (lambda c: c.register_nick(BODY), "POST", "/v1/users/register-nick", {}, BODY),
    "check_nick": (lambda c: c.check_nick("@ada"), "GET", "/v1/users/check-nick", {"nick": "@ada"}, None),
    "resolve_nick": (lambda c: c.resolve_nick("ada"), "GET", "/v1/users/resolve-nick", {"nick": "ada"}, None),
    "rename_nick": (lambda c: c.rename_nick(BODY), "POST", "/v1/users/rename-nick", {}, BODY),
    "get_user_profile": (
        lambda c: c.get_user_profile("agent://user/1"),
        "GET", "/v1/users/profile", {"owner_agent": "agent://user/1"}, None,
    ),
    "update_user_profile": (lambda c: c.update_user_profile(BODY), "POST", "/v1/users/profile/update", {}, BODY),
    "create_invite": (lambda c: c.create_invite(BODY), "POST", "/v1/invites/create", {}, BODY),
    "get_invite": (lambda c: c.get_invite("t-1"), "GET", "/v1/invites/t-1", {}, None),
    "accept_invite": (lambda c: c.accept_invite("t-1", BODY), "POST", "/v1/invites/t-1/accept", {}, BODY),
    "create_media_upload": (lambda c: c.create_media_upload(BODY), "POST", "/v1/media/create-upload", {}, BODY),
    "finalize_media_upload": (lambda c: c.finalize_media_upload(BODY), "POST", "/v1/media/finalize-upload", {}, BODY),
    "get_media_upload": (lambda c: c.get_media_upload("u-1"), "GET", "/v1/media/u-1", {}, None),
    "list_my_tasks": (lambda c: c.list_my_tasks(), "GET", "/v1/me/tasks", {}, None),
    "list_my_tasks filtered": (
        lambda c: c.list_my_tasks(status="pending", limit=3),
        "GET", "/v1/me/tasks", {"status": "pending", "limit": "3"}, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_flat_call_sends_what_the_contract_says(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    call, method, path, query, body = CALLS[name]
    recorder.answer({"ok": True, "kept": ["as it is"]})
    assert call(flat) == {"ok": True, "kept": ["as it is"]}
    assert len(recorder.asked) == 1
    asked = recorder.last
    assert (asked.method, asked.path, asked.query, asked.body) == (method, path, query, body)
    assert ("idempotency-key" in asked.headers) == (method != "GET")


@pytest.mark.parametrize("verb", ["download", "preview"])
def test_bytes_are_asked_for_with_the_key(verb: str, flat: AxmeClient, recorder: Recorder) -> None:
    with getattr(flat, f"{verb}_media_bytes")("u-1") as stream:
        assert stream.read() == b'{"ok": true}'
    assert (recorder.last.method, recorder.last.path) == ("GET", f"/v1/media/{verb}/u-1")
    assert recorder.last.headers["x-api-key"] == "key-of-the-recorder"
    assert recorder.last.headers["accept"] == "*/*"


def test_bytes_are_sent_without_the_key(flat: AxmeClient, recorder: Recorder) -> None:
    through: list[int] = []
    flat.upload_media_bytes(
        f"{recorder.base_url}/v1/media/upload/u-1?signed=yes", BytesIO(b'{"n":1}'), size_bytes=7, mime_type="image/png",
        progress=through.append,
    )  # fmt: skip
    asked = recorder.last
    assert (asked.method, asked.path, asked.query) == ("PUT", "/v1/media/upload/u-1", {"signed": "yes"})
    assert (asked.body, asked.headers["content-type"], asked.headers["content-length"]) == ({"n": 1}, "image/png", "7")
    assert "key-of-the-recorder" not in str(asked.headers)
    assert sum(through) == 7
