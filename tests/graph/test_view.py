"""What a drawing shows: every part of the model once, its size in both environments, and what flows between the parts."""

from __future__ import annotations

import pytest

from model.environment import Environment
from model.stack_configuration import StackConfiguration
from model.staging import Staging
from scaling.resolve import Resolution, resolve, resolve_stack
from tests.conftest import raw_model
from understudy.graph.view import GraphView, Tier, graph_view


@pytest.fixture(scope="module")
def resolution(production: Environment, staging: Staging) -> Resolution:
    return resolve(production, staging)


@pytest.fixture(scope="module")
def view(resolution: Resolution) -> GraphView:
    return graph_view(resolution)


def test_every_part_is_a_node(view: GraphView, production: Environment) -> None:
    declared = production.model_dump()
    wanted = {f"{kind}.{name}" for kind in ("services", "stores", "queues", "topics", "buckets") for name in declared[kind]}

    assert wanted <= {node.id for node in view.nodes}
    assert len({node.id for node in view.nodes}) == len(view.nodes)


def test_every_flow_joins_two_nodes(view: GraphView) -> None:
    known = {node.id for node in view.nodes}

    assert {edge.source for edge in view.edges} | {edge.target for edge in view.edges} <= known


@pytest.mark.parametrize(
    ("node", "lead", "other", "share", "zones"),
    [
        ("services.checkout", "4–12 replicas", "2–6 replicas", 0.5, (3, 2)),
        ("stores.catalog", "3 × db.r7g.2xlarge", "2 × db.r7g.large", 1 / 6, (3, 2)),
        ("stores.orders", "2 × db.r7g.2xlarge", "2 × db.r7g.large", 0.25, (2, 2)),
        ("stores.checkout", "3 × cache.r7g.xlarge", "2 × cache.r7g.large", 0.5, (3, 2)),
        ("stores.carts", "1,000 read, 500 write", "250 read, 125 write", 0.25, (0, 0)),
    ],
)
def test_a_node_has_its_size_in_both_environments(
    view: GraphView, node: str, lead: str, other: str, share: float, zones: tuple[int, int]
) -> None:
    (found,) = [one for one in view.nodes if one.id == node]

    assert (found.lead, found.other, found.zones) == (lead, other, zones)
    assert found.share == pytest.approx(share)


def test_what_stands_outside_the_network_is_a_tier_of_its_own(view: GraphView) -> None:
    assert {node.id for node in view.nodes if node.tier == Tier.REGIONAL} == {
        "stores.carts",
        "queues.order-events",
        "buckets.assets",
        "buckets.exports",
    }


def test_a_flow_of_a_critical_path_is_marked(view: GraphView) -> None:
    marks = {(edge.source, edge.target): edge.critical for edge in view.edges}

    assert marks["services.ui", "services.catalog"]
    assert not marks["cdn", "buckets.assets"]


def test_production_alone_has_nothing_beside_it() -> None:
    view = graph_view(resolve_stack(StackConfiguration("production", raw_model(), {})))

    assert (view.other, len(view.places)) == (None, 1)


def test_a_queue_that_is_received_from_points_back() -> None:
    raw = raw_model()
    raw["services"]["ui"]["queues"] = {"order-events": "receive"}
    view = graph_view(resolve_stack(StackConfiguration("production", raw, {})))

    (edge,) = [edge for edge in view.edges if (edge.source, edge.target) == ("services.ui", "queues.order-events")]
    assert edge.back
