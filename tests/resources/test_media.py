"""Files as objects: sent, checked, fetched, on a real gateway."""

from __future__ import annotations

import hashlib
import os
import sys
import types
import uuid
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from axme import (
    AxmeClient,
    AxmeConflictError,
    AxmeConnectionError,
    AxmeNotFoundError,
    AxmeProtocolError,
    AxmeValidationError,
    AxmeValueError,
)
from axme.gateway import LocalGateway
from axme.transport import Transfer, Transport
from tests.wire.recorder import Recorder

DATA = os.urandom(3_000_000)


def test_a_file_goes_there_and_back(client: AxmeClient, tmp_path: Path) -> None:
    source = tmp_path / "report.pdf"
    source.write_bytes(DATA)
    seen: list[tuple[int, int]] = []
    upload = client.media.upload(source, progress=lambda done, total: seen.append((done, total)))
    assert (upload.status, upload.filename, upload.mime_type) == ("ready", "report.pdf", "application/pdf")
    assert (upload.size_bytes, upload.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    assert seen[-1] == (len(DATA), len(DATA))
    assert seen == sorted(seen)
    assert upload.finalized_at
    again = client.media.get(upload.id)
    assert str(again.download_url).endswith(f"/v1/media/download/{upload.id}")
    there = again.download(tmp_path / "back.pdf")
    assert there.read_bytes() == DATA == again.read()
    folder = tmp_path / "folder"
    folder.mkdir()
    assert again.download(folder).name == "report.pdf"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.pdf", "folder", "report.pdf"]


def test_a_preview_has_the_type_that_was_announced(client: AxmeClient) -> None:
    upload = client.media.upload(b"<p>hello</p>", filename="page.html")
    with upload.preview() as stream:
        assert (stream.headers["content-type"].split(";")[0], stream.read()) == ("text/html", b"<p>hello</p>")
        assert stream.read() == b""


def test_bytes_need_a_name_and_nothing_is_no_file(client: AxmeClient) -> None:
    upload = client.media.upload(b"hello", filename="hello.txt", ttl=timedelta(hours=1))
    assert (upload.read(), upload.mime_type) == (b"hello", "text/plain")
    assert upload.refresh().expires_at - upload.created_at == timedelta(hours=1)
    with pytest.raises(AxmeValueError, match="filename"):
        client.media.upload(b"hello")
    with pytest.raises(AxmeValueError, match="is empty"):
        client.media.upload(b"", filename="x")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", ".bashrc", "a\\..\\b.txt", "/abs.txt", "name\u202e.txt"])
def test_a_name_leads_nowhere_else(client: AxmeClient, tmp_path: Path, name: str) -> None:
    upload = client.media.upload(b"x", filename=name)
    inside = tmp_path / "inside"
    inside.mkdir()
    assert upload.download(inside).parent == inside
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


def test_a_bar_is_shown_where_tqdm_is_there(client: AxmeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: dict[str, Any] = {"n": 0}

    class Bar:
        n = property(lambda self: shown["n"])

        def __init__(self, **options: Any) -> None:
            shown.update(options)

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None:
            shown["closed"] = True

        def update(self, more: int) -> None:
            shown["n"] += more

    module = types.ModuleType("tqdm.auto")
    module.tqdm = Bar  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    monkeypatch.setattr("axme.display.progress.find_spec", lambda name: name)
    client.media.upload(DATA, filename="x.bin", progress=True)
    assert (shown["n"], shown["total"], shown["desc"], shown["closed"]) == (len(DATA), len(DATA), "x.bin", True)
    monkeypatch.setattr("axme.display.progress.find_spec", lambda name: None)
    assert client.media.upload(b"x", filename="x.bin", progress=True).status == "ready"


def test_a_broken_connection_is_tried_again(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = {"ok": True, "upload_id": str(uuid.uuid4()), "status": "pending", "upload_url": f"{recorder.base_url}/up"}
    sent: list[bytes] = []

    def cut(transport: Transport, transfer: Transfer) -> None:
        sent.append(transfer.source.read())
        if len(sent) != 3:
            raise AxmeConnectionError("cut", retryable=True)

    monkeypatch.setattr(Transport, "transfer", cut)
    with recorder.client(retry_backoff_seconds=0.001, max_retries=2) as client:
        recorder.answer(raw)
        recorder.answer(raw | {"status": "ready"})
        assert client.media.upload(b"data", filename="x").status == "ready"
        assert sent == [b"data"] * 3
        recorder.answer(raw)
        with pytest.raises(AxmeConnectionError):
            client.media.upload(b"data", filename="x")
        assert sent == [b"data"] * 6


def test_other_bytes_than_were_uploaded_are_no_file(recorder: Recorder, tmp_path: Path) -> None:
    raw = {"upload_id": "u-1", "filename": "x", "size_bytes": 12, "sha256": "0" * 64, "status": "ready"}
    with recorder.client() as client:
        recorder.answer({"ok": True, "upload": raw})
        upload = client.media.get("u-1")
        for size in (12, 11, 13):
            upload._snapshot.raw["size_bytes"] = size
            upload._snapshot.decoded.clear()
            with pytest.raises(AxmeProtocolError):
                upload.download(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_what_was_announced_is_what_must_arrive(client: AxmeClient) -> None:
    body = {"filename": "x", "mime_type": "text/plain", "size_bytes": 5}
    upload = client.create_media_upload(body | {"sha256": hashlib.sha256(b"right").hexdigest()})
    done = {"upload_id": upload["upload_id"], "size_bytes": 5}
    with pytest.raises(AxmeConflictError, match="no bytes have arrived"):
        client.finalize_media_upload(done)

    def put(data: bytes, kind: str = "text/plain") -> None:
        client.upload_media_bytes(upload["upload_url"], BytesIO(data), size_bytes=len(data), mime_type=kind)

    put(b"wrong")
    with pytest.raises(AxmeValidationError, match="sha256") as caught:
        client.finalize_media_upload(done)
    assert caught.value.code == "media_mismatch"
    put(b"four")
    with pytest.raises(AxmeValidationError, match="size_bytes: 5 was announced, 4 has arrived"):
        client.finalize_media_upload(done)
    with pytest.raises(AxmeValidationError, match="mime_type"):
        put(b"right", "image/png")
    put(b"right")
    with pytest.raises(AxmeConflictError, match="is not ready"):
        client.media.handle(upload["upload_id"]).read()
    assert client.finalize_media_upload(done)["status"] == "ready"
    with pytest.raises(AxmeConflictError, match="stays as it is"):
        put(b"later")
    with pytest.raises(AxmeConflictError, match="stays as it is"):
        client.finalize_media_upload(done)


def test_too_large_is_said_before_anything_is_sent(client: AxmeClient) -> None:
    body = {"filename": "x", "mime_type": "text/plain", "size_bytes": 104_857_601}
    with pytest.raises(AxmeValidationError, match="at most 104857600 bytes") as caught:
        client.create_media_upload(body)
    assert caught.value.status_code == 413
    with pytest.raises(AxmeNotFoundError, match="there is no upload"):
        client.media.get(str(uuid.uuid4()))


def test_an_upload_expires_and_leaves_nothing(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        body = {"filename": "x", "mime_type": "text/plain", "size_bytes": 4, "ttl_seconds": 60}
        first, second = client.create_media_upload(body), client.create_media_upload(body)
        put = client.upload_media_bytes
        put(first["upload_url"], BytesIO(b"data"), size_bytes=4, mime_type="text/plain")
        media = movable_gateway.data_dir / "media"
        assert len(list(media.glob("*"))) == 2
        movable_gateway.advance(timedelta(seconds=60))
        upload = client.media.get(first["upload_id"])
        assert (upload.status, upload.download_url) == ("expired", None)
        for late in (
            lambda: put(second["upload_url"], BytesIO(b"data"), size_bytes=4, mime_type="text/plain"),
            lambda: client.finalize_media_upload({"upload_id": first["upload_id"], "size_bytes": 4}),
        ):
            with pytest.raises(AxmeConflictError, match="has expired"):
                late()
        client.media.upload(b"another", filename="y")
        assert len(list(media.glob("*"))) == 2, "incoming, and the new one"
        assert list((media / "incoming").iterdir()) == []


def test_files_count_against_the_quota(fresh_gateway: LocalGateway) -> None:
    org_id, workspace_id = fresh_gateway.org_id, fresh_gateway.workspace_id
    with fresh_gateway.client() as client:
        client.media.upload(b"x" * 1000, filename="x")
        summary = client.get_usage_summary(org_id=org_id, workspace_id=workspace_id)["summary"]["dimensions"]
        for dimension in ("media_upload_bytes_per_day", "media_storage_bytes"):
            assert summary[dimension]["used"] == 1000
