from __future__ import annotations

from typing import Any

import pytest

from model.environment import Environment
from tests.components.rendering import Rendering
from tests.components.stores import environment_with
from tests.components.workloads import ROLE_POLICY, rendered
from tests.conftest import raw_model

ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:retail-store-production-order-events"


def statements(rendering: Rendering, service: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = rendering.named(ROLE_POLICY, f"service-{service}-role").document("policy")["Statement"]
    return listed


def test_only_services_that_call_aws_have_a_role_and_each_has_its_own(shop: Rendering) -> None:
    roles = [item.name for item in shop.of("aws:iam/role:Role") if item.name.startswith("service-")]
    accounts = {
        (item.properties["namespace"], item.properties["serviceAccount"])
        for item in shop.of(ASSOCIATION)
        if item.name.startswith("service-")
    }

    assert roles == ["service-carts-role", "service-orders-role"]
    assert accounts == {("carts", "carts"), ("orders", "orders")}


def test_no_service_may_do_anything_to_everything(system: tuple[Environment, Rendering]) -> None:
    _, rendering = system
    for policy in rendering.of(ROLE_POLICY):
        if policy.name.startswith("service-"):
            for statement in policy.document("policy")["Statement"]:
                assert statement["Resource"] != "*"
                assert not any(action.endswith(":*") for action in statement["Action"])


def test_a_table_is_granted_with_its_indexes_and_its_key_through_dynamodb_alone(shop: Rendering) -> None:
    table, key = statements(shop, "carts")

    assert table["Resource"] == ["arn:store/carts", "arn:store/carts/index/*"]
    assert "dynamodb:PutItem" in table["Action"]
    assert "dynamodb:DeleteTable" not in table["Action"]
    assert key["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": ["alias/retail-store-production-customer"]},
        "StringEquals": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"},
    }


def test_reading_a_table_is_not_writing_it() -> None:
    table, key = statements(rendered(environment_with("services.carts", stores={"carts": "read"}), "carts"), "carts")
    words = ("Batch", "Describe", "Get", "Query", "Scan")

    assert all(action.removeprefix("dynamodb:").startswith(words) for action in table["Action"])
    assert "dynamodb:BatchWriteItem" not in table["Action"]
    assert key["Action"] == ["kms:Decrypt", "kms:DescribeKey"]


@pytest.mark.parametrize(
    ("access", "may", "may_not"),
    [("send", "sqs:SendMessage", "sqs:ReceiveMessage"), ("receive", "sqs:DeleteMessage", "sqs:SendMessage")],
)
def test_sending_to_a_queue_is_not_receiving_from_it(access: str, may: str, may_not: str) -> None:
    rendering = rendered(environment_with("services.orders", queues={"order-events": access}), "orders")
    queue, _ = statements(rendering, "orders")

    assert queue["Resource"] == QUEUE
    assert may in queue["Action"]
    assert may_not not in queue["Action"]


@pytest.mark.parametrize(("access", "writes"), [("read", False), ("write", True)])
def test_a_buckets_objects_are_granted_apart_from_its_listing(access: str, writes: bool) -> None:
    rendering = rendered(environment_with("services.catalog", buckets={"assets": access}), "catalog")
    listing, objects, key = statements(rendering, "catalog")
    bucket = "arn:aws:s3:::retail-store-production-assets-111122223333"

    assert (listing["Action"], listing["Resource"]) == (["s3:ListBucket"], bucket)
    assert objects["Resource"] == f"{bucket}/*"
    assert ("s3:PutObject" in objects["Action"]) is writes
    assert ("kms:GenerateDataKey*" in key["Action"]) is writes


def test_publishing_is_granted_on_the_topic_alone() -> None:
    checkout = {**raw_model()["services"]["checkout"], "topics": {"events": "publish"}}
    services = {**raw_model()["services"], "checkout": checkout}
    environment = environment_with("", topics={"events": {"data_class": "customer"}}, services=services)
    publish, _ = statements(rendered(environment, "checkout"), "checkout")

    assert publish["Action"] == ["sns:Publish"]
    assert publish["Resource"].endswith(":retail-store-production-events")


def test_no_pod_gets_a_token_for_the_kubernetes_api(shop: Rendering, production: Environment) -> None:
    accounts = shop.of(ACCOUNT)

    assert {account.properties["metadata"]["name"] for account in accounts} == set(production.services)
    assert all(account.properties["automountServiceAccountToken"] is False for account in accounts)
