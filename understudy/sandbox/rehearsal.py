"""A rehearsal of a project's stacks in a sandbox: deployed, previewed, broken on purpose, and taken away, on the real engine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from model.errors import ConfigurationError, Problem
from understudy.engine.command import Outcome
from understudy.engine.events import Event
from understudy.engine.executable import find_engine
from understudy.engine.judgement import errors, operations, violations
from understudy.preview.lead import LEAD
from understudy.preview.packs import MANDATORY, find_packs
from understudy.preview.project import Project
from understudy.sandbox.account import records
from understudy.sandbox.faults import Fault
from understudy.sandbox.workspace import Workspace, open_workspace

MARK = "understudy-sandbox"
"""A file that a sandbox's folder has: nothing is destroyed in a folder without it."""
FAULTS = "faults.json"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Rehearsed:
    """What a command did to one stack."""

    stack: str
    command: str
    succeeded: bool
    operations: Mapping[str, int]
    findings: Mapping[str, int]
    """Number of what the policy packs said, by level."""
    violations: Sequence[str]
    errors: Sequence[str]
    exists: int
    """How many resources exist in the sandbox afterwards, of every stack."""


@dataclass(frozen=True)
class Sandbox:
    """A folder with a backend, stand-in providers, and what exists in their accounts."""

    workspace: Workspace
    project: Project

    def up(self, stacks: Sequence[str], progress: Progress) -> Iterator[Rehearsed]:
        """Deploy stacks, each after a preview of its own, under the project's policy packs. A planned fault strikes, once."""
        yield from self._each(stacks, ("up", "--yes"), progress)

    def preview(self, stacks: Sequence[str], progress: Progress) -> Iterator[Rehearsed]:
        """Preview stacks against what is deployed."""
        yield from self._each(stacks, ("preview",), progress)

    def destroy(self, stacks: Sequence[str], progress: Progress) -> Iterator[Rehearsed]:
        """Take stacks away, the lead last; only those that this sandbox's own backend has."""
        known = set(self.stacks())
        for stack in sorted(known & set(stacks), key=lambda name: name == LEAD):
            progress(f"destroy {stack}")
            outcome = self.workspace.run(self.project, stack, "destroy", "--yes", tell=_steps(progress))
            yield self._told(stack, "destroy", outcome)
            if outcome.exit_code == 0:
                self.workspace.call(self.project, "stack", "rm", stack, "--yes", "--non-interactive")

    def stacks(self) -> list[str]:
        """The stacks of the project that the sandbox's backend has."""
        if not self.workspace.folder(self.project).is_dir():
            return []
        listed = self.workspace.call(self.project, "stack", "ls", "--json")
        return [entry["name"].rpartition("/")[2] for entry in json.loads(listed.stdout or "[]")]

    def plan(self, fault: Fault | None) -> None:
        """Let a fault strike in the next deployment, in place of any that was planned; None forgets it."""
        file = self.workspace.root / FAULTS
        if fault is None:
            file.unlink(missing_ok=True)
            return
        rule = {key: value for key, value in asdict(fault).items() if key != "seen"}
        file.write_text(json.dumps([rule], indent=1) + "\n", encoding="utf-8")

    def _each(self, stacks: Sequence[str], words: Sequence[str], progress: Progress) -> Iterator[Rehearsed]:
        packs = find_packs(self.project.program / "policies")
        faults = self.workspace.root / FAULTS
        for stack in stacks:
            progress(f"{words[0]} {stack}")
            self.workspace.prepare(self.project, stack)
            self.workspace.unlock(self.project, stack)
            strikes = words[0] == "up" and faults.exists()
            workspace = self.workspace.plan_faults(faults if strikes else None)
            outcome = workspace.run(self.project, stack, *words, packs=packs, tell=_steps(progress))
            if strikes:
                faults.unlink()
            yield self._told(stack, words[0], outcome)

    def _told(self, stack: str, command: str, outcome: Outcome) -> Rehearsed:
        said = violations(outcome.events)
        return Rehearsed(
            stack=stack,
            command=command,
            succeeded=outcome.exit_code == 0,
            operations=operations(outcome.events),
            findings=dict(sorted(Counter(each.level for each in said).items())),
            violations=[f"{each.policy}: {each.message.splitlines()[-1]}" for each in said if each.level == MANDATORY],
            errors=_errors(outcome),
            exists=len(list(records(self.workspace.resources))),
        )


def _errors(outcome: Outcome) -> list[str]:
    """What the engine called an error; where it ended before its first event, the last that it printed."""
    found = [f"{urn.rpartition('::')[2]}: {message}".removeprefix(": ") for urn, message in errors(outcome.events)]
    if not found and outcome.exit_code != 0:
        found = outcome.output.strip().splitlines()[-1:]
    return found


def open_sandbox(folder: Path, project: Project) -> Sandbox:
    """The sandbox in a folder, made where there is none. Raises ConfigurationError for a folder that holds something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise ConfigurationError([Problem("--directory", f"{str(folder)!r} is no sandbox, and is not empty")])
    engine = find_engine()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return Sandbox(open_workspace(folder.resolve(), engine), project)


def existing_sandbox(folder: Path, project: Project) -> Sandbox:
    """The sandbox in a folder. Raises ConfigurationError where there is none."""
    if not (folder / MARK).exists():
        raise ConfigurationError([Problem("--directory", f"{str(folder)!r} is no sandbox; `understudy sandbox up` makes one")])
    return open_sandbox(folder, project)


def _steps(progress: Progress) -> Callable[[Event], None]:
    """Tells each hundredth step that is done."""
    count = 0

    def tell(event: Event) -> None:
        nonlocal count
        if "resOutputsEvent" in event:
            count += 1
            if count % 100 == 0:
                progress(f"{count} resources")

    return tell
