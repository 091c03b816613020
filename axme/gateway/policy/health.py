"""How an agent is, by the age of its last heartbeat (contract 3.31, D-14). Pure: time is an argument."""

from __future__ import annotations

from axme.contract.mesh import DEGRADED_SECONDS, HEALTHY_SECONDS, Health

_SECOND = 1_000_000


def health(*, last_heartbeat_at: int | None, killed_at: int | None, at: int) -> Health:
    """The health at a time; all in microseconds."""
    if killed_at is not None:
        return Health.KILLED
    if last_heartbeat_at is None:
        return Health.UNKNOWN
    age = at - last_heartbeat_at
    if age <= HEALTHY_SECONDS * _SECOND:
        return Health.HEALTHY
    return Health.DEGRADED if age <= DEGRADED_SECONDS * _SECOND else Health.UNREACHABLE


def changes_at(found: Health, last_heartbeat_at: int) -> int | None:
    """When a health changes by silence alone, or ``None`` when it does not."""
    match found:
        case Health.HEALTHY:
            return last_heartbeat_at + HEALTHY_SECONDS * _SECOND + 1
        case Health.DEGRADED:
            return last_heartbeat_at + DEGRADED_SECONDS * _SECOND + 1
        case _:
            return None
