"""Scenarios as objects: checked, applied, and followed step by step (contract 3.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from axme.exceptions import AxmeProtocolError
from axme.resources.base import Record, Snapshot
from axme.resources.collections import Collection
from axme.resources.fields import field
from axme.resources.intent import Intent
from axme.resources.scenario import Scenario, bundle_of

if TYPE_CHECKING:
    from marshmallow import Schema

_APPLIED = ("agents", "agents_provisioned")


class ScenarioCheck(Record):
    """What is wrong with a bundle; true when nothing is."""

    __slots__ = ()

    valid = field("valid", bool)
    errors = field("errors", list[str])
    warnings = field("warnings", list[str])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.scenarios import ScenarioChecked

        return ScenarioChecked

    def __bool__(self) -> bool:
        return self.valid

    def _summary(self) -> str:
        found = self._snapshot.raw
        return "; ".join([*found.get("errors", ()), *found.get("warnings", ())]) or "nothing to remark"


class ScenarioRun(Intent):
    """A scenario on its way: the intent that leads it, to be watched, waited for, decided and canceled.

    Example:
        >>> run = client.scenarios.apply(deploy)  # doctest: +SKIP
        >>> print(run.wait(timeout=600).steps)  # doctest: +SKIP
    """

    __slots__ = ()

    @property
    def agents_provisioned(self) -> list[str]:
        """The addresses of the agents that were made for it."""
        return list(self._snapshot.raw.get("agents_provisioned", ()))

    @property
    def agents(self) -> dict[str, str]:
        """The address behind each role of an agent."""
        return {one["role"]: one["address"] for one in self._snapshot.raw.get("agents", ())}

    def _absorb(self, answer: Mapping[str, Any]) -> Self:
        # Only the answer to apply tells of the agents.
        kept = {name: value for name, value in self._snapshot.raw.items() if name in _APPLIED}
        now = super()._absorb(answer)._snapshot
        self._snapshot = Snapshot(kept | now.raw, complete=now.complete)
        return self


class Scenarios(Collection):
    """Where scenarios are checked and begun."""

    __slots__ = ()

    def validate(self, scenario: Scenario | Mapping[str, Any]) -> ScenarioCheck:
        """What is wrong with a scenario; changes nothing. ``POST /v1/scenarios/validate``

        Returns:
            True when nothing is; ``errors`` and ``warnings`` name the step and say what to do.
        """
        return ScenarioCheck(self._api.validate_scenario(bundle_of(scenario)))

    def apply(self, scenario: Scenario | Mapping[str, Any], *, idempotency_key: str | None = None) -> ScenarioRun:
        """Make the agents that are missing, and begin the first step. ``POST /v1/scenarios/apply``

        Returns:
            The scenario on its way: wait for it, watch it, decide what it asks people, cancel it.

        Raises:
            AxmeValueError: it was written in Python, and a step leads to one that is not there.
            AxmeValidationError: the gateway cannot run it; all that is wrong is said.
        """
        answer = self._api.apply_scenario(bundle_of(scenario), idempotency_key=idempotency_key)
        if not isinstance(answer.get("intent_id"), str):
            raise AxmeProtocolError("the server's answer names no intent")
        told = {name: answer[name] for name in (*_APPLIED, "status", "scenario_id", "compile_id") if name in answer}
        return ScenarioRun(self._api, answer["intent_id"], told)
