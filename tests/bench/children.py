"""Programs measured in a process of their own, asked by one JSON line and answering with one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BASELINES = Path(__file__).parent / "baselines"


def trimmed(**more: str) -> dict[str, str]:
    """The environment of what is measured: no proxy and no client setting of the caller may change a figure."""
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")} | more


class Child:
    """A running child."""

    def __init__(self, command: Sequence[str], *, sees_tree: bool = True) -> None:
        self._name = " ".join(command[1:3])
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env=trimmed(PYTHONPATH=str(ROOT)) if sees_tree else trimmed(),
        )

    @classmethod
    def script(cls, name: str, *arguments: str, python: str = sys.executable) -> Child:
        """A file of ``baselines/``; it sees its neighbours and the packages of ``python``, not this tree."""
        return cls([python, str(BASELINES / f"{name}.py"), *arguments], sees_tree=False)

    @classmethod
    def module(cls, name: str) -> Child:
        """A module of this tree."""
        return cls([sys.executable, "-m", name])

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def hear(self) -> Any:
        """The next line it prints, decoded."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(
                f"the process {self._name} ended (exit status {self._process.wait()}); its error is above"
            )
        answer = json.loads(line)
        if isinstance(answer, dict) and "failure" in answer:
            raise RuntimeError(f"{self._name}: {answer['failure']}")
        return answer

    def ask(self, verb: str, **arguments: Any) -> Any:
        """Have it do one thing and return what it found."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"verb": verb, **arguments}) + "\n")
        self._process.stdin.flush()
        return self.hear()

    def close(self) -> None:
        """End it; a process that does not listen is killed."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
