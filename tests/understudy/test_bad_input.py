"""Bad input: whatever is wrong with a file or a command line ends with exit code 2 and a place, and never with a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tools.fuzz.__main__ import attempted
from understudy.cli import cli
from understudy.commands.exit_codes import BAD_INPUT


def _commands(group: click.Group, *way: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, *way, name)
        else:
            yield (*way, name), command


COMMANDS = dict(_commands(cli))


def _wrong_values() -> Iterator[tuple[str, ...]]:
    """Each option of each command with a value that it cannot have."""
    for way, command in COMMANDS.items():
        for option in command.params:
            if isinstance(option, click.Option) and isinstance(option.type, click.Choice | click.IntRange | click.DateTime):
                yield (*way, option.opts[0], "planted")
            elif isinstance(option, click.Option) and isinstance(option.type, click.Path) and option.type.exists:
                yield (*way, option.opts[0], str(ROOT / "there" / "is" / "none"))


def _refused(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == BAD_INPUT, result.output
    assert "Traceback" not in result.output
    return result.output


def test_malformed_configurations_end_with_exit_code_2_and_a_place() -> None:
    wrong, ways = attempted(range(56))

    assert wrong == []
    assert len(ways) == 14


@pytest.mark.parametrize("way", sorted(COMMANDS), ids=" ".join)
def test_an_unknown_option_is_named(way: tuple[str, ...]) -> None:
    # What follows `check` is another program's, and its first word is none that can be checked.
    assert ("command" if way == ("check",) else "--planted") in _refused(*way, "--planted")


@pytest.mark.parametrize("arguments", sorted(_wrong_values()), ids=" ".join)
def test_a_value_that_an_option_cannot_have_is_named_with_it(arguments: tuple[str, ...]) -> None:
    assert arguments[-2] in _refused(*arguments)


@pytest.mark.parametrize("word", ["previw", "", "\u0440review", "--", "-x", "preview\x00"])
def test_what_is_no_command_is_refused(word: str) -> None:
    assert _refused(word)


def test_a_folder_without_a_project_is_named(tmp_path: Path) -> None:
    assert "Pulumi.yaml" in _refused("preview", "--project", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("preview", "--format", "jsn"), "Did you mean 'json'?"),
        (("compliance", "--framework", "cis-asw"), "Did you mean 'cis-aws'?"),
        (("completion", "bsh"), "Did you mean 'bash'?"),
        (("preview", "--stack", "al"), "did you mean 'all'?"),
        (("preview", "--stack", "x"), "allowed: all, production, staging"),
        (("explain", "PAR-2"), "did you mean 'PAR-02'?"),
        (("graph", "--stack", ""), "--stack: found ''"),
        (("check", "--", "pulumi"), "command: found 'pulumi' alone; `pulumi preview`"),
        (("preview", "--base", ""), "--base: is empty; give a git revision"),
        (("reference", "--program", str(ROOT)), "--program goes with --configuration"),
        (("sandbox", "up", "--out", "there/is/none"), "--out: 'there/is/none' cannot be written"),
        (("prices", "refresh", "--out", "there/is/none"), "--out: 'there/is/none' cannot be written"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_a_mistake_in_the_command_line_is_answered_with_what_was_meant(arguments: tuple[str, ...], says: str) -> None:
    assert says in _refused(*arguments)
