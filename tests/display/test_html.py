"""Cards and tables: every value is text, secrets are hidden, nothing depends on the time of day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.display import html
from axme.display.theme import style
from axme.display.tones import colored, tone, wants_color
from axme.display.values import line, moment, span

EVIL = "<script>alert(1)</script>\"'&"


class Tags(HTMLParser):
    """Which tags stand in a text, and what it says outside of the style sheet."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said = ""
        self.attributes: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.said += data


def test_a_card_says_what_it_is_given_and_nothing_as_markup() -> None:
    shown = Tags(
        html.card(
            EVIL, EVIL, EVIL, [(EVIL, EVIL), ("payload", {EVIL: [EVIL]})], [html.part(EVIL, html.Markup(""))], EVIL
        )
    )
    assert "script" not in shown.tags
    assert shown.said.count("<script>") >= 7


def test_a_table_has_counts_and_numbers_to_the_right() -> None:
    rows: list[list[Any]] = [["a", "WAITING", 1], ["b", "WAITING", 12], [EVIL, "COMPLETED", None]]
    text = html.grid("intents", ["id", "status", "seq"], rows, note="there may be more")
    shown = Tags(text)
    assert "script" not in shown.tags
    assert "intents3WAITING 2COMPLETED 1there may be more" in shown.said
    assert '<td class="axme-right">12</td>' in text


def test_a_table_draws_so_many_rows_and_says_how_many_are_left() -> None:
    assert "50 more are not drawn" in html.grid("events", ["seq"], [[number] for number in range(250)])


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.datetimes(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_any_value_is_one_line_and_well_formed(value: Any) -> None:
    assert line(value).isprintable()
    assert len(line(value)) <= 120
    assert set(Tags(html.value(value)).tags) <= {"span", "code", "time"}


def test_what_turns_the_writing_direction_or_moves_a_cursor_is_seen() -> None:
    assert line("a\u202eb\x1b[31m\nc") == "a?b?[31m c"


@pytest.mark.parametrize(
    "value",
    [
        {"api_key": "canary"},
        {"deep": [{"Password": "canary canary"}]},
        {"webhook_secret": "canary"},
        "whsec_canary",
        "axme_sa_1.canary",
        "Bearer canary",
        "https://example.com/invites/canary",
        "https://example.com/t?token=canary",
    ],
)
def test_what_looks_like_a_secret_is_hidden(value: Any) -> None:
    assert "canary" not in line(value)
    assert "canary" not in html.value(value)
    assert "[hidden]" in line(value)


def test_numbers_under_a_telling_name_are_no_secrets() -> None:
    assert line({"tokens_per_day": 5}) == '{"tokens_per_day": 5}'


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(milliseconds=340), "340 ms"),
        (timedelta(seconds=5.25), "5.2 s"),
        (timedelta(seconds=65), "1 min 5 s"),
        (timedelta(days=2, hours=4, minutes=3), "2 d 4 h"),
        (timedelta(hours=3), "3 h"),
        (timedelta(seconds=-1), "0 ms"),
    ],
)
def test_how_long(length: timedelta, told: str) -> None:
    assert span(length) == told


def test_moments_are_told_in_utc() -> None:
    assert moment(datetime(2026, 11, 22, 12, 0, 3, 999, tzinfo=UTC)) == "2026-11-22 12:00:03"
    assert '<time datetime="2026-11-22T12:00:03+00:00">' in html.value(datetime(2026, 11, 22, 12, 0, 3, tzinfo=UTC))


def test_an_intent_on_its_way_is_not_a_delivery_that_arrived() -> None:
    assert (tone("DELIVERED"), tone("delivered"), tone("WAITING"), tone("no such word")) == ("busy", "good", "wait", "")


class Terminal:
    def __init__(self, sits: bool) -> None:
        self.isatty = lambda: sits


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal: Any = Terminal(True)
    assert colored("FAILED", terminal) == "\x1b[31mFAILED\x1b[0m"
    assert colored("other", terminal) == "other"
    for stream in (Terminal(False), None, object()):
        assert colored("FAILED", stream) == "FAILED"  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color(terminal)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_color(terminal)


def test_no_rule_reaches_outside_of_its_own() -> None:
    sheet = style().removeprefix("<style>").removesuffix("</style>").replace("@media (prefers-color-scheme:dark){", "")
    selectors = [part.rpartition("}")[2] for part in sheet.split("{")[:-1]]
    assert selectors
    for selector in selectors:
        for one in selector.split(","):
            assert ".axme" in one, f"{one!r} would reach what others have drawn"
