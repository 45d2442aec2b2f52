"""`understudy preview` on a terminal and on real projects: width, colour, quiet and verbose, and budgets that are exceeded."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.conftest import PROJECTS, ROOT
from tests.report.documents import report
from understudy import assemble
from understudy.cli import cli
from understudy.commands.delivery import terminal


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(assemble, "preview", lambda *_, **__: report())
    return lambda *arguments: CliRunner().invoke(cli, ["preview", *arguments])


def boutique(folder: Path, max_cost_ratio: str) -> Path:
    """A copy of a shipped project whose staging may cost another part of production."""
    shipped = PROJECTS["online-boutique"]
    project = (shipped / "Pulumi.yaml").read_text(encoding="utf-8").replace("main: ../../", f"main: {ROOT}")
    staging = (shipped / "Pulumi.staging.yaml").read_text(encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(project, encoding="utf-8")
    staging = re.sub("max_cost_ratio: .*", f"max_cost_ratio: {max_cost_ratio}", staging)
    (folder / "Pulumi.staging.yaml").write_text(staging, encoding="utf-8")
    return folder


def test_a_budget_that_is_exceeded_is_a_mandatory_finding_at_its_line(tmp_path: Path) -> None:
    document = assemble.preview(boutique(tmp_path, "0.01"))

    (found,) = [policy for policy in document["stacks"]["staging"]["policies"] if policy["level"] == "mandatory"]
    assert (document["verdict"], found["pack"], found["policy"]) == ("violation", "understudy-cost", "cost-ratio")
    assert (found["source"]["file"], found["source"]["path"]) == (
        "Pulumi.staging.yaml",
        "config.online-boutique:budget.max_cost_ratio",
    )
    assert "at most 0.01 is allowed" in found["message"]


def test_staging_alone_is_priced_beside_production(tmp_path: Path) -> None:
    document = assemble.preview(boutique(tmp_path, "0.9"), stack="staging")

    assert (document["verdict"], list(document["stacks"]), list(document["cost"]["stacks"])) == (
        "clean",
        ["staging"],
        ["production", "staging"],
    )


@pytest.mark.parametrize(("options", "lines"), [(("--quiet",), (5, 15)), ((), (40, 70)), (("--verbose",), (71, 120))])
def test_quiet_tells_least_and_verbose_most(shown: Any, options: tuple[str, ...], lines: tuple[int, int]) -> None:
    result = shown(*options)

    assert result.exit_code == 1
    assert lines[0] <= len(result.output.splitlines()) <= lines[1]


def test_quiet_and_verbose_exclude_each_other(shown: Any) -> None:
    result = shown("-q", "-v")

    assert result.exit_code == 2
    assert "exclude each other" in result.output


@pytest.mark.parametrize(("asked", "width"), [("40", 80), ("90", 90), ("300", 120), ("many", 100), (None, 100)])
def test_the_width_is_that_of_the_terminal_within_bounds(monkeypatch: pytest.MonkeyPatch, asked: str | None, width: int) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if asked is not None:
        monkeypatch.setenv("COLUMNS", asked)

    assert terminal(None) == {"width": width, "colour": False}


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_has_colour_unless_it_is_not_wanted(environment: dict[str, str], is_coloured: bool) -> None:
    program = "from understudy.commands.delivery import terminal; print(terminal(None)['colour'])"
    master, slave = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM", "COLUMNS")}
    subprocess.run(
        [sys.executable, "-c", program], check=True, stdout=slave, env={**kept, "TERM": "xterm", **environment}, cwd=ROOT
    )
    os.close(slave)
    said = os.read(master, 100).decode()
    os.close(master)

    assert said.strip() == str(is_coloured)


def test_a_file_gets_no_colour(tmp_path: Path) -> None:
    assert terminal(tmp_path / "report")["colour"] is False


def test_the_json_form_says_the_same_however_much_text_is_asked_for(shown: Any) -> None:
    assert json.loads(shown("--format", "json", "--quiet").output) == json.loads(shown("--format", "json").output)
