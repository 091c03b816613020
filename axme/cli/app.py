"""The commands, put together; and what becomes of an error in any of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from axme._version import __version__
from axme.cli.agents import agents
from axme.cli.completion import SCRIPT, completion
from axme.cli.exits import Exit, exit_of, line_of
from axme.cli.intents import intents
from axme.cli.plain import PLAIN, Plain
from axme.cli.session import Session
from axme.cli.tasks import tasks
from axme.cli.whoami import whoami
from axme.exceptions import AxmeError

_EPILOG = """\b
Which gateway: --profile NAME (of ~/.axme/profiles.toml), else AXME_BASE_URL and
AXME_API_KEY, else the gateway of this machine (AXME_GATEWAY_DIR, ~/.axme/gateway).
\b
Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 conflict, 5 unreachable,
6 not allowed. intents watch: 10 failed, 11 canceled, 12 timed out, 13 still open."""


@click.group(
    name="axme",
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--profile", metavar="NAME", envvar="AXME_PROFILE", help="A profile of ~/.axme/profiles.toml.")
@click.version_option(__version__, prog_name="axme")
@click.pass_context
def app(context: click.Context, profile: str | None) -> None:
    """Intents, human tasks and agents from the terminal, and the gateway itself."""
    context.obj = context.with_resource(Session(profile))


def _plain(name: str, plain: Plain) -> click.Command:
    """A program of its own as a command: it reads its arguments itself."""

    def run(words: tuple[str, ...]) -> None:
        click.get_current_context().exit(plain.run(words))

    return click.Command(
        name,
        callback=run,
        params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)],
        add_help_option=False,
        help=plain.about,
        context_settings={"ignore_unknown_options": True},
    )


for _name, _one in PLAIN.items():
    app.add_command(_plain(_name, _one))
for _command in (intents, tasks, agents, whoami, completion):
    app.add_command(_command)


def run(words: Sequence[str]) -> int:
    """Run one command; its exit code."""
    called = SCRIPT if Path(sys.argv[0]).name == SCRIPT else "python -m axme"
    try:
        code: Any = app.main(list(words), prog_name=called, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        print("\naxme: stopped", file=sys.stderr)
        return Exit.INTERRUPTED
    except AxmeError as error:
        print(line_of(error), file=sys.stderr)
        return exit_of(error)
    except BrokenPipeError:
        # Whoever read has had enough, such as head: what is left to write goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    return code if isinstance(code, int) else Exit.OK
