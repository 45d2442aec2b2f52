"""A key in the wrong place is refused, never ignored."""

from __future__ import annotations

import json

import pytest

from model.errors import ConfigurationError
from model.stack_configuration import stack_configuration
from scaling.resolve import resolve_stack
from tests.conftest import raw_model, raw_staging

MODEL = {"retail-store:environment": json.dumps(raw_model())}
STAGING = {f"retail-store:{key}": json.dumps(value) for key, value in raw_staging().items()}


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("retial-store:scaling", "did you mean 'retail-store'?"),
        ("retail-store:scalling", "did you mean 'scaling'?"),
        ("aws:region", "set `identity.regions.primary`"),
        ("kubernetes:context", "unknown namespace 'kubernetes'"),
    ],
)
def test_a_key_in_an_unknown_namespace_or_of_an_unknown_name_is_refused(key: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        stack_configuration("retail-store", "staging", {**MODEL, **STAGING, key: "{}"})

    assert [problem.path for problem in caught.value.problems if says in problem.message] == [key]


def test_the_engines_own_keys_are_left_alone() -> None:
    assert stack_configuration("retail-store", "production", {**MODEL, "pulumi:tags": "{}"}).own == {}


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ConfigurationError, match="environment: is required"):
        stack_configuration("retail-store", "staging", STAGING)


@pytest.mark.parametrize(
    ("stack", "config", "says"),
    [
        ("stagging", MODEL, "has no configuration of its own, and only 'production' goes without"),
        ("production", {**MODEL, **STAGING}, "takes no configuration of its own"),
        ("preprod", {**MODEL, **STAGING}, "they must agree"),
    ],
)
def test_no_stack_takes_the_leads_place_by_mistake(stack: str, config: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        resolve_stack(stack_configuration("retail-store", stack, config))


def test_production_is_the_model_itself_and_staging_is_derived() -> None:
    production = resolve_stack(stack_configuration("retail-store", "production", MODEL))
    staging = resolve_stack(stack_configuration("retail-store", "staging", {**MODEL, **STAGING}))

    assert production.environment.identity.environment == "production"
    assert len(production.ledger) == 0
    assert staging.environment.identity.environment == "staging"
    assert len(staging.ledger) > 20


def test_plain_text_where_a_structure_belongs_is_refused_with_its_path() -> None:
    with pytest.raises(ConfigurationError, match="scaling: found 'half'"):
        resolve_stack(stack_configuration("retail-store", "staging", {**MODEL, **STAGING, "retail-store:scaling": "half"}))
