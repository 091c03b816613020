"""What a person reads when a gateway starts in the foreground."""

from __future__ import annotations

from axme._version import __version__
from axme.gateway.actions.console import TICKET_SECONDS
from axme.gateway.datadir import CREDENTIALS
from axme.gateway.server import Started
from axme.gateway.settings import without_password


def banner(started: Started) -> str:
    """Where it is, where its state lives, where the key is, how to stop it."""
    settings = started.settings
    credentials = settings.data_dir / CREDENTIALS
    state = str(settings.data_dir / "axme.db") if not settings.database else without_password(settings.database)
    server = settings.mail_server
    mail = f"by {server.host}:{server.port}" if server else f"{settings.outbox_dir}, and shown here"
    clock = ["  clock    stands still until a test moves it"] if settings.clock == "test" else []
    return "\n".join(
        [
            f"axme gateway {__version__}",
            "",
            f"  url      {started.base_url}",
            f"  console  {settings.public_url or started.base_url}/console",
            f"  state    {state}",
            f"  key      {credentials}",
            f"  mail     {mail}",
            *clock,
            "  stop     Ctrl-C (twice: at once)",
            "",
            *_environment(started),
            *_sign_in(started),
            "",
            "",
        ]
    )


def _sign_in(started: Started) -> list[str]:
    if started.console is None:
        return []
    minutes = TICKET_SECONDS // 60
    return ["", f"To sign in to the console, once and within {minutes} minutes:", "", f"  {started.console}"]


def _environment(started: Started) -> list[str]:
    if started.first is None:
        return [f"  export AXME_BASE_URL={started.base_url}"]
    return [
        "A key for the new organization, shown this once:",
        "",
        f"  export AXME_BASE_URL={started.base_url}",
        f"  export AXME_API_KEY={started.first.api_key}",
    ]
