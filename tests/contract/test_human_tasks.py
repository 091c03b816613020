"""The kinds of human task and what their answers mean."""

from __future__ import annotations

import pytest

from axme.contract.human_tasks import (
    TASK_TYPES,
    allowed_outcomes,
    default_title,
    ending,
    is_negative,
    read_outcome,
    task_type,
)
from axme.contract.statuses import IntentStatus

ENDINGS = {
    "approval": {"approved": "COMPLETED", "rejected": "CANCELED"},
    "confirmation": {"confirmed": "COMPLETED", "denied": "CANCELED"},
    "review": {"approved": "COMPLETED", "changes_requested": "COMPLETED", "rejected": "CANCELED"},
    "assignment": {"assigned": "COMPLETED", "declined": "CANCELED"},
    "form": {"submitted": "COMPLETED"},
    "clarification": {"provided": "COMPLETED", "declined": "CANCELED"},
    "manual_action": {"completed": "COMPLETED", "failed": "FAILED"},
    "override": {"override_approved": "COMPLETED", "rejected": "CANCELED"},
}


@pytest.mark.parametrize(("kind", "outcomes"), ENDINGS.items())
def test_each_outcome_has_its_ending(kind: str, outcomes: dict[str, str]) -> None:
    assert allowed_outcomes({"task_type": kind}) == tuple(outcomes)
    assert {outcome: ending(outcome) for outcome in outcomes} == outcomes
    for outcome, status in outcomes.items():
        assert is_negative(outcome) == (status != IntentStatus.COMPLETED)


@pytest.mark.parametrize("kind", TASK_TYPES)
def test_a_refusal_never_ends_completed(kind: str) -> None:
    refused = read_outcome({"task_type": kind}, "rejected")
    assert refused is not None, "everybody may refuse, whatever they are asked"
    assert ending(refused) is (IntentStatus.FAILED if refused == "failed" else IntentStatus.CANCELED)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("reject", "CANCELED"),
        ("Rejected", "CANCELED"),
        ("REJECTED", "CANCELED"),
        ("rejected_by_legal", "CANCELED"),
        ("reject and resubmit", "CANCELED"),
        ("softDecline", "CANCELED"),
        ("deny", "CANCELED"),
        ("refuse-for-now", "CANCELED"),
        ("cancel", "CANCELED"),
        ("vetoed", "CANCELED"),
        ("not_approved", "CANCELED"),
        ("don't ship", "CANCELED"),
        ("no", "CANCELED"),
        ("no-go", "CANCELED"),
        ("Stop", "CANCELED"),
        ("failed", "FAILED"),
        ("tests_failed", "FAILED"),
        ("yes", "COMPLETED"),
        ("go", "COMPLETED"),
        ("hold", "COMPLETED"),
        ("no_changes_needed", "COMPLETED"),
        ("changes_requested", "COMPLETED"),
        ("approved_with_notes", "COMPLETED"),
        ("deployed to canary", "COMPLETED"),
        ("北京", "COMPLETED"),
        ("", "COMPLETED"),
    ],
)
def test_an_outcome_of_ones_own_is_known_by_its_words(outcome: str, status: str) -> None:
    assert ending(outcome) == status


def test_approve_and_reject_stand_for_the_first_and_last_of_an_implied_list() -> None:
    assert read_outcome({"task_type": "confirmation"}, "approved") == "confirmed"
    assert read_outcome({"task_type": "clarification"}, "rejected") == "declined"
    assert read_outcome({"task_type": "form"}, "rejected") == "rejected"
    assert read_outcome({"task_type": "confirmation"}, "maybe") is None


def test_a_list_of_its_own_is_taken_at_its_word() -> None:
    task = {"task_type": "confirmation", "allowed_outcomes": ["yes", "no"]}
    assert read_outcome(task, "yes") == "yes"
    assert read_outcome(task, "approved") is None


def test_a_type_without_a_list_takes_any_outcome() -> None:
    assert read_outcome({"task_type": "provide_data"}, "here you are") == "here you are"


def test_an_absent_type_is_an_approval() -> None:
    assert task_type({}).name == "approval"
    assert default_title({}, "budget.v1") == "Approval: budget.v1"
    assert default_title({"task_type": "manual_action"}, "restart.v1") == "Manual action: restart.v1"
