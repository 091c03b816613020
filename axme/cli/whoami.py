"""``whoami``: which gateway answers, and as whom it takes us."""

from __future__ import annotations

import click

from axme.cli import show
from axme.cli.session import Session, as_json_option, session


@click.command()
@as_json_option
@session
def whoami(session: Session, as_json: bool) -> None:
    """Whose key is used, where it belongs, and its roles there."""
    me = session.client.me()
    if as_json:
        show.as_json(me.raw)
        return
    show.facts(
        me.raw.get("actor_id") or me.raw.get("address") or "nobody",
        [
            ("gateway", session.client.config.base_url),
            ("organization", me.organization.name),
            ("workspace", me.workspace.name),
            ("roles", ", ".join(me.raw.get("roles") or ())),
        ],
    )
