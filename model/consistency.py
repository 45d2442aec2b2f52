"""What must agree between parts of the model: each check yields the problems it finds, as paths below the environment."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from model.address_plan import address_plan, overlaps
from model.capacity import nodes_needed, pooled_connections, usable_connections
from model.cluster import Addon, Chart, NodeGroup
from model.database import Aurora, Rds
from model.environment import Environment
from model.errors import Problem, nearest, quoted
from model.identity import Identity
from model.instance_types import InstanceType, UnknownInstanceTypeError, find, names
from model.operations import Threshold
from model.parity import Isolated, parity_of
from model.service import BucketValue, QueueValue, SecretValue, Service, ServiceValue, StoreValue, TopicValue
from model.staging import Staging
from model.staging_data import POSTGRESQL
from model.table import DynamoDb

STORE_ATTRIBUTES = {
    "aurora": ("endpoint", "reader_endpoint", "address", "port", "name"),
    "rds": ("endpoint", "address", "port", "name"),
    "dynamodb": ("name",),
    "redis": ("endpoint", "reader_endpoint", "address", "port"),
}
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-")
"""Beginnings of the regions that are not in the partition `aws`. Source: AWS, "Amazon Resource Names (ARNs)", partitions."""
SECRET_KEYS = {
    "aurora": ("username", "password"),
    "rds": ("username", "password"),
    "dynamodb": (),
    "redis": ("url", "password", "stackexchange"),
}


def consistency_problems(environment: Environment) -> list[Problem]:
    """Every disagreement in a model whose fields and references are valid by themselves.

    Checks that need a known instance class run only where the classes are known, so that one typo is one problem.
    """
    problems = [
        *_identity(environment.identity),
        *_names(environment),
        *_addresses(environment),
        *_instance_types(environment),
        *_stores(environment),
        *_edge(environment),
        *_alarms(environment),
        *_addons(environment),
    ]
    for name, service in environment.services.items():
        problems += _service(environment, f"services.{name}", service)
    if not any(_unknown_classes(environment)):
        problems += [*_nodes(environment), *_pools(environment)]
    return problems


def isolation_problems(production: Environment, staging: Staging) -> list[Problem]:
    """The isolated values that a staging file shares with production."""
    ours, theirs = staging.identity, production.identity
    problems = [
        Problem(f"identity.{name}", f"found {quoted(_shown(ours, name))}, which is production's own; it must differ")
        for name, field in Identity.model_fields.items()
        if isinstance(parity_of(field), Isolated) and getattr(ours, name) == getattr(theirs, name)
    ]
    if ours.address_range != theirs.address_range:
        for _ in overlaps({"production": theirs.address_range, "staging": ours.address_range}):
            message = f"found {ours.address_range}, which overlaps production's {theirs.address_range}"
            problems.append(Problem("identity.address_range", message))
    for name, tag in staging.releases.items():
        if tag == production.services[name].image.tag:
            problems.append(
                Problem(
                    f"releases.{name}",
                    f"found {quoted(tag)}, which production runs already; name a newer tag or remove it",
                )
            )
    return problems


def data_problems(production: Environment, staging: Staging) -> Iterator[Problem]:
    """Strategies for stores that cannot have one."""
    able = [name for name, store in production.stores.items() if getattr(store, "engine", "") in POSTGRESQL]
    for name in sorted(set(staging.data) & set(production.stores) - set(able)):
        store = production.stores[name]
        engine = getattr(store, "engine", store.kind)
        hint = nearest(name, able)
        yield Problem(f"data.{name}", f"found a store of {quoted(engine)}; only PostgreSQL's data can be refreshed{hint}")


def _shown(identity: Identity, name: str) -> object:
    value = getattr(identity, name)
    return f"{value.primary}/{value.recovery}" if name == "regions" else value


def _identity(identity: Identity) -> Iterator[Problem]:
    if identity.regions.primary == identity.regions.recovery:
        yield Problem(
            "identity.regions.recovery",
            f"found {identity.regions.recovery!r}, which is the primary region; backups must leave it",
        )

    for name in ("primary", "recovery"):
        region = getattr(identity.regions, name)
        if region.startswith(_OTHER_PARTITIONS):
            yield Problem(
                f"identity.regions.{name}",
                f"found {region!r}, which is in a partition of its own; ARNs are made for the partition `aws` alone",
            )


def _names(environment: Environment) -> Iterator[Problem]:
    """Names that the services of AWS would refuse: they are made of the system's, the environment's and the item's own."""
    begin, account = environment.name, environment.identity.account_id
    made = {f"buckets.{name}": ("S3", 63, f"{begin}-{name}-{account}") for name in environment.buckets}
    for name, queue in environment.queues.items():
        made[f"queues.{name}"] = ("SQS", 80, f"{begin}-{name}-dead-letter{'.fifo' if queue.fifo else ''}")
    for name, store in environment.stores.items():
        if store.kind == "redis":
            made[f"stores.{name}"] = ("ElastiCache", 40, f"{environment.system}-{name}-group-0123456")
        elif isinstance(store, Aurora):
            made[f"stores.{name}"] = ("RDS", 63, f"{begin}-{name}-{store.instances}")
        elif isinstance(store, Rds):
            made[f"stores.{name}"] = ("RDS", 63, f"{begin}-{name}")
    for path, (service, most, text) in made.items():
        if len(text) > most:
            message = (
                f"makes a name of {len(text)} characters for {service}, which takes {most}; shorten its name or the system's"
            )
            yield Problem(path, message)


