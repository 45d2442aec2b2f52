"""A process beside: what it renders is what would be rendered here, and whatever goes wrong in it shows in nothing but time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import PROJECTS
from understudy import assemble
from understudy.commands.delivery import as_json
from understudy.commands.preview import preview
from understudy.preview import beside as process
from understudy.preview.beside import Beside
from understudy.preview.programs import ProgramExitError
from understudy.preview.project import Project, read_project
from understudy.preview.renderings import Renderings

BOTH = ("production", "staging")
TODAY = date(2026, 1, 1)
PROGRAM = """
import os, sys, pulumi
from pulumi_aws import s3
print("rendered by", "another" if os.environ["ASKED_BY"] != str(os.getpid()) else "itself", "for", pulumi.get_stack())
s3.Bucket(f"{pulumi.get_stack()}-shelf", tags={"password": pulumi.Output.secret("canary")})
if os.environ.get("FAILS") in (pulumi.get_stack(), "both"):
    raise ValueError(f"boom in {pulumi.get_stack()}")
if os.environ.get("ENDS") == pulumi.get_stack():
    sys.exit(0)
"""
WAITING = """
import os, sys, time
os.open(sys.argv[-1], os.O_WRONLY)
time.sleep(600)
"""
ASKING = """
import sys, time
from pathlib import Path
from understudy.preview import beside
from understudy.preview.project import read_project
beside.is_a_gain = lambda: True
with beside.Beside() as process:
    process.begin(read_project(Path(sys.argv[1])), "production", {})
    process.taken()
"""
"""Asks for a rendering that never comes to its end."""


@pytest.fixture(autouse=True)
def it_is_a_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "is_a_gain", lambda: True)
    monkeypatch.setenv("ASKED_BY", str(os.getpid()))


def made_of(folder: Path, program: str) -> Project:
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.staging.yaml").write_text("config: {}\n", encoding="utf-8")
    (folder / "__main__.py").write_text(program, encoding="utf-8")
    return read_project(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return made_of(tmp_path, PROGRAM)


@pytest.fixture
def beside() -> Iterator[Beside]:
    with Beside() as begun:
        yield begun


def silent(_: str) -> None:
    pass


def one_after_the_other(project: Project) -> Renderings:
    renderings = Renderings(project, silent)
    for stack in BOTH:
        renderings.of(stack)
    return renderings


def both(project: Project, beside: Beside) -> Renderings:
    renderings = Renderings(project, silent)
    renderings.make_both(*BOTH, beside)
    return renderings


def without_calls(renderings: Renderings) -> Renderings:
    """The renderings without what each process called before it came to the program."""
    for rendering in renderings.made.values():
        for resource in rendering.resources:
            resource.request.ClearField("stackTrace")
    return renderings


def test_a_rendering_made_beside_is_the_one_made_here(project: Project, beside: Beside) -> None:
    assert without_calls(both(project, beside)).made == without_calls(one_after_the_other(project)).made


def test_what_the_program_prints_is_said_on_standard_error(
    project: Project, beside: Beside, capsys: pytest.CaptureFixture[str]
) -> None:
    both(project, beside)

    assert capsys.readouterr() == ("", "rendered by itself for staging\nrendered by another for production\n")


@pytest.mark.parametrize("fails", [*BOTH, "both"])
def test_a_failing_program_fails_as_without_a_process(project: Project, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    monkeypatch.setenv("FAILS", fails)
    with pytest.raises(ValueError, match="boom") as alone:
        one_after_the_other(project)
    with Beside() as beside, pytest.raises(ValueError, match="boom") as together:
        both(project, beside)

    assert str(together.value) == str(alone.value)


def test_a_program_that_ends_itself_ends_the_process_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENDS", "production")
    with Beside() as beside, pytest.raises(ProgramExitError, match=r"sys.exit\(0\)"):
        both(project, beside)


def test_a_process_that_is_killed_is_done_without(project: Project, beside: Beside, capsys: pytest.CaptureFixture[str]) -> None:
    assert beside._process is not None
    os.kill(beside._process.pid, signal.SIGKILL)
    beside._process.wait()

    assert set(both(project, beside).made) == set(BOTH)
    assert "rendered by itself for production" in capsys.readouterr().err


def test_a_process_that_cannot_start_is_done_without(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Beside() as beside:
        assert set(both(project, beside).made) == set(BOTH)


def test_where_no_is_a_gain_there_is_no_process(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "is_a_gain", lambda: False)
    with Beside() as beside:
        assert beside._process is None
        assert set(both(project, beside).made) == set(BOTH)


@pytest.mark.parametrize(("cores", "running", "is_a_gain"), [(1, 1, False), (2, 1, True), (2, 2, True), (2, 3, False)])
def test_the_process_is_a_gain_while_no_more_want_a_core_than_there_are(
    monkeypatch: pytest.MonkeyPatch, cores: int, running: int, is_a_gain: bool
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.setattr(process, "_running", lambda: running)

    assert process.is_a_gain() is is_a_gain


@pytest.mark.parametrize(("stack", "begun"), [("production", 0), ("staging", 1), ("all", 1)])
def test_a_preview_of_the_lead_alone_begins_no_process(
    project: Project, monkeypatch: pytest.MonkeyPatch, stack: str, begun: int
) -> None:
    processes: list[Beside] = []

    def start(process: Beside) -> None:
        processes.append(process)

    monkeypatch.setattr(Beside, "_start", start)

    CliRunner().invoke(preview, ["--project", str(project.directory), "--stack", stack])

    assert len(processes) == begun


def test_the_process_ends_when_nobody_needs_it() -> None:
    with Beside() as beside:
        assert beside._process is not None

    assert beside._process.returncode is not None


def test_the_process_ends_when_whoever_began_it_is_killed(tmp_path: Path) -> None:
    pipe = tmp_path / "open-while-it-lives"
    os.mkfifo(pipe)
    project = made_of(tmp_path, WAITING)
    with (
        subprocess.Popen([sys.executable, "-c", ASKING, str(project.program), str(pipe)]) as asking,
        pipe.open(encoding="utf-8") as open_while_it_lives,  # which waits for the program to begin
    ):
        asking.kill()

        assert open_while_it_lives.read() == ""


@pytest.mark.parametrize("stack", ["all", "staging"])
def test_the_report_is_the_same_to_the_byte(stack: str) -> None:
    project = PROJECTS["online-boutique"]
    told: list[str] = []
    with Beside() as beside:
        together = assemble.preview(project, stack=stack, today=TODAY, beside=beside, progress=told.append)

    assert as_json(together) == as_json(assemble.preview(project, stack=stack, today=TODAY))
    assert told[:2] == ["rendering production", "rendering staging"]
