"""How each type of resource is charged for, read from its inputs. A type that nothing here knows is unpriced, never free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from model.parity import Concern
from understudy.cost.charge import ONE, Charge, UnknownQuantityError, Unpriced, figure, hours, word
from understudy.cost.unmetered import BY_USE, FREE, FREE_PREFIXES

Resource = Mapping[str, Any]
Found = Iterable[Charge | Unpriced]
_FREE_INSIGHTS_DAYS = 7
_DETAILED_METRICS = 7
"""Metrics that EC2's detailed monitoring charges for on an instance."""
_HIGH_RESOLUTION_SECONDS = 60
_NODES, _TEMPLATE = "aws:eks/nodeGroup:NodeGroup", "aws:ec2/launchTemplate:LaunchTemplate"


def charges(resource: Resource, siblings: Sequence[Resource]) -> Found:
    """What a resource costs by. `siblings` are the resources of the same component."""
    kind = resource["type"]
    if kind in FREE or kind.startswith(FREE_PREFIXES):
        return []
    if kind in BY_USE:
        return [_by_use(BY_USE[kind])]
    if kind not in _RULES:
        return [Unpriced("everything", "no rule prices this type of resource")]
    try:
        return list(_RULES[kind](resource["inputs"], siblings))
    except UnknownQuantityError as error:
        return [Unpriced("everything", f"`{error}` is known only after a deployment")]


def _by_use(of_what: str) -> Unpriced:
    return Unpriced(of_what, "costs by use, of which the model gives no figure")


def _nat_gateway(_: Resource, __: Sequence[Resource]) -> Found:
    yield Charge("NAT gateways", "vpc/nat-gateway", hours(1))
    yield _by_use("gigabytes through the gateway")


def _address(_: Resource, __: Sequence[Resource]) -> Found:
    yield Charge("public addresses", "vpc/public-ipv4", hours(1))


def _endpoint(inputs: Resource, _: Sequence[Resource]) -> Found:
    """A gateway endpoint is free; an interface endpoint costs by the hour in each zone."""
    if inputs.get("vpcEndpointType") != "Interface":
        return
    yield Charge("interface endpoints", "vpc/interface-endpoint", hours(len(inputs["subnetIds"])))
    yield _by_use("gigabytes through the endpoint")


def _control_plane(_: Resource, __: Sequence[Resource]) -> Found:
    yield Charge("control plane", "eks/cluster", hours(1))


def _addon(inputs: Resource, _: Sequence[Resource]) -> Found:
    if word(inputs, "addonName") == "amazon-cloudwatch-observability":
        yield _by_use("observations of Container Insights")


def _node_count(inputs: Resource) -> int:
    scaling = inputs["scalingConfig"]
    return figure(scaling, "desiredSize" if "desiredSize" in scaling else "minSize")


def _nodes(inputs: Resource, _: Sequence[Resource]) -> Found:
    """A group is priced at the number of nodes that it starts with; an autoscaler may run more."""
    if inputs.get("capacityType", "ON_DEMAND") != "ON_DEMAND":
        yield Unpriced("nodes", "the price of spot capacity changes by the hour")
        return
    kinds = inputs.get("instanceTypes") or []
    if len(kinds) != 1:
        yield Unpriced("nodes", "which of several instance types will run is not known")
        return
    count = hours(_node_count(inputs))
    yield Charge(f"nodes {kinds[0]}", f"ec2/instance/{kinds[0]}", count, Concern.COMPUTE, stops=True)


def _node_template(inputs: Resource, siblings: Sequence[Resource]) -> Found:
    """What a launch template adds to each node of the groups beside it: volumes, and detailed monitoring."""
    count = Decimal(sum(_node_count(sibling["inputs"]) for sibling in siblings if sibling["type"] == _NODES))
    for device in inputs.get("blockDeviceMappings", ()):
        volume = device["ebs"]
        if "volumeSize" not in volume:
            yield Unpriced(f"volume {device['deviceName']}", "its size is the machine image's")
            continue
        item = f"ec2/volume/{word(volume, 'volumeType')}"
        yield Charge("node volumes", item, figure(volume, "volumeSize") * count, Concern.COMPUTE, stops=True)
    if inputs.get("monitoring", {}).get("enabled") is True:
        yield Charge("node monitoring", "cloudwatch/metric", _DETAILED_METRICS * count, Concern.COMPUTE)


def _aurora_cluster(inputs: Resource, _: Sequence[Resource]) -> Found:
    yield from _managed_secret(inputs)
    yield _by_use("gigabytes kept, and requests to storage")
    yield _by_use("gigabytes of backups beyond the size of the database")


def _aurora_instance(inputs: Resource, _: Sequence[Resource]) -> Found:
    name = word(inputs, "instanceClass")
    yield Charge(f"instances {name}", f"rds/{word(inputs, 'engine')}/{name}", hours(1), Concern.DATABASE, stops=True)
    yield from _insights(inputs)


