"""A worker: takes what is sent to an agent, has it handled, and leaves in good order."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from queue import SimpleQueue
from time import monotonic
from types import TracebackType
from typing import Self

from axme.exceptions import AxmeError, AxmeNotFoundError, AxmeValueError
from axme.mesh import MeshClient
from axme.wire import FlatCalls
from axme.worker.claim import Claim, Source
from axme.worker.handlers import Handlers
from axme.worker.handling import Ended, Handling, Make
from axme.worker.keeper import Keeper
from axme.worker.run import Run
from axme.worker.signals import obeyed
from axme.worker.slots import Slots
from axme.worker.summary import Summary, Tally
from axme.worker.taking import Taking, source_for

_log = logging.getLogger("axme.worker")
_LEASES = (timedelta(seconds=5), timedelta(hours=1))
_MOST_AT_ONCE = 1000
#: For each slot, so many threads may hang in handlers whose time is over before the slot itself is given up.
_SPARE_PER_SLOT = 4


def a_worker_id() -> str:
    """A name for a worker that tells where it runs, and is no other's."""
    return f"{socket.gethostname()[:80]}-{os.getpid()}-{uuid.uuid4().hex[:6]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a worker works; see :meth:`axme.Agent.serve`.

    Raises:
        AxmeValueError: one of them makes no sense.
    """

    concurrency: int = 8
    lease: timedelta = timedelta(seconds=30)
    drain_timeout: timedelta = timedelta(seconds=30)
    no_retry: tuple[type[BaseException], ...] = ()
    worker_id: str = field(default_factory=a_worker_id)

    def __post_init__(self) -> None:
        if type(self.concurrency) is not int or not 1 <= self.concurrency <= _MOST_AT_ONCE:
            raise AxmeValueError(f"concurrency must be 1 to {_MOST_AT_ONCE}, not {self.concurrency!r}")
        if not _LEASES[0] <= self.lease <= _LEASES[1]:
            raise AxmeValueError(f"lease must be from 5 seconds to an hour, not {self.lease!r}")
        if self.drain_timeout < timedelta(0):
            raise AxmeValueError(f"drain_timeout must be a timedelta from 0 on, not {self.drain_timeout!r}")
        if not 1 <= len(self.worker_id) <= 128:
            raise AxmeValueError("worker_id must have 1 to 128 characters")


class Worker:
    """Serves one address until it is told to stop. Made by ``agent.worker(…)`` and ``agent.serve(…)``.

    :meth:`run` serves in this thread and obeys SIGTERM and Ctrl-C. In ``with``, it serves in the background.

    Example:
        >>> with agent.worker(handle) as worker:  # doctest: +SKIP
        ...     client.intents.create("order.v1", to=agent).wait()
    """

    def __init__(
        self,
        client: FlatCalls,
        address: str,
        handlers: Handlers,
        options: Options,
        *,
        make: Make,
        ended: Ended,
        find: Callable[[], Source] | None = None,
    ) -> None:
        self._client = client
        self._address = address
        self._handlers = handlers
        self._options = options
        self._tally = Tally()
        self._mesh = MeshClient(client)
        self._handling = Handling(options.worker_id, make, ended, self._tally, self._mesh, options.no_retry)
        self._slots = Slots(options.concurrency, self._handling, options.concurrency * _SPARE_PER_SLOT)
        seconds = options.lease.total_seconds()
        self._taking = Taking(
            find or (lambda: source_for(client, address, options.worker_id, seconds, self._taking.took)),
            self._ready, self._slots, self._put, self._over,
        )  # fmt: skip
        self._source: Source | None = None
        self._keeper: Keeper | None = None
        #: Why to stop, from wherever: a queue may be written to inside a signal handler, an event may not.
        self._orders: SimpleQueue[str | BaseException] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._started = False
        self._beats = False

    @property
    def id(self) -> str:
        """Its name, which the gateway shows beside what it has claimed."""
        return self._options.worker_id

    @property
    def summary(self) -> Summary:
        """What it has done so far."""
        return replace(self._tally.summary, abandoned=self._slots.abandoned)

    def run(self) -> Summary:
        """Serve until SIGTERM, Ctrl-C or :meth:`stop`; then finish what runs, give back the rest, and return.

        A second signal ends the process at once.

        Raises:
            AxmeAuthError: the key may not listen here.
            AxmeNotFoundError: there is no such agent.
            AxmeError: whatever else waiting does not mend. What ran was finished before.
        """
        if self._started:
            raise AxmeValueError("a worker runs once: make another one")
        self._started = True
        with obeyed(self._orders.put):
            self._taking.start()
            order = self._orders.get()
            self._drain(order)
        if isinstance(order, BaseException):
            raise order
        return self.summary

    def stop(self) -> None:
        """Begin to leave, as at SIGTERM; from any thread, and without waiting for it."""
        self._orders.put("stop")

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._in_background, name="axme-worker", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def __repr__(self) -> str:
        return f"<Worker {self.id} at {self._address}: {self.summary}>"

    def _in_background(self) -> None:
        try:
            self.run()
        except AxmeError as error:
            _log.error("the worker has ended: %s", error)

    def _ready(self, source: Source) -> None:
        self._beats = self._speaks_for_itself()
        if self._beats:
            self._mesh.start_heartbeat()
        self._source = source
        self._keeper = Keeper(source, self._slots.running, self._late, self._lost)
        _log.info(
            "serving %s: %s, %d at a time, as %s", self._address, self._handlers, self._options.concurrency, self.id
        )

    def _speaks_for_itself(self) -> bool:
        """Whether the key is the agent's own; a heartbeat is always about the agent of the key."""
        try:
            mine = self._client.get_me()["me"]["address"]
        except AxmeNotFoundError:
            return True  # A server that does not say; it will know whose heartbeat it is.
        return bool(mine == self._client.get_agent(self._address)["agent"]["address"])

    def _put(self, claim: Claim) -> None:
        assert self._source is not None
        run = Run(claim, self._handlers.find(claim.intent_type), self._source)
        self._slots.put(run)
        if run.timeout is not None and self._keeper is not None:
            self._keeper.wake()

    def _late(self, run: Run, timeout: float) -> None:
        if self._handling.late(run, timeout) and not self._slots.abandon(run):
            _log.error("too many handlers have not returned: a slot is lost until one does")

    def _lost(self, run: Run, why: str) -> None:
        if run.lose(why):
            self._tally.add("lost")
            _log.warning("intent %s is not ours any more: %s", run.claim.intent_id, why)

    def _over(self, failure: BaseException | None) -> None:
        if failure is not None:
            self._orders.put(failure)

    def _drain(self, order: str | BaseException) -> None:
        left = self._slots.running()
        what = f"finishing {len(left)} under way" if left else "nothing is under way"
        if left or isinstance(order, str):
            _log.info("%s: taking nothing new, %s", order, what)
        until = monotonic() + self._options.drain_timeout.total_seconds()
        self._taking.stop()
        if not self._slots.idle(max(0.0, until - monotonic())):
            self._give_back()
        self._handling.leaving.set()
        if self._keeper is not None:
            self._keeper.close()
        self._slots.close()
        self._say_goodbye()
        _log.info("left: %s", self.summary)

    def _give_back(self) -> None:
        for run in self._slots.running():
            if not run.end():
                continue
            run.lose("the worker leaves")
            self._tally.add("released")
            try:
                run.source.release(run.claim)
            except AxmeError as error:
                _log.warning("intent %s comes back when its lease is over: %s", run.claim.intent_id, error)

    def _say_goodbye(self) -> None:
        """The last metrics, if there was a heartbeat to carry them."""
        if not self._beats:
            return
        self._mesh.stop_heartbeat()
        try:
            self._mesh.heartbeat()
        except AxmeError as error:
            _log.debug("the last metrics were not sent: %s", error)
