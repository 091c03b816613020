"""A gateway as a child process: started, waited for, and never left behind."""

from __future__ import annotations

import atexit
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from axme.gateway.datadir import CREDENTIALS, LOG, READY, read_json
from axme.gateway.mailbox import WrittenMail, wait_for_mails
from axme.gateway.settings import (
    DATABASE_VARIABLE,
    DEFAULT_HOST,
    OUTBOX,
    PUBLIC_URL_VARIABLE,
    SENDER_VARIABLE,
    SMTP_VARIABLE,
    default_data_dir,
)

if TYPE_CHECKING:
    from axme.client import AxmeClient

STOP_SECONDS = 5.0
#: Years of reminders may lie on the way.
ADVANCE_SECONDS = 600.0
_LOOK_SECONDS = 0.01
_LOG_LINES = 20
_NEEDED = ("starlette", "uvicorn", "httptools", "sqlalchemy", "alembic", "jsonschema", "itsdangerous", "jinja2")
_running: set[LocalGateway] = set()


class GatewayStartError(RuntimeError):
    """The gateway did not start; the message says why, with the last lines of its log."""


def start(
    data_dir: str | os.PathLike[str] | None = None,
    port: int = 0,
    clock: str = "real",
    database: str | None = None,
    timeout: float = 30.0,
    rate_limit: int | None = None,
    allow_local_targets: bool = False,
    smtp: str | None = None,
    mail_from: str | None = None,
    public_url: str | None = None,
) -> LocalGateway:
    """Start a gateway on this machine and wait until it answers.

    It runs as a child process, listens on loopback, and stops with this process at the latest.

    Args:
        data_dir: where its state, key and log live; default ``$AXME_GATEWAY_DIR``, else ``~/.axme/gateway``. Start
            again with the same directory and everything is still there.
        port: where it listens; 0 picks a free port.
        clock: ``"test"`` for a clock that stands still until :meth:`LocalGateway.advance` moves it.
        database: ``postgresql://…`` instead of a SQLite file in ``data_dir``.
        timeout: how many seconds to wait for it.
        rate_limit: requests a minute for each key and endpoint; ``None`` is no limit.
        allow_local_targets: let it post deliveries to this machine and its network; otherwise only public addresses.
        smtp: send mails by ``smtp://host:587`` or ``smtps://host``, with user and password from
            ``$AXME_GATEWAY_SMTP_USER`` and ``$AXME_GATEWAY_SMTP_PASSWORD``; without it they are kept as files, see
            :meth:`LocalGateway.outbox`.
        mail_from: who mails come from, such as ``Approvals <approvals@example.com>``; needed with ``smtp``.
        public_url: how people reach it, for links in mails; by default where it listens.

    Returns:
        A handle with ``base_url``, ``api_key`` and ``client()``; also a context manager that stops it.

    Raises:
        GatewayStartError: a library is missing, the directory is in use, the port is taken, or it took too long.

    Example:
        >>> with start(data_dir="/tmp/axme-doc") as gateway:  # doctest: +SKIP
        ...     gateway.client().health()["ok"]
        True
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise GatewayStartError(f'the gateway needs {", ".join(missing)}: pip install "axme[gateway]"')
    directory = Path(data_dir) if data_dir is not None else default_data_dir()
    place = directory.expanduser().absolute()
    given = {"--smtp": smtp, "--mail-from": mail_from, "--public-url": public_url}
    flags = [part for name, value in given.items() if value is not None for part in (name, value)]
    flags += ["--allow-local-targets"] if allow_local_targets else []
    gateway = LocalGateway(place, port, clock, database, rate_limit, flags)
    gateway._launch(timeout)
    return gateway


class LocalGateway:
    """A running gateway. Made by :func:`start`."""

    def __init__(
        self,
        data_dir: Path,
        port: int,
        clock: str,
        database: str | None,
        rate_limit: int | None = None,
        flags: Sequence[str] = (),
    ) -> None:
        self.data_dir = data_dir
        self.base_url = ""
        self.port = port
        self._clock = clock
        self._database = database
        self._rate_limit = rate_limit
        self._flags = list(flags)
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        state = "running" if self.is_running else "stopped"
        return f"<LocalGateway {self.base_url} {state}, data in {self.data_dir}>"

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The id of the process, while there is one."""
        return self._process.pid if self._process is not None else None

    @property
    def api_key(self) -> str:
        """The key of the first service account, which administers its workspace."""
        return self._credential("api_key")

    @property
    def org_id(self) -> str:
        """The organization made at the first boot."""
        return self._credential("org_id")

    @property
    def workspace_id(self) -> str:
        """The workspace made at the first boot."""
        return self._credential("workspace_id")

    def client(
        self, *, api_key: str | None = None, timeout: float | None = None, max_retries: int | None = None
    ) -> AxmeClient:
        """A client of this gateway.

        Args:
            api_key: another key than that of the first service account.
            timeout: seconds a call may take in all, retries included.
            max_retries: how often a failed call is tried again.
        """
        from axme.client import AxmeClient
        from axme.config import AxmeClientConfig

        given = {"timeout": timeout, "max_retries": max_retries}
        options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        return AxmeClient(AxmeClientConfig(base_url=self.base_url, api_key=api_key or self.api_key, **options))

    def outbox(self, expect: int = 0, timeout: float = 20.0) -> list[WrittenMail]:
        """The mails it has written, the oldest first, where no ``smtp`` was given.

        Args:
            expect: wait until there are so many; they are written a moment after what causes them.
            timeout: seconds to wait for them.

        Returns:
            Mails with ``subject``, ``to``, ``link``, ``text``, ``html``, ``at`` and ``file``.

        Raises:
            TimeoutError: there are fewer.
        """
        return wait_for_mails(self.data_dir / OUTBOX, expect, timeout, lambda: self.is_running)

    def advance(self, by: timedelta, *, to_next: bool = False) -> datetime:
        """Move the clock of a gateway started with ``clock="test"``; return when all that fell due is done.

        ``POST /internal/clock/advance``

        Args:
            by: how far.
            to_next: stop at the first moment at which something is due, to look around; see the answer.

        Returns:
            The new time.

        Raises:
            ValueError: ``by`` is no ``timedelta``, or negative.
            RuntimeError: the gateway runs on the real clock or is not running, or ``by`` is more than ten years.
        """
        if not isinstance(by, timedelta) or by < timedelta(0):
            raise ValueError(f"a clock goes forward only: advance by a timedelta from 0 on, not {by!r}")
        body = json.dumps({"seconds": by.total_seconds(), "to_next": to_next})
        status, answer = self._ask("POST", "/internal/clock/advance", body, seconds=ADVANCE_SECONDS)
        if status != 200:
            hint = "" if self._clock == "test" else ' (only start(clock="test") gives a clock that can be moved)'
            raise RuntimeError(f"the clock was not moved: {answer.get('message', status)}{hint}")
        return datetime.fromisoformat(answer["now"])

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Let the gateway finish what it does, and wait for its end; a second call does nothing."""
        _running.discard(self)
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the process with no time to say goodbye, as a crash would: for tests of your own programs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.stop()

    def restart(self, timeout: float = 30.0) -> None:
        """Stop it if it runs, and start it again on the same port with the same state."""
        self.stop()
        self._launch(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        log = self._open_log()
        try:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
                start_new_session=True,
            )
        finally:
            os.close(log)
        try:
            self._await_ready(deadline)
        except BaseException:
            self.kill()
            raise
        _running.add(self)

    def _open_log(self) -> int:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(self.data_dir / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise GatewayStartError(f"cannot write to the data directory {self.data_dir}: {error.strerror}") from None

    def _command(self) -> list[str]:
        options = {
            "--data-dir": self.data_dir,
            "--port": self.port,
            "--clock": self._clock,
            "--parent-pid": os.getpid(),
        } | ({"--rate-limit": self._rate_limit} if self._rate_limit is not None else {})
        # -P: what happens to lie in the working directory must not be imported.
        command = [sys.executable, "-P", "-m", "axme.gateway", *self._flags]
        return command + [str(part) for option in options.items() for part in option]

    def _environment(self) -> dict[str, str]:
        package_root = str(Path(__file__).resolve().parents[2])
        paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        for told in (DATABASE_VARIABLE, SMTP_VARIABLE, SENDER_VARIABLE, PUBLIC_URL_VARIABLE):
            environment.pop(told, None)
        # By environment, because a process list shows arguments to everyone.
        return environment | ({DATABASE_VARIABLE: self._database} if self._database else {})

    def _await_ready(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            if not self.is_running:
                raise GatewayStartError(f"the gateway stopped while starting:\n{self._log_tail()}")
            ready = read_json(self.data_dir / READY)
            if ready and ready["pid"] == self.pid:
                self.base_url, self.port = ready["base_url"], ready["port"]
                status, answer = self._ask("GET", "/health", None, seconds=max(0.1, deadline - time.monotonic()))
                if status == 200 and answer.get("ok"):
                    return
            time.sleep(_LOOK_SECONDS)
        raise GatewayStartError(f"the gateway did not answer in time:\n{self._log_tail()}")

    def _log_tail(self) -> str:
        text = (self.data_dir / LOG).read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-_LOG_LINES:]) or "(its log is empty)"

    def _credential(self, name: str) -> str:
        credentials = read_json(self.data_dir / CREDENTIALS)
        if credentials is None:
            raise RuntimeError(
                f"{self.data_dir} holds no {CREDENTIALS}: another gateway set up the database, and the key is in its"
                " data directory"
            )
        found: str = credentials[name]
        return found

    def _ask(self, method: str, path: str, body: str | None, *, seconds: float) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(DEFAULT_HOST, self.port, timeout=seconds)
        headers = {"x-api-key": self.api_key, "Content-Type": "application/json"} if body is not None else {}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise RuntimeError(f"the gateway at {self.base_url} does not answer: {error}") from None
        finally:
            connection.close()


@atexit.register
def _stop_all() -> None:
    for gateway in list(_running):
        gateway.stop()


# A forked child inherits the handles, but these are not its children to stop.
os.register_at_fork(after_in_child=_running.clear)
