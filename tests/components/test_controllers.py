from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from components.controller_policy import controller_statements, secret_data_classes
from components.key_grant import key_alias
from model.cluster import ControllerPolicy
from model.environment import Environment
from tests.components.rendering import Rendering
from tests.components.workloads import RELEASE, ROLE_POLICY

LOAD_BALANCER = "shop-controllers-aws-load-balancer-controller"
SECRETS = "shop-controllers-external-secrets"


def test_each_chart_of_the_model_is_complete_or_not_there_at_all(shop: Rendering, production: Environment) -> None:
    releases = {release.properties["name"]: release.properties for release in shop.of(RELEASE)}

    assert set(releases) == set(production.cluster.charts)
    for name, chart in production.cluster.charts.items():
        assert releases[name]["version"] == chart.version
        assert (releases[name]["atomic"], releases[name]["skipAwait"]) == (True, False)


def test_the_load_balancer_controller_knows_its_cluster(shop: Rendering) -> None:
    values = shop.named(RELEASE, LOAD_BALANCER).properties["values"]

    assert (values["clusterName"], values["region"]) == ("retail-store-production", "eu-west-1")
    assert values["serviceAccount"] == {"create": True, "name": "aws-load-balancer-controller"}


def test_a_chart_starts_only_after_its_identity_exists(shop: Rendering) -> None:
    association = shop.named("aws:eks/podIdentityAssociation:PodIdentityAssociation", SECRETS)

    assert association.name in shop.named(RELEASE, SECRETS).dependencies
    assert (association.properties["namespace"], association.properties["serviceAccount"]) == (
        "external-secrets",
        "external-secrets",
    )


def test_charts_live_in_namespaces_that_admit_restricted_pods_alone(shop: Rendering) -> None:
    namespace = shop.named("kubernetes:core/v1:Namespace", "shop-controllers-namespace-external-secrets").properties

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_secrets_controller_reads_this_environments_secrets_with_the_keys_of_their_stores(shop: Rendering) -> None:
    read, decrypt = shop.named(ROLE_POLICY, SECRETS).document("policy")["Statement"]

    assert read["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert read["Resource"] == [
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:retail-store-production/*",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!*",
    ]
    assert decrypt["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"] == [
        "alias/retail-store-production-customer",
        "alias/retail-store-production-public",
    ]
    assert decrypt["Condition"]["StringEquals"] == {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}


def test_grants_by_alias_name_aliases_that_the_keys_have(shop: Rendering, production: Environment) -> None:
    aliases = {alias.properties["name"] for alias in shop.of("aws:kms/alias:Alias")}

    assert {key_alias(production, name) for name in [*secret_data_classes(production), "cluster"]} <= aliases


@pytest.mark.parametrize("policy", get_args(ControllerPolicy))
def test_no_controller_may_change_what_it_was_not_given(policy: ControllerPolicy, production: Environment) -> None:
    statements: list[Any] = json.loads(json.dumps(controller_statements(production, policy)))
    reads = ("Describe", "GetInstanceTypesFromInstanceRequirements", "PutMetricData")

    for statement in statements:
        assert all("*" not in action or action == "kms:GenerateDataKey*" for action in statement["Action"])
        if statement["Resource"] == "*":
            assert all(action.split(":")[1].startswith(reads) for action in statement["Action"])
