"""A report repeats no credential that somebody left in the clear, and masks nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.preview.reported import without_credentials
from understudy.preview.values import SECRET

ADDRESS = "postgres://admin:planted-password@db/shop"


@pytest.mark.parametrize(
    ("inputs", "shown"),
    [
        ({"data": {"DB_PASSWORD": "planted", "PORT": "80"}}, {"data": {"DB_PASSWORD": SECRET, "PORT": "80"}}),
        ({"data": {"DB_URL": ADDRESS}}, {"data": {"DB_URL": SECRET}}),
        ({"env": [{"name": "API_TOKEN", "value": "planted"}]}, {"env": [{"name": "API_TOKEN", "value": SECRET}]}),
        ({"spec": {"command": ["run", ADDRESS]}}, {"spec": {"command": ["run", SECRET]}}),
        ({"tags": {"Secret": "planted", "Name": "web"}}, {"tags": {"Secret": SECRET, "Name": "web"}}),
    ],
)
def test_a_credential_in_the_clear_is_masked(inputs: dict[str, Any], shown: dict[str, Any]) -> None:
    assert without_credentials(inputs) == shown


@pytest.mark.parametrize(
    "inputs",
    [
        {"metadataOptions": {"httpTokens": "required"}},
        {"secretKey": "RETAIL_PASSWORD", "authTokenUpdateStrategy": "ROTATE"},
        {"data": {"PASSWORD_FILE": "/run/secrets/db", "replicas": 3, "PASSWORD": {"$unknown": True}}},
        {"tags": ["password"], "data": None},
    ],
)
def test_a_providers_own_words_are_shown(inputs: dict[str, Any]) -> None:
    assert without_credentials(inputs) == inputs
