"""``completion``: what a shell runs at start to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SCRIPT = "axme-py"
_SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_AXME_PY_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion of axme-py for a shell.

    \b
    bash: eval "$(axme-py completion bash)"            in ~/.bashrc
    zsh:  eval "$(axme-py completion zsh)"             in ~/.zshrc
    fish: axme-py completion fish | source             in ~/.config/fish/config.fish
    """
    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(context.find_root().command, {}, SCRIPT, _VARIABLE).source())
