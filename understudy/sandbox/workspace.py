"""A folder in which the real engine works on its own: a backend, a home, launchers, stand-in providers and copies of projects."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from model.errors import ConfigurationError, Problem
from understudy.engine.command import Outcome, bytecode_kept, run_engine
from understudy.engine.events import Event
from understudy.engine.launchers import write_launchers
from understudy.preview.project import Project
from understudy.sandbox import descriptions, faults, provider

PACKAGES = ("aws", "kubernetes", "random")
"""The packages that have stand-ins; the program uses no others."""


@dataclass(frozen=True)
class Workspace:
    """The folder, the engine's executable and the passphrase of its secrets. `variables` are added to the environment."""

    root: Path
    engine: Path
    passphrase: str
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def resources(self) -> Path:
        """Where the sandbox's resources are, as an account would keep them."""
        return self.root / "resources"

    @property
    def state(self) -> Path:
        """The engine's backend."""
        return self.root / "state"

    def environment(self) -> dict[str, str]:
        """The environment of the engine's commands: nothing outside the folder is written, and no account is known."""
        own = {key: value for key, value in bytecode_kept().items() if not key.startswith(("PULUMI_", "AWS_", "KUBE"))}
        return {
            **own,
            "PATH": os.pathsep.join([str(self.root / "bin"), str(self.engine.parent), own.get("PATH", "")]),
            "PULUMI_HOME": str(self.root / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.state}",
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
            provider.ROOT_VARIABLE: str(self.resources),
            descriptions.VARIABLE: str(self.root / "descriptions"),
            **self.variables,
        }

    def run(
        self, project: Project, stack: str, *words: str, packs: Sequence[Path] = (), tell: Callable[[Event], None] | None = None
    ) -> Outcome:
        """Run a command of the engine on a stack, under policy packs, without a question. Its events are in the outcome."""
        policies = [part for pack in packs for part in ("--policy-pack", str(pack.resolve()))]
        command: list[str | Path] = [self.engine, *words, "--stack", stack, "--non-interactive", *policies]
        return run_engine(command, directory=self.folder(project), environment=self.environment(), tell=tell)

    def call(self, project: Project, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command that makes no events."""
        return subprocess.run(  # noqa: S603 - the engine's own executable
            [self.engine, *words],
            cwd=self.folder(project),
            env=self.environment(),
            check=False,
            text=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )

    def folder(self, project: Project) -> Path:
        """The copy of a project in which the engine works, since it writes into stacks' files."""
        return self.root / "projects" / project.name

    def unlock(self, project: Project, stack: str) -> None:
        """Take away the lock of a command that was killed. Nobody else works in this folder."""
        if any((self.state / ".pulumi" / "locks").rglob("*.json")):
            self.call(project, "cancel", stack, "--yes", "--non-interactive")

    def plan_faults(self, path: Path | None) -> Workspace:
        """The same workspace, whose providers commit the faults in a file."""
        kept = {key: value for key, value in self.variables.items() if key != faults.VARIABLE}
        return Workspace(self.root, self.engine, self.passphrase, kept | ({faults.VARIABLE: str(path)} if path else {}))

    def prepare(self, project: Project, stack: str) -> None:
        """Copy a project's files, anew, and make sure that the stack exists."""
        folder = self.folder(project)
        folder.mkdir(parents=True, exist_ok=True)
        content = {**_content(project.file.path), "main": str(project.program), "stackConfigDir": "."}
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        own = project.stack_directory / f"Pulumi.{stack}.yaml"
        copy = folder / own.name
        salt = _content(copy).get("encryptionsalt") if copy.exists() else None
        copied = {**(_content(own) if own.exists() else {}), **({"encryptionsalt": salt} if salt else {})}
        copy.write_text(yaml.safe_dump(copied, sort_keys=False), encoding="utf-8")
        if salt is None:
            made = self.call(project, "stack", "init", stack, "--non-interactive")
            if made.returncode != 0:
                raise ConfigurationError([Problem("pulumi stack init", made.stderr.strip())])


def open_workspace(root: Path, engine: Path) -> Workspace:
    """A workspace in a folder, made where there is none. The passphrase is kept there, for nothing real is behind it."""
    for part in ("home", "state", "resources"):
        (root / part).mkdir(parents=True, exist_ok=True)
    write_launchers(root / "bin", standing_in=PACKAGES)
    kept = root / "passphrase"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    return Workspace(root, engine, kept.read_text(encoding="utf-8"))


def _content(file: Path) -> dict[str, Any]:
    """A YAML file that `read_project` has already found well-formed."""
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return content
