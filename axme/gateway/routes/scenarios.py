"""Scenarios (contract 3.11)."""

from __future__ import annotations

from axme.contract.schemas import scenarios as schemas
from axme.gateway.actions import scenarios
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.store import Tx


def apply(tx: Tx, asked: Asked) -> Body:
    """Set a scenario on its way."""
    return scenarios.apply(tx, asked.who, asked.body)


def validate(tx: Tx, asked: Asked) -> Body:
    """Check a bundle."""
    return scenarios.validate(tx, asked.who, asked.sent)


OPERATIONS = (
    *(
        Operation(
            methods=("POST",),
            path=path,
            name=name,
            about="Make the agents of a bundle that are missing, and begin its first step.",
            access=Access.MACHINE,
            may=roles.SERVICE_ACCOUNT_WRITE,
            action=Writes(apply),
            body=schemas.ScenarioBundle,
            answer=schemas.ScenarioApplied,
        )
        for path, name in (
            ("/v1/scenarios/apply", "apply_scenario"),
            # The path of older programs.
            ("/v1/scenarios/bundle", "apply_scenario_bundle"),
        )
    ),
    Operation(
        methods=("POST",),
        path="/v1/scenarios/validate",
        name="validate_scenario",
        about="Say what is wrong with a bundle, and change nothing.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Reads(validate),
        body=schemas.AnyBody,
        answer=schemas.ScenarioChecked,
    ),
)
