"""Media (contract 3.17): an upload is created, its bytes arrive, it is finalized, and from then on it can be read."""

from __future__ import annotations

import uuid
from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import MEDIA_MISMATCH, MEDIA_STATE, NOT_FOUND, PAYLOAD_TOO_LARGE
from axme.contract.limits import MEDIA_BYTES
from axme.contract.metering import Dimension
from axme.gateway.actions import audit
from axme.gateway.actions.homes import require_home
from axme.gateway.actions.metering import spend
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store.files import Received
from axme.gateway.store.queries import media
from axme.gateway.store.tx import Row, Tx

_SECOND = 1_000_000
_BUCKET = "local"
#: What clients send that do not care.
_ANY_TYPE = "application/octet-stream"


def create(tx: Tx, who: Identity, body: dict[str, Any], *, base_url: str) -> dict[str, Any]:
    """Announce a file. ``POST /v1/media/create-upload``

    The daily quota is charged with what is announced, so that it is refused before the bytes travel.

    Raises:
        GatewayError: 403, ``owner_agent`` is not the caller's to speak for; 413; 429.
    """
    if body["size_bytes"] > MEDIA_BYTES:
        raise GatewayError(
            PAYLOAD_TOO_LARGE,
            f"a file has at most {MEDIA_BYTES} bytes here, this one has {body['size_bytes']}",
            details={"limit_bytes": MEDIA_BYTES},
        )
    row: Row = {
        "upload_id": str(uuid.uuid4()),
        "org_id": who.org_id,
        "workspace_id": who.workspace_id,
        "owner_agent": owner_address(who, body.get("owner_agent")),
        "filename": body["filename"],
        "mime_type": body["mime_type"],
        "size_bytes": body["size_bytes"],
        "sha256": body.get("sha256"),
        "stored_name": None,
        "received_bytes": None,
        "received_sha256": None,
        "created_at": tx.now,
        "expires_at": tx.now + body["ttl_seconds"] * _SECOND,
        "finalized_at": None,
    }
    tx.run(media.INSERT, row)
    audit.record(tx, who, "media.create", row["upload_id"], details={"size_bytes": row["size_bytes"]})
    spend(tx, who, Dimension.MEDIA_UPLOAD, row["size_bytes"])
    return (
        {"ok": True}
        | _place(row)
        | {
            "upload_url": f"{base_url}/v1/media/upload/{row['upload_id']}",
            "status": "pending",
            "expires_at": to_text(row["expires_at"]),
            "max_size_bytes": MEDIA_BYTES,
        }
    )


def expected(tx: Tx, upload_id: str, *, mime_type: str, size: int | None) -> int:
    """How many bytes an upload may bring; asked before the first of them is taken.

    Args:
        mime_type: what the request says it brings; empty when it says nothing.
        size: how many bytes it announces, where it does.

    Raises:
        GatewayError: 404; 409, it is ready or has expired; 413; 422, another type than was announced.
    """
    row = _awaited(tx, upload_id, tx.one(media.BY_ID, {"upload_id": upload_id}))
    kind, announced = _kind(mime_type), _kind(row["mime_type"])
    if kind not in ("", _ANY_TYPE, announced):
        raise _mismatch("mime_type", announced, kind)
    if size is not None and size > row["size_bytes"]:
        raise GatewayError(
            PAYLOAD_TOO_LARGE,
            f"{row['size_bytes']} bytes were announced, {size} are coming: create an upload with the size it has",
            details={"limit_bytes": row["size_bytes"]},
        )
    return int(row["size_bytes"])


def receive(tx: Tx, upload_id: str, received: Received) -> list[str]:
    """Note what has arrived. ``PUT /v1/media/upload/{upload_id}``

    Returns:
        The names of files that are not needed any more: what this one replaces, and what has expired.

    Raises:
        GatewayError: 404; 409, it is ready or has expired.
    """
    row = _awaited(tx, upload_id, tx.one(media.BY_ID_FOR_UPDATE, {"upload_id": upload_id}))
    now = {"new_name": received.name, "new_bytes": received.size, "new_sha256": received.sha256}
    tx.run(media.RECEIVED, {"id": upload_id, **now})
    return [*filter(None, [row["stored_name"]]), *media.take_expired(tx)]


