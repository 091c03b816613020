"""One gateway process from first boot to clean stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

import uvicorn

from axme.contract.clock import Clock, MovableClock, SystemClock
from axme.gateway.actions import console
from axme.gateway.actions.bootstrap import Credentials, first_boot
from axme.gateway.app import App
from axme.gateway.datadir import CREDENTIALS, DataDir, read_json, save_clock, saved_clock
from axme.gateway.delivery import http_push, smtp
from axme.gateway.delivery.broadcaster import Broadcaster
from axme.gateway.delivery.desk import Desk
from axme.gateway.delivery.mail import Folder, Mailer
from axme.gateway.delivery.outbox import Outbox
from axme.gateway.delivery.revocations import Revocations
from axme.gateway.engine import Engine
from axme.gateway.protocol import PatientProtocol
from axme.gateway.routes.access import Gatekeeper
from axme.gateway.routes.services import Services
from axme.gateway.settings import Settings
from axme.gateway.store import Notice, Store, Tx, topics
from axme.gateway.store.files import MediaFiles
from axme.gateway.threads import full_pool
from axme.gateway.trail import Trail

STOP_SECONDS = 2
KEEP_ALIVE_SECONDS = 75
#: What reads and writes files for the event loop.
FILE_THREADS = 4
#: Nodes may share their files, and another one may be receiving: nobody takes a day to send a piece.
SHARED_PARTS_KEPT = timedelta(days=1)


class PortError(Exception):
    """The address cannot be listened on; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What is known once requests are answered."""

    base_url: str
    settings: Settings
    #: Only at the first boot: the one time the key is shown.
    first: Credentials | None
    #: A link that signs in to the console once, as the owner of the first key; where that lives no more, there is none.
    console: str | None


def run(settings: Settings, announce: Callable[[Started], None]) -> None:
    """Serve until a signal comes (or the parent process goes), then stop within three seconds.

    Raises:
        DataDirError: the data directory is held by another process or cannot be written.
        StoreError: the database cannot be used.
        PortError: the address cannot be listened on.
    """
    os.umask(0o077)
    _tune()
    data_dir = DataDir(settings.data_dir)
    try:
        listener = listen(settings.host, settings.port)
        clock = _clock(settings)
        secret = _own_secret(settings, data_dir).encode()
        store = Store.open(settings.database_url, clock, settings.node_id, own_secret=secret)
        try:
            first = store.write_sync(lambda tx: _boot(tx, data_dir))
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(_serve(settings, data_dir, listener, clock, store, first, announce))
        finally:
            store.close()
    finally:
        data_dir.release()


def _tune() -> None:
    # The writer's thread lets go of the interpreter in every statement; by default it waits 5 ms to get it back
    # while the event loop is busy.
    sys.setswitchinterval(0.0005)
    # A request makes many short-lived objects and no cycles: collecting after every 700 of them is for nothing.
    gc.set_threshold(50_000, 20, 50)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, where there is one for the platform."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; connections are refused until the server accepts them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off only where the protocol is named; it would cost 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        raise PortError(
            f"cannot listen on {host}:{port}: {error.strerror}. Choose another with --port (0 picks a free one)."
        ) from None
    return listener


def _clock(settings: Settings) -> Clock:
    """The machine's clock, or one that stands where the last run of this directory left it."""
    if settings.clock != "test":
        return SystemClock()
    clock = MovableClock(saved_clock(settings.data_dir))
    save_clock(settings.data_dir, clock.now())
    return clock


def _own_secret(settings: Settings, data_dir: DataDir) -> str:
    # Nodes of one PostgreSQL have a directory each, and must sign alike.
    return settings.own_secret or (data_dir.own_secret() if settings.is_sqlite else "")


def _boot(tx: Tx, data_dir: DataDir) -> Credentials | None:
    # The file is written before the commit: a key that exists is a key that somebody has.
    first = first_boot(tx)
    if first is not None:
        data_dir.save_credentials(first._asdict())
    return first


