"""Media uploads."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, text, update

from axme.gateway.store.tables import media_uploads
from axme.gateway.store.tx import Tx

_m = media_uploads.c

INSERT = insert(media_uploads)
#: By the id alone: it is what lets the bytes in.
BY_ID = select(media_uploads).where(_m.upload_id == bindparam("upload_id"))
BY_ID_FOR_UPDATE = BY_ID.with_for_update()
FIND = BY_ID.where(_m.org_id == bindparam("org_id"))
FIND_FOR_UPDATE = FIND.with_for_update()
RECEIVED = (
    update(media_uploads)
    .where(_m.upload_id == bindparam("id"))
    .values(
        stored_name=bindparam("new_name"),
        received_bytes=bindparam("new_bytes"),
        received_sha256=bindparam("new_sha256"),
    )
)
FINALIZE = update(media_uploads).where(_m.upload_id == bindparam("id")).values(finalized_at=bindparam("at"))
_UNFINISHED = "finalized_at IS NULL AND stored_name IS NOT NULL AND expires_at <= :now"
EXPIRED = text(f"SELECT stored_name FROM media_uploads WHERE {_UNFINISHED}")  # noqa: S608 (constant text)
FORGET_EXPIRED = text(f"UPDATE media_uploads SET stored_name = NULL WHERE {_UNFINISHED}")  # noqa: S608 (constant text)


def take_expired(tx: Tx) -> list[str]:
    """The names of files whose upload was never finished in time; from now on nothing refers to them."""
    rows = tx.run(EXPIRED, {"now": tx.now})
    if rows:
        tx.run(FORGET_EXPIRED, {"now": tx.now})
    return [row["stored_name"] for row in rows]
