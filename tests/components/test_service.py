from __future__ import annotations

import json
from typing import Any

import pytest

from model.environment import Environment
from tests.components.rendering import Rendering
from tests.components.stores import environment_with
from tests.components.workloads import CONFIG_MAP, DEPLOYMENT, EXTERNAL_SECRET, container, pod, rendered

BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
GROUP_POLICY = "kubernetes:vpcresources.k8s.aws/v1beta1:SecurityGroupPolicy"
SERVICE = "kubernetes:core/v1:Service"


def spec(rendering: Rendering, token: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = rendering.named(token, name).properties["spec"]
    return found


def data(rendering: Rendering, service: str) -> dict[str, Any]:
    found: dict[str, Any] = rendering.named(CONFIG_MAP, f"service-{service}-config").properties["data"]
    return found


def test_every_pod_is_restricted_and_its_file_system_read_only(system: tuple[Environment, Rendering]) -> None:
    environment, rendering = system
    deployments = rendering.of(DEPLOYMENT)

    assert len(deployments) == len(environment.services)
    for deployment in deployments:
        pods, one = pod(deployment), container(deployment)
        assert pods["securityContext"]["runAsNonRoot"] is True
        assert pods["securityContext"]["runAsUser"] > 0
        assert pods["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pods)
        assert pods["automountServiceAccountToken"] is False
        assert one["securityContext"]["allowPrivilegeEscalation"] is False
        assert one["securityContext"]["readOnlyRootFilesystem"] is True
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert all(set(volume) == {"name", "emptyDir"} for volume in pods["volumes"])


def test_pods_may_write_to_the_models_paths_alone_and_not_without_end() -> None:
    environment = environment_with("services.ui", writable_paths=["/tmp", "/var/cache"])  # noqa: S108 - inside the container
    deployment = rendered(environment, "ui").one(DEPLOYMENT)

    assert [mount["mountPath"] for mount in container(deployment)["volumeMounts"]] == ["/tmp", "/var/cache"]  # noqa: S108
    assert all(volume["emptyDir"]["sizeLimit"] for volume in pod(deployment)["volumes"])


def test_pods_request_and_are_limited_to_the_models_figures(shop: Rendering) -> None:
    resources = container(shop.named(DEPLOYMENT, "service-ui-deployment"))["resources"]

    assert resources == {"requests": {"cpu": "1000m", "memory": "1536Mi"}, "limits": {"memory": "1536Mi"}}


def test_pods_run_on_their_node_group_spread_over_zones(shop: Rendering) -> None:
    pods = pod(shop.named(DEPLOYMENT, "service-orders-deployment"))
    zone, host = pods["topologySpreadConstraints"]

    assert pods["nodeSelector"] == {"understudy/node-group": "transactions"}
    assert pods["tolerations"] == [{"key": "workload", "operator": "Equal", "value": "transactions", "effect": "NoSchedule"}]
    assert (zone["topologyKey"], zone["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
    assert (host["topologyKey"], host["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")


@pytest.mark.parametrize(
    ("protocol", "health", "probe"),
    [
        ("http", {"liveness_path": "/live", "readiness_path": "/ready"}, {"httpGet": {"path": "/ready", "port": "main"}}),
        ("grpc", {}, {"grpc": {"port": 8080}}),
        ("tcp", {}, {"tcpSocket": {"port": "main"}}),
    ],
)
def test_probes_speak_the_services_protocol(protocol: str, health: dict[str, str], probe: dict[str, Any]) -> None:
    environment = environment_with("services.catalog", protocol=protocol, health=health)
    readiness = container(rendered(environment, "catalog").one(DEPLOYMENT))["readinessProbe"]

    assert probe.items() <= readiness.items()
    assert len({"httpGet", "grpc", "tcpSocket"} & set(readiness)) == 1


def test_a_start_may_take_as_long_as_the_model_says() -> None:
    health = {"liveness_path": "/live", "readiness_path": "/ready", "startup_seconds": 92}
    startup = container(rendered(environment_with("services.catalog", health=health), "catalog").one(DEPLOYMENT))["startupProbe"]

    assert startup["periodSeconds"] * startup["failureThreshold"] == 95


def test_a_rollout_never_takes_a_pod_away_before_its_successor_is_ready(shop: Rendering) -> None:
    deployment = shop.named(DEPLOYMENT, "service-ui-deployment")

    assert deployment.properties["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": "25%"}
    drain = container(deployment)["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod(deployment)["terminationGracePeriodSeconds"] == drain + 30


def test_the_autoscaler_owns_the_replicas_between_the_models_limits(shop: Rendering) -> None:
    deployment, scaler = shop.named(DEPLOYMENT, "service-ui-deployment"), spec(shop, AUTOSCALER, "service-ui-autoscaler")

    assert deployment.ignore_changes == ("spec.replicas",)
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (deployment.properties["spec"]["replicas"], 40)
    assert scaler["scaleTargetRef"]["name"] == deployment.properties["metadata"]["name"]
    assert scaler["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 60}


def test_no_disruption_budget_blocks_a_drain_or_lets_it_be_an_outage(system: tuple[Environment, Rendering]) -> None:
    environment, rendering = system
    for name, service in environment.services.items():
        budget = spec(rendering, BUDGET, f"service-{name}-disruption-budget")
        selected = rendering.named(DEPLOYMENT, f"service-{name}-deployment").properties["spec"]["selector"]

        assert "minAvailable" not in budget
        assert budget["maxUnavailable"] >= 1
        assert budget["maxUnavailable"] < service.replicas or service.replicas == 1
        assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        assert budget["selector"] == selected


def test_secrets_are_in_no_config_map_and_named_where_they_lie(shop: Rendering) -> None:
    secret = spec(shop, EXTERNAL_SECRET, "service-orders-secrets")

    assert [(item["secretKey"], item["remoteRef"]) for item in secret["data"]] == [
        ("RETAIL_ORDERS_PERSISTENCE_PASSWORD", {"key": "arn:secret/orders", "property": "password"}),
        ("RETAIL_ORDERS_PERSISTENCE_USERNAME", {"key": "arn:secret/orders", "property": "username"}),
    ]
    for config in shop.of(CONFIG_MAP):
        assert not any("PASSWORD" in name or "USER" in name or name.endswith("REDIS_URL") for name in config.properties["data"])
    assert container(shop.named(DEPLOYMENT, "service-orders-deployment"))["envFrom"] == [
        {"configMapRef": {"name": "orders-config"}},
        {"secretRef": {"name": "orders-secrets"}},
    ]


def test_no_secret_is_rendered_anywhere(shop: Rendering) -> None:
    assert not shop.of("kubernetes:core/v1:Secret")
    assert "secretRef" not in json.dumps(container(shop.named(DEPLOYMENT, "service-ui-deployment")))


@pytest.mark.parametrize(
    ("service", "variable", "value"),
    [
        ("ui", "RETAIL_UI_ENDPOINTS_CATALOG", "http://catalog.catalog.svc.cluster.local"),
        ("ui", "RETAIL_UI_DISABLE_DEMO_WARNINGS", "true"),
        ("ui", "JAVA_OPTS", "-Djava.security.egd=file:/dev/urandom -Xmx921m"),
        ("catalog", "RETAIL_CATALOG_PERSISTENCE_ENDPOINT", "catalog.internal:3306"),
        ("catalog", "RETAIL_CATALOG_PERSISTENCE_DB_NAME", "database-catalog"),
        ("carts", "RETAIL_CART_PERSISTENCE_DYNAMODB_TABLE_NAME", "table-carts"),
        ("carts", "AWS_REGION", "eu-west-1"),
        ("orders", "RETAIL_ORDERS_MESSAGING_SQS_TOPIC", "retail-store-production-order-events"),
    ],
)
def test_variables_hold_what_the_model_refers_to(shop: Rendering, service: str, variable: str, value: str) -> None:
    assert data(shop, service)[variable] == value


@pytest.mark.parametrize(
    ("changes", "variable", "value"),
    [
        ({"environment": {"HOST": {"service": "orders", "form": "host_port"}}}, "HOST", "orders.orders.svc.cluster.local:80"),
        ({"environment": {"PORT": {"store": "checkout", "attribute": "port"}}}, "PORT", "6379"),
        ({"environment": {"AT": {"store": "checkout", "attribute": "address"}}}, "AT", "checkout.internal"),
        (
            {"environment": {"READ": {"store": "checkout", "attribute": "reader_endpoint"}}},
            "READ",
            "checkout-reader.internal:6379",
        ),
        (
            {"environment": {"FILES": {"bucket": "exports"}}, "buckets": {"exports": "write"}},
            "FILES",
            "retail-store-production-exports-111122223333",
        ),
    ],
)
def test_variables_take_every_form_of_reference(changes: dict[str, Any], variable: str, value: str) -> None:
    rendering = rendered(environment_with("services.checkout", **changes), "checkout")

    assert data(rendering, "checkout")[variable] == value


def test_the_size_of_a_pool_reaches_the_service_where_it_has_a_variable_for_it() -> None:
    environment = environment_with("services.orders", pools={"orders": {"connections": 7, "variable": "POOL_SIZE"}})

    assert data(rendered(environment, "orders"), "orders")["POOL_SIZE"] == "7"


def test_pods_are_replaced_when_their_configuration_changes_and_only_then(shop: Rendering) -> None:
    def checksum(rendering: Rendering) -> str:
        template = rendering.named(DEPLOYMENT, "service-checkout-deployment").properties["spec"]["template"]
        text: str = template["metadata"]["annotations"]["understudy/configuration"]
        return text

    same = rendered(environment_with("services.checkout", max_replicas=13), "checkout")
    other = rendered(environment_with("services.checkout", environment={"MODE": "quiet"}), "checkout")

    assert checksum(shop) == checksum(same) != checksum(other)


def test_a_service_is_reached_inside_the_cluster_alone(shop: Rendering) -> None:
    for entrance in shop.of(SERVICE):
        assert entrance.properties["spec"]["type"] == "ClusterIP"
    assert spec(shop, SERVICE, "service-ui-entrance")["ports"] == [
        {"name": "main", "port": 80, "targetPort": 8080, "protocol": "TCP"}
    ]


def test_only_routed_services_are_targets_of_the_load_balancer(shop: Rendering) -> None:
    [binding] = shop.of(BINDING)

    assert binding.properties["spec"] == {
        "serviceRef": {"name": "ui", "port": "main"},
        "targetGroupARN": "arn:target-group/ui",
        "targetType": "ip",
    }
    assert binding.name in shop.named(DEPLOYMENT, "service-ui-deployment").dependencies


def test_pods_have_their_services_own_security_group(shop: Rendering, production: Environment) -> None:
    groups = {policy.properties["metadata"]["name"]: policy.properties["spec"] for policy in shop.of(GROUP_POLICY)}

    assert set(groups) == set(production.services)
    assert groups["carts"] == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "carts"}},
        "securityGroups": {"groupIds": ["sg-carts"]},
    }


def test_pods_start_only_after_all_that_they_need(shop: Rendering) -> None:
    parts = ("account", "config", "network-policy", "role", "secrets", "security-group")

    waits_for = set(shop.named(DEPLOYMENT, "service-orders-deployment").dependencies)

    assert {f"service-orders-{part}" for part in parts} <= waits_for
