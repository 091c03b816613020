"""The one way to the server: every call of a client goes through :meth:`Transport.send` or :meth:`Transport.open`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from time import monotonic
from typing import Any, NoReturn

import requests

from axme.calls import latest
from axme.config import AxmeClientConfig
from axme.exceptions import AxmeClosedError, AxmeError, AxmeValueError
from axme.transport.bytestream import ByteStream
from axme.transport.call import Call
from axme.transport.deadline import Guard, current
from axme.transport.exchange import Exchange
from axme.transport.gate import Gate
from axme.transport.outgoing import Outgoing, standing_headers
from axme.transport.process import Process
from axme.transport.redact import Redactor
from axme.transport.retry import Persistence, is_worth_retrying
from axme.transport.transfer import Transfer, put

_CLOSED = "the client is closed; make another one"
#: A stream owns its connection and ends with it: shutting it from another thread can then never hit a successor.
_OF_STREAMS = {"Accept": "text/event-stream", "Accept-Encoding": "identity", "Connection": "close"}


class Transport:
    """Sends calls and opens streams for one configuration. Making one does no I/O.

    It may be shared by any number of threads, and used on after a fork.

    Args:
        config: where to, as whom, and within which limits.
        session: a session of your own, for special adapters or certificates; closing it stays with you. Its sockets are
            out of reach here: a deadline is kept between two reads, and a fork needs a session made anew.
    """

    def __init__(self, config: AxmeClientConfig, session: requests.Session | None = None) -> None:
        self._config = config
        self._session = session
        self._standing = standing_headers(config)
        self._redactor = Redactor((config.api_key, config.actor_token))
        self._closed = False
        #: What each call passes before it is sent.
        self.gates: tuple[Gate, ...] = ()
        self._state = Process(config, session)

    def send(self, call: Call) -> Any:
        """Make ``call``, with retries, within its timeout; returns the decoded JSON object of the answer.

        Raises:
            AxmeHttpError: the server answered with an error; the subclass says which.
            AxmeTransportError: there was no usable answer; ``outcome`` says what may have happened.
            AxmeValueError: the call cannot be sent as it is.
            AxmeClosedError: the transport is closed.
        """
        for gate in self.gates:
            if (answer := gate.answer(call)) is not None:
                return answer
        state = self._process()
        outgoing = Outgoing(call, self._config, self._standing)
        state.ledger.note(call)
        with self._limited(state, call) as guard:
            exchange = Exchange(outgoing, state.calls(), guard, self._config, self._redactor)
            try:
                try:
                    answer = exchange.attempt()
                except AxmeError as error:
                    if not (call.retryable and is_worth_retrying(error)):
                        raise
                    failure = error
                else:
                    state.budget.give_back(0)
                    latest.call = exchange.info()
                    return answer
                answer = Persistence(exchange, self._config, state.budget, self.sleep).resume(failure)
                latest.call = exchange.info()
                return answer
            except AxmeError as error:
                exchange.describe(error)
                raise

    def open(self, call: Call, *, idle_timeout: float, accept: str = "text/event-stream") -> ByteStream:
        """Open a stream of events or of bytes: one attempt, which must be answered within the call's timeout.

        Args:
            call: a ``GET``.
            idle_timeout: seconds of silence after which a read gives up.
            accept: the kind of content that is asked for.

        Raises:
            AxmeHttpError: the server answered with an error.
            AxmeTransportError, AxmeValueError, AxmeClosedError: as :meth:`send`.
        """
        for gate in self.gates:
            gate.answer(call)
        state = self._process()
        outgoing = Outgoing(call, self._config, self._standing)
        outgoing.request.headers.update(_OF_STREAMS | {"Accept": accept})
        with self._limited(state, call) as guard:
            exchange = Exchange(outgoing, state.streams(), guard, self._config, self._redactor)
            try:
                response = exchange.open(idle_timeout)
            except AxmeError as error:
                exchange.describe(error)
                raise
            latest.call = exchange.info()
            stream = ByteStream(response, guard.release(), state.watchdog, self._config, idle_timeout)
            state.keep(stream)
            return stream

    def transfer(self, transfer: Transfer) -> None:
        """Send a file to the place the gateway named; see :func:`~axme.transport.transfer.put` for what it raises."""
        for gate in self.gates:
            gate.transfer(transfer)
        state = self._process()
        put(transfer, self._config, state.closed.is_set)

    def sleep(self, seconds: float) -> None:
        """Wait; :meth:`close` ends the wait.

        Raises:
            AxmeClosedError: the transport is or was closed.
        """
        if self._process().closed.wait(seconds):
            raise AxmeClosedError(_CLOSED)

    def close(self) -> None:
        """End everything that is under way, within half a second, and let go of all connections. May be repeated."""
        self._closed = True
        if self._state.pid == os.getpid():
            self._state.close()

    def _process(self) -> Process:
        if self._closed:
            raise AxmeClosedError(_CLOSED)
        if self._state.pid != os.getpid():
            if self._session:
                self._session.close()
            self._state = Process(self._config, self._session)
        return self._state

    @contextmanager
    def _limited(self, state: Process, call: Call) -> Iterator[Guard]:
        """The deadline of ``call``, watched while the block lasts."""
        guard = Guard(monotonic() + self._seconds(call))
        before, current.guard = current.guard, guard
        state.watchdog.enter(guard)
        try:
            if self._closed:
                raise AxmeClosedError(_CLOSED)
            if call.cancel:
                call.cancel.watch(guard)
            yield guard
        finally:
            current.guard = before
            state.watchdog.leave(guard)
            guard.release()

    def _seconds(self, call: Call) -> float:
        if call.timeout is None:
            return self._config.timeout
        if isinstance(call.timeout, bool) or not isfinite(call.timeout) or call.timeout <= 0:
            raise AxmeValueError(f"timeout must be a number of seconds above 0, not {call.timeout!r}")
        return call.timeout

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds secrets and sockets and is not pickled: make one in each process instead")
