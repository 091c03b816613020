"""Scenarios as objects (contract 3.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from axme.exceptions import AxmeProtocolError
from axme.resources.base import Record
from axme.resources.collections import Collection
from axme.resources.fields import field
from axme.resources.intent import Intent

if TYPE_CHECKING:
    from marshmallow import Schema


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


class Scenario:
    """A bundle: agents, people and steps, and the intent they are for. It is sent as it is.

    Example:
        >>> bundle = {"agents": […], "workflow": {"steps": […]}, "intent": {…}}  # doctest: +SKIP
        >>> client.scenarios.scenario(bundle).apply()  # doctest: +SKIP
    """

    __slots__ = ("_collection", "bundle")

    def __init__(self, collection: Scenarios, bundle: Mapping[str, Any]) -> None:
        self._collection = collection
        self.bundle = dict(bundle)

    def validate(self) -> ScenarioCheck:
        """What is wrong with it. ``POST /v1/scenarios/validate``"""
        return self._collection.validate(self.bundle)

    def apply(self, *, idempotency_key: str | None = None) -> Intent:
        """Begin it. ``POST /v1/scenarios/apply``; arguments, answer and errors as of :meth:`Scenarios.apply`."""
        return self._collection.apply(self.bundle, idempotency_key=idempotency_key)

    def __repr__(self) -> str:
        return f"<Scenario {self.bundle.get('scenario_id', '')}>"


class Scenarios(Collection):
    """Where scenarios are checked and begun."""

    __slots__ = ()

    def scenario(self, bundle: Mapping[str, Any]) -> Scenario:
        """A bundle with verbs; asks nobody."""
        return Scenario(self, bundle)

    def validate(self, bundle: Mapping[str, Any]) -> ScenarioCheck:
        """What is wrong with a bundle; changes nothing. ``POST /v1/scenarios/validate``"""
        return ScenarioCheck(self._api.validate_scenario(bundle))

    def apply(self, bundle: Mapping[str, Any], *, idempotency_key: str | None = None) -> Intent:
        """Make the agents that are missing, and begin the first step. ``POST /v1/scenarios/apply``

        Returns:
            The intent of the scenario: wait for it, watch it, decide its human steps, cancel it.

        Raises:
            AxmeValidationError: the bundle cannot be run; all that is wrong is said.
        """
        answer = self._api.apply_scenario(bundle, idempotency_key=idempotency_key)
        if not isinstance(answer.get("intent_id"), str):
            raise AxmeProtocolError("the server's answer names no intent")
        return Intent(self._api, answer["intent_id"])
