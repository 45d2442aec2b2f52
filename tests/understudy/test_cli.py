"""The command: exit codes, files written whole or not at all, no traceback for a user's mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from model.errors import ConfigurationError, Problem
from understudy import assemble
from understudy.cli import cli
from understudy.report.document import SCHEMA

PACK, CONFIG = "tests/understudy/packs/strict", "tests/understudy/packs/strict/PulumiPolicy.yaml"
ROOT = Path(__file__).resolve().parents[2]
Outcome = Callable[..., dict[str, Any]]


def report(verdict: str) -> dict[str, Any]:
    counts = {"mandatory": int(verdict == "violation"), "advisory": 0}
    summary = {"resources": {"staging": 0}, "policies": counts}
    stacks: dict[str, Any] = {"staging": {"resources": [], "outputs": {}, "policies": [], "rules": []}}
    head = {"schema": SCHEMA, "project": "shop", "verdict": verdict, "summary": summary, "packs": []}
    return {**head, "stacks": stacks, "ledger": [], "represented_load": []}


def fails(error: BaseException) -> Outcome:
    def preview(*_: Any, **__: Any) -> dict[str, Any]:
        raise error

    return preview


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def invoke(outcome: Outcome, *arguments: str) -> Result:
        monkeypatch.setattr(assemble, "preview", outcome)
        return CliRunner().invoke(cli, ["preview", *arguments])

    return invoke


@pytest.mark.parametrize(
    ("outcome", "code", "says"),
    [
        (lambda *_, **__: report("clean"), 0, "shop: CLEAN"),
        (lambda *_, **__: report("violation"), 1, "shop: VIOLATION"),
        (
            fails(ConfigurationError([Problem("a.b", "found 1"), Problem("c", "found 2")])),
            2,
            "error: a.b: found 1\nerror: c: found 2",
        ),
        (fails(ValueError("boom\nmore")), 3, "internal error: ValueError: boom; --debug or UNDERSTUDY_DEBUG=1 shows where"),
    ],
)
def test_the_outcome_is_the_exit_code(run: Callable[..., Result], outcome: Outcome, code: int, says: str) -> None:
    result = run(outcome)

    assert result.exit_code == code
    assert says in result.output
    assert "Traceback" not in result.output


def test_a_traceback_is_shown_on_request_only(run: Callable[..., Result]) -> None:
    assert "Traceback" in run(fails(ValueError("boom")), "--debug").output


@pytest.mark.parametrize(
    ("form", "begins"),
    [("json", "{"), ("sarif", "{"), ("junit", "<?xml"), ("markdown", "<!-- understudy-report -->"), ("text", "shop: CLEAN")],
)
def test_a_report_is_written_to_a_file(run: Callable[..., Result], tmp_path: Path, form: str, begins: str) -> None:
    result = run(lambda *_, **__: report("clean"), "--format", form, "--out", str(tmp_path / "report"))

    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "report").read_text(encoding="utf-8").startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_report_that_cannot_be_written_leaves_nothing_behind(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "kept").touch()

    result = run(lambda *_, **__: report("clean"), "--out", str(tmp_path / "absent" / "report"))

    assert result.exit_code == 2
    assert "--out" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_pipe_is_written_to_and_not_replaced(run: Callable[..., Result], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_text)
        result = run(lambda *_, **__: report("clean"), "--out", str(pipe))

        assert result.exit_code == 0
        assert read.result(timeout=10).startswith("shop: CLEAN")
    assert pipe.is_fifo()


def test_a_link_is_followed_and_stays(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "report").write_text("former")
    (tmp_path / "link").symlink_to(tmp_path / "report")

    run(lambda *_, **__: report("clean"), "--out", str(tmp_path / "link"))

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report").read_text().startswith("shop: CLEAN")


def test_a_failed_run_leaves_the_former_report_alone(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "report").write_text("former")

    run(fails(ValueError("boom")), "--out", str(tmp_path / "report"))

    assert (tmp_path / "report").read_text() == "former"


def undecided(verdict: str, level: str | None = "mandatory") -> dict[str, Any]:
    document = report(verdict)
    policy = {"pack": "p", "policy": "P-1", "level": "advisory", "rule_level": level, "severity": None, "inconclusive": True}
    document["stacks"]["staging"]["policies"] = [
        {**policy, "urn": None, "property": None, "message": "cannot tell yet", "source": None}
    ]
    return document


@pytest.mark.parametrize(
    ("document", "options", "code"),
    [
        (report("clean"), ["--strict"], 0),
        (undecided("clean"), [], 0),
        (undecided("clean"), ["--strict"], 4),
        (undecided("clean", "advisory"), ["--strict"], 0),
        (undecided("clean", None), ["--strict"], 4),
        (undecided("violation"), ["--strict"], 1),
    ],
)
def test_strict_is_exit_code_4_where_nothing_is_violated_and_a_mandatory_rule_cannot_be_told(
    run: Callable[..., Result], document: dict[str, Any], options: list[str], code: int
) -> None:
    assert run(lambda *_, **__: document, "--format", "json", *options).exit_code == code


def test_one_preview_writes_several_forms(run: Callable[..., Result], tmp_path: Path) -> None:
    wanted = {"json": "{", "sarif": "{", "junit": "<?xml", "markdown": "<!--", "html": "<!doctype", "text": "shop: CLEAN"}
    options = [part for form in wanted for part in ("--report", f"{form}={tmp_path / form}")]

    result = run(lambda *_, **__: report("clean"), *options)

    assert (result.exit_code, result.output.startswith("shop: CLEAN")) == (0, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(wanted)
    assert all((tmp_path / form).read_text(encoding="utf-8").startswith(begin) for form, begin in wanted.items())


@pytest.mark.parametrize(
    ("reports", "says"),
    [
        (["json=absent/report"], "there is no folder"),
        (["json=folder"], "it is a folder"),
        (["json=report", "sarif=./report"], "is named twice"),
        (["sariff=report"], "did you mean 'sarif'?"),
        (["report"], "write FORM=FILE"),
        (["json="], "write FORM=FILE"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_any_work(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reports: list[str], says: str
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)

    result = run(fails(AssertionError("it ran")), *[part for each in ("text=ok", *reports) for part in ("--report", each)])

    assert (result.exit_code, says in result.output) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_when_one_of_several_files_fails_none_is_there(run: Callable[..., Result], tmp_path: Path) -> None:
    name = "x" * 255  # its draft has a name that is too long

    result = run(lambda *_, **__: report("clean"), "--report", f"json={tmp_path / 'a'}", "--report", f"text={tmp_path / name}")

    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "must be an object"),
        ("{}", "--configuration: project: must be the project's name, found None"),
        ('{"project": "shop"}', "--configuration: configuration: must map"),
        ('{"project": "shop", "configuration": {"a:b": 1}}', "--configuration: configuration.a:b: must be a text, found 1"),
        ('{"project": 3, "configuration": []}', "--configuration: project"),
        ('{"project": "shop", "configuration": {"aws:region": "x"}}', "error: "),
    ],
)
def test_a_malformed_request_for_a_reference_is_exit_code_2(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "request.json").write_text(content, encoding="utf-8")

    result = CliRunner().invoke(cli, ["reference", "--configuration", str(tmp_path / "request.json")])

    assert (result.exit_code, says in result.output) == (2, True)


def test_an_error_outside_of_a_command_is_one_line_and_a_hint() -> None:
    program = "from understudy import cli; cli.cli.main = lambda **_: 1 / 0; cli.main()"
    done = [
        subprocess.run(
            [sys.executable, "-c", program], env=os.environ | more, cwd=ROOT, capture_output=True, text=True, check=False
        )
        for more in ({}, {"UNDERSTUDY_DEBUG": "1"})
    ]

    assert [one.returncode for one in done] == [3, 3]
    assert done[0].stderr == "internal error: ZeroDivisionError: division by zero; --debug or UNDERSTUDY_DEBUG=1 shows where\n"
    assert "Traceback" in done[1].stderr


def understudy(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from understudy.cli import main; main()", *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("preview", "--stack", "stagin"),
        ("preview", "--project", "docs"),
        ("preview", "--policy-pack", "docs"),
        ("preview", "--policy-pack", PACK, "--policy-pack-config", CONFIG, "--policy-pack-config", CONFIG),
        ("preview", "--format", "xml"),
        ("preview", "--polcy-pack", "x"),
        ("previw",),
    ],
    ids=" ".join,
)
def test_a_users_mistake_is_exit_code_2_in_a_few_lines(arguments: tuple[str, ...]) -> None:
    done = understudy(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_help_shows_examples_and_exit_codes() -> None:
    done = understudy("preview", "--help")

    assert done.returncode == 0
    assert "understudy preview --stack staging --format json --out report.json" in done.stdout
    assert "2  the configuration or the command line is wrong" in done.stdout


def test_a_second_system_is_previewed_byte_for_byte_the_same_by_the_same_code() -> None:
    # a pack of few policies: the shipped ones are judged elsewhere
    arguments = ("preview", "--project", "examples/online-boutique", "--format", "json", "--policy-pack", PACK)
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda seed: understudy(*arguments, PYTHONHASHSEED=seed), ("1", "2"))
    document = json.loads(first.stdout)
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))

    assert first.stdout == second.stdout
    assert (first.returncode, first.stderr, second.stderr) == (1, "", "")
    assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []
    assert set(document["stacks"]) == {"production", "staging"}


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize(("arguments", "code"), [(("schema",), 0), (("explain", "--project", str(ROOT), "absent"), 2)])
def test_a_stream_that_is_closed_changes_no_exit_code(stream: str, arguments: tuple[str, ...], code: int) -> None:
    closing = f"import os, sys; os.close({('stdout', 'stderr').index(stream) + 1}); os.execv(sys.executable, sys.argv[1:])"
    command = [sys.executable, "-m", "understudy", *arguments]

    assert (
        subprocess.run([sys.executable, "-c", closing, *command], capture_output=True, check=False, cwd=ROOT).returncode == code
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_standard_output_that_is_full_is_named_as_a_file_would_be() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "understudy", "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT
        )

    assert (done.returncode, done.stderr) == (2, "error: standard output: cannot be written: No space left on device\n")


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (("preview",), "01234"),
        (("check",), "01234"),
        (("compliance",), "01234"),
        (("cost",), "0123"),
        (("prices", "refresh"), "0123"),
        (("sandbox", "up"), "0123"),
        (("explain",), "023"),
        (("graph",), "023"),
        (("init",), "023"),
        (("schema",), "023"),
        (("data", "plan"), "023"),
        (("data", "classify"), "0123"),
        (("data", "verify"), "0123"),
        (("data", "demo"), "0123"),
        (("data", "refresh"), "01235"),
        (("data", "job"), "01235"),
    ],
)
def test_help_names_the_exit_codes_that_a_command_has(command: tuple[str, ...], codes: str) -> None:
    lines = CliRunner().invoke(cli, [*command, "--help"]).output.partition("Exit codes:")[2].split("\n")

    assert "".join(line.split()[0] for line in lines if line.strip()) == codes
