"""What others made, in environments of their own, made once and kept in the cache directory."""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

Say = Callable[[str], None]
FLAT_SDK = ("axme==0.2.0",)
RESTATE_SDK = ("restate-sdk==1.3.0", "hypercorn==0.18.0", "aiohttp==3.14.5", "requests==2.34.2")
RESTATE_SERVER = "@restatedev/restate-server@1.7.12"


class PeerMissing(RuntimeError):
    """The baseline could not be installed."""


def python(requirements: tuple[str, ...], say: Say) -> str:
    """The interpreter that has ``requirements``; installs them on first use.

    Raises:
        PeerMissing: the package index did not give them.
    """
    home = _home(requirements[0])
    program, ready = home / "bin" / "python", home / "ready"
    if not ready.exists():
        say(f"installing {', '.join(requirements)} into {home}")
        venv.create(home, with_pip=True, clear=True)
        _run(
            [str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements],
            f"{requirements[0]} is the baseline and could not be installed from the package index; "
            "check the network or pip's settings and run again. pip said",
        )
        ready.touch()
    return str(program)


def npm_program(package: str, name: str, say: Say) -> str:
    """The program ``name`` of an npm package; installs it on first use.

    Raises:
        PeerMissing: there is no npm here, or it did not get the package.
    """
    home = _home(package)
    program = home / "node_modules" / ".bin" / name
    if not program.exists():
        if shutil.which("npm") is None:
            raise PeerMissing(f"{package} is the baseline and comes from npm: install npm and run again")
        say(f"installing {package} into {home}")
        _run(["npm", "install", "--prefix", str(home), package], f"{package} could not be installed. npm said")
    return str(program)


def _home(what: str) -> Path:
    """Where it lives: below ``$XDG_CACHE_HOME/axme-bench`` or ``~/.cache/axme-bench``."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "axme-bench" / what.strip("@").replace("==", "-").replace("@", "-").replace("/", "-")


def _run(command: list[str], failure: str) -> None:
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode:
        raise PeerMissing(f"{failure}: {found.stderr.strip()[-400:]}")
