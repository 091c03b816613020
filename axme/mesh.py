"""``client.mesh``: the flat calls of the mesh, and a heartbeat in the background."""

from __future__ import annotations

import logging
import math
import os
import threading
import uuid
from collections.abc import Mapping
from typing import Any

from axme.contract.mesh import HEARTBEAT_SECONDS, MOST_COST_USD, MOST_INTENTS, MOST_LATENCY_MS
from axme.exceptions import AxmeClosedError, AxmeValidationError, AxmeValueError
from axme.wire._base import WireCalls
from axme.wire.mesh import MeshCalls

_log = logging.getLogger("axme.mesh")
_JOIN_SECONDS = 1.0


class MeshClient(MeshCalls):
    """The mesh as one client sees it. Metrics reported here go out with the next heartbeat, each of them once.

    After ``fork`` the child begins anew: without the parent's thread, and without its metrics.

    Example:
        >>> client.mesh.start_heartbeat()  # doctest: +SKIP
        >>> client.mesh.report_metric(success=True, latency_ms=41.0, cost_usd=0.002)  # doctest: +SKIP
    """

    def __init__(self, client: WireCalls) -> None:
        super().__init__(client)
        self._state = _State()

    def heartbeat(self, *, metrics: dict[str, Any] | None = None, trace_id: str | None = None) -> dict[str, Any]:
        """Say that the key's agent lives. ``POST /v1/mesh/heartbeat``

        Args:
            metrics: ``intents_total``, ``intents_succeeded``, ``intents_failed``, ``avg_latency_ms``, ``cost_usd``, as
                far as known; without it, what was reported since the last heartbeat.

        Returns:
            ``{"ok": True, "address_id": …, "health_status": …, …}``; ``killed`` tells the agent that it was stopped.
        """
        if metrics is not None:
            return self._heartbeat(metrics, None, trace_id)
        here = self._here()
        with here.sending:
            batch = here.next_batch()
            if batch is None:
                return self._heartbeat(None, None, trace_id)
            return self._deliver(here, batch, trace_id)

    def start_heartbeat(self, *, interval_seconds: float = HEARTBEAT_SECONDS, include_metrics: bool = True) -> None:
        """Send ``POST /v1/mesh/heartbeat`` now and every ``interval_seconds``, from a thread of its own.

        It survives failures, and ends with ``stop_heartbeat()``, ``client.close()`` or the process. While one runs,
        this does nothing.

        Args:
            include_metrics: whether reported metrics go along.

        Raises:
            AxmeValueError: the interval is not above 0.
        """
        if not (isinstance(interval_seconds, (int, float)) and 0 < interval_seconds < math.inf):
            raise AxmeValueError(f"interval_seconds must be a number above 0, not {interval_seconds!r}")
        here = self._here()
        with here.lock:
            if here.thread is not None and here.thread.is_alive():
                return
            here.stopped = threading.Event()
            arguments = (here.stopped, interval_seconds, include_metrics)
            here.thread = threading.Thread(target=self._beat, args=arguments, name="axme-heartbeat", daemon=True)
            here.thread.start()

    def stop_heartbeat(self) -> None:
        """Send ``POST /v1/mesh/heartbeat`` no longer; what was reported and not sent is kept."""
        here = self._here()
        with here.lock:
            thread, here.thread = here.thread, None
            here.stopped.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_SECONDS)

    def _end(self) -> None:
        """Ask the heartbeat to end, and wait for nothing: the transport is about to be closed under it."""
        self._here().stopped.set()

    def report_metric(
        self, *, success: bool = True, latency_ms: float | None = None, cost_usd: float | None = None
    ) -> None:
        """Count one intent that was handled; it goes out with the next ``POST /v1/mesh/heartbeat``.

        Args:
            latency_ms: how long it took, in milliseconds.
            cost_usd: what it cost, in dollars.

        Raises:
            AxmeValueError: a number is negative, no number, or far too large.
        """
        _check("latency_ms", latency_ms, MOST_LATENCY_MS)
        _check("cost_usd", cost_usd, MOST_COST_USD)
        here = self._here()
        with here.lock:
            here.gathered.add(success, latency_ms, cost_usd)

    def _here(self) -> _State:
        if self._state.pid != os.getpid():
            self._state = _State()
        return self._state

    def _beat(self, stopped: threading.Event, interval: float, include_metrics: bool) -> None:
        while True:
            try:
                if include_metrics:
                    self.heartbeat()
                else:
                    self._heartbeat(None, None, None)
            except AxmeClosedError:
                return
            except Exception as error:
                _log.warning("a heartbeat failed and the next will be sent all the same: %s", error)
            if stopped.wait(interval):
                return

    def _deliver(self, here: _State, batch: _Batch, trace_id: str | None) -> dict[str, Any]:
        try:
            answer = self._heartbeat(batch.metrics, batch.key, trace_id)
        except AxmeValidationError:
            # It would be refused for ever, and everything after it kept back.
            here.batch = None
            raise
        here.batch = None
        return answer


class _Gathered:
    """What was reported and is in no batch yet."""

    def __init__(self) -> None:
        self.succeeded = self.failed = self.timed = 0
        self.latency_ms = self.cost_usd = 0.0

    def add(self, success: bool, latency_ms: float | None, cost_usd: float | None) -> None:
        if success:
            self.succeeded += 1
        else:
            self.failed += 1
        if latency_ms is not None:
            self.timed += 1
            self.latency_ms += latency_ms
        self.cost_usd += cost_usd or 0.0

    def metrics(self) -> dict[str, Any]:
        counts = {
            "intents_succeeded": min(self.succeeded, MOST_INTENTS),
            "intents_failed": min(self.failed, MOST_INTENTS),
        }
        told: dict[str, Any] = counts | {"intents_total": min(self.succeeded + self.failed, MOST_INTENTS)}
        if self.timed:
            told["avg_latency_ms"] = self.latency_ms / self.timed
        if self.cost_usd:
            told["cost_usd"] = min(self.cost_usd, MOST_COST_USD)
        return told


class _Batch:
    """Metrics on their way: sent again under the same key until they have arrived, and so counted once."""

    def __init__(self, metrics: Mapping[str, Any]) -> None:
        self.metrics = metrics
        self.key = str(uuid.uuid4())


class _State:
    """What belongs to one process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.lock = threading.Lock()
        self.sending = threading.Lock()
        self.thread: threading.Thread | None = None
        self.stopped = threading.Event()
        self.gathered = _Gathered()
        self.batch: _Batch | None = None

    def next_batch(self) -> _Batch | None:
        """The batch that is still to arrive, else one of all that was gathered since."""
        with self.lock:
            if self.batch is None and (self.gathered.succeeded or self.gathered.failed):
                self.batch, self.gathered = _Batch(self.gathered.metrics()), _Gathered()
            return self.batch


def _check(name: str, value: float | None, most: float) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise AxmeValueError(f"{name} must be a number from 0 to {most:g}, not {value!r}")
