"""The loop that asks for work, never for more than there are free slots."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from axme.exceptions import AxmeClosedError, AxmeError, AxmeHttpError
from axme.wire import FlatCalls
from axme.worker.backoff import BackOff, passes
from axme.worker.claim import Claim, Source
from axme.worker.exchange import ExchangeSource
from axme.worker.gateway import GatewaySource
from axme.worker.plain import PlainSource
from axme.worker.slots import Slots

_log = logging.getLogger("axme.worker")
_CLAIMS, _EXCHANGE = "agents.claims", "agents.exchange"
#: What a server answers that does not know the question.
_UNKNOWN = frozenset({404, 405, 501})
_LOOK_SECONDS = 0.5


class Taking:
    """Takes work until it is stopped, from a thread of its own.

    Args:
        find: gives the source, once the server can be asked.
        ready: called with it, before the first claim.
        put: takes over one claim.
        over: called at the end, with what made it end, if that was no order.
    """

    def __init__(
        self,
        find: Callable[[], Source],
        ready: Callable[[Source], None],
        slots: Slots,
        put: Callable[[Claim], None],
        over: Callable[[BaseException | None], None],
    ) -> None:
        self._find = find
        self._ready = ready
        self._slots = slots
        self._put = put
        self._over = over
        self._source: Source | None = None
        self._stopped = threading.Event()
        self._again = BackOff("asking for work")
        self._thread = threading.Thread(target=self._run, name="axme-claims", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing from now on; a question that is open is ended."""
        self._stopped.set()
        if self._source is not None:
            self._source.stop()
        if self._thread.is_alive():
            self._thread.join(_LOOK_SECONDS * 4)

    def _run(self) -> None:
        failure: BaseException | None = None
        try:
            while not self._stopped.is_set():
                self._step()
        except AxmeClosedError as error:
            failure = None if self._stopped.is_set() else error
        except BaseException as error:
            failure = error
        self._over(failure)

    def _step(self) -> None:
        try:
            if self._source is None:
                source = self._find()
                self._ready(source)
                self._source = source
            free = self._slots.free(_LOOK_SECONDS)
            if free < 1 or self._stopped.is_set():
                return
            claims = self._source.take(free)
        except AxmeError as error:
            if isinstance(error, AxmeClosedError) or not passes(error):
                raise
            self._stopped.wait(self._again.failed(error))
            return
        self._again.worked()
        self.took(claims)

    def took(self, claims: list[Claim]) -> None:
        """These are ours now; they may also have come along with the answer to a result."""
        for claim in claims:
            if not self._stopped.is_set():
                self._put(claim)
            elif self._source is not None:
                self._give_back(self._source, claim)

    @staticmethod
    def _give_back(source: Source, claim: Claim) -> None:
        try:
            source.release(claim)
        except AxmeError as error:
            _log.warning("intent %s comes back when its lease is over: %s", claim.intent_id, error)


def source_for(
    client: FlatCalls, address: str, worker_id: str, lease: float, put: Callable[[list[Claim]], None]
) -> Source:
    """Claims where the server has them; else its stream of deliveries, which is said."""
    try:
        known = client.get_capabilities()["capabilities"]
    except AxmeHttpError as error:
        if error.status_code not in _UNKNOWN:
            raise
        known = []
    if _EXCHANGE in known:
        return ExchangeSource(client, address, worker_id, lease, put)
    if _CLAIMS in known:
        return GatewaySource(client, address, worker_id, lease)
    _log.warning(
        "this server knows no claims: deliveries are taken as they are sent, so let one worker listen at %s; "
        "a failure is final, and handlers cannot wait, tell progress or keep a checkpoint",
        address,
    )
    return PlainSource(client, address)
