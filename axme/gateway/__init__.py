"""The embedded gateway: a durable AXP platform on one file, and the same server on PostgreSQL.

``start()`` runs one as a child process; ``python -m axme.gateway`` serves in the foreground. Importing this
package loads nothing of the server.
"""

from __future__ import annotations

from axme.gateway.local import GatewayStartError, LocalGateway, start
from axme.gateway.mailbox import WrittenMail

__all__ = ["GatewayStartError", "LocalGateway", "WrittenMail", "start"]
