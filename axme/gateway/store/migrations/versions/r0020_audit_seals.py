"""Seals over the audit trail, which can be changed as little as the trail itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0020"
down_revision = "r0019"

_SAYS = "the seals of the audit trail are append-only"


def upgrade() -> None:
    """Create the table, and have the database itself refuse updates and deletions."""
    op.create_table(
        "audit_seals",
        sa.Column("seal_id", sa.BigInteger(), nullable=False, autoincrement=False),
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in ("sealed_at", "last_audit_id", "row_count")],
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("digest", "signature")],
        sa.PrimaryKeyConstraint("seal_id", name="pk_audit_seals"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_seals_no_{verb.lower()} BEFORE {verb} ON audit_seals "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER audit_seals_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()"
    )
