"""Operations on their real foundations: keys, buckets and edge."""

from __future__ import annotations

import pytest

from components.edge.edge import Edge, EdgeArgs
from components.operations.operations import Operations, OperationsArgs
from model.environment import Environment
from tests.components.edges import Foundations, foundations
from tests.components.estates import handles, queues
from tests.components.rendering import Rendering, render
from tests.components.stores import known

NAME = "shop-operations"
PARTS = ["Alarms", "Audit", "Backup", "Budget", "Dashboard", "Oncall"]


def build(environment: Environment) -> Operations:
    below = foundations(environment)
    return Operations(
        NAME,
        OperationsArgs(
            environment=environment,
            keys=below.keys,
            stores=handles(environment),
            queues=queues(environment),
            buckets=below.buckets,
            log_bucket=below.log_bucket,
            edge=edge(environment, below),
            cluster_name=environment.name,
        ),
    )


def edge(environment: Environment, below: Foundations) -> Edge:
    args = EdgeArgs(environment, below.network, known("sg-balancer"), below.log_bucket, below.keys, below.buckets)
    return Edge("shop-edge", args)


@pytest.fixture(scope="module")
def operations(production: Environment) -> Rendering:
    return Rendering(resource for resource in render(lambda: build(production)) if resource.name.startswith(NAME))


def test_an_environment_is_called_for_watched_backed_up_audited_and_budgeted(operations: Rendering) -> None:
    parts = [resource.type for resource in operations if resource.parent == NAME]

    assert parts == [f"understudy:operations:{part}" for part in sorted(PARTS)]


def test_the_budget_tells_the_route_that_the_model_names(operations: Rendering) -> None:
    [first, *_] = operations.one("aws:budgets/budget:Budget").properties["notifications"]

    assert first["subscriberSnsTopicArns"] == ["arn:aws:sns:eu-west-1:111122223333:retail-store-production-ticket"]


def test_vaults_report_to_a_topic_that_admits_them(operations: Rendering) -> None:
    topic = operations.one("aws:backup/vaultNotifications:VaultNotifications").properties["snsTopicArn"]
    policies = [policy.document("policy") for policy in operations.of("aws:sns/topicPolicy:TopicPolicy")]
    [publishers] = [
        statement["Principal"]["Service"]
        for policy in policies
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow" and statement["Resource"] == topic
    ]

    assert publishers == ["backup.amazonaws.com"]


@pytest.mark.parametrize(
    ("token", "name", "key"),
    [
        ("aws:sns/topic:Topic", "oncall-page", "operations"),
        ("aws:sns/topic:Topic", "oncall-page-edge", "edge-operations"),
        ("aws:backup/vault:Vault", "backup-vault", "operations"),
        ("aws:backup/vault:Vault", "backup-copies", "recovery"),
        ("aws:cloudtrail/trail:Trail", "audit-trail", "operations"),
        ("aws:cloudwatch/logGroup:LogGroup", "audit-log", "logs"),
    ],
)
def test_each_part_is_encrypted_with_the_key_made_for_it(operations: Rendering, token: str, name: str, key: str) -> None:
    resource = operations.named(token, f"{NAME}-{name}")
    [property_] = {"kmsMasterKeyId", "kmsKeyArn", "kmsKeyId"} & set(resource.property_dependencies)

    assert resource.property_dependencies[property_] == (f"shop-keys-{key}",)
