"""The built-in macros, and the steps that a workflow means by naming one (contract 3.11). Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from marshmallow import ValidationError

from axme.contract.schemas.scenarios import ScenarioStep
from axme.gateway.policy.faults import sentences

#: A step as a bundle writes it.
Written = dict[str, Any]


class Parameter(NamedTuple):
    """A place in the steps that the workflow fills; without a default it has to."""

    name: str
    about: str
    default: Any = None

    @property
    def required(self) -> bool:
        """Whether the workflow has to give it."""
        return self.default is None


class Macro(NamedTuple):
    """Steps with parameters in them."""

    macro_id: str
    about: str
    parameters: tuple[Parameter, ...]
    steps: tuple[Written, ...]


class Expanded(NamedTuple):
    """The steps a workflow means; where there are errors, there are none."""

    steps: list[Written]
    errors: list[str]


_APPROVER = Parameter("approver", "who decides: a role of humans")
_AGENT = Parameter("agent", "who works: a role of agents, or an address")
_TITLE = Parameter("title", "what the person is asked", "Please approve")
_DEADLINE = Parameter("step_deadline_seconds", "how long the agent may take", 86_400)
_RETRIES = Parameter("max_retries", "how often failed work is begun anew", 0)

_APPROVE: Written = {
    "step_id": "approve",
    "tool_id": "tool.approval.human_signoff",
    "assigned_to": _APPROVER,
    "human_task": {"title": _TITLE, "task_type": "approval"},
}
_WORK: Written = {
    "step_id": "work",
    "tool_id": "tool.agent.task.v1",
    "assigned_to": _AGENT,
    "step_deadline_seconds": _DEADLINE,
    "retry": {"max_retries": _RETRIES},
}
_BOTH = (_AGENT, _APPROVER, _TITLE, _DEADLINE, _RETRIES)

MACROS = {
    macro.macro_id: macro
    for macro in (
        Macro("approval.v1", "A person approves.", (_APPROVER, _TITLE), (_APPROVE,)),
        Macro("work_then_approval.v1", "An agent works, and a person signs it off.", _BOTH, (_WORK, _APPROVE)),
        Macro("approval_then_work.v1", "A person approves, and then an agent works.", _BOTH, (_APPROVE, _WORK)),
    )
}
_step = ScenarioStep()


def expand(workflow: dict[str, Any]) -> Expanded:
    """The steps of the macro a workflow names, with its ``parameters``, and its ``steps`` laid over those of their id.

    Args:
        workflow: as :class:`~axme.contract.schemas.scenarios.ScenarioWorkflow` loads it, with a ``macro_id``.
    """
    macro_id = workflow["macro_id"]
    macro = MACROS.get(macro_id)
    if macro is None:
        flaw = f"workflow.macro_id: there is no macro {macro_id!r}: this gateway has {', '.join(MACROS)}"
        return Expanded([], [flaw])
    given = {name: value for name, value in workflow.get("parameters", {}).items() if value is not None}
    written = workflow.get("steps", [])
    errors = _misfits(macro, given, [step["step_id"] for step in written])
    if errors:
        return Expanded([], errors)
    values = {parameter.name: given.get(parameter.name, parameter.default) for parameter in macro.parameters}
    changes = {step["step_id"]: step for step in written}
    return _loaded([_filled(step, values) | changes.get(step["step_id"], {}) for step in macro.steps])


def _misfits(macro: Macro, given: dict[str, Any], step_ids: list[str]) -> list[str]:
    """What the workflow says that the macro does not know, and what it does not say that the macro needs."""
    known = [parameter.name for parameter in macro.parameters]
    own = [step["step_id"] for step in macro.steps]
    name = macro.macro_id
    missing = [parameter for parameter in macro.parameters if parameter.required and parameter.name not in given]
    return [
        *(f"workflow.parameters: {name} needs {one.name!r} ({one.about})" for one in missing),
        *(f"workflow.parameters: {name} has no {one!r}, only {', '.join(known)}" for one in given if one not in known),
        *(f"workflow.steps: {name} has no step {one!r}, only {', '.join(own)}" for one in step_ids if one not in own),
        *(f"workflow.steps: the step {one!r} is there twice" for one in own if step_ids.count(one) > 1),
    ]


def _filled(template: Any, values: dict[str, Any]) -> Any:
    if isinstance(template, Parameter):
        return values[template.name]
    if isinstance(template, dict):
        return {key: _filled(inner, values) for key, inner in template.items()}
    return template


def _loaded(steps: list[Written]) -> Expanded:
    """The steps as they would be read if they had been written out: parameters may be of any kind until here."""
    errors: list[str] = []
    for at, step in enumerate(steps):
        try:
            steps[at] = _step.load(step)
        except ValidationError as error:
            errors += sentences(error.messages, f"workflow.steps.{step['step_id']}")
    return Expanded([] if errors else steps, errors)