def finalize(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Accept what has arrived, if it is what was announced. ``POST /v1/media/finalize-upload``

    Raises:
        GatewayError: 403; 404; 409, nothing has arrived, or it is ready or has expired; 422 ``media_mismatch``; 429.
    """
    upload_id: str = body["upload_id"]
    row = _awaited(tx, upload_id, tx.one(media.FIND_FOR_UPDATE, {"upload_id": upload_id, "org_id": who.org_id}))
    require_home(who, row, f"the upload {upload_id}")
    if row["stored_name"] is None:
        raise GatewayError(
            MEDIA_STATE,
            "no bytes have arrived: PUT them to the upload_url first",
            details={"upload_id": upload_id, "status": "pending"},
        )
    for name, arrived in (("size_bytes", row["received_bytes"]), ("sha256", row["received_sha256"])):
        for said in (row[name], body.get(name)):
            if said is not None and said != arrived:
                raise _mismatch(name, said, arrived)
    tx.run(media.FINALIZE, {"id": upload_id, "at": tx.now})
    audit.record(tx, who, "media.finalize", upload_id, details={"sha256": row["received_sha256"]})
    spend(tx, who, Dimension.MEDIA_STORAGE, row["received_bytes"])
    return (
        {"ok": True}
        | _place(row)
        | {
            "mime_type": row["mime_type"],
            "size_bytes": row["received_bytes"],
            "sha256": row["received_sha256"],
            "status": "ready",
            "finalized_at": to_text(tx.now),
        }
    )


def get(tx: Tx, who: Identity, upload_id: str, *, base_url: str) -> dict[str, Any]:
    """One upload. ``GET /v1/media/{upload_id}``

    Raises:
        GatewayError: 404.
    """
    row = _found(upload_id, tx.one(media.FIND, {"upload_id": upload_id, "org_id": who.org_id}))
    ready = row["finalized_at"] is not None
    shown = _place(row) | {
        "mime_type": row["mime_type"],
        "filename": row["filename"],
        "size_bytes": row["size_bytes"],
        "sha256": row["received_sha256"] if ready else row["sha256"],
        "status": _status(tx, row),
        "created_at": to_text(row["created_at"]),
        "expires_at": to_text(row["expires_at"]),
        "finalized_at": to_text(row["finalized_at"]) if ready else None,
        "download_url": f"{base_url}/v1/media/download/{upload_id}" if ready else None,
        "preview_url": f"{base_url}/v1/media/preview/{upload_id}" if ready else None,
    }
    return {"ok": True, "upload": shown}


def readable(tx: Tx, who: Identity, upload_id: str) -> Row:
    """The upload whose bytes are asked for. ``GET /v1/media/download/{upload_id}``

    Raises:
        GatewayError: 404; 409, it is not ready.
    """
    row = _found(upload_id, tx.one(media.FIND, {"upload_id": upload_id, "org_id": who.org_id}))
    if row["finalized_at"] is None:
        raise _wrong_state(upload_id, _status(tx, row))
    return row


def _awaited(tx: Tx, upload_id: str, row: Row | None) -> Row:
    found = _found(upload_id, row)
    status = _status(tx, found)
    if status != "pending":
        raise _wrong_state(upload_id, status)
    return found


def _found(upload_id: str, row: Row | None) -> Row:
    if row is None:
        raise GatewayError(NOT_FOUND, f"there is no upload {upload_id[:64]}: check the id, and whose key this is")
    return row


def _status(tx: Tx, row: Row) -> str:
    if row["finalized_at"] is not None:
        return "ready"
    return "expired" if row["expires_at"] <= tx.now else "pending"


def _wrong_state(upload_id: str, status: str) -> GatewayError:
    said = {
        "ready": "is ready, and stays as it is",
        "expired": "has expired: create another upload",
        "pending": "is not ready: send its bytes and finalize it first",
    }
    return GatewayError(
        MEDIA_STATE, f"the upload {upload_id} {said[status]}", details={"upload_id": upload_id, "status": status}
    )


def _mismatch(name: str, said: Any, arrived: Any) -> GatewayError:
    return GatewayError(
        MEDIA_MISMATCH,
        f"{name}: {said} was announced, {arrived} has arrived: send the bytes again, or create another upload",
        details={"field": name, "announced": said, "arrived": arrived},
    )


def _kind(mime_type: str) -> str:
    return mime_type.partition(";")[0].strip().lower()


def _place(row: Row) -> dict[str, Any]:
    return {
        "upload_id": row["upload_id"],
        "owner_agent": row["owner_agent"],
        "bucket": _BUCKET,
        "object_path": f"{row['org_id']}/{row['upload_id']}",
    }
