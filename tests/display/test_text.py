"""Tables of plain text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.display.text import age, table


def test_columns_stand_below_one_another() -> None:
    shown = table(
        ["agent", "intents", "note"], [["shop", 12, "x"], ["worker", None, "a\nb\x1b[31m"], ["w" * 99, 3, ""]]
    )
    lines = shown.splitlines()
    assert [line[60:69] for line in lines] == ["  intents", "       12", "        -", "        3"]
    assert lines[2].endswith("a?b?[31m")
    assert lines[3].startswith("w" * 59 + "…")
    assert table(["only", "titles"], []) == "only  titles"


@given(st.lists(st.lists(st.none() | st.integers() | st.text(), min_size=2, max_size=2)))
def test_every_row_is_one_line(rows: list[list[object]]) -> None:
    assert len(table(["a", "b"], rows).split("\n")) == len(rows) + 1


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (None, "never"),
        (timedelta(seconds=-3), "0 s ago"),
        (timedelta(seconds=59.9), "59 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=30), "1 d ago"),
    ],
)
def test_how_long_ago(since: timedelta | None, told: str) -> None:
    assert age(since) == told
