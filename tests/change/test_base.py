"""`understudy preview --base`: a revision of a real repository, a saved report, and what is neither."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from tests.conftest import PROJECTS, ROOT
from tests.report.documents import clean, report
from understudy import assemble
from understudy.change.saved import Report
from understudy.cli import cli

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def git(folder: Path, *arguments: str) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, env=kept)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of one project, whose working copy has more of a service in production than its first commit."""
    folder = tmp_path_factory.mktemp("repository")
    project = folder / "shop"
    project.mkdir()
    shipped = PROJECTS["online-boutique"]
    text = (shipped / "Pulumi.yaml").read_text(encoding="utf-8").replace("main: ../../", f"main: {ROOT}")
    (project / "Pulumi.yaml").write_text(text, encoding="utf-8")
    (project / "Pulumi.staging.yaml").write_text((shipped / "Pulumi.staging.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "nothing")
    git(folder, "tag", "empty")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    assert "replicas: 6\n" in text
    (project / "Pulumi.yaml").write_text(text.replace("replicas: 6\n", "replicas: 9\n", 1), encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def compared(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("out") / "report.json"
    result = run("--project", str(repository), "--base", "HEAD", "--format", "json", "--out", str(out))
    assert (result.exit_code, result.output) == (0, "")
    document: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return document


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["preview", *arguments])


def test_a_report_with_a_change_follows_the_published_schema(compared: dict[str, Any]) -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(compared)] == []


def test_what_the_working_copy_changes_is_told_in_both_environments(compared: dict[str, Any]) -> None:
    change = compared["change"]

    assert (change["base"]["kind"], change["base"]["name"], len(change["base"]["commit"])) == ("revision", "HEAD", 40)
    for stack in ("production", "staging"):
        assert (change["stacks"][stack]["added"], change["stacks"][stack]["removed"]) == ([], [])
        assert any(
            leaf["path"].endswith("replicas") for each in change["stacks"][stack]["changed"] for leaf in each["properties"]
        ), stack
    (moved,) = [line for line in change["ledger"] if line["path"].endswith(".replicas")]
    assert (moved["before"]["production"], moved["after"]["production"]) == (6, 9)
    assert change["findings"] == {"new": [], "cured": []}
    assert change["cost"]["production"]["difference"] == "0.00"


def test_a_stack_that_the_revision_does_not_have_is_all_new(repository: Path, tmp_path: Path) -> None:
    staging = (repository / "Pulumi.staging.yaml").read_text(encoding="utf-8")
    own = staging.replace("environment: staging", "environment: rehearsal")
    (repository / "Pulumi.rehearsal.yaml").write_text(own, encoding="utf-8")
    out = tmp_path / "report.json"
    try:
        result = run(
            "--project", str(repository), "--stack", "rehearsal", "--base", "HEAD", "--format", "json", "--out", str(out)
        )
    finally:
        (repository / "Pulumi.rehearsal.yaml").unlink()

    assert (result.exit_code, result.output) == (0, "")
    document = json.loads(out.read_text(encoding="utf-8"))
    (found,) = document["change"]["stacks"].values()
    assert len(found["added"]) == document["summary"]["resources"]["rehearsal"]
    assert len(document["change"]["ledger"]) == len(document["ledger"]) > 0


def test_the_working_copy_and_its_index_stay_as_they_are(repository: Path, compared: dict[str, Any]) -> None:
    status = subprocess.run(["git", "status", "--porcelain"], cwd=repository, check=True, capture_output=True, text=True).stdout

    assert compared["change"]
    assert status == " M shop/Pulumi.yaml\n"


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("no-such-branch", "neither a file nor a revision"),
        ("--upload-pack=x", "neither a file nor a revision"),
        ("empty", "at which shop does not exist"),
    ],
)
def test_what_is_no_base_is_bad_input(repository: Path, base: str, says: str) -> None:
    result = run("--project", str(repository), f"--base={base}")

    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_packs_are_those_of_the_revision_and_prices_the_same_for_both(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, list[Any]]] = []

    @contextmanager
    def previewed(_: Path, revision: str, stack: str, options: list[Any]) -> Iterator[Callable[[], Report]]:
        asked.append((stack, options))
        yield lambda: Report(clean(), {"kind": "revision", "name": revision, "commit": "0" * 40})

    monkeypatch.setattr("understudy.change.assemble.previewed", previewed)
    monkeypatch.setattr(assemble, "preview", lambda *_, **__: report())
    pack, prices = repository / "pack", tmp_path / "prices.json"
    pack.mkdir()
    prices.touch()

    run(
        "--project",
        str(repository),
        "--base",
        "main",
        "--policy-pack",
        str(pack),
        "--prices",
        str(prices),
        "--today",
        "2026-01-01",
    )

    pack.rmdir()
    assert asked == [("all", ["--policy-pack", pack, "--prices", str(prices.resolve()), "--today", "2026-01-01"])]


def test_a_revision_that_cannot_be_previewed_says_why(repository: Path) -> None:
    git(repository, "stash", "--quiet")
    git(repository, "checkout", "--quiet", "-b", "broken")
    broken = (repository / "Pulumi.yaml").read_text(encoding="utf-8").replace("owner:", "ownr:")
    (repository / "Pulumi.yaml").write_text(broken, encoding="utf-8")
    git(repository, "commit", "--quiet", "-am", "broken")
    git(repository, "checkout", "--quiet", "-")
    git(repository, "stash", "pop", "--quiet")

    result = run("--project", str(repository), "--base", "broken")

    assert result.exit_code == 2
    assert "cannot be previewed at 'broken': " in result.output
    assert "ownr" in result.output


def test_outside_a_repository_there_is_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    result = run("--project", str(tmp_path), "--base", "HEAD")

    assert result.exit_code == 2
    assert "is in no git repository" in result.output


def test_a_saved_report_serves_as_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base.json").write_text(json.dumps(clean()), encoding="utf-8")
    monkeypatch.setattr(assemble, "preview", lambda *_, **__: report())

    result = run("--base", str(tmp_path / "base.json"))

    assert result.exit_code == 1
    assert "WHAT CHANGES  since base.json" in result.output
    assert "NEW FINDINGS  1" in result.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is no report in JSON"),
        ("[" * 100_000, "is no report in JSON"),
        ('{"ratio": NaN}', "NaN is no number that a report holds"),
        ('{"ratio": 1e999}', "1e999 is no number that a report holds"),
        ("{}", "is no report of `understudy preview --format json`: the whole"),
        (json.dumps({**clean(), "stacks": {"staging": {}}}), "stacks.staging"),
        (json.dumps({**clean(), "schema": "understudy.report/v2"}), "schema"),
    ],
)
def test_a_file_that_is_no_report_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, says: str) -> None:
    (tmp_path / "base.json").write_text(content, encoding="utf-8")
    monkeypatch.setattr(assemble, "preview", lambda *_, **__: report())

    result = run("--base", str(tmp_path / "base.json"))

    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output
