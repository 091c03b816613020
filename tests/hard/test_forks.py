"""Children forked off a warm client: nobody gets another's answer, and the parent goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from axme.gateway import LocalGateway

CHILDREN = 8
CALLS = 200
PROGRAM = f"""
import os, sys, traceback
from axme.client import AxmeClient
from axme.config import AxmeClientConfig
from axme.exceptions import AxmeClosedError

client = AxmeClient(AxmeClientConfig())

def send(name):
    answer = client.create_intent(
        {{"intent_type": "fork.v1", "to_agent": "worker", "payload": {{"name": name}}}}, correlation_id=name
    )
    assert answer["correlation_id"] == name, answer
    return answer["intent_id"]

mine = [send(f"parent-{{number}}") for number in range(5)]
open_stream = client.observe(mine[0])
assert next(open_stream)["seq"] == 1

def live(child):
    try:
        next(open_stream)
    except AxmeClosedError:
        pass
    else:
        raise AssertionError("a stream of the parent went on in its child")
    assert client.get_intent(mine[1])["payload"] == {{"name": "parent-1"}}
    sent = {{}}
    for number in range({CALLS} // 2):
        name = f"child-{{child}}-{{number}}"
        sent[name] = send(name)
        assert client.get_intent(sent[name])["payload"] == {{"name": name}}
    assert len(set(sent.values())) == {CALLS} // 2

children = []
for child in range({CHILDREN}):
    pid = os.fork()
    if not pid:
        try:
            live(child)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    children.append(pid)
for number in range(100):
    name = f"after-{{number}}"
    assert client.get_intent(send(name))["payload"] == {{"name": name}}
assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * {CHILDREN}
assert client.get_intent(mine[2])["payload"] == {{"name": "parent-2"}}
client.resolve_intent(mine[0], {{"status": "CANCELED"}})
assert [event["seq"] for event in open_stream] == [2, 3, 4]
client.close()
"""


def test_children_of_a_warm_client_live_their_own_lives(fresh_gateway: LocalGateway) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-W", "ignore::DeprecationWarning", "-c", PROGRAM],
        env={
            **os.environ,
            "AXME_BASE_URL": fresh_gateway.base_url,
            "AXME_API_KEY": fresh_gateway.api_key,
            "PYTHONPATH": str(root),
        },
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with fresh_gateway.client() as client:
        names = [intent["payload"]["name"] for intent in client.list_intents(limit=1000)["intents"]]
    assert len(names) == len(set(names)) == 5 + 100 + CHILDREN * CALLS // 2
