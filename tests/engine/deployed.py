"""A small system, deployed in both stacks once, and copied for each test that goes on from there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT
from understudy.engine.command import Outcome
from understudy.engine.resources import Change, changes
from understudy.preview.packs import find_packs
from understudy.preview.project import Project, read_project
from understudy.sandbox.account import Record, records
from understudy.sandbox.workspace import Workspace, open_workspace
from understudy.start.answers import Answers

PACKS = find_packs(ROOT / "policies")
Edit = Callable[[dict[str, Any]], None]
"""Changes a mapping in place."""
ANSWERS = Answers("shop", "platform", "shop.example.com", "111122223333", "444455556666", "eu-west-1", "eu-north-1")
COMPOSE = Path(__file__).with_name("compose.yaml")
STACKS = ("production", "staging")


@dataclass(frozen=True)
class Deployed:
    """A workspace, and the project that is deployed in it."""

    workspace: Workspace
    directory: Path

    @property
    def project(self) -> Project:
        return read_project(self.directory)

    def copy(self, folder: Path) -> Deployed:
        """The same, elsewhere: what happens to the copy happens to nothing else."""
        shutil.copytree(self.workspace.root, folder / "sandbox", symlinks=True)
        shutil.copytree(self.directory, folder / "project")
        opened = open_workspace(folder / "sandbox", self.workspace.engine)
        copied = Workspace(opened.root, opened.engine, opened.passphrase, self.workspace.variables)
        return Deployed(copied, folder / "project")

    def edit(self, *, model: Edit | None = None, staging: Edit | None = None) -> None:
        """Change the model, or the staging file, by its keys."""
        if model is not None:
            file = self.directory / "Pulumi.yaml"
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            model(content["config"]["environment"]["value"])
            file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        if staging is not None:
            file = self.directory / "Pulumi.staging.yaml"
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            keyed = {key.split(":", 1)[1]: value for key, value in content["config"].items()}
            staging(keyed)
            content["config"] = {f"{self.project.name}:{key}": value for key, value in keyed.items()}
            file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def run(self, stack: str, *words: str, with_packs: bool = False, faults: list[dict[str, Any]] | None = None) -> Outcome:
        """Run a command of the engine on a stack, as the project is now."""
        workspace = self.workspace
        if faults is not None:
            file = workspace.root / "planned.json"
            file.write_text(json.dumps(faults), encoding="utf-8")
            workspace = workspace.plan_faults(file)
        workspace.prepare(self.project, stack)
        workspace.unlock(self.project, stack)
        return workspace.run(self.project, stack, *words, packs=PACKS if with_packs else ())

    def up(self, stack: str, *words: str, **options: Any) -> Outcome:
        """Deploy a stack."""
        return self.run(stack, "up", "--yes", "--skip-preview", *words, **options)

    def changed(self, stack: str) -> list[Change]:
        """What a preview would do to a stack."""
        outcome = self.run(stack, "preview")
        assert outcome.exit_code == 0, outcome.output[-3000:]
        return changes(outcome.events)

    def existing(self, stack: str | None = None) -> list[Record]:
        """What exists in the accounts and clusters, of a stack or of all."""
        found = records(self.workspace.resources)
        return [record for record in found if stack is None or record.urn.startswith(f"urn:pulumi:{stack}::")]

    def state(self, stack: str, *words: str) -> list[dict[str, Any]]:
        """The resources in a stack's exported state."""
        exported = self.workspace.call(self.project, "stack", "export", "--stack", stack, *words)
        assert exported.returncode == 0, exported.stderr
        resources: list[dict[str, Any]] = json.loads(exported.stdout)["deployment"].get("resources", [])
        return resources

    def mismatches(self, stack: str) -> dict[str, set[tuple[str, str]]]:
        """What exists and the engine does not know, and the reverse; each nothing where a deployment is whole."""
        own = {(record.urn, record.id) for record in self.existing(stack)}
        assert len(own) == len(self.existing(stack)), "something exists twice"
        known = {(entry["urn"], entry["id"]) for entry in self.state(stack) if _is_made(entry)}
        return {"orphans": own - known, "lost": known - own}

    def duplicates(self, stack: str) -> list[str]:
        """The resources that exist more than once."""
        urns = [record.urn for record in self.existing(stack)]
        return sorted({urn for urn in urns if urns.count(urn) > 1})

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Every file of the workspace but the passphrase, as text."""
        for file in sorted(self.workspace.root.rglob("*")):
            if file.is_file() and file != self.workspace.root / "passphrase" and "descriptions" not in file.parts:
                yield file, file.read_text(encoding="utf-8", errors="replace")


def _is_made(entry: dict[str, Any]) -> bool:
    return bool(entry.get("custom")) and not entry["type"].startswith("pulumi:") and not entry.get("delete")


def whole(system: Deployed, stack: str) -> bool:
    """Whether what exists is what the engine knows, each once."""
    return system.mismatches(stack) == {"orphans": set(), "lost": set()} and system.duplicates(stack) == []
