"""The real engine in a folder of its own, with stand-in providers and no account; and projects that a test may change."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conftest import PROJECTS, ROOT
from tests.engine import deployed
from tests.engine.deployed import Deployed
from understudy.engine.executable import find_engine
from understudy.preview.project import Project, read_project
from understudy.sandbox import descriptions
from understudy.sandbox.workspace import Workspace, open_workspace
from understudy.start.begin import begin

Edit = deployed.Edit
PACKS = deployed.PACKS


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


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory, engine: Path, described: Path) -> Deployed:
    """Both stacks of a small system, deployed in one project and one backend; for tests of the group `lifecycle`."""
    folder = tmp_path_factory.mktemp("base")
    begin(deployed.ANSWERS, folder / "project", ROOT, compose=deployed.COMPOSE, manifests=None, force=False)
    made = Deployed(new_workspace(folder / "sandbox", engine, described), folder / "project")
    for stack in deployed.STACKS:
        outcome = made.up(stack)
        assert outcome.exit_code == 0, outcome.output[-3000:]
    return made


@pytest.fixture
def system(base: Deployed, tmp_path: Path) -> Deployed:
    """A copy of what is deployed."""
    return base.copy(tmp_path)
