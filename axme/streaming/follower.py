"""What to do next to learn the next events: connect, read, poll, doubt, wait. One step at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from axme.calls import CallInfo, latest
from axme.contract.clock import Clock
from axme.exceptions import TRANSIENT, AxmeHttpError, AxmeProtocolError, AxmeTransportError, AxmeValueError
from axme.streaming.connection import Connection, content_type
from axme.streaming.order import DoubtfulError, Event, GapError, Order, decode, events_of
from axme.streaming.pace import Pace
from axme.streaming.sse import SseError
from axme.transport import Call, Cancel, Transport

_log = logging.getLogger("axme.streaming")
_LIFECYCLE = "intent."
_MEDIA_TYPE = "text/event-stream"
#: What a server answers that has no stream at this place (contract 1.6).
_NO_STREAM = frozenset({404, 405, 501})
#: A connection that ends sooner has not waited for anything.
_SHORT = 1.0
#: A connection that outlives its window by so much gives heartbeats and nothing else.
_OVERTIME = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to follow, and how; the words are those of :class:`axme.streaming.EventStream`."""

    transport: Transport
    stream_call: Callable[[int], Call]
    poll: Callable[[int], Call] | None
    since: int
    contiguous: bool
    stop: Callable[[Event], bool]
    subject: str | None
    poll_interval: float
    wait_seconds: int
    idle_timeout: float

    @property
    def name(self) -> str:
        """What is followed, for messages."""
        return f"the event stream of intent {self.subject}" if self.subject else "the event stream"


