from __future__ import annotations

import pytest

from components.edge.edge import Edge
from components.edge.hosts import hosts, routes_by_precedence
from model.environment import Environment
from tests.components.edges import edge, rendered_edge
from tests.components.stores import built, environment_with


def test_the_parts_hang_below_the_edge(production: Environment) -> None:
    parts = {resource.type for resource in rendered_edge(production) if resource.parent == "shop-edge"}

    assert parts == {f"understudy:edge:{part}" for part in ("Zone", "Certificates", "Firewall", "LoadBalancer", "Cdn")}


def test_resources_are_named_alike_under_another_domain_account_and_region(production: Environment) -> None:
    identity = {
        "environment": "staging",
        "account_id": "444455556666",
        "regions": {"primary": "eu-north-1", "recovery": "eu-south-1"},
        "domain": "staging.example.net",
        "address_range": "10.60.0.0/16",
    }
    other = rendered_edge(environment_with("", identity=identity))

    assert [(resource.type, resource.name) for resource in other] == [
        (resource.type, resource.name) for resource in rendered_edge(production)
    ]


def test_every_routed_service_has_a_target_group(production: Environment) -> None:
    [made] = built(lambda: edge(production))

    assert isinstance(made, Edge)
    assert set(made.target_group_arns) == set(made.target_group_suffixes) == {"ui"}
    assert made.domain == "shop.example.com"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([""], [("domain", "shop.example.com")]),
        (["www", ""], [("domain", "shop.example.com"), ("host-www", "www.shop.example.com")]),
        (["api", "api"], [("host-api", "api.shop.example.com")]),
    ],
)
def test_hosts_are_distinct_and_begin_with_the_domain_itself(labels: list[str], expected: list[tuple[str, str]]) -> None:
    routes = [{"host": label, "path": f"/{index}", "service": "ui"} for index, label in enumerate(labels)]
    environment = environment_with("edge", routes=routes)

    assert [(host.slug, host.name) for host in hosts(environment)] == expected


def test_longer_paths_take_precedence_within_a_host() -> None:
    paths = ["/", "/api", "/api/orders"]
    environment = environment_with("edge", routes=[{"host": "", "path": path, "service": "ui"} for path in paths])

    assert [route.path for route in routes_by_precedence(environment)] == ["/api/orders", "/api", "/"]
