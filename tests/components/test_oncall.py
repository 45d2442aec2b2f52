from __future__ import annotations

from typing import Any

import pytest

from model.environment import Environment
from tests.components.estates import EDGE_KEY, oncall
from tests.components.rendering import Recorded, Rendering, render
from tests.components.stores import ACCOUNT, KEY, environment_with

TOPIC = "aws:sns/topic:Topic"
POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
NAME = "retail-store-production"


@pytest.fixture(scope="module")
def routes(production: Environment) -> Rendering:
    return render(lambda: oncall(production))


def statements(policy: Recorded) -> dict[str, Any]:
    return {statement["Sid"]: statement for statement in policy.document("policy")["Statement"]}


def test_each_route_has_a_topic_with_its_subscriber(routes: Rendering) -> None:
    subscribers = {resource.name: resource.properties for resource in routes.of(SUBSCRIPTION)}

    assert routes.named(TOPIC, "shop-oncall-page").properties["name"] == f"{NAME}-page"
    for route, endpoint in {"page": "oncall@example.com", "ticket": "platform-tickets@example.com"}.items():
        assert subscribers[f"shop-oncall-{route}"]["endpoint"] == endpoint
        assert subscribers[f"shop-oncall-{route}"]["protocol"] == "email"


def test_the_cdns_alarms_have_a_topic_in_their_own_region_with_the_key_of_that_region(routes: Rendering) -> None:
    [edge] = [topic.properties for topic in routes.of(TOPIC) if topic.properties.get("region") == "us-east-1"]
    companions = [*routes.of(POLICY), *routes.of(SUBSCRIPTION)]

    assert (edge["name"], edge["kmsMasterKeyId"]) == (f"{NAME}-page-edge", EDGE_KEY)
    assert {found.name for found in companions if found.properties.get("region") == "us-east-1"} == {"shop-oncall-page-edge"}


@pytest.mark.parametrize(
    ("topic", "services"),
    [
        ("page", ["cloudwatch.amazonaws.com"]),
        ("page-edge", ["cloudwatch.amazonaws.com"]),
        ("ticket", ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]),
        ("ticket-backups", ["backup.amazonaws.com"]),
    ],
)
def test_only_the_services_that_have_something_to_say_may_publish_and_for_this_account_alone(
    routes: Rendering, topic: str, services: list[str]
) -> None:
    found = statements(routes.named(POLICY, f"shop-oncall-{topic}"))

    assert set(found) == {"DenyWithoutTls", "OwnAccountPublishes"}
    assert found["OwnAccountPublishes"]["Principal"] == {"Service": services}
    assert found["OwnAccountPublishes"]["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_every_topic_is_encrypted_and_refuses_plain_transport(routes: Rendering) -> None:
    for policy in routes.of(POLICY):
        topic = routes.named(TOPIC, policy.name).properties
        denied = statements(policy)["DenyWithoutTls"]

        assert topic["kmsMasterKeyId"] in {KEY, EDGE_KEY}
        assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "sns:Publish")
        assert denied["Resource"].endswith(f":{ACCOUNT}:{topic['name']}")


def test_of_the_backups_only_those_that_went_wrong_are_told(routes: Rendering) -> None:
    told = routes.named(SUBSCRIPTION, "shop-oncall-ticket-backups")

    assert told.document("filterPolicy") == {"State": [{"anything-but": ["COMPLETED"]}]}
    assert all("filterPolicy" not in other.properties for other in routes.of(SUBSCRIPTION) if other.name != told.name)


def test_without_alarms_on_the_cdn_nothing_is_made_in_the_global_region() -> None:
    environment = environment_with("operations.alarms", **{"cdn-errors": None})

    assert all("region" not in resource.properties for resource in render(lambda: oncall(environment)))
