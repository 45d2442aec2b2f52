"""Run every command the documentation tells its readers to type, and compare what it answers with what is shown.

Each document is one shell session in a copy of the working copy, as a reader would have it, so that a document can change
files and directories without touching the ones checked. A line `...` in shown output stands for any lines, and `...` within a
line for any text. Exit code 1 if anything differs, or if there was nothing to run.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.check.console_blocks import Command, MalformedBlockError, console_blocks

ROOT = Path(__file__).resolve().parents[2]
ELISION = "..."
LONGEST_SESSION = 900  # seconds
RUNNING = "DOCS_COMMANDS_RUNNING"
# What the make that started this check tells its children would change what the documented ones print.
OF_THE_CALLER = frozenset({"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "VIRTUAL_ENV"})


@dataclass(frozen=True)
class Answer:
    """What a command printed, standard output and error together, and its exit code; None if it was never reached."""

    output: tuple[str, ...]
    exit_code: int | None


def documents(root: Path) -> tuple[Path, ...]:
    """The documents whose commands are run, in a fixed order."""
    tops = [root / "README.md", root / "CONTRIBUTING.md"]
    return (*(top for top in tops if top.exists()), *sorted((root / "docs").rglob("*.md")))


def matches(shown: Sequence[str], output: Sequence[str]) -> bool:
    """Whether output is what was shown; space at a line's end and empty lines around the output count for nothing."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == ELISION else ".*".join(map(re.escape, line.rstrip().split(ELISION))) + r"\n"
        for line in _trimmed(shown)
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in _trimmed(output))) is not None


def run_session(commands: Sequence[Command], directory: Path) -> list[Answer]:
    """Run commands one after another in one shell in `directory`."""
    with tempfile.TemporaryDirectory() as answers:
        script = "\n".join(_typed(command, f"{answers}/{index}") for index, command in enumerate(commands))
        shell = subprocess.Popen(
            ["bash", "-c", script], cwd=directory, env=_environment(directory), stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            shell.wait(LONGEST_SESSION)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)  # with what it started; what did not finish has no exit code, and fails as such
            shell.wait()
        return [_answer(Path(answers), index) for index in range(len(commands))]


def differences(command: Command, answer: Answer) -> Iterator[str]:
    """What a reader would be surprised by, as lines; none if the documentation is right."""
    if answer.exit_code is None:
        yield f"did not finish within {LONGEST_SESSION} s, or the shell ended before it"
    elif answer.exit_code != command.exit_code:
        yield f"exit code {answer.exit_code}, documented {command.exit_code}"
        yield from answer.output[-20:]
    elif command.shown and not matches(command.shown, answer.output):
        yield "the output is not the one shown"
        yield from difflib.unified_diff(command.shown, answer.output, "documented", "printed", lineterm="")


def copy_working_copy(root: Path, target: Path) -> None:
    """Copy what git would (committed, changed or new; not ignored), and lend it the environment.

    Files are dated before the environment, so that no `make` in the copy sets up again what is only lent.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target / name)
            os.utime(target / name, (0, 0))
    (target / ".venv").symlink_to(root / ".venv")


def main() -> int:
    """Check all documents; print what differs and what was run."""
    if os.environ.get(RUNNING):
        print("already running the documentation's commands")
        return 0
    ran = failed = 0
    for document in documents(ROOT):
        name = document.relative_to(ROOT)
        try:
            blocks = console_blocks(document.read_text(encoding="utf-8"))
        except MalformedBlockError as error:
            print(f"{name}: {error}")
            failed += 1
            continue
        for block in blocks:
            if block.skipped:
                print(f"{name}:{block.line}: not run: {block.skipped}")
        commands = [command for block in blocks if not block.skipped for command in block.commands]
        with tempfile.TemporaryDirectory() as directory:
            copy_working_copy(ROOT, Path(directory))
            answers = run_session(commands, Path(directory)) if commands else []
        for command, answer in zip(commands, answers, strict=True):
            ran += 1
            found = list(differences(command, answer))
            if found:
                failed += 1
                print(f"{name}:{command.line}: $ {command.text}", *(f"    {line}" for line in found), sep="\n")
    print(f"{ran} commands run, {failed} wrong")
    return 1 if failed or not ran else 0


def _trimmed(lines: Sequence[str]) -> list[str]:
    return "\n".join(line.rstrip() for line in lines).strip("\n").split("\n")


def _typed(command: Command, answer: str) -> str:
    return f"{{\n{command.text}\n}} >{shlex.quote(answer + '.out')} 2>&1\necho $? >{shlex.quote(answer + '.code')}"


def _answer(directory: Path, index: int) -> Answer:
    output, code = directory / f"{index}.out", directory / f"{index}.code"
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines() if output.exists() else []
    return Answer(tuple(lines), int(code.read_text(encoding="utf-8")) if code.exists() else None)


def _environment(directory: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
    # The environment lent is installed from the original; the path lets the copy's own packages come first.
    return inherited | {RUNNING: "1", "PYTHONPATH": str(directory), "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


if __name__ == "__main__":
    sys.exit(main())
