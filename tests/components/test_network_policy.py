"""Network policies are judged by the edges that they allow, in both directions, against those that the model draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from model.address_plan import address_plan
from model.environment import Environment
from model.store import store_port
from tests.components.rendering import Rendering
from tests.components.stores import environment_with
from tests.components.workloads import NETWORK_POLICY, rendered

Edge = tuple[str, str, int]
"""Source, target and port; a pod by its service, anything else by its address range."""


def peers(rule_peers: list[dict[str, Any]]) -> Iterator[str]:
    for peer in rule_peers:
        if "ipBlock" in peer:
            yield peer["ipBlock"]["cidr"]
        else:
            assert set(peer["namespaceSelector"]["matchLabels"]) == {"kubernetes.io/metadata.name"}
            yield peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]


def edges(rendering: Rendering, direction: str) -> set[Edge]:
    found: set[Edge] = set()
    for policy in rendering.of(NETWORK_POLICY):
        spec = policy.properties["spec"]
        if not policy.name.startswith("service-"):
            continue
        own = spec["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in spec.get(direction, []):
            [port] = rule["ports"]
            for peer in peers(rule["to" if direction == "egress" else "from"]):
                found.add((own, peer, port["port"]) if direction == "egress" else (peer, own, port["port"]))
    return found


def calls(environment: Environment) -> set[Edge]:
    services = environment.services
    return {(name, callee, services[callee].port) for name, service in services.items() for callee in service.calls}


def test_pods_reach_exactly_the_pods_that_the_model_has_them_call(system: tuple[Environment, Rendering]) -> None:
    environment, rendering = system
    outgoing = {edge for edge in edges(rendering, "egress") if edge[1] in environment.services}
    incoming = {edge for edge in edges(rendering, "ingress") if edge[0] in environment.services}

    assert outgoing == incoming == calls(environment)


def test_only_routed_services_are_reached_from_the_load_balancers_subnets(system: tuple[Environment, Rendering]) -> None:
    environment, rendering = system
    plan = address_plan(environment.identity.address_range, environment.network)
    incoming = {edge for edge in edges(rendering, "ingress") if edge[0] not in environment.services}

    assert incoming == {
        (block, route.service, environment.services[route.service].port)
        for route in environment.edge.routes
        for block in plan.private
    }


def test_stores_are_reached_on_their_port_in_the_database_subnets_by_who_uses_them(
    system: tuple[Environment, Rendering],
) -> None:
    environment, rendering = system
    plan = address_plan(environment.identity.address_range, environment.network)
    reached = {edge for edge in edges(rendering, "egress") if edge[1] in plan.database}

    assert reached == {
        (name, block, port)
        for name, service in environment.services.items()
        for store in service.stores
        if (port := store_port(environment.stores[store])) is not None
        for block in plan.database
    }


def test_https_is_open_only_to_who_calls_aws_or_third_parties(shop: Rendering, production: Environment) -> None:
    https = {edge for edge in edges(shop, "egress") if edge[2] == 443}
    plan = address_plan(production.identity.address_range, production.network)

    assert https == {
        ("carts", "0.0.0.0/0", 443),  # DynamoDB's gateway endpoint keeps public addresses
        *(("orders", block, 443) for block in plan.private),  # the queue service's interface endpoint
    }


def test_a_third_party_opens_https_to_the_outside_and_not_to_the_network() -> None:
    rendering = rendered(environment_with("services.checkout", external_hosts=["payments.example.com"]), "checkout")
    egress = rendering.named(NETWORK_POLICY, "service-checkout-network-policy").properties["spec"]["egress"]

    assert [rule["to"] for rule in egress if rule["ports"][0]["port"] == 443] == [
        [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.20.0.0/16"]}}]
    ]


def test_pods_with_a_role_reach_the_agent_that_hands_out_its_credentials(shop: Rendering) -> None:
    agent = {edge for edge in edges(shop, "egress") if edge[2] == 80}

    assert agent == {("carts", "169.254.170.23/32", 80), ("orders", "169.254.170.23/32", 80)}
