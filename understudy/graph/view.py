"""What a drawing shows of an environment: nodes in tiers with their sizes, and what flows between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction

from model.database import Aurora, Rds
from model.environment import Environment
from model.store import Store
from model.table import DynamoDb
from scaling.represented_load import store_capacity
from scaling.resolve import Resolution

INTERNET, CDN, BALANCER = "internet", "cdn", "load balancer"


class Tier(IntEnum):
    """Where a node stands, from the visitor inwards."""

    OUTSIDE = 0
    EDGE = 1
    SERVICES = 2
    STORES = 3
    REGIONAL = 4


@dataclass(frozen=True)
class Node:
    """A card: what it is, and its size in the lead and in the other environment, as a person reads it.

    `share` is how much of the lead's capacity the other has; None where its size cannot differ.
    """

    id: str
    tier: Tier
    title: str
    kind: str
    lead: str = ""
    other: str = ""
    share: float | None = None
    zones: tuple[int, int] = (0, 0)
    """The number of zones that it is spread over, in the lead and in the other environment; none for what no zone holds."""
    network: bool = True
    """Whether it stands inside the environment's own network."""


@dataclass(frozen=True)
class Edge:
    """A flow from one node to another. `back` says that the arrow points against the order of the tiers."""

    source: str
    target: str
    critical: bool = False
    back: bool = False


@dataclass(frozen=True)
class GraphView:
    """Everything that a drawing shows."""

    system: str
    lead: str
    other: str | None
    places: tuple[str, ...]
    """Where each environment stands: region and zones."""
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph_view(resolution: Resolution) -> GraphView:
    """The view of an environment beside the one that it follows from, or of the lead alone."""
    lead, own = resolution.production, resolution.environment
    other = own if resolution.staging is not None else None
    nodes = (*_edge_nodes(lead), *_service_nodes(lead, own), *_store_nodes(lead, own))
    critical = _critical_pairs(lead)
    edges = tuple(replace(edge, critical=(edge.source, edge.target) in critical) for edge in sorted(set(_edges(lead)), key=_key))
    return GraphView(
        system=lead.system,
        lead=lead.identity.environment,
        other=other.identity.environment if other is not None else None,
        places=tuple(_place(one) for one in ((lead,) if other is None else (lead, other))),
        nodes=nodes,
        edges=edges,
    )


def service_id(name: str) -> str:
    """A service's node."""
    return f"services.{name}"


def _key(edge: Edge) -> tuple[str, str, bool]:
    return edge.source, edge.target, edge.back


def _place(one: Environment) -> str:
    return f"{one.identity.environment}: {one.identity.regions.primary}, {one.network.zones} zones, {one.identity.address_range}"


def _edge_nodes(lead: Environment) -> Iterator[Node]:
    peak = sum(path.peak_requests_per_second for path in lead.critical_paths.values())
    yield Node(INTERNET, Tier.OUTSIDE, "Visitors", f"{peak:,.0f} requests/s at the peak", network=False)
    yield Node(CDN, Tier.EDGE, "CloudFront", "CDN and firewall", network=False)
    zones = lead.network.zones
    yield Node(BALANCER, Tier.EDGE, "Load balancer", "internal, behind a firewall", zones=(zones, zones))


def _service_nodes(lead: Environment, own: Environment) -> Iterator[Node]:
    for name, service in sorted(lead.services.items()):
        small = own.services[name]
        share = small.max_replicas * small.cpu_millicores / (service.max_replicas * service.cpu_millicores)
        yield Node(
            service_id(name),
            Tier.SERVICES,
            name,
            f"service on {service.node_group}",
            f"{service.replicas}–{service.max_replicas} replicas",
            f"{small.replicas}–{small.max_replicas} replicas",
            share,
            (min(service.replicas, lead.network.zones), min(small.replicas, own.network.zones)),
        )


