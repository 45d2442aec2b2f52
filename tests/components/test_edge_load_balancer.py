from __future__ import annotations

from typing import Any

import pytest

from components.edge.load_balancer import LoadBalancer, LoadBalancerArgs
from model.environment import Environment
from tests.components.edges import foundations
from tests.components.rendering import Rendering, render
from tests.components.stores import environment_with, known

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"


def rendered(environment: Environment) -> Rendering:
    def build() -> None:
        below = foundations(environment)
        LoadBalancer(
            "balancer",
            LoadBalancerArgs(
                environment=environment,
                network=below.network,
                security_group_id=known("sg-balancer"),
                certificate_arn=known("arn:certificate"),
                web_acl_arn=known("arn:acl"),
                log_bucket=below.log_bucket,
            ),
        )

    return Rendering(resource for resource in render(build) if resource.parent == "balancer")


def conditions(rule: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Hosts and paths that a rule answers to."""
    hosts = [value for part in rule["conditions"] if "hostHeader" in part for value in part["hostHeader"]["values"]]
    paths = [value for part in rule["conditions"] if "pathPattern" in part for value in part["pathPattern"]["values"]]
    return hosts, paths


@pytest.fixture(scope="module")
def balancer(production: Environment) -> Rendering:
    return rendered(production)


def test_it_is_internal_protected_and_refuses_malformed_requests(balancer: Rendering) -> None:
    made = balancer.one(BALANCER)

    assert made.properties["internal"] is True
    assert made.property_dependencies["subnets"] == tuple(f"shop-network-private-{letter}" for letter in "abc")
    assert made.properties["securityGroups"] == ["sg-balancer"]
    assert made.properties["enableDeletionProtection"] is True
    assert made.properties["dropInvalidHeaderFields"] is True
    assert made.properties["desyncMitigationMode"] == "strictest"


def test_accesses_are_logged_and_it_waits_for_the_permission_to_write_them(balancer: Rendering) -> None:
    made = balancer.one(BALANCER)

    assert made.properties["accessLogs"] == {
        "bucket": "retail-store-production-access-logs-111122223333",
        "prefix": "load-balancer",
        "enabled": True,
    }
    assert "shop-logs-policy" in made.dependencies


def test_it_listens_on_https_alone_and_answers_unknown_hosts_with_not_found(balancer: Rendering, production: Environment) -> None:
    listener = balancer.one(LISTENER).properties

    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["sslPolicy"] == production.edge.load_balancer_tls_policy
    assert listener["certificateArn"] == "arn:certificate"
    assert listener["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"


def test_the_firewall_stands_before_it(balancer: Rendering) -> None:
    association = balancer.one("aws:wafv2/webAclAssociation:WebAclAssociation")

    assert association.properties["webAclArn"] == "arn:acl"
    assert association.property_dependencies["resourceArn"] == ("balancer-balancer",)


def test_each_host_of_the_routes_is_forwarded_to_its_service(balancer: Rendering) -> None:
    assert [conditions(rule.properties)[0] for rule in balancer.of(RULE)] == [["shop.example.com"], ["www.shop.example.com"]]
    assert {rule.property_dependencies["actions"] for rule in balancer.of(RULE)} == {("balancer-ui",)}


def test_pods_are_targets_by_address_on_the_services_port_and_readiness_path(balancer: Rendering) -> None:
    targets = balancer.one(TARGETS).properties

    assert (targets["targetType"], targets["port"]) == ("ip", 8080)
    assert targets["healthCheck"]["path"] == "/actuator/health/readiness"


def test_a_grpc_service_is_asked_for_its_health_by_grpc() -> None:
    environment = environment_with("services.ui", protocol="grpc", health={})
    targets = rendered(environment).one(TARGETS).properties

    assert targets["protocolVersion"] == "GRPC"
    assert (targets["healthCheck"]["path"], targets["healthCheck"]["matcher"]) == ("/grpc.health.v1.Health/Check", "0")


def test_of_a_hosts_paths_the_longest_is_tried_first() -> None:
    routes = [
        {"host": "", "path": "/", "service": "ui"},
        {"host": "", "path": "/api", "service": "orders"},
        {"host": "", "path": "/api/carts", "service": "carts"},
    ]
    rules = rendered(environment_with("edge", routes=routes)).of(RULE)

    tried = sorted((rule.properties["priority"], conditions(rule.properties)[1]) for rule in rules)
    assert tried == [(1, ["/api/carts", "/api/carts/*"]), (2, ["/api", "/api/*"]), (3, [])]


def test_names_given_to_short_names_fit() -> None:
    for resource in [*(balancer := rendered(environment_with("edge"))).of(TARGETS), balancer.one(BALANCER)]:
        assert len(resource.properties["namePrefix"]) <= 6
