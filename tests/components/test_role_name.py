"""The names that IAM gets for roles."""

from __future__ import annotations

import pytest

from components.role_name import role_prefix
from components.system import System
from model.load import load_environment
from tests.components.rendering import render
from tests.conftest import PROJECTS, raw_model

MOST, RANDOM_ENDING, PROVIDERS_ENDING = 64, 8, 26


@pytest.mark.parametrize("length", range(50, 120))
def test_a_role_whose_name_fits_keeps_it_and_any_other_gets_a_prefix_that_fits(length: int) -> None:
    name = "a" * length
    prefix = role_prefix(name)
    assert (prefix is None) is (length + RANDOM_ENDING <= MOST)
    assert prefix is None or len(prefix) + PROVIDERS_ENDING <= MOST


def test_a_prefix_ends_in_one_hyphen() -> None:
    assert role_prefix(f"{'a' * 36}-{'b' * 40}") == f"{'a' * 36}-"


@pytest.mark.parametrize("project", sorted(PROJECTS))
def test_iam_takes_the_name_of_every_role_of_the_shipped_systems(project: str) -> None:
    environment = load_environment(raw_model(project))
    roles = render(lambda: System(environment)).of("aws:iam/role:Role")
    too_long = [role.name for role in roles if "namePrefix" not in role.properties and len(role.name) + RANDOM_ENDING > MOST]
    assert roles
    assert too_long == []
