"""One step as a bundle writes it, and as it is run (contract 3.11). Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from axme.gateway.lifecycle.scenarios import (
    AGENT,
    DELAY,
    ESCALATION,
    HUMAN,
    NOTIFICATION,
    REMINDER,
    TIMEOUT,
    Step,
)

_SIGNOFF = "tool.approval.human_signoff"
_APPROVAL = "human_approval"
_RUNTIME = (_APPROVAL, TIMEOUT, REMINDER, DELAY, ESCALATION, NOTIFICATION)
_OWN = ("step_deadline_seconds", "retry", "human_task", "input", "on_success", "on_failure")
_REMINDERS = ("remind_after_seconds", "remind_interval_seconds", "max_reminders", "escalate_to")
_SECONDS = ("seconds", "delay_seconds", "timeout_seconds", "after_seconds")
_LONGEST = 10 * 366 * 86_400


class Cast(NamedTuple):
    """Who takes part: addresses and contacts by role."""

    agents: dict[str, str]
    people: dict[str, str]
    roles: tuple[str, ...]

    @classmethod
    def of(cls, bundle: dict[str, Any]) -> Cast:
        """The agents and people of a bundle."""
        agents = [(one.get("role") or one["address"], one["address"]) for one in bundle["agents"]]
        people = [(one["role"], one.get("contact") or one["role"]) for one in bundle["humans"]]
        return cls(dict(agents), dict(people), tuple(role for role, _ in (*agents, *people)))

    def doubles(self) -> list[str]:
        """Roles that more than one takes."""
        twice = sorted({role for role in self.roles if self.roles.count(role) > 1})
        return [f"the role {role!r} is there twice: give everybody a role of their own" for role in twice]

    def whoever(self, name: str) -> str:
        """The contact or the address behind a role; anything else as it is."""
        return self.people.get(name) or self.agents.get(name) or name


def step_of(
    written: dict[str, Any], cast: Cast, intent: dict[str, Any], errors: list[str], warnings: list[str]
) -> Step:
    """The step that ``written`` means; what is wrong with it is added to ``errors`` and ``warnings``."""
    name = written["step_id"]
    step: Step = {"step_id": name, "kind": _kind(written, errors)}
    step |= {key: written[key] for key in _OWN if written.get(key) is not None}
    match step["kind"]:
        case "agent":
            _work(step, written, cast, intent, errors, warnings)
        case "human":
            _task(step, written, cast, intent, warnings)
        case _:
            _runtime(step, written, cast, errors)
    return step


def _kind(written: dict[str, Any], errors: list[str]) -> str:
    name, runtime, tool = written["step_id"], written.get("runtime_type"), written.get("tool_id")
    asks = bool(written.get("human_task") or written.get("requires_approval"))
    if runtime and tool:
        errors.append(f"workflow.steps: {name} has a tool_id and a runtime_type: give one of them")
    if runtime and runtime not in _RUNTIME:
        errors.append(f"workflow.steps: {name} has the runtime_type {runtime!r}: use one of {', '.join(_RUNTIME)}")
    if not (runtime or tool or asks):
        errors.append(f"workflow.steps: {name} needs a tool_id or a runtime_type")
    if runtime in _RUNTIME and runtime != _APPROVAL:
        if asks:
            errors.append(f"workflow.steps: {name} is a {runtime} and asks a person: make that a step of its own")
        return str(runtime)
    return HUMAN if asks or runtime == _APPROVAL or tool == _SIGNOFF else AGENT


def _work(
    step: Step, written: dict[str, Any], cast: Cast, intent: dict[str, Any], errors: list[str], warnings: list[str]
) -> None:
    name, to = step["step_id"], written.get("assigned_to")
    if not to:
        to = next(iter(cast.agents), "")
        if to:
            warnings.append(f"workflow.steps: {name} is assigned to nobody: {to} does it")
    if not to or to in cast.people:
        errors.append(f"workflow.steps: {name} is an agent's, and needs a role of agents or an address in assigned_to")
    elif to not in cast.agents and not to.startswith("agent://"):
        warnings.append(f"workflow.steps: {name} is assigned to {to!r}, which is no role: it is taken for an address")
    if any(written.get(key) for key in _REMINDERS):
        warnings.append(f"workflow.steps: {name} is an agent's: only people are reminded; give a step_deadline_seconds")
    step["to_agent"] = cast.agents.get(to, to)
    if intent.get("max_delivery_attempts"):
        step["max_delivery_attempts"] = intent["max_delivery_attempts"]


def _task(step: Step, written: dict[str, Any], cast: Cast, intent: dict[str, Any], warnings: list[str]) -> None:
    name, to = step["step_id"], written.get("assigned_to") or ""
    first = next(iter(cast.people.values()), "")
    if to in cast.agents and to not in cast.people:
        warnings.append(f"workflow.steps: {name} asks a person, and {to!r} is an agent: {first or 'anybody'} decides")
        to = ""
    if (written.get("retry") or {}).get("max_retries"):
        warnings.append(f"workflow.steps: {name} is a person's: what a person has decided is not retried")
    step["assignee"] = cast.people.get(to, to or first)
    if "human_task" not in step and intent.get("human_task"):
        step["human_task"] = intent["human_task"]
    step |= {key: value for key in _REMINDERS if (value := written.get(key) or intent.get(key))}
    if "escalate_to" in step:
        step["escalate_to"] = cast.whoever(step["escalate_to"])


def _runtime(step: Step, written: dict[str, Any], cast: Cast, errors: list[str]) -> None:
    config = written.get("runtime_config") or {}
    if isinstance(config.get("message"), str) and config["message"]:
        step["message"] = config["message"]
    match step["kind"]:
        case "delay":
            step["seconds"] = _period(step, config, None, errors)
        case "timeout":
            step["seconds"] = _period(step, config, written.get("step_deadline_seconds"), errors)
            if config.get("until"):
                step["until"] = str(config["until"])
        case "reminder":
            _reminder(step, written, config, errors)
        case "escalation":
            _chain(step, written, config, cast, errors)
        case "notification":
            _notice(step, written, config, cast, errors)


def _reminder(step: Step, written: dict[str, Any], config: dict[str, Any], errors: list[str]) -> None:
    step["seconds"] = _period(step, config, written.get("remind_after_seconds"), errors)
    interval = config.get("interval_seconds", written.get("remind_interval_seconds"))
    times = config.get("max_reminders", written.get("max_reminders"))
    for key, value in (("interval_seconds", interval), ("max_reminders", times)):
        if value is not None and not _is_period(value):
            errors.append(
                f"workflow.steps: {step['step_id']}.{key} must be a whole number from 1 on, not {value!r:.60}"
            )
    # Once; with an interval and no number, until somebody has done it.
    step["max_reminders"] = 1 if times is None and interval is None else times
    step["interval_seconds"] = interval or step["seconds"]


def _chain(step: Step, written: dict[str, Any], config: dict[str, Any], cast: Cast, errors: list[str]) -> None:
    chain = config.get("chain")
    if chain is None:
        to = config.get("to") or written.get("escalate_to") or written.get("assigned_to")
        after = next((config[key] for key in _SECONDS if key in config), written.get("remind_after_seconds"))
        chain = [{"after_seconds": after, "to": to}]
    links = chain if isinstance(chain, list) else []
    sound = [
        {"after_seconds": link["after_seconds"], "to": cast.whoever(link["to"])}
        for link in links
        if isinstance(link, dict)
        and _is_period(link.get("after_seconds"))
        and isinstance(link.get("to"), str)
        and link["to"]
    ]
    if not sound or len(sound) != len(links):
        errors.append(
            f"workflow.steps: {step['step_id']} is an escalation, and needs runtime_config.chain, a list such as "
            '[{"after_seconds": 3600, "to": "boss"}]'
        )
    step["chain"] = sorted(sound, key=lambda link: int(link["after_seconds"]))


def _notice(step: Step, written: dict[str, Any], config: dict[str, Any], cast: Cast, errors: list[str]) -> None:
    to = config.get("to") or written.get("assigned_to") or next(iter(cast.people), "")
    if not to or not isinstance(to, str):
        errors.append(f"workflow.steps: {step['step_id']} is a notification for nobody: give runtime_config.to")
        return
    step["to"] = cast.whoever(to)
    step["to_is_agent"] = to in cast.agents or to.startswith("agent://")


def _period(step: Step, config: dict[str, Any], otherwise: int | None, errors: list[str]) -> int:
    value = next((config[key] for key in _SECONDS if key in config), otherwise)
    if not isinstance(value, int) or not _is_period(value):
        said = "does not say how long" if value is None else f"says {value!r:.60}"
        errors.append(
            f"workflow.steps: {step['step_id']} is a {step['kind']} and {said}: give runtime_config.seconds, a whole "
            "number from 1 on"
        )
        return 1
    return value


def _is_period(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LONGEST
