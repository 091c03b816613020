"""Scenarios written in Python: ``Scenario("deploy.v1").agent("a").step("build", by="a")…`` (contract 3.11)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from axme.exceptions import AxmeValueError
from axme.resources._arguments import Recipient, address_of, given, moment, seconds
from axme.resources.fields import copied

AGENT_WORK, SIGN_OFF = "tool.agent.task.v1", "tool.approval.human_signoff"
Bundle = dict[str, Any]


class Scenario:
    """Agents, people and steps, and the intent they are for. It does not change: every verb returns a new one.

    Steps run in the order they are written. A step that another names in ``on_failure`` is a side way: the line does
    not run into it, and it ends the scenario unless it names an ``on_success``.

    Args:
        scenario_id: such as ``deploy.v1``.
        payload: the business data; agents find it in ``parent_payload``.
        intent_type: of the intent that leads the scenario; as ``scenario_id``, unless said otherwise.
        deadline: past it the scenario ends ``TIMED_OUT``; a ``timedelta`` counts from when it is applied.

    Example:
        >>> deploy = (
        ...     Scenario("deploy.v1", payload={"version": 7})
        ...     .agent("builder")
        ...     .human("lead", contact="lead@example.com")
        ...     .step("build", by="builder", retries=2)
        ...     .approve("sign-off", by="lead", title="Ship version 7?")
        ... )
        >>> deploy
        <Scenario deploy.v1: build → sign-off>
    """

    __slots__ = ("_bundle", "_written_here")
    _bundle: Bundle
    #: A bundle that was loaded says for itself where its steps lead.
    _written_here: bool

    def __init__(
        self,
        scenario_id: str,
        *,
        payload: Mapping[str, Any] | None = None,
        intent_type: str | None = None,
        description: str | None = None,
        deadline: datetime | timedelta | None = None,
    ) -> None:
        if not isinstance(scenario_id, str) or len(scenario_id) < 3:
            raise AxmeValueError(f"a scenario needs an id such as 'deploy.v1', not {scenario_id!r}")
        ttl = seconds("deadline", deadline) if isinstance(deadline, timedelta) else None
        at = None if ttl else moment("deadline", deadline)
        self._written_here = True
        intent = {"type": intent_type or scenario_id, "payload": dict(payload or {})}
        self._bundle = given(
            scenario_id=scenario_id,
            description=description,
            agents=[],
            humans=[],
            workflow={"steps": []},
            intent=intent | given(deadline_at=at, ttl_seconds=ttl),
        )

    # ---- there and back --------------------------------------------------------------------------------------------

    @classmethod
    def from_json(cls, source: str | Path | Mapping[str, Any]) -> Self:
        """A bundle that is there already: the path of a file, JSON text, or a dict. Nothing of it is lost."""
        if isinstance(source, Mapping):
            bundle = source
        else:
            text = source if isinstance(source, str) and source.lstrip().startswith("{") else Path(source).read_text()
            bundle = json.loads(text)
        if not isinstance(bundle, Mapping) or not isinstance(bundle.get("intent"), Mapping):
            raise AxmeValueError("a bundle is an object with an 'intent': see the page about scenarios")
        return cls._of(copied(dict(bundle)), written_here=False)

    def to_dict(self) -> Bundle:
        """The bundle, to be sent or stored.

        Raises:
            AxmeValueError: a step leads to one that is not there.
        """
        bundle: Bundle = copied(self._bundle)
        steps = bundle.get("workflow", {}).get("steps", [])
        names = [step.get("step_id") for step in steps]
        for step in steps:
            for way in ("on_success", "on_failure"):
                if step.get(way) and step[way] not in names:
                    raise AxmeValueError(f"{step['step_id']}: {way} names no step: {step[way]!r}; there are {names}")
        if self._written_here:
            _lead_on(steps)
        return bundle

    def to_json(self, *, indent: int | None = 2) -> str:
        """The bundle as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    # ---- who takes part --------------------------------------------------------------------------------------------

    def agent(
        self, role: str, address: Recipient | None = None, *, create: bool = True, display_name: str | None = None
    ) -> Self:
        """An agent that takes part; made when the scenario is applied, unless there is one.

        Args:
            role: what steps call it.
            address: an address or a bare name; the role, unless said otherwise.
        """
        one = given(role=role, address=address_of(address or role), create_if_missing=create, display_name=display_name)
        return self._taking_part("agents", role, one)

    def human(self, role: str, *, contact: str | None = None, display_name: str | None = None) -> Self:
        """A person who takes part: an e-mail address, a nick or an id."""
        return self._taking_part("humans", role, given(role=role, contact=contact, display_name=display_name))

    # ---- steps -----------------------------------------------------------------------------------------------------

    def step(
        self,
        step_id: str,
        *,
        by: str,
        input: Mapping[str, Any] | None = None,
        deadline: timedelta | None = None,
        retries: int = 0,
        retry_delay: timedelta = timedelta(seconds=30),
        on_success: str | None = None,
        on_failure: str | None = None,
    ) -> Self:
        """Work of an agent: it is sent an intent of its own, and its result goes to the steps that follow.

        Args:
            by: a role, or an address.
            input: what this step is told besides the payload of the scenario.
            deadline: the step has failed when it takes longer.
            retries: how often failed work is begun anew, each time after ``retry_delay``.
            on_success: the step that follows, if not the next.
            on_failure: the step that follows a failure; without, the scenario has failed.
        """
        retry = (
            {"max_retries": retries, "retry_delay_seconds": seconds("retry_delay", retry_delay)} if retries else None
        )
        return self._with(
            step_id,
            tool_id=AGENT_WORK,
            assigned_to=self._known(by, "agents", f".agent({by!r})"),
            input=None if input is None else dict(input),
            step_deadline_seconds=seconds("deadline", deadline),
            retry=retry if retries else None,
            on_success=on_success,
            on_failure=on_failure,
        )

    def approve(
        self,
        step_id: str,
        *,
        by: str,
        title: str | None = None,
        task: Mapping[str, Any] | None = None,
        deadline: timedelta | None = None,
        remind_after: timedelta | None = None,
        remind_interval: timedelta | None = None,
        max_reminders: int | None = None,
        escalate_to: str | None = None,
        on_success: str | None = None,
        on_failure: str | None = None,
    ) -> Self:
        """A decision of a person.

        Args:
            by: a role of a person.
            title: what is asked, in a line.
            task: what is asked in full, such as ``HumanTask.review("Good?")``.
            deadline: nobody may decide any more after this time; the step has failed then.
            on_failure: the step that follows a refusal; without, the scenario ends ``CANCELED``.
        """
        asked = dict(task or {}) | given(title=title)
        return self._with(
            step_id,
            tool_id=SIGN_OFF,
            assigned_to=self._known(by, "humans", f".human({by!r}, contact=…)"),
            requires_approval=True,
            human_task=asked or None,
            step_deadline_seconds=seconds("deadline", deadline),
            remind_after_seconds=seconds("remind_after", remind_after),
            remind_interval_seconds=seconds("remind_interval", remind_interval),
            max_reminders=max_reminders,
            escalate_to=escalate_to,
            on_success=on_success,
            on_failure=on_failure,
        )

    def delay(self, duration: timedelta, *, step_id: str | None = None) -> Self:
        """Let time pass."""
        return self._runtime("delay", step_id, {"seconds": seconds("duration", duration)})

    def timeout(
        self,
        duration: timedelta,
        *,
        until: str | None = None,
        on_failure: str | None = None,
        step_id: str | None = None,
    ) -> Self:
        """Bound the steps that follow, all together.

        Args:
            until: the step at whose beginning the clock stops; the end of the scenario, unless said otherwise.
            on_failure: the step that follows when the time is up; without, the scenario has failed.
        """
        config = given(seconds=seconds("duration", duration), until=until)
        return self._runtime("timeout", step_id, config, on_failure=on_failure)

    def remind(
        self,
        after: timedelta,
        message: str | None = None,
        *,
        interval: timedelta | None = None,
        max_reminders: int | None = None,
        step_id: str | None = None,
    ) -> Self:
        """Remind whoever holds the next step: once, or every ``interval``."""
        config = given(
            seconds=seconds("after", after),
            message=message,
            interval_seconds=seconds("interval", interval),
            max_reminders=max_reminders,
        )
        return self._runtime("reminder", step_id, config)

    def escalate(self, *chain: tuple[timedelta, str], step_id: str | None = None) -> Self:
        """Hand the decision that follows to others, the longer it takes.

        Example:
            >>> chain = (timedelta(hours=4), "lead"), (timedelta(days=1), "boss")
            >>> Scenario("buy.v1").human("lead").human("boss").escalate(*chain)
            <Scenario buy.v1: escalation>
        """
        if not chain:
            raise AxmeValueError("say when and to whom: .escalate((timedelta(hours=4), 'boss'))")
        links = [{"after_seconds": seconds("after", after), "to": to} for after, to in chain]
        return self._runtime("escalation", step_id, {"chain": links})

    def notify(self, to: str, message: str | None = None, *, step_id: str | None = None) -> Self:
        """Tell somebody, and go on at once.

        Args:
            to: a role, or an address.
        """
        return self._runtime("notification", step_id, given(to=to, message=message))

    # ---- inside ----------------------------------------------------------------------------------------------------

    @classmethod
    def _of(cls, bundle: Bundle, *, written_here: bool) -> Self:
        made = cls.__new__(cls)
        made._bundle, made._written_here = bundle, written_here
        return made

    def _changed(self, change: Callable[[Bundle], None]) -> Self:
        bundle: Bundle = copied(self._bundle)
        change(bundle)
        return self._of(bundle, written_here=self._written_here)

    def _taking_part(self, group: str, role: str, one: Bundle) -> Self:
        if role in self._roles("agents", "humans"):
            raise AxmeValueError(f"the role {role!r} is there already: give everybody a role of their own")
        return self._changed(lambda bundle: bundle.setdefault(group, []).append(one))

    def _roles(self, *groups: str) -> list[str]:
        return [one.get("role") or one.get("address") for group in groups for one in self._bundle.get(group, ())]

    def _known(self, by: str, group: str, how: str) -> str:
        there = self._roles(group)
        if by not in there and not by.startswith("agent://"):
            raise AxmeValueError(
                f"there is no {by!r} among the {group} ({', '.join(there) or 'none'}): call {how} first"
            )
        return by

    def _runtime(self, kind: str, step_id: str | None, config: Bundle, **more: Any) -> Self:
        ids = [step["step_id"] for step in self._steps]
        number = sum(step.get("runtime_type") == kind for step in self._steps) + 1
        name = step_id or (kind if number == 1 else f"{kind}-{number}")
        if step_id is None and name in ids:
            raise AxmeValueError(f"there is a step {name!r} already: give this {kind} a step_id")
        return self._with(name, runtime_type=kind, runtime_config=config, **more)

    def _with(self, step_id: str, **step: Any) -> Self:
        if step_id in [one["step_id"] for one in self._steps]:
            raise AxmeValueError(f"there is a step {step_id!r} already: give each a step_id of its own")
        written = {"step_id": step_id} | given(**step)
        return self._changed(lambda bundle: bundle.setdefault("workflow", {}).setdefault("steps", []).append(written))

    @property
    def _steps(self) -> list[Bundle]:
        found: list[Bundle] = self._bundle.get("workflow", {}).get("steps", [])
        return found

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Scenario) else NotImplemented

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        name = self._bundle.get("scenario_id") or self._bundle["intent"].get("type", "?")
        steps = " → ".join(str(step.get("step_id")) for step in self._steps)
        macro = self._bundle.get("workflow", {}).get("macro_id")
        return f"<Scenario {name}: {macro or steps or 'one step'}>"


def _lead_on(steps: list[Bundle]) -> None:
    """Have each step of the line name the next: where one names a way, a step that names none would be the last."""
    if not any(step.get("on_success") or step.get("on_failure") for step in steps):
        return
    by_id = {step["step_id"]: step for step in steps}
    at = {step["step_id"]: place for place, step in enumerate(steps)}
    aside: list[str] = []
    ahead = [way for step in steps if (way := step.get("on_failure")) and at[way] > at[step["step_id"]]]
    while ahead:
        name = ahead.pop()
        if name not in aside:
            aside.append(name)
            ahead += [way for way in (by_id[name].get("on_success"),) if way and at[way] > at[name]]
    line = [step for step in steps if step["step_id"] not in aside]
    for step, following in pairwise(line):
        step.setdefault("on_success", following["step_id"])


def bundle_of(scenario: Scenario | Mapping[str, Any]) -> Bundle:
    """What is sent: a dict as it is, and a scenario with its line of steps written out."""
    return scenario.to_dict() if isinstance(scenario, Scenario) else dict(scenario)
