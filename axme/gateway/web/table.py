"""Every page of the gateway."""

from __future__ import annotations

from axme.gateway.web import tasks
from axme.gateway.web.console import table as console

PAGES = (*tasks.PAGES, *console.PAGES)
