"""Scenarios: checked, applied, and taken from step to step (contract 3.11)."""

from axme.gateway.actions.scenarios.apply import apply, validate
from axme.gateway.actions.scenarios.run import advance
from axme.gateway.actions.scenarios.timers import fire

__all__ = ["advance", "apply", "fire", "validate"]
