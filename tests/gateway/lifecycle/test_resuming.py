"""The four kinds of resume body (contract 2.11)."""

from __future__ import annotations

from typing import Any

import pytest

from axme.gateway.lifecycle.resuming import Decision, Result, Wake, read


@pytest.mark.parametrize(
    ("body", "running", "waiting"),
    [
        ({}, Wake(), Wake()),
        ({"reason": "go", "policy_generation": 3, "internal_scheduler": True}, Wake(), Wake()),
        ({"approve_current_step": True}, Wake(), Decision({"outcome": "approved"})),
        (
            {"approve_current_step": False, "reason": "no"},
            Wake(),
            Decision({"outcome": "rejected", "comment": "no"}),
        ),
        ({"task_result": {"outcome": "x"}}, Decision({"outcome": "x"}), Decision({"outcome": "x"})),
        ({"task_result": 7}, Decision(7), Decision(7)),
        ({"action": "complete", "n": 1}, Result(False, {"action": "complete", "n": 1}), None),
        ({"action": "Failed", "actor": "abc"}, Result(True, {"action": "Failed"}), None),
        ({"action": "reject"}, Result(True, {"action": "reject"}), None),
        ({"action": "dance"}, Result(False, {"action": "dance"}), None),
        ({"outcome": "success", "n": 1}, Result(False, {"outcome": "success", "n": 1}), None),
    ],
)
def test_what_a_body_means(body: dict[str, Any], running: Any, waiting: Any) -> None:
    assert read(body, waits_for_human=False) == running
    expected = waiting if waiting is not None else Decision(running.value)
    assert read(body, waits_for_human=True) == expected
