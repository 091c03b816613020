"""A node's name is its own."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from axme.gateway.local import GatewayStartError
from tests.nodes.conftest import Join, caller_of
from tests.plain import Caller, make_agent, until


def names(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT node_id FROM nodes")}


def test_a_second_node_of_the_same_name_is_refused_and_the_first_goes_on(join: Join) -> None:
    first = join("--node-id", "alpha")
    with pytest.raises(GatewayStartError, match="another gateway runs as node 'alpha'"):
        join("--node-id", "alpha")
    assert caller_of(first, first).create()


def test_a_killed_node_comes_back_under_its_name_at_once(join: Join, own_database: str) -> None:
    first = join("--node-id", "alpha")
    for _ in range(3):
        first.kill()
        first.restart()
    assert names(own_database) == {"alpha"}


def test_nodes_without_a_name_get_one_each_and_give_it_back(join: Join, own_database: str) -> None:
    nodes = [join() for _ in range(2)]
    assert len(names(own_database)) == 2
    nodes[0].stop()
    assert len(names(own_database)) == 1


def test_two_nodes_that_start_at_once_on_an_empty_database_both_serve(join: Join, own_database: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        nodes = [one.result() for one in [pool.submit(join) for _ in range(3)]]
    (first,) = [node for node in nodes if node.data_dir.joinpath("credentials.json").exists()]
    for node in nodes:
        assert caller_of(node, first).create()


def test_a_key_revoked_on_one_node_is_refused_on_the_other_within_a_second(join: Join) -> None:
    one, two = join(), join()
    with caller_of(one, one) as mine:
        agent = make_agent(mine)
        with Caller(two.base_url, agent.key) as other:
            assert other.send("GET", "/v1/intents").status_code == 200
            with other.stream(f"/v1/agents/{agent.address}/intents/stream", wait_seconds=60) as frames:
                mine.post(f"/v1/service-accounts/{agent.service_account_id}/keys/{agent.key_id}/revoke")
                # It is told at once, and looks again each second; the rest is room for a busy machine.
                until(lambda: other.send("GET", "/v1/intents").status_code == 401, seconds=5.0)
                began = time.monotonic()
                assert [frame.event for frame in frames] == ["stream.timeout"]
                assert time.monotonic() - began < 15
