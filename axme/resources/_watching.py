"""Looking on while intents live: their streams are read in threads, and one place shows how they stand."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from axme.contract import clock
from axme.contract.statuses import is_terminal
from axme.display import html
from axme.display.live import Screen, is_interactive, screen
from axme.display.values import line, span
from axme.exceptions import AxmeValueError
from axme.resources import _showing
from axme.resources.base import short
from axme.resources.timeline import Timeline

if TYPE_CHECKING:
    from axme.resources.intent import Intent
    from axme.resources.intent_events import IntentEvent

#: Each intent that is watched keeps one stream open.
MOST = 32
_TICK = 1.0


def watch(
    intents: Sequence[Intent],
    *,
    timeout: float | None,
    on: Screen | None = None,
    stop_quietly: bool | None = None,
    time: clock.Clock | None = None,
) -> None:
    """Show the intents until all of them have ended.

    Whoever types statements stops looking with Ctrl-C and goes on; a script is ended by it as usual.
    """
    if len(intents) > MOST:
        raise AxmeValueError(f"{len(intents)} intents cannot be watched at a time, only {MOST}: pass a slice of them")
    watching = _Watching(intents, timeout, on or screen(), time or clock.SystemClock())
    try:
        watching.run()
    except KeyboardInterrupt:
        if not (is_interactive() if stop_quietly is None else stop_quietly):
            raise
    finally:
        watching.close()


class _Watching:
    def __init__(self, intents: Sequence[Intent], timeout: float | None, on: Screen, time: clock.Clock) -> None:
        self._intents = intents
        self._screen = on
        self._time = time
        self._events: dict[str, list[dict[str, Any]]] = {intent.id: [] for intent in intents}
        self._news: SimpleQueue[tuple[Intent, IntentEvent | BaseException | None]] = SimpleQueue()
        # From the beginning, so that the whole life can be drawn.
        self._streams = [intent.observe(timeout=timeout) for intent in intents]
        self._threads = [
            threading.Thread(target=self._read, args=pair, name="axme-watch", daemon=True)
            for pair in zip(intents, self._streams, strict=True)
        ]

    def run(self) -> None:
        for thread in self._threads:
            thread.start()
        left = len(self._threads)
        while left:
            for intent, said in self._take():
                if isinstance(said, BaseException):
                    raise said
                if said is None:
                    left -= 1
                else:
                    self._events[intent.id].append(said.raw)
            self._show()

    def close(self) -> None:
        for stream in self._streams:
            stream.close()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(_TICK)
        self._screen.close()

    def _read(self, intent: Intent, stream: Any) -> None:
        try:
            if not intent._snapshot.complete:
                intent.refresh()
            for event in stream:
                self._news.put((intent, event))
            self._news.put((intent, None))
        except BaseException as error:
            self._news.put((intent, error))

    def _take(self) -> list[tuple[Intent, IntentEvent | BaseException | None]]:
        """All news there are; if there are none, those of the next moment."""
        try:
            found = [self._news.get(timeout=_TICK)]
            while not self._news.empty():
                found.append(self._news.get_nowait())
        except Empty:
            return []
        return found

    def _show(self) -> None:
        single = self._intents[0] if len(self._intents) == 1 else None
        now = self._time.now()
        if single is None:
            self._screen.show(_told_of(self._intents), lambda: _grid(self._intents))
            return
        events = self._events[single.id]
        if events:
            lasts = now if self._screen.ticks else None
            self._screen.show(_told(single, events[-1], lasts), lambda: _card(single, events, now))


def _told(intent: Intent, event: dict[str, Any], now: datetime | None) -> str:
    """How one intent stands, in a line."""
    status, holder = str(event["status"]), event.get("pending_with")
    waits = f" for {holder.get('name') or holder.get('ref')}" if isinstance(holder, dict) else ""
    lasts = "" if now is None or is_terminal(status) else f" since {_whole(clock.from_text(event['at']), now)}"
    what = str(event["event_type"]).removeprefix("intent.")
    news = "" if what.upper() == status else f" ({what.replace('_', ' ')})"
    return line(f"{short(intent.id)} {status}{waits}{lasts}{news}")


def _whole(since: datetime, now: datetime) -> str:
    """How long ago; in whole seconds, so that a line is not written over without need."""
    length = now - since
    return span(length) if length.total_seconds() >= 10 else f"{max(0, int(length.total_seconds()))} s"


def _told_of(intents: Sequence[Intent]) -> str:
    """How several stand, in a line."""
    words = Counter(intent._seen("status") or "unknown" for intent in intents)
    ended = sum(count for word, count in words.items() if is_terminal(word))
    return f"{ended} of {len(intents)} ended: " + " · ".join(f"{word} {count}" for word, count in words.most_common())


def _card(intent: Intent, events: list[dict[str, Any]], now: datetime) -> str:
    known = intent._glimpse()
    told = [(name, known[name]) for name in ("intent_type", "to_agent", "waits_for", "asks") if known.get(name)]
    life = Timeline(intent.id, events, recipient=intent._seen("to_agent"), now=now)
    return html.card("Intent", intent.id, intent._seen("status"), told, [life.drawing()])


def _grid(intents: Sequence[Intent]) -> str:
    titles, rows = _showing.table_of(intents)
    return html.grid("intents", titles, rows)
