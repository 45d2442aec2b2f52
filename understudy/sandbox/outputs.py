"""What a resource answers once it exists, beyond its inputs: endpoints, addresses, versions, in the shape of the real thing."""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.sandbox.identity import random_hex
from understudy.sandbox.values import Secret, revealed

Properties = dict[str, Any]


@dataclass(frozen=True)
class New:
    """A resource that has just been made: its inputs, and who it is."""

    inputs: Mapping[str, Any]
    id: str
    arn: str
    account: str
    region: str

    def text(self, name: str) -> str:
        """An input as text, empty where there is none."""
        value = revealed(self.inputs.get(name))
        return "" if value is None else str(value)

    @property
    def suffix(self) -> str:
        """The ARN after its fifth colon."""
        return self.arn.split(":", 5)[-1]


def _certificate(new: New) -> Properties:
    names = [new.text("domainName"), *revealed(new.inputs.get("subjectAlternativeNames", []))]
    options = [
        {
            "domainName": name,
            "resourceRecordName": f"_{random_hex(32)}.{name.removeprefix('*.')}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{random_hex(32)}.acm-validations.aws.",
        }
        for name in dict.fromkeys(names)
    ]
    return {"domainValidationOptions": options, "status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED"}


def _eks_cluster(new: New) -> Properties:
    identity = random_hex(32).upper()
    given = dict(revealed(new.inputs.get("vpcConfig", {})))
    return {
        "endpoint": f"https://{identity}.gr7.{new.region}.eks.amazonaws.com",
        "certificateAuthority": {"data": base64.b64encode(f"sandbox certificate of {new.id}".encode()).decode()},
        "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{new.region}.amazonaws.com/id/{identity}"}]}],
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "vpcConfig": {**given, "clusterSecurityGroupId": f"sg-{random_hex(17)}", "vpcId": f"vpc-{random_hex(17)}"},
    }


def _aurora(new: New) -> Properties:
    unique = random_hex(12)
    return {
        "endpoint": f"{new.id}.cluster-{unique}.{new.region}.rds.amazonaws.com",
        "readerEndpoint": f"{new.id}.cluster-ro-{unique}.{new.region}.rds.amazonaws.com",
        "clusterResourceId": f"cluster-{random_hex(26).upper()}",
        "engineVersionActual": new.text("engineVersion"),
        **_managed_password(new, f"cluster-{random_hex(8)}"),
    }


def _rds(new: New) -> Properties:
    port = int(new.text("port") or {"mysql": 3306, "mariadb": 3306}.get(new.text("engine"), 5432))
    address = f"{new.text('identifier') or new.id}.{random_hex(12)}.{new.region}.rds.amazonaws.com"
    return {
        "address": address,
        "endpoint": f"{address}:{port}",
        "port": port,
        "resourceId": new.id,
        "engineVersionActual": new.text("engineVersion"),
        "status": "available",
        **_managed_password(new, new.id),
    }


def _managed_password(new: New, name: str) -> Properties:
    """The secret in which RDS keeps the password that it manages."""
    if not new.inputs.get("manageMasterUserPassword"):
        return {}
    arn = f"arn:aws:secretsmanager:{new.region}:{new.account}:secret:rds!{name}-{random_hex(6)}"
    return {"masterUserSecrets": [{"kmsKeyId": new.text("masterUserSecretKmsKeyId"), "secretArn": arn, "secretStatus": "active"}]}


def _replication_group(new: New) -> Properties:
    unique = f"{random_hex(6)}.{new.region[:3]}1.cache.amazonaws.com"
    if new.inputs.get("clusterMode") == "enabled" or new.inputs.get("numNodeGroups", 1) > 1:
        return {"configurationEndpointAddress": f"clustercfg.{new.id}.{unique}"}
    return {
        "primaryEndpointAddress": f"master.{new.id}.{unique}",
        "readerEndpointAddress": f"replica.{new.id}.{unique}",
    }


def _load_balancer(new: New) -> Properties:
    internal = "internal-" if new.inputs.get("internal") else ""
    return {
        "dnsName": f"{internal}{new.text('name')}-{secrets.randbelow(10**9)}.{new.region}.elb.amazonaws.com",
        "zoneId": f"Z{random_hex(13).upper()}",
        "arnSuffix": new.suffix.removeprefix("loadbalancer/"),
    }


def _bucket(new: New) -> Properties:
    return {
        "bucket": new.id,
        "bucketDomainName": f"{new.id}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{new.id}.s3.{new.region}.amazonaws.com",
    }


def _zone(new: New) -> Properties:
    tops = ("com", "net", "org", "co.uk")
    servers = [f"ns-{secrets.randbelow(2000)}.awsdns-{secrets.randbelow(60):02}.{top}" for top in tops]
    return {"nameServers": servers, "primaryNameServer": servers[0], "zoneId": new.id}


