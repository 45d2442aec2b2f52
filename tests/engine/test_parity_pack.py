"""The parity pack as users run it: under a real `pulumi preview` and `pulumi policy analyze`, with staging tampered with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.engine.deployed import Deployed
from understudy.engine.judgement import violations
from understudy.preview.packs import Violation

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lifecycle")]
PARITY = ROOT / "policies" / "parity"
HONEST = "import runpy\nimport pulumi\n"
RUN = f"runpy.run_path({str(ROOT / '__main__.py')!r}, run_name='__main__')\n"
SABOTAGE = {
    "a component that behaves differently by stack name": """
from pulumi_aws import rds
real = rds.Instance.__init__
def weaker(self, name, *args, **properties):
    properties["deletion_protection"] = pulumi.get_stack() == "production"
    real(self, name, *args, **properties)
rds.Instance.__init__ = weaker
""",
    "a service that lacks an alarm in staging": """
from pulumi_aws import cloudwatch
class Nothing:
    arn = "arn:aws:cloudwatch:eu-north-1:444455556666:alarm:none"
def fewer(cls, resource, *args, **properties):
    if pulumi.get_stack() == "staging" and resource.endswith("restarts-web"):
        return Nothing()
    return object.__new__(cls)
cloudwatch.MetricAlarm.__new__ = fewer
""",
}
FOUND = {
    "a component that behaves differently by stack name": ("db", "deletionProtection"),
    "a service that lacks an alarm in staging": ("restarts-web", "PAR-01"),
}


def mandatory(found: list[Violation]) -> list[Violation]:
    return [each for each in found if each.level == "mandatory"]


def previewed(system: Deployed, *, program: Path | None = None, **config: str) -> list[Violation]:
    """What the pack says of staging in a real preview, of a program or of the honest one."""
    workspace, project = system.workspace, system.project
    workspace.prepare(project, "staging")
    if program is not None:
        file = workspace.folder(project) / "Pulumi.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace(f"main: {ROOT}", f"main: {program}"), encoding="utf-8")
    words = ["--policy-pack", str(PARITY)]
    if config:
        given = workspace.root / "parity.json"
        given.write_text(json.dumps({"understudy-parity": config}), encoding="utf-8")
        words += ["--policy-pack-config", str(given)]
    outcome = workspace.run(project, "staging", "preview", *words)
    assert any("summaryEvent" in event for event in outcome.events), outcome.output[-3000:]
    return violations(outcome.events)


def test_staging_as_the_model_declares_it_passes_on_a_deployed_stack(system: Deployed) -> None:
    assert mandatory(previewed(system)) == []


@pytest.mark.parametrize("name", SABOTAGE)
def test_sabotage_is_found(system: Deployed, tmp_path: Path, name: str) -> None:
    program = tmp_path / "program"
    program.mkdir()
    (program / "__main__.py").write_text(HONEST + SABOTAGE[name] + RUN, encoding="utf-8")

    found = mandatory(previewed(system, program=program))

    assert any(all(word in f"{each.urn} {each.message}" for word in FOUND[name]) for each in found), found


def exported(system: Deployed, stack: str, edit: Callable[[dict[str, Any]], None]) -> Path:
    """A stack's export, with one database changed by hand."""
    text = system.workspace.call(system.project, "stack", "export", "--stack", stack).stdout
    state = json.loads(text)
    (database,) = [each for each in state["deployment"]["resources"] if each["type"] == "aws:rds/instance:Instance"]
    for part in ("inputs", "outputs"):
        edit(database[part])
    file = system.workspace.root / f"{stack}.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    return file


def checked(system: Deployed, *words: str) -> dict[str, Any]:
    """The report of `understudy check` under the project's packs."""
    command = [sys.executable, "-m", "understudy", "check", "--project", str(system.directory), "--format", "json", "--", *words]
    ended = subprocess.run(
        command,
        cwd=system.workspace.folder(system.project),
        env=system.workspace.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    report: dict[str, Any] = json.loads(ended.stdout or ended.stderr)
    return report


def unchanged(_: dict[str, Any]) -> None:
    """No edit."""


def weakened(database: dict[str, Any]) -> None:
    database["deletionProtection"] = False


def test_a_deployed_state_gives_the_report_of_a_preview_of_it(system: Deployed) -> None:
    analysed = checked(system, "pulumi", "policy", "analyze", "--stack", "staging")
    preview = checked(system, "pulumi", "preview", "--stack", "staging", "--non-interactive")

    assert (analysed["verdict"], preview["verdict"]) == ("clean", "clean")
    assert analysed["stacks"]["staging"]["policies"] == preview["stacks"]["staging"]["policies"]
    assert analysed["parity"] == preview["parity"]


@pytest.mark.parametrize(("edit", "verdict"), [(unchanged, "clean"), (weakened, "violation")])
def test_a_hand_edited_export_of_staging_is_found(system: Deployed, edit: Callable[[dict[str, Any]], None], verdict: str) -> None:
    report = checked(system, "pulumi", "policy", "analyze", "--file", str(exported(system, "staging", edit)))

    assert report["verdict"] == verdict
    named = {
        (each["policy"], each["property"]) for each in report["stacks"]["staging"]["policies"] if each["level"] == "mandatory"
    }
    assert ("PAR-02", "deletionProtection") in named or verdict == "clean"


@pytest.mark.parametrize(("edit", "drifted"), [(unchanged, False), (weakened, True)])
def test_production_as_deployed_is_a_reference(system: Deployed, edit: Callable[[dict[str, Any]], None], drifted: bool) -> None:
    found = mandatory(previewed(system, deployed=str(exported(system, "production", edit))))

    assert bool(found) is drifted
    assert all("PAR-12" in each.message and "deletionProtection" in each.message for each in found)
