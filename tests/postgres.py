"""A real PostgreSQL for tests: the one that is given, or a private one from Debian's package."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIVEN = "AXME_TEST_POSTGRES_URL"
_USER = "postgres"


def why_absent() -> str | None:
    """Why there is no PostgreSQL to test with, or ``None`` when there is."""
    if os.environ.get(GIVEN) or _bin():
        return None
    return f"needs PostgreSQL: install Debian's package postgresql, or set {GIVEN} to a server the tests may fill"


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server, for as long as the block lasts."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="axme-pg-") as folder:
        data = Path(folder) / "data"
        os.chmod(folder, 0o755)
        data.mkdir()
        as_postgres: list[str] = []
        if os.geteuid() == 0:  # initdb refuses to run as root
            shutil.chown(data, _USER)
            as_postgres = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"]
        port = _free_port()
        bin_dir = _bin()
        assert bin_dir is not None
        _quietly(
            [*as_postgres, bin_dir / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-locale"]
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c max_connections=200"
        control = [*as_postgres, bin_dir / "pg_ctl", "-D", data, "-w"]
        _quietly([*control, "-l", data / "log", "-o", options, "start"])
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            _quietly([*control, "-m", "immediate", "stop"])


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """The URL of an empty database of its own, dropped afterwards."""
    import psycopg

    name = f"axme_{uuid.uuid4().hex[:12]}"
    base = server_url.rsplit("/", 1)[0]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{base}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _bin() -> Path | None:
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def _quietly(command: list[object]) -> None:
    # Output goes to a file: a server that inherits a pipe would keep us waiting for its end.
    with tempfile.TemporaryFile() as log:
        done = subprocess.run([str(part) for part in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        if done.returncode:
            log.seek(0)
            raise RuntimeError(f"{command[-1]} failed:\n{log.read().decode()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
