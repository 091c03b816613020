"""Bookmarks: what is acknowledged survives, nothing else is skipped, and the file is always whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme import Agent, AxmeClient, AxmeValueError
from axme.streaming.bookmark import Acknowledged, Bookmark, path_of

SEQS = st.lists(st.integers(1, 10_000), unique=True, min_size=1, max_size=30).map(sorted)


@given(SEQS, st.data())
def test_a_restart_brings_exactly_what_was_not_acknowledged(seqs: list[int], data: st.DataObject) -> None:
    first = Acknowledged()
    given_out = seqs[: data.draw(st.integers(0, len(seqs)))]
    for seq in given_out:
        assert first.give(seq)
    done = data.draw(st.lists(st.sampled_from(given_out), unique=True)) if given_out else []
    for seq in done:
        first.done(seq)
    second = Acknowledged(first.cursor, first.beyond)
    again = [seq for seq in seqs if seq > second.cursor and second.give(seq)]
    assert again == [seq for seq in seqs if seq not in done]


def test_the_cursor_moves_only_past_an_acknowledged_prefix() -> None:
    kept = Acknowledged()
    for seq in (3, 5, 9):
        kept.give(seq)
    kept.done(9)
    kept.done(5)
    assert (kept.cursor, kept.beyond) == (0, {5, 9})
    kept.done(3)
    assert (kept.cursor, kept.beyond) == (9, set())


def test_a_name_lives_in_the_state_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AXME_STATE_DIR", str(tmp_path))
    assert path_of("orders") == tmp_path / "bookmarks" / "orders.json"
    assert path_of("./orders") == Path("orders")
    assert path_of(tmp_path / "x") == tmp_path / "x"
    monkeypatch.delenv("AXME_STATE_DIR")
    assert path_of("orders") == Path.home() / ".axme" / "bookmarks" / "orders.json"
    with pytest.raises(AxmeValueError, match="letters"):
        path_of("or ders")


def test_what_is_wrong_with_a_bookmark_is_said(tmp_path: Path) -> None:
    place = tmp_path / "place.json"
    first = Bookmark(place, "agent a")
    with pytest.raises(AxmeValueError, match="another listener"):
        Bookmark(place, "agent a")
    first.save()
    first.close()
    with pytest.raises(AxmeValueError, match="bookmark of agent a, not of agent b"):
        Bookmark(place, "agent b")
    for text, said in (("{", "no JSON"), ("[]", "is no bookmark"), ('{"of": "x", "cursor": "1"}', "is no bookmark")):
        place.write_text(text)
        with pytest.raises(AxmeValueError, match=said):
            Bookmark(place, "agent a")


def test_a_listener_with_a_bookmark_goes_on_where_it_was(agent: Agent, client: AxmeClient, tmp_path: Path) -> None:
    place = tmp_path / "place"
    sent = [client.intents.create("job.v1", to=agent, payload={"n": n}).id for n in range(4)]
    with agent.listen(bookmark=place, timeout=20) as arriving:
        given_out = [next(arriving) for _ in range(4)]
        assert [intent.id for intent in given_out] == sent
        arriving.ack(given_out[0])
        arriving.ack(given_out[2])
        arriving.ack(given_out[2])
        first = arriving.acknowledged
    with agent.listen(bookmark=place, timeout=20) as arriving:
        assert arriving.acknowledged == first > 0
        assert [next(arriving).id, next(arriving).id] == [sent[1], sent[3]]
        arriving.ack()
        sent.append(client.intents.create("job.v1", to=agent, payload={"n": 4}).id)
    assert len(json.loads(place.read_text())["beyond"]) == 2
    with agent.listen(bookmark=place, timeout=20) as arriving:
        assert [next(arriving).id, next(arriving).id] == [sent[1], sent[4]]
    with pytest.raises(AxmeValueError, match="either"):
        agent.listen(bookmark=place, since=3)


PROGRAM = """
import sys
from axme import AxmeClient
agent = AxmeClient.from_env().agents.handle(sys.argv[1])
with agent.listen(bookmark=sys.argv[2], timeout=60) as arriving:
    for intent in arriving:
        print(intent.payload["n"], flush=True)
        arriving.ack(intent)
"""


def test_killed_again_and_again_a_listener_loses_nothing(agent: Agent, client: AxmeClient, tmp_path: Path) -> None:
    total, seen = 40, []
    for n in range(total):
        client.intents.create("job.v1", to=agent, payload={"n": n})
    config = agent._api.config
    env = os.environ | {"AXME_API_KEY": config.api_key, "AXME_BASE_URL": config.base_url}
    runs = 0
    while len(set(seen)) < total:
        runs += 1
        command = [sys.executable, "-c", PROGRAM, agent.address, str(tmp_path / "place")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as program:
            assert program.stdout
            for line in program.stdout:
                seen.append(int(line))
                if len(set(seen)) in (total, 10 * runs):
                    program.send_signal(signal.SIGKILL)
    assert len(seen) <= total + 2 * runs, "only what was under way at a kill comes twice"
