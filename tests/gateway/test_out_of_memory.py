"""Without memory the process ends, whoever swallows the error."""

from __future__ import annotations

import subprocess
import sys

import pytest

from axme.gateway.out_of_memory import EXIT_CODE

_BEGIN = """
import asyncio, concurrent.futures, logging, threading
from axme.gateway import out_of_memory
logging.basicConfig()
out_of_memory.watch()
def fail(*_):
    raise MemoryError
"""
_WAYS = {
    "a thread": "thread = threading.Thread(target=fail); thread.start(); thread.join()",
    "a callback of a future": """
future = concurrent.futures.Future()
future.add_done_callback(fail)
future.set_result(1)""",
    "a callback of the loop": """
async def main():
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0.1)
asyncio.run(main())""",
    "where nobody can catch it": "class Closed:\n    __del__ = fail\nClosed()",
    "the cause of another error": """
try:
    try:
        fail()
    except MemoryError as error:
        raise ValueError("no room") from error
except ValueError:
    logging.exception("it failed")""",
}


@pytest.mark.parametrize("way", _WAYS)
def test_it_ends(way: str) -> None:
    ended = _run(_WAYS[way])
    assert ended.returncode == EXIT_CODE
    assert "no memory is left" in ended.stderr


def test_it_ends_where_nobody_listens_any_more() -> None:
    assert _run("import os\nos.close(2)\n" + _WAYS["a thread"]).returncode == EXIT_CODE


def test_other_errors_are_told_as_ever() -> None:
    ended = _run(_WAYS["a thread"].replace("fail", "lambda: 1 / 0") + "\nlogging.error('no')\nprint('still here')")
    assert ended.returncode == 0
    assert "ZeroDivisionError" in ended.stderr
    assert ended.stdout == "still here\n"


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", _BEGIN + code], capture_output=True, text=True, timeout=30)