def _addresses(environment: Environment) -> Iterator[Problem]:
    range_ = environment.identity.address_range
    if not 16 <= IPv4Network(range_).prefixlen <= 28:
        yield Problem("identity.address_range", f"found {range_}: a VPC takes a /16 to a /28")
    try:
        address_plan(range_, environment.network)
    except ValueError as error:
        yield Problem("identity.address_range", str(error))
    others = {"cluster.service_range": environment.cluster.service_range}
    others |= {f"cluster.private_access_ranges[{i}]": text for i, text in enumerate(environment.cluster.private_access_ranges)}
    for path, text in others.items():
        try:
            if next(overlaps({"vpc": range_, path: text}), None):
                yield Problem(path, f"found {text}, which overlaps the environment's address range {range_}")
        except ValueError as error:
            yield Problem(path, f"found {quoted(text)}: {error}")
    for index, text in enumerate(environment.cluster.public_access_ranges):
        try:
            if IPv4Network(text).prefixlen == 0:
                yield Problem(
                    f"cluster.public_access_ranges[{index}]",
                    f"found {text}, the whole internet; name the ranges to let in",
                )
        except ValueError as error:
            yield Problem(f"cluster.public_access_ranges[{index}]", f"found {quoted(text)}: {error}")


def _classes(environment: Environment) -> Iterator[tuple[str, str, str, bool]]:
    """Path, catalogue, name and whether Aurora must offer it, of each instance class in the model."""
    for name, group in environment.cluster.node_groups.items():
        yield f"cluster.node_groups.{name}.instance_type", "ec2", group.instance_type, False
    for name, store in environment.stores.items():
        if isinstance(store, Aurora | Rds):
            yield f"stores.{name}.instance_class", "rds", store.instance_class, isinstance(store, Aurora)
        elif not isinstance(store, DynamoDb):
            yield f"stores.{name}.node_type", "elasticache", store.node_type, False


def _known(service: str, name: str) -> InstanceType | None:
    try:
        return find(service, name)
    except UnknownInstanceTypeError:
        return None


def _unknown_classes(environment: Environment) -> Iterator[str]:
    return (path for path, service, name, _ in _classes(environment) if _known(service, name) is None)


def _instance_types(environment: Environment) -> Iterator[Problem]:
    for path, service, name, aurora in _classes(environment):
        known = _known(service, name)
        if known is None:
            yield Problem(path, f"found {quoted(name)}, which is no known {service} class{nearest(name, names(service))}")
        elif aurora and not known.aurora:
            yield Problem(path, f"found {quoted(name)}, which Aurora does not offer")
    for name, group in environment.cluster.node_groups.items():
        known = _known("ec2", group.instance_type)
        if known is not None and known.architecture.lower() not in group.ami_type.lower().replace("arm_64", "arm64"):
            message = f"found {quoted(group.ami_type)}, but {group.instance_type} is {known.architecture}"
            yield Problem(f"cluster.node_groups.{name}.ami_type", message)


def _stores(environment: Environment) -> Iterator[Problem]:
    for name, store in environment.stores.items():
        if isinstance(store, Rds) and 10 * store.max_storage_gib < 11 * store.storage_gib:
            message = f"found {store.max_storage_gib}; must be at least a tenth more than `storage_gib` ({store.storage_gib})"
            yield Problem(f"stores.{name}.max_storage_gib", message)
        if isinstance(store, DynamoDb):
            for direction, capacity in (("read", store.read_capacity), ("write", store.write_capacity)):
                if capacity.min_units > capacity.max_units:
                    message = f"found {capacity.min_units}, more than `max_units` ({capacity.max_units})"
                    yield Problem(f"stores.{name}.{direction}_capacity.min_units", message)


def _edge(environment: Environment) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for index, route in enumerate(environment.edge.routes):
        if (route.host, route.path) in seen:
            yield Problem(f"edge.routes[{index}]", f"host {route.host!r} with path {route.path!r} has a route already")
        seen.add((route.host, route.path))
    served = [name for name, bucket in environment.buckets.items() if bucket.served_by_cdn]
    for name in served[1:]:
        yield Problem(f"buckets.{name}.served_by_cdn", f"the CDN serves one bucket, which is {served[0]!r} already")


