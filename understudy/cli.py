"""The command line: every file in `commands/` is a command, under the file's own name."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click

from policies.engine.collector import collect_no_more, collect_rarely
from understudy import commands
from understudy.commands.exit_codes import BAD_INPUT, EPILOG, INTERNAL, internal


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="understudy")
def cli() -> None:
    """Production and its staging environment from one model, with parity proven at preview time."""


for found in iter_modules(commands.__path__):
    command = getattr(import_module(f"{commands.__name__}.{found.name}"), found.name, None)
    if isinstance(command, click.Command):
        cli.add_command(command)


def main() -> None:
    """The entry point: every outcome is an exit code, and no mistake of a user is a traceback."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # whoever began this process has closed it
            setattr(sys, stream, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the process ends
    collect_rarely()
    try:
        sys.exit(cli.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(BAD_INPUT)
    except click.Abort:
        click.echo("aborted", err=True)
        sys.exit(INTERNAL)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        sys.exit(internal(error))
    finally:
        collect_no_more()
