"""How far a listener has come: which deliveries are acknowledged, kept in a file that a crash leaves whole."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections import deque
from pathlib import Path
from typing import Any

from axme.exceptions import AxmeValueError

STATE_VARIABLE = "AXME_STATE_DIR"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Acknowledged:
    """The deliveries that are done with: all up to ``cursor``, and some beyond.

    Pure: no file, no thread.
    """

    def __init__(self, cursor: int = 0, beyond: set[int] | None = None) -> None:
        self.cursor = cursor
        self.beyond = set(beyond or ())
        self._given: deque[int] = deque()

    def give(self, seq: int) -> bool:
        """Whether the delivery ``seq`` is to be given out; not if it was acknowledged before a restart."""
        self._given.append(seq)
        if seq in self.beyond:
            self._move()
            return False
        return True

    def done(self, seq: int) -> None:
        """``seq`` is done with; the cursor moves over all that are done without a gap."""
        self.beyond.add(seq)
        self._move()

    def _move(self) -> None:
        while self._given and self._given[0] in self.beyond:
            self.cursor = max(self.cursor, self._given.popleft())
        self.beyond = {seq for seq in self.beyond if seq > self.cursor}


class Bookmark:
    """What is acknowledged, in a file; one process at a time has it.

    Args:
        place: a path, or a bare name: ``$AXME_STATE_DIR/bookmarks/<name>.json``, by default below ``~/.axme``.
        subject: what it is a place in; another's bookmark is refused.

    Raises:
        AxmeValueError: it is of something else, in use by another listener, or no bookmark at all.
    """

    def __init__(self, place: str | os.PathLike[str], subject: str) -> None:
        self._lock = -1
        self.path = path_of(place)
        self._subject = subject
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._hold()
            self.acknowledged = self._read()
        except BaseException:
            self.close()
            raise

    def save(self) -> None:
        """Put it on disk: written aside, synced and renamed, so that the file is the old one or the new."""
        said = {"of": self._subject, "cursor": self.acknowledged.cursor, "beyond": sorted(self.acknowledged.beyond)}
        aside = self.path.with_name(f"{self.path.name}.new")
        with open(aside, "w", encoding="utf-8") as file:
            json.dump(said, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, self.path)
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def close(self) -> None:
        """Let another listener have it."""
        lock, self._lock = self._lock, -1
        if lock >= 0:
            os.close(lock)

    def __del__(self) -> None:
        self.close()

    def _hold(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AxmeValueError(f"another listener is using the bookmark {self.path}") from None

    def _read(self) -> Acknowledged:
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Acknowledged()
        except ValueError:
            raise AxmeValueError(f"{self.path} is no bookmark: it holds no JSON") from None
        if not _is_bookmark(said):
            raise AxmeValueError(f"{self.path} is no bookmark")
        if said["of"] != self._subject:
            raise AxmeValueError(f"{self.path} is a bookmark of {said['of']}, not of {self._subject}")
        return Acknowledged(said["cursor"], set(said["beyond"]))


def path_of(place: str | os.PathLike[str]) -> Path:
    """The file a bookmark is kept in."""
    if isinstance(place, os.PathLike) or os.sep in place or place.endswith(".json"):
        return Path(place).expanduser()
    if not _NAME.fullmatch(place):
        raise AxmeValueError(f"a bookmark is a path, or a name of letters, digits, '.', '_' and '-', not {place!r}")
    return Path(os.environ.get(STATE_VARIABLE) or Path.home() / ".axme") / "bookmarks" / f"{place}.json"


def _is_bookmark(said: Any) -> bool:
    return (
        isinstance(said, dict)
        and isinstance(said.get("of"), str)
        and type(said.get("cursor")) is int
        and isinstance(said.get("beyond"), list)
        and all(type(seq) is int for seq in said["beyond"])
    )
