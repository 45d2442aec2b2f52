"""The shipped model, read once: tests change a copy of its raw form and look at what follows."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from model.environment import Environment
from model.load import load_environment, load_staging
from model.staging import Staging
from policies.engine.collector import collect_rarely

collect_rarely()

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = {"retail-store": ROOT, "online-boutique": ROOT / "examples" / "online-boutique"}


def raw_model(project: str = "retail-store") -> dict[str, Any]:
    """The raw model of a shipped system; a fresh copy each time."""
    text = (PROJECTS[project] / "Pulumi.yaml").read_text(encoding="utf-8")
    return copy.deepcopy(yaml.safe_load(text)["config"]["environment"]["value"])


def raw_staging(project: str = "retail-store") -> dict[str, Any]:
    """The raw staging file of a shipped system, by key."""
    text = (PROJECTS[project] / "Pulumi.staging.yaml").read_text(encoding="utf-8")
    return {key.split(":", 1)[1]: value for key, value in yaml.safe_load(text)["config"].items()}


@pytest.fixture(scope="session")
def production() -> Environment:
    """The shipped production model."""
    return load_environment(raw_model())


@pytest.fixture(scope="session")
def staging(production: Environment) -> Staging:
    """The shipped staging file."""
    return load_staging(raw_staging(), production)
