"""What stands for the answer to a call that is only planned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from axme.exceptions import AxmePlanError

#: Keys that hold what other calls name it by; every other value is unknown until the plan was applied.
_NAMES = frozenset({"address", "agent_address", "token", "semantic_type", "owner_agent"})
_REFERENCE = re.compile(r"planned-([0-9a-f]{8})-(\d+)-([A-Za-z_]+(?:\.[A-Za-z_]+)*)")


class Reference(str):
    """An id that a later call of the plan may name. Once the plan was applied, ``value`` is the real one."""

    __slots__ = ("value",)
    value: str | None

    @classmethod
    def to(cls, plan: str, step: int, path: tuple[str, ...]) -> Reference:
        """What stands for the value at ``path`` in the answer to a step of a plan."""
        found = cls(f"planned-{plan}-{step}-{'.'.join(path)}")
        found.value = None
        return found


class Placeholder(dict[str, Any]):
    """An answer that is not there yet: its ids can be passed on, and whatever else is asked of it says so."""

    def __init__(self, plan: str, step: int, path: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._plan, self._step, self._path = plan, step, path
        self._inside: dict[str, Placeholder | Reference] = {}
        self._real = False

    def fill(self, answer: Mapping[str, Any]) -> None:
        """Become the real answer; what was taken out of it does too."""
        self.update(answer)
        self._real = True
        for key, held in self._inside.items():
            value = answer.get(key)
            if isinstance(held, Placeholder) and isinstance(value, Mapping):
                held.fill(value)
            elif isinstance(held, Reference) and isinstance(value, str):
                held.value = value

    def unknown(self) -> AxmePlanError:
        """The error for whoever needs more of it than its id."""
        what = ".".join(self._path) or "the answer"
        return AxmePlanError(f"{what} of step {self._step} is only planned: it is there once the plan was applied")

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or what stands for it."""
        return super().get(key, default) if self._real else self[key]

    def __missing__(self, key: str) -> Any:
        if self._real:
            raise KeyError(key)
        if key not in self._inside:
            path = (*self._path, key)
            name = key in _NAMES or key.endswith("_id")
            made = Reference.to(self._plan, self._step, path) if name else Placeholder(self._plan, self._step, path)
            self._inside[key] = made
        return self._inside[key]

    def __iter__(self) -> Any:
        return super().__iter__() if self._real else self._refuse()

    def keys(self) -> Any:
        return super().keys() if self._real else self._refuse()

    def values(self) -> Any:
        return super().values() if self._real else self._refuse()

    def items(self) -> Any:
        return super().items() if self._real else self._refuse()

    def __len__(self) -> int:
        return super().__len__() if self._real else 1

    def __repr__(self) -> str:
        return super().__repr__() if self._real else "(planned)"

    def _refuse(self) -> NoReturn:
        raise self.unknown()


def references(text: str) -> bool:
    """Whether something only planned is named in ``text``."""
    return _REFERENCE.search(text) is not None


def replaced(value: Any, plan: str, answers: Mapping[int, Mapping[str, Any]]) -> Any:
    """``value`` with real ids where it names those of steps that are done.

    Raises:
        AxmePlanError: it names one of a step that is not done, or of another plan.
    """

    def real(found: re.Match[str]) -> str:
        known: Any = answers.get(int(found[2])) if found[1] == plan else None
        for key in found[3].split("."):
            known = known.get(key) if isinstance(known, Mapping) else None
        if not isinstance(known, str):
            raise AxmePlanError(f"{shown(found[0])} is not known: its step is not done, or is of another plan")
        return known

    if isinstance(value, str):
        return _REFERENCE.sub(real, value)
    if isinstance(value, Mapping):
        return {key: replaced(item, plan, answers) for key, item in value.items()}
    return [replaced(item, plan, answers) for item in value] if isinstance(value, (list, tuple)) else value


def shown(text: str) -> str:
    """``text`` with what is only planned in words: ``<org_id of 1>``."""
    return _REFERENCE.sub(lambda found: f"<{found[3].rpartition('.')[2]} of {found[2]}>", text)
