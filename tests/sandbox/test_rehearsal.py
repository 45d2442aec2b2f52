"""What `understudy sandbox` refuses before any engine is started, and what it plans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from understudy.cli import cli
from understudy.sandbox import rehearsal
from understudy.sandbox.faults import Fault, Faults, ProviderFaultError, read_faults


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rehearsal, "find_engine", lambda: tmp_path / "pulumi")
    return tmp_path / "sandbox"


def typed(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["sandbox", *words, "--project", str(ROOT), "--directory", str(folder)])
    return result.exit_code, result.output


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "novel.txt").write_text("mine", encoding="utf-8")

    code, output = typed(folder, "up")

    assert (code, "is no sandbox, and is not empty" in output) == (2, True)
    assert [each.name for each in folder.iterdir()] == ["novel.txt"]


def test_destroying_where_no_sandbox_is_is_refused(folder: Path) -> None:
    code, output = typed(folder, "destroy", "--yes")

    assert (code, "is no sandbox" in output, folder.exists()) == (2, True, False)


def test_a_stack_that_does_not_exist_is_refused(folder: Path) -> None:
    code, output = typed(folder, "up", "--stack", "stagign")

    assert (code, "did you mean 'staging'?" in output) == (2, True)


def test_a_planned_fault_is_what_the_providers_read(folder: Path) -> None:
    code, output = typed(folder, "fault", "--kind", "fail", "--method", "update", "--nth", "2", "--package", "aws")

    assert (code, output) == (0, "at call 2 of update, the next `sandbox up` will: fail\n")
    assert json.loads((folder / rehearsal.FAULTS).read_text(encoding="utf-8"))[0]["nth"] == 2
    planned: Faults = read_faults(folder / rehearsal.FAULTS)
    assert planned.carried_out("aws", "update", "any", lambda: "done") == "done"
    with pytest.raises(ProviderFaultError):
        planned.carried_out("aws", "update", "any", lambda: "done")


def test_a_planned_fault_is_forgotten(folder: Path) -> None:
    typed(folder, "fault", "--kind", "fail")

    assert typed(folder, "fault", "--clear") == (0, "no fault is planned\n")
    assert not (folder / rehearsal.FAULTS).exists()


@pytest.mark.parametrize("words", [(), ("--kind", "fail", "--clear"), ("--kind", "explode"), ("--kind", "fail", "--nth", "0")])
def test_a_fault_that_makes_no_sense_is_refused(folder: Path, words: tuple[str, ...]) -> None:
    code, _ = typed(folder, "fault", *words)

    assert (code, folder.exists()) == (2, False)


def test_every_part_of_a_fault_can_be_planned() -> None:
    params = cli.commands["sandbox"].commands["fault"].params  # type: ignore[attr-defined]

    assert set(Fault.__dataclass_fields__) - {"seen"} <= {str(option.name).rstrip("_") for option in params}
