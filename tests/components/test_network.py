from __future__ import annotations

import pytest

from components.network import Network, NetworkArgs
from model.environment import Environment
from tests.components.rendering import UNKNOWN, Rendering, render
from tests.components.stores import LOGS_KEY, environment_with, known

SUBNET = "aws:ec2/subnet:Subnet"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def rendered(environment: Environment) -> Rendering:
    return render(lambda: Network("shop-network", NetworkArgs(environment, known(LOGS_KEY))))


@pytest.fixture(scope="module")
def network(production: Environment) -> Rendering:
    return rendered(production)


def table_of(network: Rendering, tier: str, letter: str) -> tuple[str, ...]:
    return network.named(ASSOCIATION, f"shop-network-{tier}-{letter}").property_dependencies["routeTableId"]


def test_every_zone_has_a_public_a_private_and_a_database_subnet(network: Rendering) -> None:
    placed = {
        subnet.name.removeprefix("shop-network-"): (subnet.properties["availabilityZone"], subnet.properties["cidrBlock"])
        for subnet in network.of(SUBNET)
    }

    assert placed == {
        "private-a": ("eu-west-1a", "10.20.0.0/19"),
        "private-b": ("eu-west-1b", "10.20.32.0/19"),
        "private-c": ("eu-west-1c", "10.20.64.0/19"),
        "public-a": ("eu-west-1a", "10.20.96.0/24"),
        "public-b": ("eu-west-1b", "10.20.97.0/24"),
        "public-c": ("eu-west-1c", "10.20.98.0/24"),
        "database-a": ("eu-west-1a", "10.20.99.0/24"),
        "database-b": ("eu-west-1b", "10.20.100.0/24"),
        "database-c": ("eu-west-1c", "10.20.101.0/24"),
    }


def test_no_subnet_gives_public_addresses_by_itself(network: Rendering) -> None:
    assert not any(subnet.properties["mapPublicIpOnLaunch"] for subnet in network.of(SUBNET))


def test_the_database_subnets_share_a_table_without_a_route(network: Rendering) -> None:
    assert {table_of(network, "database", letter) for letter in "abc"} == {("shop-network-database",)}
    assert "shop-network-database" not in {route.property_dependencies["routeTableId"][0] for route in network.of(ROUTE)}


def test_each_private_subnet_leaves_through_the_nat_of_its_own_zone(network: Rendering) -> None:
    for letter in "abc":
        [table] = table_of(network, "private", letter)
        [route] = [route for route in network.of(ROUTE) if route.property_dependencies["routeTableId"] == (table,)]
        assert table == f"shop-network-private-{letter}"
        assert route.property_dependencies["natGatewayId"] == (f"shop-network-nat-{letter}",)
        assert "gatewayId" not in route.properties


def test_only_public_subnets_are_routed_to_the_internet_gateway(network: Rendering) -> None:
    outward = [route for route in network.of(ROUTE) if "gatewayId" in route.properties]

    assert [route.property_dependencies["routeTableId"] for route in outward] == [("shop-network-public",)]
    assert {table_of(network, "public", letter) for letter in "abc"} == {("shop-network-public",)}


def test_each_nat_gateway_stands_in_the_public_subnet_of_its_zone(network: Rendering) -> None:
    for nat in network.of("aws:ec2/natGateway:NatGateway"):
        assert nat.property_dependencies["subnetId"] == (f"shop-network-public-{nat.name[-1]}",)


def test_load_balancers_of_the_cluster_find_their_subnets_by_tag(network: Rendering) -> None:
    tagged = {
        subnet.name.removeprefix("shop-network-")[:-2]: sorted(tag for tag in subnet.properties["tags"] if "/" in tag)
        for subnet in network.of(SUBNET)
    }

    assert tagged == {"public": ["kubernetes.io/role/elb"], "private": ["kubernetes.io/role/internal-elb"], "database": []}


def test_the_default_security_group_is_adopted_and_lets_nothing_through(network: Rendering) -> None:
    default = network.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").properties

    assert (default["ingress"], default["egress"]) == ([], [])


def test_all_traffic_is_logged_to_an_encrypted_group_that_its_role_alone_may_write(network: Rendering) -> None:
    group = network.one("aws:cloudwatch/logGroup:LogGroup").properties
    log = network.one("aws:ec2/flowLog:FlowLog")

    assert (group["kmsKeyId"], group["retentionInDays"]) == (LOGS_KEY, 90)
    assert log.properties["trafficType"] == "ALL"
    assert log.property_dependencies["logDestination"] == ("shop-network-flow-logs",)
    assert network.one("aws:iam/rolePolicy:RolePolicy").property_dependencies["policy"] == ("shop-network-flow-logs",)
    trust = network.one("aws:iam/role:Role").document("assumeRolePolicy")["Statement"][0]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_gateway_endpoints_serve_private_and_database_subnets(network: Rendering) -> None:
    tables = ("shop-network-database", "shop-network-private-a", "shop-network-private-b", "shop-network-private-c")
    gateways = [endpoint for endpoint in network.of(ENDPOINT) if endpoint.properties["vpcEndpointType"] == "Gateway"]

    assert [gateway.properties["serviceName"] for gateway in gateways] == [
        "com.amazonaws.eu-west-1.dynamodb",
        "com.amazonaws.eu-west-1.s3",
    ]
    assert {gateway.property_dependencies["routeTableIds"] for gateway in gateways} == {tables}


def test_interface_endpoints_answer_by_the_services_own_names_and_only_to_the_network(
    network: Rendering, production: Environment
) -> None:
    endpoints = [endpoint for endpoint in network.of(ENDPOINT) if endpoint.properties["vpcEndpointType"] == "Interface"]
    [rule] = network.of(INGRESS)

    assert {endpoint.properties["serviceName"] for endpoint in endpoints} == {
        f"com.amazonaws.eu-west-1.{service}" for service in production.network.interface_endpoints
    }
    assert all(endpoint.properties["privateDnsEnabled"] for endpoint in endpoints)
    assert {endpoint.property_dependencies["securityGroupIds"] for endpoint in endpoints} == {("shop-network-endpoints",)}
    assert (rule.properties["cidrIpv4"], rule.properties["fromPort"], rule.properties["toPort"]) == ("10.20.0.0/16", 443, 443)
    assert network.of(EGRESS) == []


def test_without_interface_endpoints_there_is_no_group_for_them() -> None:
    network = rendered(environment_with("network", interface_endpoints=[]))

    assert network.of("aws:ec2/securityGroup:SecurityGroup") == []


def test_another_region_and_range_change_nothing_but_themselves(production: Environment, network: Rendering) -> None:
    identity = production.identity.model_dump(mode="json")
    moved = environment_with("", identity={**identity, "regions": {"primary": "eu-north-1", "recovery": "eu-south-1"}})

    assert [(resource.type, resource.name) for resource in rendered(moved)] == [
        (resource.type, resource.name) for resource in network
    ]
    assert {subnet.properties["availabilityZone"] for subnet in rendered(moved).of(SUBNET)} == {
        f"eu-north-1{letter}" for letter in "abc"
    }
    assert network.one("aws:ec2/vpc:Vpc").properties["cidrBlock"] == "10.20.0.0/16"
    assert network.named(SUBNET, "shop-network-public-a").properties["vpcId"] == UNKNOWN
