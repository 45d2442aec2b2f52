from __future__ import annotations

from typing import Any

from model.environment import Environment
from model.quota import namespace_quota
from tests.components.rendering import Recorded, Rendering
from tests.components.workloads import NETWORK_POLICY

NAMESPACE = "kubernetes:core/v1:Namespace"
SECRET_STORE = "kubernetes:external-secrets.io/v1:SecretStore"  # noqa: S105 - a type


def policies(rendering: Rendering, name: str) -> list[Recorded]:
    return [policy for policy in rendering.of(NETWORK_POLICY) if policy.properties["metadata"]["name"] == name]


def labels(rendering: Rendering, name: str) -> dict[str, str]:
    found: dict[str, str] = rendering.named(NAMESPACE, f"shop-namespace-{name}-namespace").properties["metadata"]["labels"]
    return found


def test_the_api_server_admits_restricted_pods_alone(shop: Rendering, production: Environment) -> None:
    for name in production.namespaces:
        found = labels(shop, name)
        for mode in ("audit", "enforce", "warn"):
            assert found[f"pod-security.kubernetes.io/{mode}"] == "restricted"
            assert found[f"pod-security.kubernetes.io/{mode}-version"] == f"v{production.cluster.version}"


def test_nothing_passes_in_any_direction_by_default(shop: Rendering, production: Environment) -> None:
    denying = policies(shop, "default-deny")

    assert sorted(policy.properties["metadata"]["namespace"] for policy in denying) == list(production.namespaces)
    for policy in denying:
        assert policy.properties["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_every_pod_may_resolve_names_and_only_with_the_clusters_dns(shop: Rendering) -> None:
    for policy in policies(shop, "allow-dns"):
        [rule] = policy.properties["spec"]["egress"]
        [peer] = rule["to"]

        assert {(port["port"], port["protocol"]) for port in rule["ports"]} == {(53, "UDP"), (53, "TCP")}
        assert peer["podSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}
        assert peer["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}


def test_a_namespace_may_use_what_its_services_can_and_opens_no_way_in_beside_the_edge(
    shop: Rendering, production: Environment
) -> None:
    hard: dict[str, Any] = shop.named("kubernetes:core/v1:ResourceQuota", "shop-namespace-orders-quota").properties["spec"][
        "hard"
    ]
    quota = namespace_quota(production, "orders")

    assert hard["pods"] == str(quota["pods"])
    assert hard["requests.cpu"] == f"{quota['cpu_millicores']}m"
    assert hard["requests.memory"] == hard["limits.memory"] == f"{quota['memory_mib']}Mi"
    assert hard["services.loadbalancers"] == hard["services.nodeports"] == "0"


def test_only_namespaces_whose_services_have_secrets_get_a_secret_store_and_none_holds_a_credential(shop: Rendering) -> None:
    stores = {store.properties["metadata"]["namespace"]: store.properties["spec"] for store in shop.of(SECRET_STORE)}

    assert set(stores) == {"catalog", "checkout", "orders"}
    assert all(spec == {"provider": {"aws": {"service": "SecretsManager", "region": "eu-west-1"}}} for spec in stores.values())


def test_pods_behind_the_load_balancer_are_ready_only_when_it_says_so(shop: Rendering) -> None:
    gate = "elbv2.k8s.aws/pod-readiness-gate-inject"

    assert labels(shop, "ui")[gate] == "enabled"
    assert gate not in labels(shop, "catalog")


def test_nothing_is_made_in_a_namespace_before_its_custom_resources_are_known(shop: Rendering) -> None:
    namespace = shop.named(NAMESPACE, "shop-namespace-orders-namespace")

    assert "shop-controllers-external-secrets" in namespace.dependencies
    assert namespace.name in shop.named(SECRET_STORE, "shop-namespace-orders-secret-store").dependencies
