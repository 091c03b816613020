"""Scripted people: they answer the tasks of a test when the test's clock has come to their time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from axme.testing.asked import asked_since, role_of, somebody_for

if TYPE_CHECKING:
    from axme.resources.members import Member
    from axme.resources.tasks import HumanTask
    from axme.testing.tenant import Tenant

_AT_ONCE = timedelta(0)


class Script(NamedTuple):
    """What somebody does with tasks of some title, and how long after being asked."""

    title: str
    after: timedelta
    #: The verb of :class:`axme.HumanTask`; ``None`` does nothing.
    verb: str | None
    words: tuple[Any, ...]
    named: Mapping[str, Any]


class Answer(NamedTuple):
    """Something that somebody is going to do."""

    asked: datetime
    who: str
    task: HumanTask
    script: Script

    @property
    def at(self) -> datetime:
        """When."""
        return self.asked + self.script.after


class Person:
    """Somebody who answers by script. The newest script that fits the title of a task counts.

    Each verb is that of :class:`axme.HumanTask`, with two arguments more: ``after``, how long after being asked, and
    ``title``, a pattern such as ``"Approve *"`` for the tasks that are meant.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._scripts: list[Script] = []

    def __repr__(self) -> str:
        return f"<{' '.join(filter(None, (type(self).__name__, self.name)))}>"

    def approve(self, comment: str | None = None, *, after: timedelta = _AT_ONCE, title: str = "*") -> Self:
        """Approve what is asked."""
        return self._will("approve", after, title, comment)

    def reject(self, comment: str | None = None, *, after: timedelta = _AT_ONCE, title: str = "*") -> Self:
        """Refuse what is asked."""
        return self._will("reject", after, title, comment)

    def confirm(self, comment: str | None = None, *, after: timedelta = _AT_ONCE, title: str = "*") -> Self:
        """Confirm."""
        return self._will("confirm", after, title, comment)

    def deny(self, comment: str | None = None, *, after: timedelta = _AT_ONCE, title: str = "*") -> Self:
        """Deny."""
        return self._will("deny", after, title, comment)

    def complete(self, evidence: Any = None, *, after: timedelta = _AT_ONCE, title: str = "*") -> Self:
        """Say that it is done, with proof where it is asked for."""
        return self._will("complete", after, title, evidence)

    def assign(self, assignee: str | None = None, *, after: timedelta = _AT_ONCE, title: str = "*") -> Self:
        """Assign it, perhaps to somebody."""
        return self._will("assign", after, title, assignee)

    def decline(self, comment: str | None = None, *, after: timedelta = _AT_ONCE, title: str = "*") -> Self:
        """Decline."""
        return self._will("decline", after, title, comment)

    def submit(
        self,
        outcome: str | Mapping[str, Any] | None = None,
        *,
        comment: str | None = None,
        data: Mapping[str, Any] | None = None,
        after: timedelta = _AT_ONCE,
        title: str = "*",
    ) -> Self:
        """Answer with any outcome, or fill in a form: ``submit({"city": "Berlin"})``."""
        return self._will("submit", after, title, outcome, comment=comment, data=data)

    def never_answer(self, *, title: str = "*") -> Self:
        """Do nothing, whatever is asked."""
        return self._will(None, _AT_ONCE, title)

    def script_for(self, task: HumanTask) -> Script | None:
        """What is done about a task, if this person has a script for it."""
        return next((one for one in reversed(self._scripts) if fnmatchcase(task.title, one.title)), None)

    def _will(self, verb: str | None, after: timedelta, title: str, *words: Any, **named: Any) -> Self:
        if not isinstance(after, timedelta) or after < _AT_ONCE:
            raise ValueError(f"after must be a timedelta from 0 on, such as timedelta(hours=2), not {after!r}")
        self._scripts.append(Script(title, after, verb, words, named))
        return self


class People(Person):
    """The people of a test. Its own verbs are those of whoever is asked; ``people["anna@example.com"]`` is one of them.

    They act while :meth:`axme.testing.TestGateway.advance` moves the clock, each as a member of the test's organization
    with a token of their own: who may not answer is refused as in real life.

    Example:
        >>> axme_people.approve(after=timedelta(hours=2))  # doctest: +SKIP
        >>> axme_people["lead@example.com"].never_answer()  # doctest: +SKIP
    """

    def __init__(self, tenant: Tenant) -> None:
        super().__init__()
        self._tenant = tenant
        self._named: dict[str, Person] = {}
        self._members: dict[str, Member] = {}

    def __getitem__(self, name: str) -> Person:
        """The person of this name: an e-mail address, or what the organization calls them."""
        return self._named.setdefault(name, Person(name))

    def add(self, name: str, role: str = "member") -> Person:
        """Somebody with a role, such as ``org_admin``, for tasks whose assignees are ``role:org_admin``."""
        self._member(name, role)
        return self[name]

    def act(self, now: datetime) -> bool:
        """Let the first answer whose time has come be given; whether there was one."""
        due = min((one for one in self._answers() if one.at <= now), key=lambda one: one.at, default=None)
        if due is not None:
            self._give(due)
        return due is not None

    def next_answer(self) -> datetime | None:
        """When somebody is going to act."""
        return min((one.at for one in self._answers()), default=None)

    def wait_for_time(self) -> bool:
        """Whether somebody is asked, and time alone can bring it forward."""
        if self.next_answer() is not None:
            return True
        asking = [task.intent.refresh() for task in self._tenant.client.tasks.list()]
        return any(one.next_reminder_at or one.deadline_at or one.next_wakeup_at for one in asking)

    def _answers(self) -> Iterator[Answer]:
        if self._scripts or any(person._scripts for person in self._named.values()):
            for task in self._tenant.client.tasks.list():
                yield from self._answers_to(task)

    def _answers_to(self, task: HumanTask) -> Iterator[Answer]:
        since = asked_since(task, task.intent.events())
        found = [(name, self._named[name].script_for(task)) for name in since if name in self._named]
        scripts = [(name, script) for name, script in found if script]
        if not scripts and (own := self.script_for(task)):
            scripts = [(somebody_for(since), own)]
        for name, script in scripts:
            if script.verb:
                yield Answer(since.get(name) or max(since.values()), name, task, script)

    def _give(self, answer: Answer) -> None:
        task, script = answer.task, answer.script
        token = self._member(answer.who, role_of(answer.who)).create_token().reveal()
        with self._tenant.client_of(actor_token=token) as client:
            try:
                getattr(client.tasks.handle(task.id), str(script.verb))(*script.words, **script.named)
            except Exception as error:
                error.add_note(f"{answer.who} was to {script.verb} {task.title!r} at {answer.at:%Y-%m-%d %H:%M} UTC")
                raise

    def _member(self, name: str, role: str = "member") -> Member:
        if name not in self._members:
            self._members[name] = self._tenant.organization.members.add(name, role)
        return self._members[name]
