"""The directory a gateway lives in: who holds it, its credentials, its test clock, and the note that it is ready.

Everything in it is for its owner alone (0700 and 0600).
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

CREDENTIALS = "credentials.json"
READY = "ready.json"
SECRET = "secret.json"
LOG = "gateway.log"
_CLOCK = "clock.json"
_LOCK = "lock"
_SECRET_BYTES = 32


class DataDirError(Exception):
    """The directory cannot be used; the message says why and what to do."""


class DataDir:
    """An open data directory, held by this process until it ends or calls :meth:`release`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.chmod(0o700)
            self._lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DataDirError(
                f"cannot write to the data directory {path}: {error.strerror}. Choose another with --data-dir."
            ) from None
        self._take()

    def _take(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._lock)
            raise DataDirError(
                f"another gateway (pid {holder}) uses {self.path}. Stop it, or choose another --data-dir."
            ) from None
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, f"{os.getpid()}\n".encode("ascii"), 0)
        self.withdraw_ready()

    @property
    def credentials_file(self) -> Path:
        """Where the first key is kept."""
        return self.path / CREDENTIALS

    def save_credentials(self, credentials: dict[str, Any]) -> None:
        """Keep the key of the first boot."""
        write_private(self.credentials_file, credentials)

    def own_secret(self) -> str:
        """What this gateway signs with beside what its database holds; made at the first start."""
        saved = read_json(self.path / SECRET)
        if saved is None:
            saved = {"secret": secrets.token_hex(_SECRET_BYTES)}
            write_private(self.path / SECRET, saved)
        return str(saved["secret"])

    def announce_ready(self, base_url: str, port: int) -> None:
        """Tell whoever started us that requests are answered from now on."""
        write_private(self.path / READY, {"pid": os.getpid(), "port": port, "base_url": base_url})

    def withdraw_ready(self) -> None:
        """Take the note back, ours or the one of a process that was killed."""
        (self.path / READY).unlink(missing_ok=True)

    def release(self) -> None:
        """Let another process use the directory."""
        self.withdraw_ready()
        os.close(self._lock)


def save_clock(path: Path, now: datetime) -> None:
    """Keep where the test clock of the directory ``path`` stands."""
    write_private(path / _CLOCK, {"now": now.isoformat()})


def saved_clock(path: Path) -> datetime | None:
    """Where it stood last; ``None`` for a directory that never had one."""
    saved = read_json(path / _CLOCK)
    return datetime.fromisoformat(saved["now"]) if saved else None


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file in one step, readable by its owner alone."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(scratch, path)


def read_json(path: Path) -> dict[str, Any] | None:
    """The content of a file written by :func:`write_private`, or ``None`` when there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DataDirError(f"cannot read {path}: {error}") from None
    return content if isinstance(content, dict) else None
