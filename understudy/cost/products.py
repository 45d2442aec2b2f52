"""What each priced item is called in AWS's price list, and the public page that shows its price."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from model.errors import nearest, quoted
from understudy.cost.price_table import Unit

_AURORA = {"aurora-mysql": "Aurora MySQL", "aurora-postgresql": "Aurora PostgreSQL"}
_ENGINES = {"mariadb": "MariaDB", "mysql": "MySQL", "postgres": "PostgreSQL", **_AURORA}
_CACHES = {"redis": "Redis", "valkey": "Valkey"}
_DEPLOYMENTS = {"single-az": "Single-AZ", "multi-az": "Multi-AZ"}


@dataclass(frozen=True)
class Product:
    """A product of the price list: its service code, attributes to ask by, and how its usage type ends."""

    service: str
    unit: Unit
    page: str
    usage_type: str
    """A regular expression that the usage type must match whole; the region's prefix may stand before it."""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def matches(self, usage_type: str) -> bool:
        """Whether a usage type of the price list is this product's, in whatever region."""
        return re.fullmatch(rf"([A-Za-z0-9-]+-)?{self.usage_type}", usage_type) is not None


def _page(path: str) -> str:
    return f"https://aws.amazon.com/{path}/pricing/"


def _instance(name: str) -> Product:
    asked = {
        "instanceType": name,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
    }
    return Product("AmazonEC2", "hour", "https://aws.amazon.com/ec2/pricing/on-demand/", f"BoxUsage:{re.escape(name)}", asked)


def _database(engine: str, name: str, deployment: str) -> Product:
    """Aurora's storage attribute tells its standard configuration from the I/O-optimised one."""
    asked = {"instanceType": name, "databaseEngine": _ENGINES[engine], "deploymentOption": _DEPLOYMENTS[deployment]}
    page = _page("rds/aurora") if engine in _AURORA else _page("rds")
    return Product("AmazonRDS", "hour", page, r"(InstanceUsage|Multi-AZUsage):db\..+", {**asked, "storage": "EBS Only"})


def _database_storage(deployment: str) -> Product:
    asked = {"databaseEngine": "PostgreSQL", "volumeType": "General Purpose-GP3", "deploymentOption": _DEPLOYMENTS[deployment]}
    return Product("AmazonRDS", "GB-month", _page("rds"), r"RDS:(Multi-AZ-)?GP3-Storage", asked)


def _cache(engine: str, name: str) -> Product:
    asked = {"instanceType": name, "cacheEngine": _CACHES[engine]}
    return Product("AmazonElastiCache", "hour", _page("elasticache"), f"NodeUsage:{re.escape(name)}", asked)


_SINGLE = {
    "cloudwatch/alarm": Product("AmazonCloudWatch", "month", _page("cloudwatch"), "CW:AlarmMonitorUsage"),
    "cloudwatch/alarm-high-resolution": Product("AmazonCloudWatch", "month", _page("cloudwatch"), "CW:HighResAlarmMonitorUsage"),
    "cloudwatch/dashboard": Product("AmazonCloudWatch", "month", _page("cloudwatch"), "DashboardsUsageHour"),
    "cloudwatch/metric": Product("AmazonCloudWatch", "month", _page("cloudwatch"), "CW:MetricMonitorUsage"),
    "dynamodb/read-unit": Product(
        "AmazonDynamoDB", "hour", _page("dynamodb"), "ReadCapacityUnit-Hrs", {"group": "DDB-ReadUnits"}
    ),
    "dynamodb/write-unit": Product(
        "AmazonDynamoDB", "hour", _page("dynamodb"), "WriteCapacityUnit-Hrs", {"group": "DDB-WriteUnits"}
    ),
    "ec2/volume/gp3": Product("AmazonEC2", "GB-month", _page("ebs"), r"EBS:VolumeUsage\.gp3"),
    "eks/cluster": Product("AmazonEKS", "hour", _page("eks"), "AmazonEKS-Hours:perCluster"),
    "elb/application": Product(
        "AWSELB", "hour", _page("elasticloadbalancing"), "LoadBalancerUsage", {"productFamily": "Load Balancer-Application"}
    ),
    "kms/key": Product("awskms", "month", _page("kms"), "KMS-Keys"),
    "route53/zone": Product("AmazonRoute53", "month", _page("route53"), "HostedZone"),
    "secretsmanager/secret": Product("AWSSecretsManager", "month", _page("secrets-manager"), "AWSSecretsManager-Secrets"),
    "vpc/interface-endpoint": Product("AmazonVPC", "hour", _page("privatelink"), "VpcEndpoint-Hours"),
    "vpc/nat-gateway": Product("AmazonEC2", "hour", _page("vpc"), "NatGateway-Hours", {"operation": "NatGateway"}),
    "vpc/public-ipv4": Product("AmazonVPC", "hour", _page("vpc"), "PublicIPv4:InUseAddress"),
    "waf/acl": Product("awswaf", "month", _page("waf"), "WebACLV2"),
    "waf/rule": Product("awswaf", "month", _page("waf"), "RuleV2"),
}

_FAMILIES: tuple[tuple[re.Pattern[str], Callable[..., Product]], ...] = (
    (re.compile(r"ec2/instance/([a-z0-9.-]+)"), _instance),
    (re.compile(rf"rds/({'|'.join(_ENGINES)})/(db\.[a-z0-9.]+)/({'|'.join(_DEPLOYMENTS)})"), _database),
    (re.compile(rf"rds/({'|'.join(_AURORA)})/(db\.[a-z0-9.]+)"), lambda engine, name: _database(engine, name, "single-az")),
    (re.compile(rf"rds/storage-gp3/({'|'.join(_DEPLOYMENTS)})"), _database_storage),
    (re.compile(rf"elasticache/({'|'.join(_CACHES)})/(cache\.[a-z0-9.]+)"), _cache),
)


class UnknownItemError(ValueError):
    """An item of which it is not known what AWS calls it."""


def product(item: str) -> Product:
    """What AWS calls an item. Raises UnknownItemError for one that no product stands for."""
    if item in _SINGLE:
        return _SINGLE[item]
    for pattern, make in _FAMILIES:
        if found := pattern.fullmatch(item):
            return make(*found.groups())
    raise UnknownItemError(f"{quoted(item)} is no known item{nearest(item, sorted(_SINGLE))}")
