"""`understudy sandbox`: a rehearsal from the command line, with a fault on the way, down to an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ci.test_files import DEPLOY, GITLAB, LINES
from tests.conftest import ROOT
from tests.engine.deployed import ANSWERS
from understudy.engine.executable import find_engine
from understudy.preview.project import read_project
from understudy.sandbox import descriptions
from understudy.sandbox.account import records
from understudy.sandbox.workspace import open_workspace
from understudy.start.begin import begin

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("sandbox")]
PIPELINE = {
    name: LINES[name]
    for name in (
        f"{DEPLOY.name}: Gate",
        f"{DEPLOY.name}: Deploy",
        f"{GITLAB.name}: .deploy.script[0]",
        f"{GITLAB.name}: .deploy.script[1]",
    )
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rehearsal") / "shop"
    begin(ANSWERS, folder, ROOT, compose=None, manifests=None, force=False)
    return folder


def in_pipeline(project: Path, line: str, described: Path) -> subprocess.CompletedProcess[str]:
    """A shell line of a deployment's pipeline, in the sandbox."""
    read = read_project(project)
    workspace = open_workspace(project / ".understudy" / "sandbox", find_engine())
    folder = workspace.folder(read)
    if not (folder / ".venv").exists():
        (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    environment = {**workspace.environment(), "STACK": "staging", descriptions.VARIABLE: str(described)}
    shell = ["bash", "-eo", "pipefail", "-c", line]
    return subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def rehearsed(project: Path, described: Path) -> dict[str, subprocess.CompletedProcess[str]]:
    """Each command of a rehearsal of staging, in the order in which somebody types them."""

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "understudy", "sandbox", *words, "--project", str(project)]
        environment = {**os.environ, descriptions.VARIABLE: str(described)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    json_of_staging = ("--stack", "staging", "--format", "json")
    return {
        "fault": typed("fault", "--kind", "fail", "--method", "create", "--nth", "30"),
        "broken": typed("up", *json_of_staging),
        "up": typed("up", *json_of_staging),
        "preview": typed("preview", *json_of_staging),
        **{name: in_pipeline(project, line, described) for name, line in PIPELINE.items()},
        "refused": typed("destroy", "--stack", "staging"),
        "destroy": typed("destroy", "--yes", *json_of_staging),
    }


def told(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    (stack,) = json.loads(ended.stdout)["stacks"]
    found: dict[str, Any] = stack
    return found


def test_a_planned_fault_strikes_once(rehearsed: dict[str, subprocess.CompletedProcess[str]]) -> None:
    assert rehearsed["broken"].returncode == 3
    assert "injected by the sandbox" in " ".join(told(rehearsed["broken"])["errors"])
    assert rehearsed["up"].returncode == 0, rehearsed["up"].stderr
    assert told(rehearsed["up"])["violations"] == []


def test_a_preview_of_what_was_deployed_is_unchanged(rehearsed: dict[str, subprocess.CompletedProcess[str]]) -> None:
    assert set(told(rehearsed["preview"])["operations"]) == {"same"}


def test_nothing_is_destroyed_unasked(rehearsed: dict[str, subprocess.CompletedProcess[str]]) -> None:
    assert rehearsed["refused"].returncode != 0
    assert told(rehearsed["destroy"])["operations"]["delete"] == told(rehearsed["preview"])["operations"]["same"]


def test_destroying_leaves_nothing(rehearsed: dict[str, subprocess.CompletedProcess[str]], project: Path) -> None:
    assert (rehearsed["destroy"].returncode, told(rehearsed["destroy"])["exists"]) == (0, 0)
    assert list(records(project / ".understudy" / "sandbox" / "resources")) == []


@pytest.mark.parametrize("name", PIPELINE)
def test_a_line_of_the_deployment_runs_on_the_engine(rehearsed: dict[str, subprocess.CompletedProcess[str]], name: str) -> None:
    assert rehearsed[name].returncode == 0, rehearsed[name].stderr[-3000:]
