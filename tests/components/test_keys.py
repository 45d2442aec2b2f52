from __future__ import annotations

from typing import Any

import pytest

from components.keys import Keys, KeysArgs
from model.environment import Environment
from tests.components.rendering import Recorded, Rendering, render
from tests.components.stores import environment_with

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
ACCOUNT = "111122223333"


def rendered(environment: Environment) -> Rendering:
    return render(lambda: Keys("shop-keys", KeysArgs(environment)))


@pytest.fixture(scope="module")
def keys(production: Environment) -> Rendering:
    return rendered(production)


def statements(key: Recorded) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = key.document("policy")["Statement"]
    return listed


def services(key: Recorded) -> set[str]:
    """The AWS services that a key's policy lets use it."""
    found: set[str] = set()
    for statement in statements(key):
        named = statement["Principal"].get("Service", [])
        found |= {named} if isinstance(named, str) else set(named)
    return found


def test_each_data_class_and_each_purpose_has_a_key_with_the_environments_alias(keys: Rendering) -> None:
    purposes = ["cluster", "customer", "dnssec", "edge-logs", "edge-operations", "logs", "operations", "public", "recovery"]

    assert [key.name for key in keys.of(KEY)] == [f"shop-keys-{purpose}" for purpose in purposes]
    assert [alias.properties["name"] for alias in keys.of(ALIAS)] == [
        f"alias/retail-store-production-{purpose}" for purpose in purposes
    ]


def test_every_key_that_can_rotate_does(keys: Rendering) -> None:
    encrypting = [key.properties for key in keys.of(KEY) if key.properties.get("keyUsage") != "SIGN_VERIFY"]

    assert all(key["enableKeyRotation"] and key["rotationPeriodInDays"] == 365 for key in encrypting)
    assert len(encrypting) == len(keys.of(KEY)) - 1


def test_rotation_and_deletion_of_a_data_class_follow_the_model() -> None:
    environment = environment_with("data_classes.customer", rotation_days=90, deletion_window_days=14)
    key = rendered(environment).named(KEY, "shop-keys-customer").properties

    assert (key["rotationPeriodInDays"], key["deletionWindowInDays"]) == (90, 14)


def test_the_account_administers_every_key_so_that_nobody_is_shut_out(keys: Rendering) -> None:
    for key in keys.of(KEY):
        assert statements(key)[0] == {
            "Sid": "AccountAdministers",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }


def test_beyond_the_account_every_use_is_bound_to_a_principal_and_a_condition(keys: Rendering) -> None:
    for key in keys.of(KEY):
        for statement in statements(key)[1:]:
            assert "*" not in statement["Principal"].values()
            assert statement["Action"] != "kms:*"
            assert statement["Condition"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("public", {"cloudfront.amazonaws.com"}),
        ("customer", set[str]()),
        ("logs", {"logs.eu-west-1.amazonaws.com"}),
        ("edge-logs", {"logs.us-east-1.amazonaws.com"}),
        (
            "operations",
            {"backup.amazonaws.com", "budgets.amazonaws.com", "cloudtrail.amazonaws.com", "cloudwatch.amazonaws.com"},
        ),
        ("cluster", set[str]()),
        ("recovery", set[str]()),
        ("dnssec", {"dnssec-route53.amazonaws.com"}),
    ],
)
def test_only_services_that_need_a_key_may_use_it(keys: Rendering, key: str, expected: set[str]) -> None:
    assert services(keys.named(KEY, f"shop-keys-{key}")) == expected


def test_topics_may_use_the_keys_of_the_queues_that_they_deliver_to() -> None:
    environment = environment_with("", topics={"orders": {"data_class": "customer", "subscribers": ["order-events"]}})

    assert services(rendered(environment).named(KEY, "shop-keys-customer")) == {"sns.amazonaws.com"}


def test_node_volumes_are_encrypted_through_the_accounts_autoscaling_role(keys: Rendering) -> None:
    use, grant = statements(keys.named(KEY, "shop-keys-cluster"))[1:]

    assert use["Principal"] == grant["Principal"]
    assert grant["Principal"]["AWS"].endswith("autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@pytest.mark.parametrize(
    ("key", "region"),
    [
        ("edge-logs", "us-east-1"),
        ("edge-operations", "us-east-1"),
        ("dnssec", "us-east-1"),
        ("recovery", "eu-central-1"),
        ("logs", None),
        ("customer", None),
    ],
)
def test_a_key_stands_where_it_is_used_and_its_alias_with_it(keys: Rendering, key: str, region: str | None) -> None:
    assert keys.named(KEY, f"shop-keys-{key}").properties.get("region") == region
    assert keys.named(ALIAS, f"shop-keys-{key}").properties.get("region") == region
