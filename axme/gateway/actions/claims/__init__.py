"""What workers do with deliveries: claim them under a lease, work, and bring back a result."""

from axme.gateway.actions.claims.attempts import list_attempts
from axme.gateway.actions.claims.end import complete, fail, release
from axme.gateway.actions.claims.exchange import Settle, exchange
from axme.gateway.actions.claims.keep import checkpoint, progress, renew
from axme.gateway.actions.claims.leases import call_off, look_at_leases, redeliver, tell_parent
from axme.gateway.actions.claims.suspend import suspend
from axme.gateway.actions.claims.take import claim, give_back, give_back_all

__all__ = [
    "call_off",
    "Settle",
    "checkpoint",
    "claim",
    "complete",
    "exchange",
    "fail",
    "give_back",
    "give_back_all",
    "list_attempts",
    "look_at_leases",
    "progress",
    "redeliver",
    "release",
    "renew",
    "suspend",
    "tell_parent",
]
