"""The real engine in a folder of its own, with stand-in providers and no account; and projects that a test may change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import PROJECTS, ROOT
from understudy.engine.executable import find_engine
from understudy.preview.packs import find_packs
from understudy.preview.project import Project, read_project
from understudy.sandbox import descriptions
from understudy.sandbox.workspace import Workspace, open_workspace

PACKS = find_packs(ROOT / "policies")
Edit = Callable[[dict[str, Any]], None]
"""Changes a mapping in place."""


@pytest.fixture(scope="session")
def engine() -> Path:
    """The engine's executable. Whoever asks for these tests and has none gets an error, not a skip."""
    return find_engine()


@pytest.fixture(scope="session")
def described() -> Path:
    """Where descriptions of resource types are kept between runs."""
    return ROOT / ".cache" / "descriptions"


@pytest.fixture
def workspace(tmp_path: Path, engine: Path, described: Path) -> Workspace:
    """A workspace in which nothing exists yet."""
    return new_workspace(tmp_path / "sandbox", engine, described)


def new_workspace(root: Path, engine: Path, described: Path) -> Workspace:
    opened = open_workspace(root, engine)
    return Workspace(opened.root, opened.engine, opened.passphrase, {descriptions.VARIABLE: str(described)})


def copied(system: str, folder: Path, *, model: Edit = lambda _: None, staging: Edit = lambda _: None) -> Project:
    """A shipped system's project in another folder, with changes in its model and in its staging file."""
    source = PROJECTS[system]
    content = yaml.safe_load((source / "Pulumi.yaml").read_text(encoding="utf-8"))
    stack = yaml.safe_load((source / "Pulumi.staging.yaml").read_text(encoding="utf-8"))
    model(content["config"]["environment"]["value"])
    staging({key.split(":", 1)[1]: value for key, value in stack["config"].items()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({**content, "main": str(ROOT)}, sort_keys=False), encoding="utf-8")
    (folder / "Pulumi.staging.yaml").write_text(yaml.safe_dump(stack, sort_keys=False), encoding="utf-8")
    return read_project(folder)
