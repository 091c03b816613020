"""Transport bindings of principals."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, text, update

from axme.gateway.store.tables import transport_bindings

_b = transport_bindings.c
#: Principal, transport and handle are the key; who comes second changes the rest.
UPSERT = text(
    "INSERT INTO transport_bindings (binding_id, principal_id, org_id, workspace_id, transport_type, transport_handle,"
    " priority, status, metadata, secret, created_at, updated_at) VALUES (:binding_id, :principal_id, :org_id,"
    " :workspace_id, :transport_type, :transport_handle, :priority, :status, :metadata, :secret, :created_at,"
    " :updated_at)"
    " ON CONFLICT (principal_id, transport_type, transport_handle) DO UPDATE SET priority = :priority,"
    " status = :status, metadata = :metadata, updated_at = :updated_at RETURNING binding_id"
)
BINDING = select(transport_bindings).where(_b.binding_id == bindparam("binding_id"))
#: The secret before signs until then.
ROTATE = (
    update(transport_bindings)
    .where(_b.binding_id == bindparam("id"))
    .values(
        old_secret=_b.secret, old_secret_until=bindparam("until"), secret=bindparam("new_secret"),
        updated_at=bindparam("now"),
    )
)  # fmt: skip
DELETE = delete(transport_bindings).where(_b.binding_id == bindparam("binding_id"))
