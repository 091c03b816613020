"""Every page of the gateway."""

from __future__ import annotations

from axme.gateway.web import tasks

PAGES = (*tasks.PAGES,)