def _alarms(environment: Environment) -> Iterator[Problem]:
    for name, alarm in environment.operations.alarms.items():
        if isinstance(alarm.threshold, Threshold) and alarm.scope not in ("aurora", "rds"):
            message = f"a threshold that follows {alarm.threshold.of} needs scope aurora or rds, found {alarm.scope!r}"
            yield Problem(f"operations.alarms.{name}.threshold", message)


def _addons(environment: Environment) -> Iterator[Problem]:
    items: dict[str, Addon | Chart] = {f"addons.{name}": addon for name, addon in environment.cluster.addons.items()}
    items |= {f"charts.{name}": chart for name, chart in environment.cluster.charts.items()}
    for path, item in items.items():
        if item.policy is not None and item.service_account is None:
            yield Problem(f"cluster.{path}.service_account", "is required where `policy` is set")


def _service(environment: Environment, path: str, service: Service) -> Iterator[Problem]:
    if service.max_replicas < service.replicas:
        yield Problem(f"{path}.max_replicas", f"found {service.max_replicas}, fewer than `replicas` ({service.replicas})")
    if service.replicas > 1 and service.max_unavailable >= service.replicas:
        message = f"found {service.max_unavailable}; must be below `replicas` ({service.replicas}), or a drain is an outage"
        yield Problem(f"{path}.max_unavailable", message)
    if service.protocol == "http":
        for probe in ("liveness_path", "readiness_path"):
            if getattr(service.health, probe) is None:
                yield Problem(f"{path}.health.{probe}", "is required for an http service")
    yield from _variables(environment, path, service)
    for store in service.pools:
        if store not in service.stores:
            yield Problem(f"{path}.pools.{store}", "is a pool on a store that is not among the service's `stores`")
        elif not isinstance(environment.stores[store], Aurora | Rds):
            yield Problem(f"{path}.pools.{store}", "is a pool on a store that is no relational database")


def _variables(environment: Environment, path: str, service: Service) -> Iterator[Problem]:
    for variable, value in service.environment.items():
        where = f"{path}.environment.{variable}"
        if isinstance(value, ServiceValue) and value.service not in service.calls:
            yield Problem(where, f"refers to service {value.service!r}, which is not among `calls`")
        elif isinstance(value, QueueValue) and value.queue not in service.queues:
            yield Problem(where, f"refers to queue {value.queue!r}, which is not among `queues`")
        elif isinstance(value, TopicValue) and value.topic not in service.topics:
            yield Problem(where, f"refers to topic {value.topic!r}, which is not among `topics`")
        elif isinstance(value, BucketValue) and value.bucket not in service.buckets:
            yield Problem(where, f"refers to bucket {value.bucket!r}, which is not among `buckets`")
        elif isinstance(value, StoreValue | SecretValue):
            yield from _store_variable(environment, where, service, value)


def _store_variable(environment: Environment, where: str, service: Service, value: StoreValue | SecretValue) -> Iterator[Problem]:
    name = value.store if isinstance(value, StoreValue) else value.secret_of
    if name not in service.stores:
        yield Problem(where, f"refers to store {name!r}, which is not among `stores`")
        return
    kind = environment.stores[name].kind
    word, allowed = (value.attribute, STORE_ATTRIBUTES[kind]) if isinstance(value, StoreValue) else (value.key, SECRET_KEYS[kind])
    if word not in allowed:
        yield Problem(where, f"found {word!r}, which a store of kind {kind} does not give{nearest(word, allowed)}")


def _nodes(environment: Environment) -> Iterator[Problem]:
    for name, group in environment.cluster.node_groups.items():
        yield from _node_group(environment, f"cluster.node_groups.{name}", name, group)


def _node_group(environment: Environment, path: str, name: str, group: NodeGroup) -> Iterator[Problem]:
    if not group.min_nodes <= group.nodes <= group.max_nodes:
        yield Problem(
            f"{path}.nodes",
            f"found {group.nodes}; must lie between `min_nodes` ({group.min_nodes}) and `max_nodes` ({group.max_nodes})",
        )
    for figure, peak in (("nodes", False), ("max_nodes", True)):
        needed, found = nodes_needed(environment, name, peak=peak), getattr(group, figure)
        if found < needed:
            when = "at the peak" if peak else "at rest"
            yield Problem(f"{path}.{figure}", f"found {found}, but the pods placed on it need {needed} {when}")


def _pools(environment: Environment) -> Iterator[Problem]:
    for name, store in environment.stores.items():
        if isinstance(store, Aurora | Rds):
            pooled, usable = pooled_connections(environment, name), usable_connections(store)
            if pooled > usable:
                yield Problem(
                    f"stores.{name}.instance_class",
                    f"{store.instance_class} serves {usable} pooled connections, but services open up to {pooled}",
                )
