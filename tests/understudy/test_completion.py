"""Shell completion: scripts that shells accept, and words that the project knows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from understudy.cli import cli

COMMAND = Path(sys.executable).with_name("understudy")


def _completed(*words: str, folder: Path = ROOT) -> list[str]:
    """What is offered for the last word."""
    asked = {"_UNDERSTUDY_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [COMMAND], capture_output=True, text=True, check=True, cwd=folder, env={**os.environ, **asked}, timeout=120
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("understudy", "prev"), ["preview"]),
        (("understudy", "preview", "--stack", "s"), ["staging"]),
        (("understudy", "explain", "PAR-0"), [f"PAR-0{number}" for number in range(1, 10)]),
        (("understudy", "explain", "network.z"), ["network.zones"]),
        (("understudy", "explain", "operations.b"), ["operations.backup", "operations.budget"]),
        (("understudy", "preview", "--format", "m"), ["markdown"]),
    ],
    ids=lambda value: value[-1],
)
def test_a_word_is_completed(words: tuple[str, ...], offered: list[str]) -> None:
    assert _completed(*words) == offered


def test_outside_a_project_there_is_nothing_to_complete_and_no_error(tmp_path: Path) -> None:
    assert _completed("understudy", "preview", "--stack", "s", folder=tmp_path) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_the_command(shell: str) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])

    assert result.exit_code == 0
    assert f"_UNDERSTUDY_COMPLETE={shell}_complete" in result.output


@pytest.mark.parametrize("shell", [shell for shell in ("bash", "zsh", "fish") if shutil.which(shell)])
def test_the_shell_accepts_the_script(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(CliRunner().invoke(cli, ["completion", shell]).output, encoding="utf-8")

    assert subprocess.run([shell, "-n", script], capture_output=True, check=False, timeout=60).stderr == b""


def test_another_shell_is_refused_by_name() -> None:
    result = CliRunner().invoke(cli, ["completion", "csh"])

    assert result.exit_code == 2
    assert "'csh' is not one of" in result.output
