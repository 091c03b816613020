"""One intent through its handler: called, understood, and said to the gateway."""

from __future__ import annotations

import inspect
import logging
import os
import threading
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import replace
from time import monotonic
from typing import Any

from axme.contract.mesh import MOST_LATENCY_MS
from axme.exceptions import (
    AxmeClosedError,
    AxmeConflictError,
    AxmeError,
    AxmeNotFoundError,
    AxmePermissionError,
    AxmeValidationError,
    AxmeValueError,
)
from axme.mesh import MeshClient
from axme.worker import tracing
from axme.worker.backoff import BackOff, passes
from axme.worker.logs import about
from axme.worker.outcomes import Done, Failed, Outcome, Reject, Retry, Wait, failure_of, outcome_of, timed_out
from axme.worker.run import Run
from axme.worker.summary import Tally

_log = logging.getLogger("axme.worker")
#: What a handler is given for a run, and whether that has already ended by a verb the handler called on it.
Make = Callable[[Run], Any]
Ended = Callable[[Any], bool]
#: What every failure says.
_BARE = ("code", "message")


class Handling:
    """Handles runs, from any number of threads.

    Args:
        make: the object the handler is given.
        ended: whether the handler has ended the intent itself.
        for_good: exceptions after which nothing is tried again.
    """

    def __init__(
        self,
        worker_id: str,
        make: Make,
        ended: Ended,
        tally: Tally,
        mesh: MeshClient,
        for_good: tuple[type[BaseException], ...],
    ) -> None:
        #: Set when the worker leaves: what cannot be said now is not said.
        self.leaving = threading.Event()
        self._worker_id = worker_id
        self._make = make
        self._ended = ended
        self._tally = tally
        self._mesh = mesh
        self._for_good = for_good

    def __call__(self, run: Run) -> None:
        """Handle one run; whatever the handler does, this comes back."""
        run.begin()
        with tracing.span(run.claim, self._worker_id) as trace_id, about(run.claim, self._worker_id, trace_id):
            try:
                outcome = self._outcome(run)
                if not run.end():
                    _log.info("its result is dropped: %s", run.why_lost)
                elif outcome is None:
                    _log.info("%s ended by its handler in %s", run.claim.intent_type, _took(run))
                    self._tally.add("completed")
                else:
                    # Its slot is free with the answer, and may have something to do again.
                    self.settle(run, outcome, trace_id, room=1)
            except Exception:
                _log.exception("this intent could not be settled; it comes back when its lease is over")

    def late(self, run: Run, timeout: float) -> bool:
        """The time of a handler is over: fail the attempt from a thread of its own; it may come back later or never.

        Returns:
            Whether it really is late; it may have come back this very moment.
        """
        if not run.end():
            return False
        run.lose(f"its handler's time was over after {timeout:g} s")

        def fail() -> None:
            with about(run.claim, self._worker_id, None):
                self.settle(run, timed_out(timeout), None)

        threading.Thread(target=fail, name="axme-late", daemon=True).start()
        return True

    def _outcome(self, run: Run) -> Outcome | None:
        """What the handler made of it; ``None`` when it has ended the intent itself."""
        if run.handler is None:
            text = f"this worker has no handler for {run.claim.intent_type}"
            return Failed({"code": "no_handler", "message": text}, retryable=False)
        work = self._make(run)
        here = os.getpid()
        try:
            value = run.handler.function(work)
            if inspect.iscoroutine(value):
                value = _finished(value)
        except BaseException as error:
            _leave_if_forked(here, error)
            if self._ended(work):
                return None
            self._tell_failure(run, error)
            return failure_of(error, self._for_good)
        _leave_if_forked(here, None)
        return None if self._ended(work) else outcome_of(value)

    def settle(self, run: Run, outcome: Outcome, trace_id: str | None, *, room: int = 0) -> None:
        """Say what came of it, for as long as the claim lives; ``room`` is for so many others afterwards."""
        key = str(uuid.uuid4())
        again = BackOff("reporting a result")
        while True:
            try:
                run.source.settle(run.claim, outcome, key, trace_id, room)
            except (AxmeConflictError, AxmeNotFoundError) as error:
                _log.warning("the result came too late and is dropped: %s", error.message)
                self._tally.add("lost")
                return
            except (AxmeValidationError, AxmeValueError) as error:
                outcome, key = _instead_of(outcome, error), str(uuid.uuid4())
            except AxmePermissionError as error:
                if not isinstance(outcome, Wait):
                    raise
                # Whom it was to wait for may not be asked, or is killed: another attempt may find that otherwise.
                said = {"code": error.code or "wait_refused", "message": f"it may not wait for that: {error.message}"}
                outcome, key = Failed(said), str(uuid.uuid4())
            except AxmeClosedError:
                return
            except AxmeError as error:
                if not passes(error):
                    raise
                if run.lost.is_set() or self.leaving.wait(again.failed(error)):
                    return
            else:
                again.worked()
                self._count(run, outcome)
                return

    def _count(self, run: Run, outcome: Outcome) -> None:
        milliseconds = min((monotonic() - run.since) * 1000, MOST_LATENCY_MS)
        if isinstance(outcome, Wait):
            self._tally.add("waiting")
            _log.info("%s %s, after %s", run.claim.intent_type, outcome, _took(run))
            return
        good = isinstance(outcome, Done)
        self._mesh.report_metric(success=good, latency_ms=milliseconds)
        if isinstance(outcome, Failed):
            late = outcome.error["code"] == "handler_timeout"
            self._tally.add("timed_out" if late else "failed")
            then = "will be tried again" if outcome.retryable else "for good"
            _log.warning(
                "%s failed, %s (attempt %d): %s", run.claim.intent_type, then, run.claim.attempt,
                outcome.error["message"],
            )  # fmt: skip
        else:
            self._tally.add("completed")
            _log.info("%s done in %s", run.claim.intent_type, _took(run))

    def _tell_failure(self, run: Run, error: BaseException) -> None:
        tracing.failed(error)
        if not isinstance(error, (Reject, Retry)) and not run.lost.is_set():
            _log.warning("the handler raised %s", type(error).__name__, exc_info=error)


def _leave_if_forked(here: int, error: BaseException | None) -> None:
    """A process forked off inside the handler ends here: the intent is its parent's."""
    if os.getpid() != here:
        asked = error.code if isinstance(error, SystemExit) else error
        os._exit(asked if isinstance(asked, int) else int(asked is not None))


def _instead_of(outcome: Outcome, error: AxmeError) -> Failed:
    """What is said in place of an outcome that cannot be sent."""
    if not isinstance(outcome, Failed):
        _log.error("what the handler returned cannot be sent: %s", error)
        said = {"code": "bad_result", "message": f"what the handler returned was refused: {error}"[:1500]}
        return Failed(said, retryable=False)
    if len(outcome.error) <= len(_BARE):
        raise error
    _log.error("the details of a failure cannot be sent and are left out: %s", error)
    return replace(outcome, error={name: str(outcome.error[name]) for name in _BARE})


def _finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio  # Only here: it takes longer to import than the rest of this package.

    return asyncio.run(coroutine)


def _took(run: Run) -> str:
    return f"{monotonic() - run.since:.2f} s"