def _store_nodes(lead: Environment, own: Environment) -> Iterator[Node]:
    for name, store in sorted(lead.stores.items()):
        yield _store_node(name, store, own.stores[name], lead.network.zones)
    for name in sorted(lead.queues):
        yield Node(f"queues.{name}", Tier.REGIONAL, name, "SQS queue", network=False)
    for name in sorted(lead.topics):
        yield Node(f"topics.{name}", Tier.REGIONAL, name, "SNS topic", network=False)
    for name in sorted(lead.buckets):
        yield Node(f"buckets.{name}", Tier.REGIONAL, name, "S3 bucket", network=False)


def _store_node(name: str, lead: Store, own: Store, zones: int) -> Node:
    share = float(min(Fraction(mine, whole) for mine, whole in zip(store_capacity(own), store_capacity(lead), strict=True)))
    inside = not isinstance(lead, DynamoDb)
    return Node(
        f"stores.{name}",
        Tier.STORES if inside else Tier.REGIONAL,
        name,
        _kind(lead),
        _size(lead),
        _size(own),
        share,
        (min(_members(lead), zones), min(_members(own), zones)),
        inside,
    )


_SERVICES = {"aurora": "Aurora", "rds": "RDS", "redis": "ElastiCache"}
_ENGINES = {"mysql": "MySQL", "postgres": "PostgreSQL", "postgresql": "PostgreSQL", "redis": "Redis", "valkey": "Valkey"}


def _kind(store: Store) -> str:
    if isinstance(store, DynamoDb):
        return "DynamoDB table"
    return f"{_SERVICES[store.kind]} {_ENGINES[store.engine.removeprefix('aurora-')]}"


def _members(store: Store) -> int:
    """The machines of a store that stand in different zones as far as there are enough; a table has none of its own."""
    if isinstance(store, DynamoDb):
        return 0
    if isinstance(store, Aurora):
        return store.instances
    return 1 + store.multi_az if isinstance(store, Rds) else store.replicas_per_shard + 1


def _size(store: Store) -> str:
    if isinstance(store, DynamoDb):
        return f"{store.read_capacity.min_units:,} read, {store.write_capacity.min_units:,} write"
    if isinstance(store, Aurora | Rds):
        return f"{_members(store)} × {store.instance_class}"
    return f"{store.shards * _members(store)} × {store.node_type}"


def _edges(lead: Environment) -> Iterator[Edge]:
    yield Edge(INTERNET, CDN)
    yield Edge(CDN, BALANCER)
    yield from (Edge(BALANCER, service_id(route.service)) for route in lead.edge.routes)
    yield from (Edge(CDN, f"buckets.{name}") for name, bucket in lead.buckets.items() if bucket.served_by_cdn)
    for name, service in lead.services.items():
        yield from (Edge(service_id(name), service_id(called)) for called in service.calls)
        yield from (Edge(service_id(name), f"stores.{store}") for store in service.stores)
        yield from (Edge(service_id(name), f"queues.{queue}", back=way == "receive") for queue, way in service.queues.items())
        yield from (Edge(service_id(name), f"topics.{topic}") for topic in service.topics)
        yield from (Edge(service_id(name), f"buckets.{bucket}") for bucket in service.buckets)
    for name, topic in lead.topics.items():
        yield from (Edge(f"topics.{name}", f"queues.{queue}") for queue in topic.subscribers)


def _critical_pairs(lead: Environment) -> frozenset[tuple[str, str]]:
    """The flows that a critical path takes: between each two of its parts that are joined at all, and into its entry."""
    pairs = {(INTERNET, CDN), (CDN, BALANCER)}
    for path in lead.critical_paths.values():
        passed = {
            f"{kind}.{name}"
            for step in path.steps
            for kind, name in (("services", step.service), ("stores", step.store), ("queues", step.queue))
            if name is not None
        }
        pairs |= {(one, two) for one in passed for two in passed}
        pairs |= {(BALANCER, one) for one in passed}
    return frozenset(pairs)
