"""The files for continuous integration that a user copies: valid by their schemas, and their shell lines do what they say."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "ci"
CHECKER = Path(sys.executable).with_name("check-jsonschema")
PULL_REQUEST, DEPLOY, GITLAB = (FOLDER / name for name in ("github-pull-request.yml", "github-deploy.yml", "gitlab-ci.yml"))
GITHUB = (PULL_REQUEST, DEPLOY)
MARKER = "<!-- understudy-report -->"


def content(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def steps(file: Path) -> list[Mapping[str, Any]]:
    return [step for job in content(file)["jobs"].values() for step in job["steps"]]


def shell_lines() -> Iterator[tuple[str, str]]:
    """Every shell line of every file, with a name."""
    for file in GITHUB:
        for step in steps(file):
            if "run" in step:
                yield f"{file.name}: {step['name']}", step["run"]
    for name, job in content(GITLAB).items():
        if isinstance(job, dict):
            for part in ("before_script", "script", "after_script"):
                for index, line in enumerate(job.get(part, ())):
                    yield f"{GITLAB.name}: {name}.{part}[{index}]", line


LINES = dict(shell_lines())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--builtin-schema", "vendor.github-workflows", str(PULL_REQUEST)],
        ["--builtin-schema", "vendor.github-workflows", str(DEPLOY)],
        ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(GITLAB)],
    ],
    ids=lambda arguments: Path(arguments[-1]).name,
)
def test_a_file_keeps_to_its_schema(arguments: list[str]) -> None:
    ended = subprocess.run([CHECKER, *arguments], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("name", LINES)
def test_a_shell_line_is_one(name: str) -> None:
    ended = subprocess.run(["bash", "-n"], input=LINES[name], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("name", LINES)
def test_no_shell_line_holds_an_expression_that_a_pull_request_could_fill(name: str) -> None:
    assert "${{" not in LINES[name]


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_every_job_says_what_it_may_do_and_how_long(file: Path) -> None:
    workflow = content(file)

    assert "write-all" not in str(workflow["permissions"])
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("name", LINES)
def test_the_command_of_a_line_knows_its_options(name: str) -> None:
    """What `understudy` is given, it takes; what is given to `pulumi` is run by the engine's tests."""
    for line in re.findall(r"\.venv/bin/understudy (.*)", LINES[name]):
        words = line.partition(" -- ")[0].split()
        told = subprocess.run(
            [sys.executable, "-m", "understudy", words[0], "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert [word for word in words[1:] if word.startswith("--") and word not in told] == []


def test_the_targets_of_make_exist() -> None:
    made = {target for line in LINES.values() for target in re.findall(r"^make (\S+)", line, re.MULTILINE)}

    for target in made:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=True)
    assert made == {".venv/.ready"}


GH = """#!/usr/bin/env python3
import json, pathlib, sys
words, folder = sys.argv[1:], pathlib.Path(__file__).parent
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(words) + "\\n")
comments = folder / "found"
if "--paginate" in words and comments.exists():
    print(comments.read_text())
"""


def posted(folder: Path, found: str) -> list[list[str]]:
    """The calls of GitHub's tool that the step makes, where the pull request has these comments of ours."""
    (step,) = [step for step in steps(PULL_REQUEST) if "GH_TOKEN" in step.get("env", {})]
    (folder / "report.md").write_text(f"{MARKER}\n### shop\n", encoding="utf-8")
    tool = folder / "bin" / "gh"
    tool.parent.mkdir()
    tool.write_text(GH.replace("/usr/bin/env python3", sys.executable), encoding="utf-8")
    tool.chmod(0o755)
    if found:
        (tool.parent / "found").write_text(found, encoding="utf-8")
    environment = {
        "PATH": f"{tool.parent}{os.pathsep}{os.environ['PATH']}",
        "COMMENTS": "repos/team/shop/issues",
        "PULL_REQUEST": "7",
        "GH_TOKEN": "t",
    }
    subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], cwd=folder, env=environment, check=True)
    return [json.loads(line) for line in (tool.parent / "calls").read_text(encoding="utf-8").splitlines()]


def test_the_first_report_is_a_new_comment(tmp_path: Path) -> None:
    (_, call) = posted(tmp_path, "")

    assert call == ["api", "--silent", "--method", "POST", "repos/team/shop/issues/7/comments", "--field", "body=@report.md"]


def test_a_later_report_takes_the_place_of_the_first(tmp_path: Path) -> None:
    (asked, call) = posted(tmp_path, "11\n12")

    assert MARKER in asked[-1]
    assert call == ["api", "--silent", "--method", "PATCH", "repos/team/shop/issues/comments/11", "--field", "body=@report.md"]


class _Notes(http.server.BaseHTTPRequestHandler):
    """Takes one note, as GitLab's API would."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        vars(self.server)["got"] = (self.path, self.headers["PRIVATE-TOKEN"], urllib.parse.parse_qs(body)["body"][0])
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.skipif(shutil.which("curl") is None, reason="the line is curl's")
def test_a_merge_request_gets_the_report_as_a_note(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text(f"{MARKER}\n100 % & more", encoding="utf-8")
    server = http.server.HTTPServer(("127.0.0.1", 0), _Notes)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    environment = {
        "PATH": os.environ["PATH"],
        "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "9",
        "REPORT_TOKEN": "token",
    }
    line = LINES[f"{GITLAB.name}: preview.after_script[0]"]

    subprocess.run(["bash", "-eo", "pipefail", "-c", line], cwd=tmp_path, env=environment, check=True, timeout=30)
    thread.join(timeout=10)
    server.server_close()

    assert vars(server)["got"] == ("/api/v4/projects/3/merge_requests/9/notes", "token", f"{MARKER}\n100 % & more")


def test_both_report_lines_of_a_pull_request_are_the_same() -> None:
    github = LINES[f"{PULL_REQUEST.name}: Preview both environments"].replace("$BASE", "B")
    gitlab = LINES[f"{GITLAB.name}: preview.script[1]"].replace("$CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "B")

    assert github == gitlab
