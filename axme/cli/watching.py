"""Following one intent: a line for each event, and below them one that stays alive."""

from __future__ import annotations

from contextlib import nullcontext

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from axme.cli import show
from axme.display.story import Moment, Story, since
from axme.resources.intent import Intent


def follow(intent: Intent, *, timeout: float | None, as_json: bool) -> None:
    """Print the events of an intent until it has ended.

    Raises:
        AxmeTimeoutError: it has not ended in time.
    """
    out = show.console()
    live = Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn(), console=out)
    live.live.transient = True
    seen = Story()
    with live if out.is_terminal and not as_json else nullcontext(), intent.observe(timeout=timeout) as events:
        task = live.add_task("connecting")
        for event in events:
            if as_json:
                show.as_json_line(event.raw)
                continue
            moment = seen.tell(event.raw)
            out.print(_line(moment))
            live.update(task, description=f"{moment.status} {_waits(seen)}".rstrip())


def _line(moment: Moment) -> Text:
    return Text.assemble(
        (since(moment.after).rjust(10), "bright_black"), "  ", f"{moment.what:<20} ", show.word(moment.status),
        "  " if moment.about else "", show.clean(moment.about),
    )  # fmt: skip


def _waits(seen: Story) -> str:
    return show.clean(f"for {seen.holder}") if seen.holder else ""
