"""The words and times of the mesh (contract 3.31, D-14)."""

from __future__ import annotations

from enum import StrEnum

HEALTHY_SECONDS = 90
DEGRADED_SECONDS = 300
HEARTBEAT_SECONDS = 30.0
#: How many days back a window looks.
WINDOWS = {"day": 1, "week": 7, "month": 30}
MOST_INTENTS = 1_000_000
MOST_LATENCY_MS = 3_600_000.0
MOST_COST_USD = 1_000_000.0


class Health(StrEnum):
    """How an agent is, as far as its heartbeats tell."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNREACHABLE = "unreachable"
    KILLED = "killed"
    #: It has never sent a heartbeat.
    UNKNOWN = "unknown"


class MeshEventType(StrEnum):
    """What happens to an agent in the mesh."""

    KILLED = "agent.killed"
    RESUMED = "agent.resumed"
    HEALTH_CHANGED = "agent.health_changed"
