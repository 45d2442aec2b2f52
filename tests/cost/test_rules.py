"""Each type of resource is charged for what AWS charges: by its inputs, by use, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from model.parity import Concern
from tests.cost.stacks import resource
from understudy.cost.charge import Charge, Unpriced
from understudy.cost.rules import charges
from understudy.cost.unmetered import BY_USE, FREE

GROUP = "aws:eks/nodeGroup:NodeGroup"
NODES = {
    "instanceTypes": ["m7g.large"],
    "capacityType": "ON_DEMAND",
    "scalingConfig": {"desiredSize": 3, "minSize": 2, "maxSize": 9},
}
UNKNOWN = {"$unknown": True}
DATABASE = {"engine": "postgres", "instanceClass": "db.r7g.large", "storageType": "gp3", "allocatedStorage": 100}


def charged(kind: str, inputs: dict[str, Any], *siblings: dict[str, Any]) -> dict[str, Decimal]:
    found = charges(resource(kind, inputs), siblings)
    return {one.item: one.quantity for one in found if isinstance(one, Charge)}


def reasons(kind: str, inputs: dict[str, Any]) -> list[str]:
    return [one.reason for one in charges(resource(kind, inputs), ()) if isinstance(one, Unpriced)]


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("aws:ec2/natGateway:NatGateway", {}, {"vpc/nat-gateway": 730}),
        ("aws:ec2/eip:Eip", {}, {"vpc/public-ipv4": 730}),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Gateway"}, {}),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetIds": [UNKNOWN] * 3},
            {"vpc/interface-endpoint": 2190},
        ),
        ("aws:eks/cluster:Cluster", {}, {"eks/cluster": 730}),
        (GROUP, NODES, {"ec2/instance/m7g.large": 2190}),
        (GROUP, {**NODES, "scalingConfig": {"minSize": 2, "maxSize": 9}}, {"ec2/instance/m7g.large": 1460}),
        (
            "aws:rds/clusterInstance:ClusterInstance",
            {"engine": "aurora-mysql", "instanceClass": "db.r7g.large"},
            {"rds/aurora-mysql/db.r7g.large": 730},
        ),
        ("aws:rds/cluster:Cluster", {"manageMasterUserPassword": True}, {"secretsmanager/secret": 1}),
        (
            "aws:rds/instance:Instance",
            {**DATABASE, "multiAz": True},
            {"rds/postgres/db.r7g.large/multi-az": 730, "rds/storage-gp3/multi-az": 100},
        ),
        (
            "aws:rds/instance:Instance",
            {**DATABASE, "multiAz": False},
            {"rds/postgres/db.r7g.large/single-az": 730, "rds/storage-gp3/single-az": 100},
        ),
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"engine": "redis", "nodeType": "cache.r7g.large", "numNodeGroups": 2, "replicasPerNodeGroup": 1},
            {"elasticache/redis/cache.r7g.large": 2920},
        ),
        (
            "aws:dynamodb/table:Table",
            {
                "billingMode": "PROVISIONED",
                "readCapacity": 10,
                "writeCapacity": 5,
                "globalSecondaryIndexes": [{"readCapacity": 10, "writeCapacity": 5}],
            },
            {"dynamodb/read-unit": 14600, "dynamodb/write-unit": 7300},
        ),
        ("aws:dynamodb/table:Table", {"billingMode": "PAY_PER_REQUEST"}, {}),
        ("aws:lb/loadBalancer:LoadBalancer", {"loadBalancerType": "application"}, {"elb/application": 730}),
        ("aws:wafv2/webAcl:WebAcl", {"rules": [{}, {}, {}]}, {"waf/acl": 1, "waf/rule": 3}),
        ("aws:kms/key:Key", {}, {"kms/key": 1}),
        ("aws:secretsmanager/secret:Secret", {}, {"secretsmanager/secret": 1}),
        ("aws:cloudwatch/dashboard:Dashboard", {}, {"cloudwatch/dashboard": 1}),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 60}, {"cloudwatch/alarm": 1}),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 10}, {"cloudwatch/alarm-high-resolution": 1}),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"metricQueries": [{"metric": {"period": 60}}, {"metric": {"period": 300}}, {"expression": "a/b"}]},
            {"cloudwatch/alarm": 2},
        ),
        ("aws:route53/zone:Zone", {}, {"route53/zone": 1}),
        ("aws:iam/role:Role", {}, {}),
        ("kubernetes:apps/v1:Deployment", {}, {}),
    ],
)
def test_a_resource_is_charged_by_its_inputs(kind: str, inputs: dict[str, Any], expected: dict[str, int]) -> None:
    assert charged(kind, inputs) == expected


def test_a_launch_template_is_charged_for_every_node_of_its_group() -> None:
    template = {
        "blockDeviceMappings": [
            {"deviceName": "/dev/xvda", "ebs": {"volumeType": "gp3"}},
            {"deviceName": "/dev/xvdb", "ebs": {"volumeType": "gp3", "volumeSize": 50}},
        ],
        "monitoring": {"enabled": True},
    }

    assert charged("aws:ec2/launchTemplate:LaunchTemplate", template, resource(GROUP, NODES)) == {
        "ec2/volume/gp3": 150,
        "cloudwatch/metric": 21,
    }


@pytest.mark.parametrize(
    ("kind", "inputs", "reason"),
    [
        ("aws:lambda/function:Function", {}, "no rule prices this type of resource"),
        ("aws:sqs/queue:Queue", {}, "costs by use, of which the model gives no figure"),
        (GROUP, {**NODES, "capacityType": "SPOT"}, "the price of spot capacity changes by the hour"),
        (GROUP, {**NODES, "instanceTypes": ["a", "b"]}, "which of several instance types will run is not known"),
        (GROUP, {**NODES, "scalingConfig": {"desiredSize": UNKNOWN}}, "`desiredSize` is known only after a deployment"),
        (
            "aws:rds/instance:Instance",
            {**DATABASE, "performanceInsightsEnabled": True, "performanceInsightsRetentionPeriod": 731},
            "its price by processor is not in any source at hand",
        ),
    ],
)
def test_what_cannot_be_priced_says_why(kind: str, inputs: dict[str, Any], reason: str) -> None:
    assert reason in reasons(kind, inputs)


def test_performance_insights_for_a_week_cost_nothing() -> None:
    inputs = {**DATABASE, "performanceInsightsEnabled": True, "performanceInsightsRetentionPeriod": 7}

    assert not [reason for reason in reasons("aws:rds/instance:Instance", inputs) if "processor" in reason]


@pytest.mark.parametrize(
    ("kind", "inputs", "follows", "stops"),
    [
        (GROUP, NODES, Concern.COMPUTE, True),
        ("aws:rds/clusterInstance:ClusterInstance", {"engine": "a", "instanceClass": "b"}, Concern.DATABASE, True),
        ("aws:elasticache/replicationGroup:ReplicationGroup", {"engine": "redis", "nodeType": "x"}, Concern.CACHE, False),
        ("aws:eks/cluster:Cluster", {}, None, False),
        ("aws:ec2/natGateway:NatGateway", {}, None, False),
    ],
)
def test_a_charge_knows_what_scales_and_what_stops_it(
    kind: str, inputs: dict[str, Any], follows: Concern | None, stops: bool
) -> None:
    (charge,) = [one for one in charges(resource(kind, inputs), ()) if isinstance(one, Charge)]

    assert (charge.follows, charge.stops) == (follows, stops)


def test_no_type_is_both_free_and_charged_by_use() -> None:
    assert FREE & set(BY_USE) == set()
