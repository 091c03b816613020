"""Query parameters that the lists of principals' belongings share."""

from __future__ import annotations

from axme.contract.limits import LIST_LIMIT
from axme.gateway.routes.query import Text, Whole

ORG = Text(name="org_id", about="The organization, by id or slug; the caller's own by default.")
WORKSPACE = Text(name="workspace_id", about="The workspace, by id or slug; without an organization the caller's own.")
PRINCIPAL = Text(name="principal_id", about="Of this principal only.")
LIMIT = Whole(name="limit", about="How many at most.", low=LIST_LIMIT[0], high=LIST_LIMIT[1], default=200)
