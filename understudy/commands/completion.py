"""`understudy completion`: the script by which a shell completes commands, options, stacks, figures and rules."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from understudy.commands.delivery import deliver
from understudy.commands.exit_codes import CLEAN, exit_with, plain_examples
from understudy.commands.options import Word

VARIABLE = "_UNDERSTUDY_COMPLETE"
"""The variable by which the script asks."""


@click.command(
    epilog=plain_examples(
        'eval "$(understudy completion bash)"    # in ~/.bashrc',
        'eval "$(understudy completion zsh)"     # in ~/.zshrc, after compinit',
        "understudy completion fish > ~/.config/fish/completions/understudy.fish",
    )
)
@click.argument("shell", type=Word(["bash", "fish", "zsh"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell."""

    def run() -> int:
        found = get_completion_class(shell)
        if found is None:  # the shells are click's own
            raise LookupError(shell)
        # Click's own `source` first asks bash for its version, which a script that is only printed need not have.
        script = found(click.get_current_context().find_root().command, {}, "understudy", VARIABLE)
        deliver(f"{script.source_template % script.source_vars()}\n", None)
        return CLEAN

    exit_with(run)
