"""Health by the age of the last heartbeat, to the microsecond."""

from __future__ import annotations

import pytest

from axme.contract.mesh import Health
from axme.gateway.policy.health import changes_at, health

S = 1_000_000
BEAT = 1000 * S


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (0, Health.HEALTHY),
        (90 * S, Health.HEALTHY),
        (90 * S + 1, Health.DEGRADED),
        (300 * S, Health.DEGRADED),
        (300 * S + 1, Health.UNREACHABLE),
    ],
)
def test_an_agent_ages(age: int, found: Health) -> None:
    assert health(last_heartbeat_at=BEAT, killed_at=None, at=BEAT + age) is found
    assert health(last_heartbeat_at=BEAT, killed_at=BEAT, at=BEAT + age) is Health.KILLED


def test_an_agent_that_never_spoke_is_unknown() -> None:
    assert health(last_heartbeat_at=None, killed_at=None, at=BEAT) is Health.UNKNOWN
    assert health(last_heartbeat_at=None, killed_at=1, at=BEAT) is Health.KILLED


def test_the_next_look_is_when_the_health_has_just_changed() -> None:
    for found, following in ((Health.HEALTHY, Health.DEGRADED), (Health.DEGRADED, Health.UNREACHABLE)):
        due = changes_at(found, BEAT)
        assert due is not None
        assert health(last_heartbeat_at=BEAT, killed_at=None, at=due - 1) is found
        assert health(last_heartbeat_at=BEAT, killed_at=None, at=due) is following
    assert {changes_at(done, BEAT) for done in (Health.UNREACHABLE, Health.KILLED, Health.UNKNOWN)} == {None}
