"""Billing plans, every version of them."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select

from axme.gateway.store.tables import billing_plans

_p = billing_plans.c
INSERT = insert(billing_plans)
VERSIONS = select(billing_plans).where(_p.workspace_id == bindparam("workspace_id")).order_by(_p.version)
