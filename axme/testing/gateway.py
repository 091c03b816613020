"""The gateway of a test run: a real one, on a clock that tests move, with people who act as the time passes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from axme.gateway import LocalGateway, WrittenMail

if TYPE_CHECKING:
    from axme.client import AxmeClient
    from axme.testing.people import People

_LOOK_SECONDS = 0.02
_AT_MOST = timedelta(days=365)


class TestGateway:
    """A running gateway, on a clock that stands still until a test moves it."""

    __test__ = False

    def __init__(self, local: LocalGateway) -> None:
        #: The process itself, with ``kill()`` and ``restart()``.
        self.local = local
        self._people: list[People] = []
        self._moving = threading.Lock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.local.base_url}>"

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return self.local.base_url

    @property
    def now(self) -> datetime:
        """What its clock shows."""
        return self.local.advance(timedelta(0))

    def client(self) -> AxmeClient:
        """A client of the gateway's own administrator, who owns all tenants; tests seldom need it."""
        return self.local.client()

    def outbox(self, expect: int = 0, timeout: float = 5.0) -> list[WrittenMail]:
        """The mails it has written in all tests so far, the oldest first; see :meth:`axme.gateway.LocalGateway.outbox`.

        Args:
            expect: wait until there are so many.
            timeout: seconds to wait for them.
        """
        return self.local.outbox(expect, timeout)

    def advance(self, by: timedelta) -> datetime:
        """Let time pass: what falls due is done in order, and scripted people answer at their times.

        Args:
            by: how long.

        Returns:
            The new time, when all of it is done.

        Raises:
            ValueError: ``by`` is no ``timedelta``, or negative.
            AxmeError: a person's answer was refused; a note says whose.

        Example:
            >>> axme_gateway.advance(timedelta(days=3))  # doctest: +SKIP
        """
        with self._moving:
            if not self._people:
                return self.local.advance(by)
            now = self.local.advance(timedelta(0))
            target = now + by
            self._let_people_act(now)
            while now < target:
                now = self._step(now, target)
                self._let_people_act(now)
            return now

    @contextmanager
    def time_flies(self) -> Iterator[None]:
        """Let time pass by itself while a person is asked, for code that waits in the middle of a test.

        The clock goes from one moment at which something happens (an answer, a reminder, a deadline) to the next, and
        stands still while nobody is asked.

        Example:
            >>> with axme_gateway.time_flies():  # doctest: +SKIP
            ...     ship(order)  # creates an intent, and waits for the answer of a person
        """
        done, faults = threading.Event(), list[BaseException]()
        thread = threading.Thread(target=self._fly, args=(done, faults), name="axme-time-flies", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
        if faults:
            raise faults[0]

    def joined(self, people: People) -> None:
        """These act from now on."""
        self._people.append(people)

    def left(self, people: People) -> None:
        """These act no more."""
        self._people.remove(people)

    def _fly(self, done: threading.Event, faults: list[BaseException]) -> None:
        try:
            while not done.wait(_LOOK_SECONDS):
                with self._moving:
                    if any(people.wait_for_time() for people in self._people):
                        now = self.local.advance(timedelta(0))
                        self._let_people_act(self._step(now, now + _AT_MOST))
        except Exception as error:
            # Nobody would see it here: it is raised where the block ends.
            faults.append(error)

    def _step(self, now: datetime, target: datetime) -> datetime:
        """The next moment at which something is due, and no further."""
        due = [at for people in self._people if (at := people.next_answer()) is not None]
        stop = max(now, min([target, *due]))
        return self.local.advance(stop - now, to_next=True)

    def _let_people_act(self, now: datetime) -> None:
        while any(people.act(now) for people in self._people):
            # An answer sets off other things at this very moment, such as the next question.
            self.local.advance(timedelta(0))
