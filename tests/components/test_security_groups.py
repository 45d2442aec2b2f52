from __future__ import annotations

import pytest

from components.security_groups import ClusterAccess, ClusterAccessArgs, SecurityGroups, SecurityGroupsArgs
from model.environment import Environment
from tests.components.rendering import Recorded, Rendering, render
from tests.components.stores import environment_with, known

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GATEWAYS = {"dynamodb": "pl-dynamodb", "s3": "pl-s3"}
Edge = tuple[str, str, int]


def groups(environment: Environment, gateways: dict[str, str]) -> SecurityGroups:
    prefix_lists = {service: known(prefix_list) for service, prefix_list in gateways.items()}
    return SecurityGroups("shop", SecurityGroupsArgs(environment, known("vpc-1"), prefix_lists))


def rendered(environment: Environment, gateways: dict[str, str] = GATEWAYS) -> Rendering:
    return render(lambda: groups(environment, gateways))


@pytest.fixture(scope="module")
def firewall(production: Environment) -> Rendering:
    return rendered(production)


@pytest.fixture(scope="module")
def access(production: Environment) -> Rendering:
    def build() -> None:
        ClusterAccess("access", ClusterAccessArgs(production, groups(production, GATEWAYS), known("sg-cluster")))

    everything = render(build)
    return Rendering(resource for resource in everything if resource.parent == "access")


def group_of(rule: Recorded, key: str) -> str:
    [name] = rule.property_dependencies[key]
    return name.removeprefix("shop-")


def edges(rules: list[Recorded], source: str, target: str) -> set[Edge]:
    """Which group may reach which on which port, by the rules that name a group."""
    return {
        (group_of(rule, source), group_of(rule, target), rule.properties["fromPort"])
        for rule in rules
        if "referencedSecurityGroupId" in rule.properties
    }


def outward(firewall: Rendering, service: str) -> set[str]:
    """Where a service's pods may go by HTTPS beyond other groups."""
    return {
        rule.properties.get("cidrIpv4") or rule.properties["prefixListId"]
        for rule in firewall.of(EGRESS)
        if group_of(rule, "securityGroupId") == f"service-{service}" and "referencedSecurityGroupId" not in rule.properties
    }


ALLOWED: set[Edge] = {
    ("load-balancer", "service-ui", 8080),
    ("service-ui", "service-catalog", 8080),
    ("service-ui", "service-carts", 8080),
    ("service-ui", "service-checkout", 8080),
    ("service-ui", "service-orders", 8080),
    ("service-checkout", "service-orders", 8080),
    ("service-catalog", "store-catalog", 3306),
    ("service-orders", "store-orders", 5432),
    ("service-checkout", "store-checkout", 6379),
}


def test_every_service_and_every_store_with_a_port_has_a_group_of_its_own(firewall: Rendering) -> None:
    assert {group.name.removeprefix("shop-") for group in firewall.of(GROUP)} == {
        "load-balancer",
        *(f"service-{name}" for name in ("ui", "catalog", "carts", "checkout", "orders")),
        *(f"store-{name}" for name in ("catalog", "orders", "checkout")),
    }


def test_the_shipped_model_allows_these_edges_and_no_other(firewall: Rendering) -> None:
    assert edges(firewall.of(INGRESS), "referencedSecurityGroupId", "securityGroupId") == ALLOWED
    assert edges(firewall.of(EGRESS), "securityGroupId", "referencedSecurityGroupId") == ALLOWED


def test_every_rule_is_for_one_tcp_port_and_says_what_for(firewall: Rendering) -> None:
    for rule in [*firewall.of(INGRESS), *firewall.of(EGRESS)]:
        assert rule.properties["ipProtocol"] == "tcp"
        assert rule.properties["fromPort"] == rule.properties["toPort"]
        # What EC2 accepts in a description.
        assert set(rule.properties["description"]) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-")


def test_the_load_balancer_is_reached_from_inside_the_network_alone(firewall: Rendering) -> None:
    [rule] = [rule for rule in firewall.of(INGRESS) if "referencedSecurityGroupId" not in rule.properties]

    assert group_of(rule, "securityGroupId") == "load-balancer"
    assert (rule.properties["cidrIpv4"], rule.properties["fromPort"]) == ("10.20.0.0/16", 443)


def test_stores_reach_nothing(firewall: Rendering) -> None:
    assert not [rule for rule in firewall.of(EGRESS) if group_of(rule, "securityGroupId").startswith("store-")]


@pytest.mark.parametrize(
    ("service", "reached"),
    [("ui", {"10.20.0.0/16"}), ("orders", {"10.20.0.0/16"}), ("carts", {"10.20.0.0/16", "pl-dynamodb"})],
)
def test_services_leave_the_network_only_for_what_the_model_gives_them(
    firewall: Rendering, service: str, reached: set[str]
) -> None:
    assert outward(firewall, service) == reached


def test_a_service_with_a_bucket_reaches_object_storage() -> None:
    assert outward(rendered(environment_with("services.orders", buckets={"exports": "write"})), "orders") == {
        "10.20.0.0/16",
        "pl-s3",
    }


def test_a_service_with_third_parties_goes_out_and_no_other_does() -> None:
    firewall = rendered(environment_with("services.checkout", external_hosts=["api.payments.example"]))

    assert outward(firewall, "checkout") == {"0.0.0.0/0"}
    assert outward(firewall, "orders") == {"10.20.0.0/16"}


def test_without_a_gateway_in_the_network_a_service_reaches_tables_by_their_public_addresses(production: Environment) -> None:
    firewall = rendered(production, gateways={})

    assert outward(firewall, "carts") == {"0.0.0.0/0"}
    assert outward(firewall, "ui") == {"10.20.0.0/16"}


def test_a_call_that_enters_the_model_opens_its_edge_and_no_other() -> None:
    firewall = rendered(environment_with("services.orders", calls=["carts"]))

    assert edges(firewall.of(INGRESS), "referencedSecurityGroupId", "securityGroupId") == ALLOWED | {
        ("service-orders", "service-carts", 8080)
    }


def test_every_service_resolves_names_at_the_cluster_over_both_protocols(access: Rendering, production: Environment) -> None:
    lookups = {
        (group_of(rule, "securityGroupId"), rule.properties["ipProtocol"], rule.properties["fromPort"])
        for rule in access.of(EGRESS)
    }

    assert lookups == {(f"service-{name}", protocol, 53) for name in production.services for protocol in ("tcp", "udp")}
    assert {rule.properties["referencedSecurityGroupId"] for rule in access.of(EGRESS)} == {"sg-cluster"}


def test_the_cluster_reaches_a_service_only_to_probe_its_port(access: Rendering, production: Environment) -> None:
    into_services = [rule for rule in access.of(INGRESS) if rule.properties["securityGroupId"] != "sg-cluster"]

    assert {(group_of(rule, "securityGroupId"), rule.properties["fromPort"]) for rule in into_services} == {
        (f"service-{name}", service.port) for name, service in production.services.items()
    }
    assert {rule.properties["referencedSecurityGroupId"] for rule in into_services} == {"sg-cluster"}
