"""The judge: what was seen and what is stored go in, the promises that were not kept come out. A pure function."""

from __future__ import annotations

from tests.chaos.checker.events import ended, fired, ordered
from tests.chaos.checker.history import Final, History, Mail, Op, Post, Seen, Timer, Violation
from tests.chaos.checker.registers import compared, linearizable
from tests.chaos.checker.traces import audited, secret, whole
from tests.chaos.checker.work import claimed, decided, posted
from tests.chaos.checker.writes import acknowledged, once

_RULES = (acknowledged, once, ordered, ended, compared, fired, claimed, posted, decided, audited, whole, secret)

__all__ = ["Final", "History", "Mail", "Op", "Post", "Seen", "Timer", "Violation", "check", "linearizable"]


def check(history: History, final: Final) -> list[Violation]:
    """Every violation of I1 to I12, in their order."""
    return [violation for rule in _RULES for violation in rule(history, final)]
