"""Writes that are written down, looked at, and sent later."""

from __future__ import annotations

import json
import os
import secrets
import threading
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from axme.contract import jsontext
from axme.display import html
from axme.display.text import table
from axme.display.values import line
from axme.exceptions import AxmeError, AxmePlanError
from axme.transport import ABSENT, Call, Transport
from axme.transport.call import target
from axme.transport.gate import changes_nothing
from axme.transport.idempotency import mint
from axme.transport.planned import Placeholder, references, replaced, shown
from axme.transport.transfer import Transfer

_FORMAT = "axme-plan-1"
_KEPT = ("method", "path", "operation", "idempotency_key", "owner_agent", "correlation_id")
_TITLES = ("step", "call", "request", "body", "state")


class Step:
    """One write of a plan."""

    def __init__(self, call: Call, placeholder: Placeholder) -> None:
        self.call = call
        self.placeholder = placeholder
        self.answer: dict[str, Any] | None = None
        self.error: AxmeError | None = None

    @property
    def state(self) -> str:
        """``planned``, ``done``, or ``failed``."""
        return "done" if self.answer is not None else "failed" if self.error else "planned"


class Plan:
    """Writes of one client, recorded inside ``with client.plan() as plan:`` and sent by :meth:`apply`.

    Inside the block nothing is written: reading goes on as usual, and what a write would have brought stands for
    itself. Its id may be used in later writes; any other value raises ``AxmePlanError``. Writes of other threads by the
    same client are refused meanwhile.

    Each step has its idempotency key from the beginning. A plan that was applied in half, whatever the reason, can be
    applied again: what is done stays done, once.

    Example:
        >>> with client.plan() as plan:  # doctest: +SKIP
        ...     org = client.organizations.create("Acme")
        ...     org.workspaces.create("production")
        >>> plan  # doctest: +SKIP
        >>> plan.apply()  # doctest: +SKIP
    """

    def __init__(self, transport: Transport, base_url: str) -> None:
        self._transport = transport
        self._base_url = base_url
        self._name = secrets.token_hex(4)
        self._steps: list[Step] = []
        self._thread: int | None = None
        self._broken = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The writes, in order."""
        return tuple(self._steps)

    @property
    def is_done(self) -> bool:
        """Whether every step is done."""
        return all(step.answer is not None for step in self._steps)

    def apply(self) -> Self:
        """Send what is not done yet, in order, each with the key it was planned with.

        Returns:
            This plan. Objects made inside the block are real from now on.

        Raises:
            AxmePlanError: the block is still open, or ended by an exception.
            AxmeError: a step failed; those before it are done. Apply it again to go on there.
        """
        if self._thread is not None or self._broken:
            why = "it was not left yet" if self._thread is not None else "it was left by an error"
            raise AxmePlanError(f"the block that records the plan is not complete: {why}")
        for number, step in enumerate(self._steps, 1):
            if step.answer is None:
                try:
                    step.answer = self._transport.send(self._real(step.call))
                except AxmeError as error:
                    step.error = error
                    error.add_note(f"step {number} of {len(self._steps)} of the plan; apply it again to go on here")
                    raise
                step.placeholder.fill(step.answer)
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it into a new file that only you can read, to be loaded by ``client.load_plan(path)``.

        Raises:
            AxmePlanError: a step brings a token of its own, which belongs into no file.
            FileExistsError: there is such a file.
        """
        if any(step.call.authorization for step in self._steps):
            raise AxmePlanError("a step of the plan brings an authorization of its own, which belongs into no file")
        document = {
            "format": _FORMAT, "base_url": self._base_url, "plan": self._name,
            "steps": [_kept(step.call) for step in self._steps],
        }  # fmt: skip
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, ensure_ascii=False)

    @classmethod
    def load(cls, transport: Transport, base_url: str, path: str | os.PathLike[str]) -> Self:
        """A plan as it was saved; nothing of it counts as done. Steps that are done are answered as they were."""
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
            plan = cls(transport, document["base_url"])
            plan._name = document["plan"]
            for step in document["steps"]:
                body = {"json": step["json"]} if "json" in step else {}
                plan._add(Call(**{name: step.get(name) for name in _KEPT}, query=step["query"], **body))
            if document["format"] != _FORMAT:
                raise ValueError(document["format"])
        except (ValueError, KeyError, TypeError) as error:
            raise AxmePlanError(f"{os.fspath(path)} holds no plan that this release reads: {error!r}") from None
        if document["base_url"] != base_url:
            raise AxmePlanError(f"the plan is for {document['base_url']}, and this client talks to {base_url}")
        return plan

    # ---- while it is recorded --------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Any:
        """Write down a write; let go what only looks."""
        if self._thread is None:
            return None
        if changes_nothing(call):
            if references(target(call)):
                raise AxmePlanError(f"{call.operation} reads {shown(call.path)}, which is only planned")
            return None
        if threading.get_ident() != self._thread:
            raise AxmePlanError(
                f"{call.operation}: another thread records a plan with this client; use a client of its own here"
            )
        return self._add(replace(call, idempotency_key=call.idempotency_key or mint(), json=_copied(call.json)))

    def transfer(self, transfer: Transfer) -> None:
        """Files cannot be planned."""
        raise AxmePlanError("files are not sent while a plan is recorded")

    def __enter__(self) -> Self:
        if any(isinstance(gate, Plan) for gate in self._transport.gates):
            raise AxmePlanError("a plan is being recorded with this client already")
        self._thread = threading.get_ident()
        self._transport.gates = (self, *self._transport.gates)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.gates = tuple(gate for gate in self._transport.gates if gate is not self)
        self._thread = None
        self._broken = self._broken or error is not None

    def _add(self, call: Call) -> Placeholder:
        placeholder = Placeholder(self._name, len(self._steps) + 1)
        self._steps.append(Step(call, placeholder))
        return placeholder

    def _real(self, call: Call) -> Call:
        answers = {number: step.answer for number, step in enumerate(self._steps, 1) if step.answer is not None}
        known = [replaced(part, self._name, answers) for part in (call.path, dict(call.query), call.owner_agent)]
        body = call.json if call.json is ABSENT else replaced(call.json, self._name, answers)
        return replace(call, path=known[0], query=known[1], owner_agent=known[2], json=body)

    # ---- showing ---------------------------------------------------------------------------------------------------

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (number, step.call.operation, shown(f"{step.call.method} {step.call.path}"), _body(step.call), step.state)
            for number, step in enumerate(self._steps, 1)
        ]

    def __len__(self) -> int:
        return len(self._steps)

    def __str__(self) -> str:
        return table(_TITLES, self._rows()) if self._steps else "an empty plan"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return html.grid("Plan", _TITLES, self._rows(), count=f"{len(self._steps)} steps", note=self._base_url)


def _body(call: Call) -> str:
    return "" if call.json is ABSENT else shown(line(call.json))


def _copied(body: Any) -> Any:
    """The body as it is now: programs use their dicts again."""
    return body if body is ABSENT else jsontext.loads(jsontext.dumps(body))


def _kept(call: Call) -> dict[str, Any]:
    body = {} if call.json is ABSENT else {"json": call.json}
    return {name: getattr(call, name) for name in _KEPT} | {"query": dict(call.query)} | body
