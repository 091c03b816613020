"""An agent at work: handlers, and the worker that runs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from axme.exceptions import AxmeValueError
from axme.resources.base import Resource

if TYPE_CHECKING:
    # Most programs have no worker, and shall not load one.
    from axme.resources.claimed_intent import ClaimedIntent
    from axme.worker import Handlers, Summary, Worker

Handler = Callable[["ClaimedIntent"], Any]
H = TypeVar("H", bound=Handler)


class Serving(Resource):
    """The part of an agent that handles what is sent to it."""

    __slots__ = ("_registered",)
    _registered: Handlers

    def on(self, intent_type: str, *, timeout: timedelta | None = None) -> Callable[[H], H]:
        """Register a handler for one type of intent, to be served by :meth:`run`; ``"*"`` is for all other types.

        Args:
            timeout: how long a call may take; after that the attempt has failed, and the worker goes on without it.

        Raises:
            AxmeValueError: the type has a handler already.

        Example:
            >>> @agent.on("order.fulfillment.v1", timeout=timedelta(minutes=5))  # doctest: +SKIP
            ... def fulfill(intent):
            ...     return {"parcels": intent.payload["items"]}
        """

        def register(function: H) -> H:
            self._handlers().add(intent_type, function, timeout)
            return function

        return register

    def run(
        self,
        *,
        concurrency: int = 8,
        lease: timedelta = timedelta(seconds=30),
        drain_timeout: timedelta = timedelta(seconds=30),
        no_retry: tuple[type[BaseException], ...] = (),
        worker_id: str | None = None,
    ) -> Summary:
        """Serve with the handlers registered by :meth:`on`; arguments, answer and errors as of :meth:`serve`."""
        return self.worker(
            concurrency=concurrency, lease=lease, drain_timeout=drain_timeout, no_retry=no_retry, worker_id=worker_id
        ).run()

    def serve(
        self,
        handler: Handler,
        *,
        concurrency: int = 8,
        timeout: timedelta | None = None,
        lease: timedelta = timedelta(seconds=30),
        drain_timeout: timedelta = timedelta(seconds=30),
        no_retry: tuple[type[BaseException], ...] = (),
        worker_id: str | None = None,
    ) -> Summary:
        """Handle what is sent to it until SIGTERM or Ctrl-C. ``POST /v1/agents/{address}/claims``

        Any number of workers may serve one address: they share the work, and each intent is one worker's at a time. The
        handler may be called more than once for an intent, when a worker died or lost its lease: its results are
        accepted once, its effects outside are its own care.

        Args:
            handler: takes a :class:`~axme.ClaimedIntent` and returns its result: a dict, any other JSON value, or
                ``None``. It raises to fail the attempt, :class:`~axme.Reject` to fail for good, and returns a
                :class:`~axme.Wait` to be called again later. It may be ``async``.
            concurrency: how many handlers run at a time, each in a thread.
            timeout: how long a call may take; after that the attempt has failed, and the worker goes on without it.
            lease: how long a dead worker's intents stay its own; renewed while a handler runs.
            drain_timeout: how long handlers may go on after the signal; what is not done by then is given back.
            no_retry: exceptions that fail an intent for good.
            worker_id: what the gateway shows; by default machine, process, and a few letters.

        Returns:
            What was done, as soon as everything under way is finished. A second signal ends the process at once.

        Raises:
            AxmeAuthError: the key may not listen here.
            AxmeNotFoundError: there is no such agent.

        Example:
            >>> agent.serve(lambda intent: {"parcels": intent.payload["items"]})  # doctest: +SKIP
        """
        return self.worker(
            handler, concurrency=concurrency, timeout=timeout, lease=lease, drain_timeout=drain_timeout,
            no_retry=no_retry, worker_id=worker_id,
        ).run()  # fmt: skip

    def worker(
        self,
        handler: Handler | None = None,
        *,
        concurrency: int = 8,
        timeout: timedelta | None = None,
        lease: timedelta = timedelta(seconds=30),
        drain_timeout: timedelta = timedelta(seconds=30),
        no_retry: tuple[type[BaseException], ...] = (),
        worker_id: str | None = None,
    ) -> Worker:
        """A worker that has not begun: ``run()`` it, or serve in the background inside ``with``; see :meth:`serve`.

        Args:
            handler: without one, those registered by :meth:`on`.
        """
        from axme.resources.claimed_intent import claimed, has_ended
        from axme.worker import Options, Worker
        from axme.worker.handlers import only
        from axme.worker.worker import a_worker_id

        handlers = self._handlers() if handler is None else only(handler, timeout)
        if not len(handlers):
            raise AxmeValueError(f"{self.id} has no handler: decorate one with @agent.on('…'), or pass it to serve()")
        options = Options(
            concurrency=concurrency,
            lease=lease,
            drain_timeout=drain_timeout,
            no_retry=no_retry,
            worker_id=worker_id or a_worker_id(),
        )
        client = self._api
        return Worker(client, self.id, handlers, options, make=lambda run: claimed(client, run), ended=has_ended)

    def _handlers(self) -> Handlers:
        from axme.worker import Handlers

        found: Handlers | None = getattr(self, "_registered", None)
        if found is None:
            found = self._registered = Handlers()
        return found