def _endpoint(new: New) -> Properties:
    service = new.text("serviceName")
    if new.text("vpcEndpointType") == "Interface":
        return {"networkInterfaceIds": [f"eni-{random_hex(17)}"], "state": "available"}
    return {"prefixListId": f"pl-{random_hex(8)}", "cidrBlocks": [], "state": "available", "serviceName": service}


def _password(new: New) -> Properties:
    alphabet = string.ascii_letters + string.digits
    if new.inputs.get("special", True):
        alphabet += new.text("overrideSpecial") or "!@#$%&*()-_=+[]{}<>:?"
    result = "".join(secrets.choice(alphabet) for _ in range(int(new.text("length"))))
    return {"result": Secret(result), "bcryptHash": Secret(f"$2a$10${random_hex(53)}")}


COMPUTED: dict[str, Callable[[New], Properties]] = {
    "aws:acm/certificate:Certificate": _certificate,
    "aws:cloudfront/distribution:Distribution": lambda _: {
        "domainName": f"d{random_hex(13)}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
        "status": "Deployed",
        "etag": f"E{random_hex(12).upper()}",
    },
    "aws:cloudwatch/dashboard:Dashboard": lambda new: {
        "dashboardArn": f"arn:aws:cloudwatch::{new.account}:dashboard/{new.text('dashboardName')}"
    },
    "aws:ec2/eip:Eip": lambda new: {"allocationId": new.id, "publicIp": f"203.0.113.{1 + secrets.randbelow(254)}"},
    "aws:ec2/launchTemplate:LaunchTemplate": lambda _: {"latestVersion": 1, "defaultVersion": 1},
    "aws:ec2/natGateway:NatGateway": lambda _: {"publicIp": f"203.0.113.{1 + secrets.randbelow(254)}"},
    "aws:ec2/vpc:Vpc": lambda new: {
        "mainRouteTableId": f"rtb-{random_hex(17)}",
        "defaultSecurityGroupId": f"sg-{random_hex(17)}",
        "ownerId": new.account,
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:eks/addon:Addon": lambda new: {"addonVersion": new.text("addonVersion") or "v1.0.0-eksbuild.1"},
    "aws:eks/cluster:Cluster": _eks_cluster,
    "aws:eks/nodeGroup:NodeGroup": lambda new: {
        "status": "ACTIVE",
        "resources": [{"autoscalingGroups": [{"name": f"eks-{new.text('nodeGroupName')}-{random_hex(8)}"}]}],
    },
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": lambda new: {"associationArn": new.arn, "associationId": new.id},
    "aws:eks/accessEntry:AccessEntry": lambda new: {"accessEntryArn": new.arn},
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
    "aws:iam/role:Role": lambda _: {"uniqueId": f"AROA{random_hex(17).upper()}"},
    "aws:kms/alias:Alias": lambda new: {
        "targetKeyArn": f"arn:aws:kms:{new.region}:{new.account}:key/{new.text('targetKeyId').rpartition('/')[2]}"
    },
    "aws:kms/key:Key": lambda new: {"keyId": new.id},
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:lb/targetGroup:TargetGroup": lambda new: {"arnSuffix": new.suffix},
    "aws:rds/cluster:Cluster": _aurora,
    "aws:rds/clusterInstance:ClusterInstance": lambda new: {
        "endpoint": f"{new.id}.{random_hex(12)}.{new.region}.rds.amazonaws.com",
        "dbiResourceId": f"db-{random_hex(26).upper()}",
    },
    "aws:rds/instance:Instance": _rds,
    "aws:route53/record:Record": lambda new: {"fqdn": new.text("name")},
    "aws:route53/zone:Zone": _zone,
    "aws:route53/keySigningKey:KeySigningKey": lambda _: {
        "keyTag": secrets.randbelow(65536),
        "dsRecord": f"{secrets.randbelow(65536)} 13 2 {random_hex(64).upper()}",
    },
    "aws:s3/bucket:Bucket": _bucket,
    "aws:secretsmanager/secretVersion:SecretVersion": lambda new: {
        "versionId": new.id.rpartition("|")[2],
        "secretArn": new.text("secretId"),
    },
    "aws:sqs/queue:Queue": lambda new: {"url": new.id},
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": lambda new: {"securityGroupRuleId": new.id},
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": lambda new: {"securityGroupRuleId": new.id},
    "aws:wafv2/webAcl:WebAcl": lambda _: {"capacity": 100},
    "random:index/randomPassword:RandomPassword": _password,
}
CHANGES_WITH_EACH_UPDATE: dict[str, tuple[str, ...]] = {"aws:ec2/launchTemplate:LaunchTemplate": ("latestVersion",)}
"""Outputs that an update makes anew, so that a preview of one does not know them."""


def computed(token: str, new: New) -> Properties:
    """The outputs that the type is known to have; none for other types."""
    return COMPUTED[token](new) if token in COMPUTED else {}