class Follower:
    """Follows one stream from the event after ``since``; :meth:`step` gives what the next step has brought."""

    def __init__(self, plan: Plan, pace: Pace, clock: Clock) -> None:
        self.over = False
        self.trouble = ""
        self.call: CallInfo | None = None
        self._plan = plan
        self._pace = pace
        self._clock = clock
        self._order = Order(plan.since, contiguous=plan.contiguous, subject=plan.subject)
        self._connection: Connection | None = None
        self._cancel = Cancel()
        self._has_listened = False
        self._polling = False
        self._since_is_sure = plan.since == 0 or not plan.contiguous
        self._doubt: Exception | None = None
        self._doubts = 0

    def step(self) -> list[Event]:
        """Do the one thing that is due, and give the events it brought, often none.

        Raises:
            AxmeError: what neither waiting nor asking again can mend.
        """
        news: list[Event] = []
        doubt = self._doubt
        try:
            self._act(news)
        except (DoubtfulError, SseError, AxmeProtocolError) as error:
            self._suspect(error, news)
        except AxmeHttpError as error:
            self._refused(error)
        except AxmeTransportError as error:
            self._failed(error)
        else:
            if doubt is not None:
                self._settle(doubt, news)
        if news:
            self._doubts = 0
            self._since_is_sure = True
            self._pace.progress()
        return news

    def drop(self) -> None:
        """Close the connection under way, if any; from any thread."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def end(self) -> None:
        """Stop for good; from any thread. A step under way comes back at once."""
        self.over = True
        self._pace.stop()
        self._cancel()
        self.drop()

    def rewind(self, position: int) -> None:
        """Forget what came after ``position``: it was not delivered."""
        self._order.position = position

    def _act(self, news: list[Event]) -> None:
        if self._connection is not None:
            self._receive(self._connection, news)
        elif self._doubt is not None:
            self._fetch(news)
        elif self._polling:
            self._fetch(news)
            if not news:
                self._check_since()
                self._pace.sleep(self._plan.poll_interval)
        else:
            if self._has_listened:
                self._check_since()
            self._connect()

    def _connect(self) -> None:
        call = self._limited(self._plan.stream_call(self._order.position))
        source = self._plan.transport.open(call, idle_timeout=self._patience())
        self.call = latest.call
        kind = content_type(source.headers)
        if source.status_code == 200 and kind == _MEDIA_TYPE:
            self._connection = Connection(source, self._clock, self._pace.remaining())
            self._has_listened = True
            if self.over:
                self.drop()
            return
        source.close()
        if source.status_code != 204:
            raise AxmeProtocolError(f"the answer was {source.status_code} {kind or 'without a content type'}")
        # "No content" ends a stream for good; an intent has not ended before its terminal event, so it is polled.
        if not self._plan.contiguous:
            self.over = True
        elif self._plan.poll is None:
            raise AxmeProtocolError("it has nothing to send, and there is no list to ask instead")
        else:
            self._polling = True

    def _receive(self, connection: Connection, news: list[Event]) -> None:
        events = connection.read()
        if events is None:
            self._ended(connection)
            return
        for name, _, data in events:
            if not name.startswith(_LIFECYCLE):
                connection.note(name)
                continue
            event = decode(data)
            if self._order.admit(event):
                news.append(event)
                connection.fruitful = True
        if not news and connection.age > self._plan.wait_seconds + _OVERTIME:
            self.drop()

    def _ended(self, connection: Connection) -> None:
        self.drop()
        if connection.window_over and connection.age >= _SHORT:
            self._pace.progress()
        elif not connection.fruitful:
            self._pace.back_off()

    def _fetch(self, news: list[Event]) -> None:
        if self._plan.poll is not None:
            for event in self._order.admit_all(self._listed(self._plan.poll(self._order.position))):
                news.append(event)  # One by one: those before a gap count.

    def _listed(self, call: Call) -> list[Event]:
        # One attempt: trying again is what this class does.
        return events_of(self._plan.transport.send(replace(self._limited(call), retryable=False)))

    def _limited(self, call: Call) -> Call:
        """``call``, given up when the time is over and ended by :meth:`end`."""
        return replace(call, timeout=self._patience(call.timeout), cancel=self._cancel)

    def _patience(self, usual: float | None = None) -> float:
        return max(self._pace.bounded(usual or self._plan.idle_timeout), 0.001)

    def _check_since(self) -> None:
        """Whether silence can ever end: a ``since`` beyond the last event would wait for ever (contract 1.11)."""
        if self._since_is_sure or self._plan.poll is None:
            return
        name, since = self._plan.name, self._plan.since
        order = Order(0, contiguous=False, subject=self._plan.subject)
        events = list(order.admit_all(self._listed(self._plan.poll(0))))
        newest = events[-1]["seq"] if events else 0
        if newest <= since and any(map(self._plan.stop, events)):
            raise AxmeValueError(f"{name} ended with event {newest}: nothing follows since={since}")
        if newest < since - 1:
            raise AxmeValueError(f"{name} has no event {since} to continue after: its newest is {newest}")
        self._order.position = min(self._order.position, newest)
        self._since_is_sure = True

    def _suspect(self, error: Exception, news: list[Event]) -> None:
        """Something came that cannot be right: the list is asked next, and it has the last word."""
        self.drop()
        if self._doubt is not None and not news:
            raise self._wrong(error) from error
        self._note(error)
        self._doubt = error

    def _settle(self, doubt: Exception, news: list[Event]) -> None:
        """The list has been asked; where it brought nothing, some doubts deserve another look at the stream."""
        if not news:
            self._doubts += 1
            if self._doubts >= self._looks(doubt):
                raise self._wrong(doubt) from doubt
            self._pace.back_off()
        self._doubt = None

    def _looks(self, doubt: Exception) -> int:
        if isinstance(doubt, GapError):
            return 3
        return 2 if self._plan.poll is None or isinstance(doubt, AxmeProtocolError) else 1

    def _wrong(self, reason: Exception) -> AxmeProtocolError:
        return AxmeProtocolError(f"{self._plan.name} cannot be followed after event {self._order.position}: {reason}")

    def _refused(self, error: AxmeHttpError) -> None:
        self.drop()
        if error.status_code in TRANSIENT or (error.status_code >= 500 and error.status_code not in _NO_STREAM):
            self._note(error)
            self._pace.back_off(error.retry_after or 0.0)
        elif error.status_code in _NO_STREAM and self._plan.poll is not None and not self._polling:
            self._note(error, "polling the list instead")
            self._polling = True
        else:
            raise error

    def _failed(self, error: AxmeTransportError) -> None:
        self.drop()
        self._note(error)
        self._pace.back_off()

    def _note(self, error: Exception, remedy: str = "trying again") -> None:
        left = self._pace.remaining()
        if left is None or left > 0 or not self.trouble:  # At the limit, a call cut short by it explains nothing.
            self.trouble = str(error)
        _log.info("%s, after event %s: %s; %s", self._plan.name, self._order.position, error, remedy)
