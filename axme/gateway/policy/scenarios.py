"""From a bundle to the steps of a scenario, and from one step to the next (contract 3.11, D-6). Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from axme.gateway.policy.macros import expand

AGENT, HUMAN = "agent", "human"
_SIGNOFF = "tool.approval.human_signoff"
_APPROVAL = "human_approval"
_OWN = ("step_deadline_seconds", "retry", "human_task", "input", "on_success", "on_failure", "escalate_to")
_REMINDERS = ("remind_after_seconds", "remind_interval_seconds", "max_reminders")

Step = dict[str, Any]


class Compiled(NamedTuple):
    """The steps, the first of them first; without errors alone can they be run."""

    steps: list[Step]
    errors: list[str]
    warnings: list[str]


def compiled(bundle: dict[str, Any]) -> Compiled:
    """Read a bundle as :class:`~axme.contract.schemas.scenarios.ScenarioBundle` loads it."""
    errors: list[str] = []
    warnings: list[str] = []
    workflow = bundle.get("workflow") or {}
    if workflow.get("macro_id"):
        written, errors = expand(workflow)
        if errors:
            return Compiled([], errors, warnings)
    else:
        written = workflow.get("steps") or [_only(bundle)]
        if workflow.get("parameters"):
            warnings.append("workflow.parameters: nothing takes them, because there is no workflow.macro_id")
    who = {one.get("role") or one["address"]: one["address"] for one in bundle["agents"]}
    people = {one["role"]: one.get("contact") or one["role"] for one in bundle["humans"]}
    steps = [_step(step, who, people, errors, warnings) for step in written]
    names = [step["step_id"] for step in steps]
    errors += [
        f"workflow.steps: the step {name!r} is there twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    for step in steps:
        for way in ("on_success", "on_failure"):
            if step.get(way) and step[way] not in names:
                errors.append(f"workflow.steps: {step['step_id']}.{way} names no step: {step[way]!r}")
    entry = workflow.get("entry_step")
    if entry and entry not in names:
        errors.append(f"workflow.entry_step names no step: {entry!r}")
    elif entry:
        at = names.index(entry)
        steps = steps[at:] + steps[:at] if _declares(steps) else steps[at:]
    return Compiled(steps, errors, warnings)


def following(steps: list[Step], step_id: str, *, succeeded: bool) -> Step | None:
    """The step after one that has ended, or ``None`` at the end."""
    names = [step["step_id"] for step in steps]
    at = names.index(step_id)
    named = steps[at].get("on_success" if succeeded else "on_failure")
    if named:
        return steps[names.index(named)]
    if not succeeded or _declares(steps):
        return None
    return steps[at + 1] if at + 1 < len(steps) else None


def _declares(steps: list[Step]) -> bool:
    return any(step.get("on_success") or step.get("on_failure") for step in steps)


def _only(bundle: dict[str, Any]) -> Step:
    """The one step of a bundle that names none: its human task, or its first agent's."""
    task = bundle["intent"].get("human_task")
    if task is not None:
        return {"step_id": "decision", "runtime_type": _APPROVAL, "human_task": task}
    return {"step_id": "work", "tool_id": "tool.agent.task.v1"}


def _step(
    step: dict[str, Any], who: dict[str, str], people: dict[str, str], errors: list[str], warnings: list[str]
) -> Step:
    name = step["step_id"]
    runtime, tool = step.get("runtime_type"), step.get("tool_id")
    if runtime and tool:
        errors.append(f"workflow.steps: {name} has a tool_id and a runtime_type: give one of them")
    if runtime not in (None, _APPROVAL):
        errors.append(f"workflow.steps: {name} has the runtime_type {runtime!r}: this gateway runs {_APPROVAL} alone")
    if not (runtime or tool or step.get("human_task") or step.get("requires_approval")):
        errors.append(f"workflow.steps: {name} needs a tool_id or a runtime_type")
    human = bool(runtime == _APPROVAL or tool == _SIGNOFF or step.get("human_task") or step.get("requires_approval"))
    to = step.get("assigned_to")
    made: Step = {"step_id": name, "kind": HUMAN if human else AGENT}
    made |= {key: step[key] for key in (*_OWN, *_REMINDERS) if step.get(key) is not None}
    if human:
        made["assignee"] = people.get(to or "", to or next(iter(people.values()), ""))
        return made
    if not to:
        to = next(iter(who), "")
        warnings.append(f"workflow.steps: {name} is assigned to nobody: {to or 'nobody'} does it")
    made["to_agent"] = who.get(to, to)
    if not to or to in people:
        errors.append(f"workflow.steps: {name} is an agent's, and needs an agent in assigned_to")
    return made
