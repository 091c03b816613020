"""A real PostgreSQL for tests: the one that is given, or a private one from Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.plain import free_port

GIVEN = "AXME_TEST_POSTGRES_URL"
_USER = "postgres"


def why_absent() -> str | None:
    """Why there is no PostgreSQL to test with, or ``None`` when there is."""
    return None if os.environ.get(GIVEN) else why_no_private()


def why_no_private() -> str | None:
    """The same for a server that is stopped and started, which a given one may not be."""
    if _bin():
        return None
    return f"needs PostgreSQL: install Debian's package postgresql, or set {GIVEN} to a server the tests may fill"


class Private:
    """A server of our own, which may crash and come back."""

    def __init__(self, folder: Path, bin_dir: Path) -> None:
        self._data = folder / "data"
        self._data.mkdir()
        as_postgres: list[str] = []
        if os.geteuid() == 0:  # initdb refuses to run as root
            shutil.chown(self._data, _USER)
            as_postgres = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"]
        _quietly(
            [
                *as_postgres,
                bin_dir / "initdb",
                "-D",
                self._data,
                "-U",
                _USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-locale",
            ]
        )
        self.port = port = free_port()
        self.url = f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        self._options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._data} -c max_connections=200"
        )
        self._control = [*as_postgres, bin_dir / "pg_ctl", "-D", self._data, "-w"]

    def start(self) -> None:
        """Run, and answer; after a crash, with everything that was committed."""
        _quietly([*self._control, "-l", self._data / "log", "-o", self._options, "start"])

    def crash(self) -> None:
        """End without a checkpoint, cutting every connection."""
        _quietly([*self._control, "-m", "immediate", "stop"])


@contextmanager
def private() -> Iterator[Private]:
    """A server of our own for as long as the block lasts; it must be running at the end."""
    bin_dir = _bin()
    assert bin_dir is not None, "needs Debian's package postgresql"
    with tempfile.TemporaryDirectory(prefix="axme-pg-") as folder:
        os.chmod(folder, 0o755)
        made = Private(Path(folder), bin_dir)
        made.start()
        try:
            yield made
        finally:
            made.crash()


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server, for as long as the block lasts."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with private() as made:
        yield made.url


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """The URL of an empty database of its own, dropped afterwards."""
    url = create(server_url)
    try:
        yield url
    finally:
        drop(server_url, url)


def create(server_url: str, template: str | None = None) -> str:
    """Make a database, empty or like that at the URL ``template``, and return its URL."""
    import psycopg

    name = f"axme_{uuid.uuid4().hex[:12]}"
    like = f" TEMPLATE {_name(template)}" if template else ""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{like}")
    return f"{server_url.rsplit('/', 1)[0]}/{name}"


def drop(server_url: str, url: str) -> None:
    """Remove a database, whoever is connected to it."""
    import psycopg

    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)")


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1]


def _bin() -> Path | None:
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def _quietly(command: list[object]) -> None:
    # Output goes to a file: a server that inherits a pipe would keep us waiting for its end.
    with tempfile.TemporaryFile() as log:
        done = subprocess.run([str(part) for part in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        if done.returncode:
            log.seek(0)
            raise RuntimeError(f"{command[-1]} failed:\n{log.read().decode()}")
