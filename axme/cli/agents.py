"""``agents``: list, show, kill, resume."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from axme.cli import show
from axme.cli.session import Session, as_json_option, session
from axme.contract.mesh import Health
from axme.display.text import age


@click.group(invoke_without_command=True)
@click.pass_context
def agents(context: click.Context) -> None:
    """See how agents are, and stop them.

    AGENT is an address, or a bare name of the workspace. Without a command: list.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_agents)


@agents.command("list")
@click.option("--health", type=click.Choice([health.value for health in Health]), help="Only those that are so.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most so many.")
@as_json_option
@session
def list_agents(session: Session, health: str | None, limit: int, as_json: bool) -> None:
    """The agents of the workspace, with health, and today's intents and cost."""
    page = session.client.mesh.agents(health=health, limit=limit)
    if as_json:
        show.as_json([agent.raw for agent in page])
        return
    now = datetime.now(UTC)
    show.table(
        ["agent", "health", "last heartbeat", "intents", "cost in $"],
        (
            (
                agent.address, agent.health.value,
                age(None if agent.last_heartbeat_at is None else now - agent.last_heartbeat_at),
                agent.intents_period or 0, f"{agent.cost_period or 0:.2f}",
            )
            for agent in page
        ),
        none="no agents",
    )  # fmt: skip


@agents.command("show")
@click.argument("agent")
@as_json_option
@session
def show_agent(session: Session, agent: str, as_json: bool) -> None:
    """One agent, and what happened to it."""
    one = session.client.agents.get(agent)
    mesh = one.mesh
    events = mesh.events()
    if as_json:
        show.as_json({"agent": one.raw, "mesh": mesh.raw, "events": [event.raw for event in events]})
        return
    show.facts(
        one.address,
        [
            ("name", one.display_name),
            ("status", one.status),
            ("health", mesh.health.value),
            ("last heartbeat", show.when(mesh.last_heartbeat_at)),
            ("killed", show.when(mesh.killed_at)),
            ("account", one.service_account_id),
            ("created", show.when(one.created_at)),
        ],
    )
    if events:
        show.say("")
        rows = [(show.when(event.created_at), event.event_type.value, event.actor_id) for event in events]
        show.table(["when", "event", "by"], rows, none="")


@agents.command()
@click.argument("agent")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@as_json_option
@session
def kill(session: Session, agent: str, yes: bool, as_json: bool) -> None:
    """Stop all intents to and from it, at once."""
    one = session.client.agents.get(agent)
    if not yes and not click.confirm(f"Stop all intents to and from {one.address}?", err=True):
        raise click.Abort
    killed = one.kill()
    show.as_json(killed.raw) if as_json else show.say(f"killed {one.address}; agents resume {agent} lets it work again")


@agents.command()
@click.argument("agent")
@as_json_option
@session
def resume(session: Session, agent: str, as_json: bool) -> None:
    """Let it send and receive again."""
    one = session.client.agents.get(agent)
    resumed = one.resume()
    show.as_json(resumed.raw) if as_json else show.say(f"resumed {one.address}")