async def _serve(
    settings: Settings,
    data_dir: DataDir,
    listener: socket.socket,
    clock: Clock,
    store: Store,
    first: Credentials | None,
    announce: Callable[[Started], None],
) -> None:
    port: int = listener.getsockname()[1]
    base_url = f"{'https' if settings.speaks_tls else 'http'}://{settings.host}:{port}"
    loop = asyncio.get_running_loop()
    loop.set_default_executor(full_pool(FILE_THREADS, "axme-file"))
    broadcaster = Broadcaster(loop)
    trail = Trail(store)
    gatekeeper = Gatekeeper(store, trail)
    for topic in (topics.key(""), topics.ANYTHING):
        broadcaster.listen(topic, gatekeeper.forget)
    desk = Desk(broadcaster)
    Revocations(store, broadcaster, desk)
    engine = Engine(store)
    outbox = Outbox(
        store,
        lambda sent: http_push.push(sent.url, sent.body, sent.headers, rules=settings.push_rules),
        mail=_mailer(settings, base_url).send,
    )

    def on_commit(notices: Sequence[Notice]) -> None:
        engine.notice(notices)
        outbox.notice(notices)
        broadcaster.publish(notices)

    store.on_commit = on_commit
    credentials = read_json(data_dir.path / CREDENTIALS) or {}
    services = Services(
        settings=settings,
        store=store,
        engine=engine,
        outbox=outbox,
        clock=clock,
        broadcaster=broadcaster,
        desk=desk,
        gatekeeper=gatekeeper,
        trail=trail,
        admin_address=credentials.get("address"),
    )

    def ready() -> None:
        data_dir.announce_ready(base_url, port)
        announce(Started(base_url=base_url, settings=settings, first=first, console=link))

    def stopping() -> None:
        data_dir.withdraw_ready()
        broadcaster.close()
        desk.close()

    link = _console_link(settings, store, base_url, credentials.get("api_key"))
    MediaFiles(settings.media_dir).clear_incoming(timedelta(0) if settings.is_sqlite else SHARED_PARTS_KEPT)
    engine.start()
    outbox.start()
    trail.start()
    try:
        await Server(_configure(App(services), settings), settings.parent_pid, ready, stopping).serve([listener])
    finally:
        outbox.stop()
        engine.stop()
        trail.stop()


def _console_link(settings: Settings, store: Store, base_url: str, api_key: str | None) -> str | None:
    """A new link for whoever sits in front of the gateway; a log that others may read holds none."""
    if settings.parent_pid is not None or api_key is None:
        return None
    ticket = store.write_sync(lambda tx: console.make_ticket(tx, api_key))
    return None if ticket is None else f"{settings.public_url or base_url}/console/enter/{ticket}"


def _mailer(settings: Settings, base_url: str) -> Mailer:
    url, server = settings.public_url or base_url, settings.mail_server
    if server is None:
        return Mailer(url, settings.mail_from, Folder(settings.outbox_dir, _watched(settings)).take)
    return Mailer(url, settings.mail_from, lambda letter: smtp.send(letter.message, server))


def _watched(settings: Settings) -> Callable[[str], None]:
    """Tell of a mail whoever sits in front of the gateway; a log that others may read holds no links."""
    if settings.parent_pid is not None:
        return lambda _: None
    return lambda told: print(f"\n{told}", file=sys.stderr, flush=True)


def _configure(app: App, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


class Server(uvicorn.Server):
    """uvicorn's server with our beginning and end."""

    def __init__(
        self, config: uvicorn.Config, parent_pid: int | None, ready: Callable[[], None], stopping: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._parent_pid = parent_pid
        self._ready = ready
        self._stopping = stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A terminal that closes ends it gently, too; under ``nohup`` it goes on."""
        if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            signal.signal(signal.SIGHUP, self.handle_exit)
        with super().capture_signals():
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        if self._parent_pid is not None and os.getppid() != self._parent_pid:
            logging.getLogger("axme.gateway").warning("the process that started this gateway is gone: stopping")
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop gently at the first signal and at once at the second: what was acknowledged is on disk either way."""
        if self.should_exit:
            os._exit(128 + sig)
        self.should_exit = True
