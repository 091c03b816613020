"""The harness itself: what is drawn from the rounds, how it is shown, and that it runs. Never a time."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.bench import __main__ as command
from tests.bench import peers
from tests.bench.children import Child
from tests.bench.rounds import Goal, Row, interleave, percentile
from tests.bench.table import figure, render


def test_the_ratio_is_drawn_round_by_round() -> None:
    # The machine doubles its speed after the first round: the medians drift apart, the ratios do not.
    row = Row("calls", "calls/s", ours=[10, 20, 20], baseline=[5, 10, 10], goal=Goal("at least", 2.0))
    assert row.ratio == 2.0
    assert row.difference == 10
    assert row.reached is True


@pytest.mark.parametrize(
    ("goal", "reached"),
    [
        (Goal("at least", 1.5), True),
        (Goal("at least", 2.5), False),
        (Goal("at most", 2.0), True),
        (Goal("at most", 1.9), False),
        (Goal("at most", 3, of="difference"), True),
        (Goal("at most", 2.9, of="difference"), False),
        (Goal("at most", 6, of="value"), True),
        (Goal("at least", 7, of="value"), False),
    ],
)
def test_a_goal_is_held_against_the_figure_it_names(goal: Goal, reached: bool) -> None:
    assert Row("x", "ms", ours=[6.0], baseline=[3.0], goal=goal).reached is reached


def test_a_ratio_goal_without_a_baseline_is_not_reached() -> None:
    assert Row("x", "ms", ours=[1.0], goal=Goal("at most", 1)).reached is False
    assert Row("x", "ms", ours=[1.0]).reached is None


def test_rounds_are_interleaved_and_nobody_always_goes_first() -> None:
    order: list[str] = []

    def run(name: str) -> str:
        order.append(name)
        return name

    found = interleave({name: partial(run, name) for name in "abc"}, 3)
    assert order == list("abcbcacab")
    assert found == {name: [name] * 3 for name in "abc"}


def test_percentiles() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile([3.0], 0.99)) == (51, 100, 3)


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (1634.7, "1,635"), (56.07, "56.1"), (5.607, "5.61"), (0.0421, "0.042")]
)
def test_figures_keep_the_digits_that_matter(value: float | None, text: str) -> None:
    assert figure(value) == text


def test_the_table_is_aligned_and_says_what_is_missed() -> None:
    rows = [
        Row("a long name", "ms", [2.0], [1.0], "floor", Goal("at most", 1.5)),
        Row("b", "calls/s", [1200.0], [1000.0], "flat SDK", Goal("at least", 1.0)),
    ]
    assert render("Title", rows).splitlines() == [
        "Title",
        "=====",
        "             unit      axme  baseline  against   ratio  goal    reached",
        "-" * 71,
        "a long name  ms        2.00      1.00  floor     2.00x  ≤ 1.5x  NO",
        "b            calls/s  1,200     1,000  flat SDK  1.20x  ≥ 1x    yes",
    ]


def test_an_unknown_benchmark_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["nonsense"])
    assert "there is no benchmark nonsense; there are calls" in capsys.readouterr().err


def test_a_child_that_fails_says_why() -> None:
    child = Child([sys.executable, "-c", 'input(); print(\'{"failure": "no"}\')'])
    try:
        with pytest.raises(RuntimeError, match=r"no$"):
            child.ask("anything")
        with pytest.raises(RuntimeError, match="ended"):
            child.hear()
    finally:
        child.close()


def test_a_cheap_benchmark_runs_and_writes_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["load", "--quick", "--json", str(tmp_path / "found.json")]) == 0
    assert "json.loads" in capsys.readouterr().out
    (row, *_) = json.loads((tmp_path / "found.json").read_text())["benchmarks"]["load"]["rows"]
    assert row["ratio"] > 0
    assert len(row["ours"]) == 2


def test_what_cannot_be_measured_is_reported_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert command.main(["syncs", "--quick"]) == 1
    assert "syncs: not measured. NoTrace: strace is not installed" in capsys.readouterr().out


def test_what_comes_from_npm_is_asked_for_by_name_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(peers.PeerMissing, match=r"restate-server.*install npm and run again"):
        peers.npm_program(peers.RESTATE_SERVER, "restate-server", lambda _: None)
