"""From a bundle to the steps of a scenario, and from one step to the next (contract 3.11, D-6). Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from axme.gateway.lifecycle.scenarios import ESCALATION, HUMAN, MAX_STEPS_BEGUN, WAITING, Step
from axme.gateway.policy.macros import expand
from axme.gateway.policy.scenario_steps import Cast, step_of


class Compiled(NamedTuple):
    """The steps, and the id of the first; without errors alone can they be run."""

    steps: list[Step]
    entry: str
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
            return Compiled([], "", errors, warnings)
    else:
        written = workflow.get("steps") or [_only(bundle)]
        if workflow.get("parameters"):
            warnings.append("workflow.parameters: nothing takes them, because there is no workflow.macro_id")
    cast = Cast.of(bundle)
    errors += cast.doubles()
    steps = [step_of(step, cast, bundle["intent"], errors, warnings) for step in written]
    entry = workflow.get("entry_step") or steps[0]["step_id"]
    errors += _misnamed(steps, entry)
    if not errors:
        errors += _never_waiting(steps)
        errors += _escalations(steps)
        warnings += _oddities(steps, entry)
    return Compiled(steps, entry, errors, warnings)


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
    if bundle["intent"].get("human_task") is not None:
        return {"step_id": "decision", "runtime_type": "human_approval"}
    return {"step_id": "work", "tool_id": "tool.agent.task.v1"}


def _misnamed(steps: list[Step], entry: str) -> list[str]:
    names = [step["step_id"] for step in steps]
    there = f"the steps are {', '.join(dict.fromkeys(names))}"
    flaws = [
        f"workflow.steps: the step {name!r} is there twice: give each a step_id of its own"
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    flaws += [
        f"workflow.steps: {step['step_id']}.{way} names no step: {step[way]!r}; {there}"
        for step in steps
        for way in ("on_success", "on_failure", "until")
        if step.get(way) and step[way] not in names
    ]
    if entry not in names:
        flaws.append(f"workflow.entry_step names no step: {entry!r}; {there}")
    return flaws


def _never_waiting(steps: list[Step]) -> list[str]:
    """Rounds that would never stop for anybody."""
    flaws = []
    for step in steps:
        seen: list[str] = []
        at: Step | None = step
        while at is not None and at["kind"] not in WAITING and at["step_id"] not in seen:
            seen.append(at["step_id"])
            at = following(steps, at["step_id"], succeeded=True)
        if at is not None and at is step and seen and step["step_id"] == min(seen):
            round_ = " → ".join([*seen, seen[0]])
            flaws.append(f"workflow.steps: {round_} goes round without ever waiting: put a delay or a task in between")
    return flaws


def _escalations(steps: list[Step]) -> list[str]:
    """Escalations that nobody's task follows."""
    flaws = []
    for step in steps:
        at: Step | None = step if step["kind"] == ESCALATION else None
        if at is None:
            continue
        # A round without waiting has been refused before.
        while at is not None and (at["kind"] not in WAITING):
            at = following(steps, at["step_id"], succeeded=True)
        if at is None or at["kind"] != HUMAN:
            flaws.append(
                f"workflow.steps: {step['step_id']} is an escalation, and no person's step follows it: put it right "
                "before the step it is for"
            )
    return flaws


def _oddities(steps: list[Step], entry: str) -> list[str]:
    names = [step["step_id"] for step in steps]
    reached, ahead = set(), [entry]
    while ahead:
        name = ahead.pop()
        if name in reached:
            continue
        reached.add(name)
        ways = [following(steps, name, succeeded=succeeded) for succeeded in (True, False)]
        ahead += [way["step_id"] for way in ways if way is not None]
    how = "where one step names another, all of them have to" if _declares(steps) else "entry_step is behind it"
    found = [
        f"workflow.steps: {name} is never reached: name it in an on_success or on_failure ({how})"
        for name in names
        if name not in reached
    ]
    found += [
        f"workflow.steps: {step['step_id']}.{way} leads back to {step[way]}: after {MAX_STEPS_BEGUN} steps in all the "
        "scenario fails"
        for step in steps
        for way in ("on_success", "on_failure")
        if step.get(way) and names.index(step[way]) <= names.index(step["step_id"])
    ]
    return found
