"""``python -m axme.gateway``: serve in the foreground."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from axme.gateway import out_of_memory
from axme.gateway import settings as known
from axme.gateway.policy import smtp
from axme.gateway.settings import Settings, SettingsError

_ABOUT = """\
Run an AXP gateway: durable intents, streams, an inbox and human tasks, on one SQLite file.

The first boot makes an organization, a workspace and a key; the key is kept in
credentials.json in the data directory, readable by you alone."""
_MORE = f"""\
environment:
  {known.DIRECTORY_VARIABLE}        the data directory, instead of ~/.axme/gateway
  {known.DATABASE_VARIABLE}   the database; the place for a URL that holds a password
  {known.PUBLIC_URL_VARIABLE} how people reach it, instead of --public-url
  {known.NODE_VARIABLE}       instead of --node-id
  {known.METRICS_VARIABLE}   who shows it may read /metrics from elsewhere too
  {known.SMTP_VARIABLE}, {known.SENDER_VARIABLE}   instead of --smtp and --mail-from
  {smtp.USER_VARIABLE}, {smtp.PASSWORD_VARIABLE}   who we are to the mail server

examples:
  python -m axme.gateway
  python -m axme.gateway --port 0 --data-dir ./state
  python -m axme.gateway --database postgresql://axme@db.internal/axme"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, serve, and say in one line what went wrong, if it did."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    out_of_memory.watch()
    try:
        settings = _settings(options)
    except SettingsError as error:
        return _fail(str(error))
    try:
        from axme.gateway import server
        from axme.gateway.banner import banner
        from axme.gateway.datadir import DataDirError
        from axme.gateway.store.errors import StoreError
    except ModuleNotFoundError as error:
        return _fail(f'the gateway needs {error.name}: pip install "axme[gateway]"')

    if options.backup is not None:
        return _back_up(settings, options.backup)

    if options.verify_audit is not None:
        return _verify_audit(settings, options.verify_audit or None)

    def announce(started: server.Started) -> None:
        if settings.parent_pid is None:
            sys.stdout.write(banner(started))
            sys.stdout.flush()

    try:
        server.run(settings, announce)
    except (DataDirError, StoreError, server.PortError) as error:
        return _fail(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m axme.gateway",
        description=_ABOUT,
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--data-dir", type=Path, metavar="DIR", help="where the state lives (default: ~/.axme/gateway)")
    add("--host", default=known.DEFAULT_HOST, help="where to listen (default: %(default)s, this machine only)")
    add("--port", type=int, default=known.DEFAULT_PORT, help="0 picks a free one (default: %(default)s)")
    add("--database", metavar="URL", help="postgresql://user@host/name (default: a SQLite file in DIR)")
    add("--clock", choices=known.CLOCKS, default="real", help="test: a clock that only tests move (default: real)")
    add("--log-level", choices=known.LOG_LEVELS, default="warning", help="to standard error (default: %(default)s)")
    add("--allow-remote", action="store_true", help="let --host be an address other machines can reach, without TLS")
    add("--tls-cert", type=Path, metavar="FILE", help="speak TLS with this certificate chain (PEM)")
    add("--tls-key", type=Path, metavar="FILE", help="its private key (PEM)")
    add("--allow-local-targets", action="store_true", help="let deliveries be posted to this machine and its network")
    add("--node-id", metavar="NAME", help="this node among those of one PostgreSQL (default: a new name each start)")
    add("--rate-limit", type=int, metavar="N", help="requests a minute for each key and endpoint (default: no limit)")
    add("--public-url", metavar="URL", help="how people reach it, for links (default: where it listens)")
    add("--smtp", metavar="URL", help="send mails by smtp://host:587 or smtps://host (default: files in DIR/outbox)")
    add("--mail-from", metavar="ADDRESS", help="who mails come from, such as 'Approvals <approvals@example.com>'")
    add("--backup", type=Path, metavar="FILE", help="copy the SQLite database of DIR, in use or not, and end")
    add(
        "--verify-audit", nargs="?", const="", metavar="DIGEST",
        help="compare the audit trail with its seals, and with one you noted before, and end",
    )  # fmt: skip
    add("--parent-pid", type=int, metavar="PID", help="stop when this parent process ends, and print no banner")
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    if options.database and known.has_password(options.database):
        raise SettingsError(
            f"a password on the command line shows in every process list: put the URL into {known.DATABASE_VARIABLE}"
        )
    mail_server, mail_from = _mail(options)
    return Settings(
        data_dir=(options.data_dir or known.default_data_dir()).expanduser().absolute(),
        host=options.host,
        port=options.port,
        database=options.database or os.environ.get(known.DATABASE_VARIABLE) or None,
        clock=options.clock,
        log_level=options.log_level,
        allow_remote=options.allow_remote,
        parent_pid=options.parent_pid,
        metrics_token=os.environ.get(known.METRICS_VARIABLE) or None,
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
        node_id=options.node_id or os.environ.get(known.NODE_VARIABLE) or None,
        rate_limit=options.rate_limit,
        allow_local_targets=options.allow_local_targets,
        own_secret=os.environ.get(known.SECRET_VARIABLE) or None,
        public_url=(options.public_url or os.environ.get(known.PUBLIC_URL_VARIABLE) or "").rstrip("/") or None,
        mail_server=mail_server,
        mail_from=mail_from,
    )


def _mail(options: argparse.Namespace) -> tuple[smtp.Server | None, str]:
    url = options.smtp or os.environ.get(known.SMTP_VARIABLE)
    sender = options.mail_from or os.environ.get(known.SENDER_VARIABLE)
    try:
        if sender:
            smtp.check_sender(sender)
        elif url:
            raise SettingsError("a mail server wants to know who mails come from: add --mail-from")
        return smtp.read(url, os.environ) if url else None, sender or known.DEFAULT_SENDER
    except smtp.SmtpError as error:
        raise SettingsError(str(error)) from None


def _back_up(settings: Settings, target: Path) -> int:
    from axme.gateway.store.backup import back_up
    from axme.gateway.store.errors import StoreError

    if not settings.is_sqlite:
        return _fail("--backup copies a SQLite file; a PostgreSQL is backed up with pg_dump")
    try:
        back_up(settings.data_dir / "axme.db", target.expanduser().absolute())
    except StoreError as error:
        return _fail(str(error))
    return 0


def _verify_audit(settings: Settings, known_head: str | None) -> int:
    from axme.gateway.actions import audit_seals
    from axme.gateway.datadir import SECRET, read_json
    from axme.gateway.store.errors import StoreError
    from axme.gateway.store.glimpse import glimpse

    kept = (read_json(settings.data_dir / SECRET) or {}).get("secret", "") if settings.is_sqlite else ""
    try:
        with glimpse(settings.database_url, (settings.own_secret or kept).encode()) as tx:
            found = audit_seals.verify(tx, known_head)
    except StoreError as error:
        return _fail(str(error))
    for fault in found.faults:
        sys.stderr.write(f"axme gateway: {fault}\n")
    verdict = "does not fit its seals" if found.faults else "is whole"
    sys.stdout.write(f"The audit trail {verdict}: {found.sealed_rows} rows under {found.seals} seals")
    sys.stdout.write(f", {found.open_rows} more not sealed yet.\n")
    if not found.faults and found.head:
        sys.stdout.write(f"The last seal is {found.head}\n")
    return 1 if found.faults else 0


def _fail(message: str) -> int:
    sys.stderr.write(f"axme gateway: {message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
