"""What runs in the shipped environments, rendered once for every test that only looks at it."""

from __future__ import annotations

import pytest

from model.environment import Environment
from model.load import load_environment
from tests.components.rendering import Rendering
from tests.components.workloads import rendered
from tests.conftest import PROJECTS, raw_model


@pytest.fixture(scope="session")
def shop(production: Environment) -> Rendering:
    """The workloads of the shop."""
    return rendered(production)


@pytest.fixture(scope="session", params=sorted(PROJECTS))
def system(request: pytest.FixtureRequest) -> tuple[Environment, Rendering]:
    """Each shipped model in turn, with its workloads."""
    environment = load_environment(raw_model(request.param))
    return environment, rendered(environment)