def _database(inputs: Resource, _: Sequence[Resource]) -> Found:
    name, deployment = word(inputs, "instanceClass"), "multi-az" if inputs.get("multiAz") is True else "single-az"
    title = f"instance {name} {deployment}"
    yield Charge(title, f"rds/{word(inputs, 'engine')}/{name}/{deployment}", hours(1), Concern.DATABASE, stops=True)
    storage = f"rds/storage-{word(inputs, 'storageType')}/{deployment}"
    yield Charge("storage", storage, Decimal(figure(inputs, "allocatedStorage")), Concern.STORAGE)
    yield from _managed_secret(inputs)
    yield from _insights(inputs)
    yield _by_use("gigabytes of backups beyond the size of the database")


def _managed_secret(inputs: Resource) -> Found:
    """RDS keeps the password of its own account in a secret that is no resource of the program."""
    if inputs.get("manageMasterUserPassword") is True:
        yield Charge("secrets", "secretsmanager/secret", ONE)


def _insights(inputs: Resource) -> Found:
    if inputs.get("performanceInsightsEnabled") is True:
        days = figure(inputs, "performanceInsightsRetentionPeriod", _FREE_INSIGHTS_DAYS)
        if days > _FREE_INSIGHTS_DAYS:
            yield Unpriced(f"Performance Insights for {days} days", "its price by processor is not in any source at hand")
    if figure(inputs, "monitoringInterval", 0):
        yield _by_use("gigabytes of enhanced monitoring")


def _cache(inputs: Resource, _: Sequence[Resource]) -> Found:
    """A cache cannot be stopped, only deleted."""
    nodes = figure(inputs, "numNodeGroups", 1) * (figure(inputs, "replicasPerNodeGroup", 0) + 1)
    name = word(inputs, "nodeType")
    yield Charge(f"nodes {name}", f"elasticache/{word(inputs, 'engine')}/{name}", hours(nodes), Concern.CACHE)
    yield _by_use("gigabytes of snapshots beyond the free one")


def _table(inputs: Resource, _: Sequence[Resource]) -> Found:
    """The units that are provisioned at the start, of the table and of each index; autoscaling may provision more."""
    yield _by_use("gigabytes kept, and of point-in-time recovery")
    if inputs.get("billingMode", "PROVISIONED") != "PROVISIONED":
        yield _by_use("requests")
        return
    holders = [inputs, *inputs.get("globalSecondaryIndexes", ())]
    for kind in ("read", "write"):
        units = sum(figure(holder, f"{kind}Capacity") for holder in holders)
        yield Charge(f"{kind} units", f"dynamodb/{kind}-unit", hours(units), Concern.THROUGHPUT)


def _load_balancer(inputs: Resource, _: Sequence[Resource]) -> Found:
    yield Charge("load balancer", f"elb/{inputs.get('loadBalancerType', 'application')}", hours(1))
    yield _by_use("load balancer capacity units")


def _firewall(inputs: Resource, _: Sequence[Resource]) -> Found:
    yield Charge("firewalls", "waf/acl", ONE)
    yield Charge("firewall rules", "waf/rule", Decimal(len(inputs.get("rules", ()))))
    yield _by_use("requests inspected")


def _key(_: Resource, __: Sequence[Resource]) -> Found:
    """The price of a new key; each of its first two rotations adds as much again."""
    yield Charge("keys", "kms/key", ONE)
    yield _by_use("requests to the key")


def _secret(_: Resource, __: Sequence[Resource]) -> Found:
    yield Charge("secrets", "secretsmanager/secret", ONE)


def _alarm(inputs: Resource, _: Sequence[Resource]) -> Found:
    """An alarm costs by the metrics that it looks at, and more where it looks oftener than once a minute."""
    queries = [query["metric"] for query in inputs.get("metricQueries", ()) if "metric" in query]
    periods = [figure(query, "period") for query in queries] or [figure(inputs, "period", _HIGH_RESOLUTION_SECONDS)]
    item = "cloudwatch/alarm" if min(periods) >= _HIGH_RESOLUTION_SECONDS else "cloudwatch/alarm-high-resolution"
    yield Charge("alarms", item, Decimal(len(periods)))


def _dashboard(_: Resource, __: Sequence[Resource]) -> Found:
    yield Charge("dashboards", "cloudwatch/dashboard", ONE)


def _zone(_: Resource, __: Sequence[Resource]) -> Found:
    yield Charge("hosted zone", "route53/zone", ONE)
    yield _by_use("queries answered")


_RULES: Mapping[str, Callable[[Resource, Sequence[Resource]], Found]] = {
    "aws:cloudwatch/dashboard:Dashboard": _dashboard,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "aws:dynamodb/table:Table": _table,
    "aws:ec2/eip:Eip": _address,
    _TEMPLATE: _node_template,
    "aws:ec2/natGateway:NatGateway": _nat_gateway,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:eks/addon:Addon": _addon,
    "aws:eks/cluster:Cluster": _control_plane,
    _NODES: _nodes,
    "aws:elasticache/replicationGroup:ReplicationGroup": _cache,
    "aws:kms/key:Key": _key,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:rds/cluster:Cluster": _aurora_cluster,
    "aws:rds/clusterInstance:ClusterInstance": _aurora_instance,
    "aws:rds/instance:Instance": _database,
    "aws:route53/zone:Zone": _zone,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:wafv2/webAcl:WebAcl": _firewall,
}
