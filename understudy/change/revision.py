"""A revision's report: its files taken out of the repository into a folder of their own, and previewed there by a process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from model.errors import ConfigurationError, Problem
from understudy.change.saved import OPTION, Report, read_report
from understudy.preview.lead import LEAD
from understudy.preview.project import read_project

LONGEST = 900
"""Seconds that a revision's preview may take."""
_ENDED_WELL = (0, 1, 4)


@contextmanager
def previewed(directory: Path, revision: str, stack: str, options: Sequence[str | Path]) -> Iterator[Callable[[], Report]]:
    """Preview a project as it was at a revision, beside whatever is done inside; the callable waits for the report.

    `options` are the preview's but for the stack; a path among them that lies in the repository is taken from the revision as
    well. The process runs under this interpreter, with the revision's own release of this command where the repository holds
    one. Raises ConfigurationError for what is no revision of a repository that the project lies in.
    """
    top = Path(_git(directory, "rev-parse", "--show-toplevel")).resolve()
    commit = _git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", asked=revision)
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        files, report = Path(folder) / "files", Path(folder) / "report.json"
        _take_out(top, commit, files)
        project = _there(directory, top, files, revision)
        given = ["--stack", stack if stack == "all" or stack in _stacks(project) else LEAD]
        given += [str(_there(option, top, files, revision)) if isinstance(option, Path) else option for option in options]
        own = [] if (files / "understudy" / "__main__.py").is_file() else ["-P"]
        command = [sys.executable, *own, "-m", "understudy", "preview", "--project", str(project), "--format", "json"]
        process = subprocess.Popen(  # noqa: S603 - this command, under this interpreter
            [*command, "--out", str(report), *given],
            cwd=files,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield lambda: _finished(process, report, revision, commit)
        finally:
            process.kill()
            process.communicate()


def _finished(process: subprocess.Popen[str], report: Path, revision: str, commit: str) -> Report:
    try:
        _, said = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired as error:
        raise _problem(f"the preview at {revision!r} took more than {LONGEST} seconds") from error
    if process.returncode not in _ENDED_WELL:
        lines = [line.removeprefix("error: ") for line in said.splitlines() if not line.startswith("…")]
        raise _problem(f"cannot be previewed at {revision!r}: {lines[0] if lines else 'it ended without a word'}")
    return Report(read_report(report), {"kind": "revision", "name": revision, "commit": commit})


def _take_out(top: Path, commit: str, files: Path) -> None:
    """Write a commit's files below a new folder, through an index of their own: the working copy's is not touched."""
    files.mkdir()
    environment = {**os.environ, "GIT_INDEX_FILE": str(files.parent / "index")}
    for arguments in (("read-tree", commit), ("checkout-index", "--all", f"--prefix={files}/")):
        subprocess.run(["git", "-C", top, *arguments], check=True, capture_output=True, env=environment)  # noqa: S603, S607


def _stacks(project: Path) -> Sequence[str]:
    """The stacks of a project; of one that cannot be read the lead alone, and its preview then says what is wrong."""
    try:
        return read_project(project).stacks
    except ConfigurationError:
        return (LEAD,)


def _there(path: Path, top: Path, files: Path, revision: str) -> Path:
    """Where a path of the repository is at the revision; any other path as it is."""
    full = path.resolve()
    if not full.is_relative_to(top):
        return full
    inner = full.relative_to(top)
    if not (files / inner).exists():
        raise _problem(f"found {revision!r}, at which {inner.as_posix()} does not exist; compare with a later revision")
    return files / inner


def _git(directory: Path, *arguments: str, asked: str = "") -> str:
    try:
        done = subprocess.run(["git", "-C", directory, *arguments], check=False, capture_output=True, text=True)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise _problem("compares with a revision by git, which is not installed") from error
    if done.returncode and asked:
        raise _problem(
            f"found {asked!r}, which is neither a file nor a revision of the repository; in a shallow clone, fetch it first"
        )
    if done.returncode:
        raise _problem(f"{directory} is in no git repository, so that there is no revision to compare with")
    return done.stdout.strip()


def _problem(message: str) -> ConfigurationError:
    return ConfigurationError([Problem(OPTION, message)])
