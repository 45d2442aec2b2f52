"""Separation of environments: what belongs to another account, and what is like it and does not."""

import json
from typing import Any

from policies.engine.node import UNKNOWN
from tests.policies.stacks import Case, Declared, Edit, Stack, adding, both, case, change, drop, referring, without

OWN, OTHER, TOOLS = "111122223333", "444455556666", "777788889999"


def _document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _trusting(principal: object) -> str:
    return _document(Principal={"AWS": principal}, Action="sts:AssumeRole")


def _on(resource: str, action: str = "sqs:SendMessage") -> str:
    return _document(Action=action, Resource=resource)


def _reading(**changes: dict[str, Any]) -> str:
    """What a refresh job may do; by statement, what of it is another."""
    prefix, through = (
        {"StringLike": {"s3:prefix": "orders/*"}},
        {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
    )
    key = f"arn:aws:kms:eu-west-1:{OTHER}:key/1"
    allowed: dict[str, dict[str, Any]] = {
        "read": {"Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::archives/orders/*"},
        "list": {"Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::archives", "Condition": prefix},
        "decrypt": {"Action": ["kms:Decrypt"], "Resource": key, "Condition": through},
        "count": {"Action": ["cloudwatch:PutMetricData"], "Resource": "*"},
    }
    return json.dumps({"Statement": [{"Effect": "Allow", **entry, **changes.get(name, {})} for name, entry in allowed.items()]})


def _may(**changes: dict[str, Any]) -> Edit:
    return change("reader", "policy", _reading(**changes))


def _for_everyone_of(account: str) -> str:
    return _document(Principal="*", Action="sts:AssumeRole", Condition={"StringEquals": {"aws:PrincipalAccount": account}})


def _for_service_of(account: str) -> str:
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{account}:orders"}}
    return _document(Principal={"Service": "sns.amazonaws.com"}, Action="sqs:SendMessage", Condition=condition)


_DENYING_OTHERS = change(
    "queue", "policy", json.dumps({"Statement": {"Effect": "Deny", "Principal": {"AWS": OTHER}, "Action": "sqs:*"}})
)
_PERMISSION = "aws:lambda/permission:Permission"
_IMAGES_TO_OTHERS = {"replicationConfiguration": {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": OTHER}]}]}}
_DEPLOYER = f"arn:aws:iam::{OWN}:role/deployer"
_OWN_KEY = f"arn:aws:kms:eu-west-1:{OWN}:key/1"
_PEERING = "aws:ec2/vpcPeeringConnection"
_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_ELSEWHERE = {"type": "ExternalName", "externalName": "a.b.c"}
_META = {"name": "cart", "namespace": "shop"}
_ROLE_AT = ("metadata", "annotations", "eks.amazonaws.com/role-arn")
_ENV_AT = "spec.template.spec.containers[0].env[0].value"
_NO_ACCOUNT: Edit = drop("provider", "allowedAccountIds")

STACK = Stack(
    {
        "provider": Declared("pulumi:providers:aws", {"region": "eu-west-1", "allowedAccountIds": json.dumps([OWN])}),
        "vpc": Declared("aws:ec2/vpc:Vpc", {"cidrBlock": "10.20.0.0/16"}),
        "role": Declared("aws:iam/role:Role", {"name": "cart", "assumeRolePolicy": _trusting(_DEPLOYER)}),
        "policy": Declared("aws:iam/policy:Policy", {"policy": _on(f"arn:aws:sqs:eu-west-1:{OWN}:orders")}),
        "reader": Declared("aws:iam/rolePolicy:RolePolicy", {"policy": _reading()}, below="understudy:data:RefreshJob"),
        "bucket": Declared("aws:s3/bucket:Bucket", {"bucket": "shop-images"}),
        "pods": Declared("aws:eks/podIdentityAssociation:PodIdentityAssociation", {"roleArn": UNKNOWN}, {"roleArn": "role"}),
        "account": Declared("kubernetes:core/v1:ServiceAccount", {"metadata": {**_META, "annotations": {"team": "shop"}}}),
        "key": Declared("aws:kms/key:Key", {"policy": _document(Principal={"AWS": f"arn:aws:iam::{OWN}:root"}, Action="kms:*")}),
        "queue": Declared("aws:sqs/queue:Queue", {"name": "orders", "kmsMasterKeyId": UNKNOWN}, {"kmsMasterKeyId": "key"}),
        "database": Declared(
            "aws:rds/instance:Instance",
            {"kmsKeyId": _OWN_KEY, "snapshotIdentifier": "before-upgrade"},
        ),
        "table": Declared("aws:dynamodb/table:Table", {"name": "carts"}),
        "peering": Declared("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", {"peerVpcId": UNKNOWN}, {"peerVpcId": "vpc"}),
        "gateway": Declared("aws:ec2transitgateway/transitGateway:TransitGateway"),
        "attachment": Declared(
            "aws:ec2transitgateway/vpcAttachment:VpcAttachment", {"transitGatewayId": UNKNOWN}, {"transitGatewayId": "gateway"}
        ),
        "share": Declared("aws:ram/principalAssociation:PrincipalAssociation", {"principal": OWN}),
        "out": Declared(
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", {"ipProtocol": "tcp", "cidrIpv4": "10.20.5.0/24"}
        ),
        "group": Declared("aws:ec2/securityGroup:SecurityGroup", {"egress": [{"protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]}]}),
        "network": Declared(
            "kubernetes:networking.k8s.io/v1:NetworkPolicy",
            {"metadata": _META, "spec": {"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "10.20.0.0/16"}}]}]}},
        ),
        "replication": Declared(
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            {"rules": [{"destination": {"bucket": "arn:aws:s3:::shop-images"}}]},
        ),
        "plan": Declared(
            "aws:backup/plan:Plan",
            {"rules": [{"copyActions": [{"destinationVaultArn": f"arn:aws:backup:eu-central-1:{OWN}:backup-vault:shop"}]}]},
        ),
        "cart": Declared(
            "kubernetes:apps/v1:Deployment",
            {
                "metadata": _META,
                "spec": {
                    "template": {
                        "spec": {
                            "containers": [
                                {
                                    "name": "cart",
                                    "image": f"{TOOLS}.dkr.ecr.eu-west-1.amazonaws.com/cart:1",
                                    "env": [{"name": "QUEUE", "value": f"https://sqs.eu-west-1.amazonaws.com/{OWN}/orders"}],
                                }
                            ]
                        }
                    }
                },
            },
        ),
        "variables": Declared("kubernetes:core/v1:ConfigMap", {"metadata": _META, "data": {"LOG_LEVEL": "info"}}),
    }
)

CASES: dict[str, Case] = {
    "SEP-01": case(
        (
            change("role", "assumeRolePolicy", _trusting(f"arn:aws:iam::{OTHER}:root")),
            change("role", "assumeRolePolicy", _trusting([f"arn:aws:iam::{OWN}:root", OTHER])),
            change("role", "assumeRolePolicy", _for_everyone_of(OTHER)),
        ),
        (change("role", "assumeRolePolicy", UNKNOWN), _NO_ACCOUNT),
        change("role", "assumeRolePolicy", _document(Principal={"Service": "pods.eks.amazonaws.com"}, Action="sts:AssumeRole")),
    ),
    "SEP-02": case(
        (
            change("policy", "policy", _on(f"arn:aws:sqs:eu-west-1:{OTHER}:orders")),
            change("policy", "policy", _on(f"arn:aws:iam::{OTHER}:role/deployer", "sts:AssumeRole")),
            change("policy", "policy", _on("arn:aws:s3:::production-images/*", "s3:PutObject")),
            change("policy", "policy", _on("arn:aws-cn:s3:::production-images/*", "s3:PutObject")),
            change("policy", "policy", _on("arn:aws:iam::*:role/deployer", "sts:AssumeRole")),
            change("policy", "policy", _on("arn:aws:sqs:*:*:orders")),
            change("policy", "policy", _on(f"arn:aws:sqs:*:{OTHER}:orders")),
            change("policy", "policy", _on(f"arn:*:sqs:eu-*:{OTHER}:orders")),
            change("role", "inlinePolicies", [{"policy": _on(f"arn:aws:kms:eu-west-1:{OTHER}:key/1", "kms:Decrypt")}]),
        ),
        (
            change("policy", "policy", UNKNOWN),
            both(change("policy", "policy", _on("arn:aws:s3:::some-images/*")), change("bucket", "bucket", UNKNOWN)),
            _NO_ACCOUNT,
        ),
        (
            change("policy", "policy", _on("arn:aws:s3:::shop-images/*", "s3:GetObject")),
            change("policy", "policy", _on("arn:aws:iam::aws:policy/ReadOnlyAccess", "iam:GetPolicy")),
            change("policy", "policy", _on("arn:aws:iam::*:role/deployer", "iam:GetRole")),
            change("policy", "policy", _on("arn:aws:ec2:*:*:network-interface/*", "ec2:CreateTags")),
        ),
    ),
    "SEP-11": case(
        (
            _may(read={"Action": ["s3:GetObject", "s3:PutObject"]}),
            _may(read={"Action": "s3:*"}),
            _may(read={"Resource": "arn:aws:s3:::archives/*"}),
            _may(read={"Resource": "arn:aws:s3:::archives/*/orders/*"}),
            _may(read={"Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:eu-west-1:{OTHER}:orders"}),
            _may(list={"Condition": {}}),
            _may(decrypt={"Condition": {}}),
            _may(decrypt={"Resource": f"arn:aws:kms:eu-west-1:{OTHER}:key/*"}),
            _may(decrypt={"Action": ["kms:Decrypt", "kms:Encrypt"]}),
            _may(read={"Action": "s3:PutObject", "Resource": "arn:aws-us-gov:s3:::archives/orders/*"}),
        ),
        (change("reader", "policy", UNKNOWN), _NO_ACCOUNT),
        (
            _may(read={"Action": "S3:GetObject"}),
            _may(read={"Effect": "Deny", "Action": "s3:PutObject"}),
            _may(read={"Action": "s3:PutObject", "Resource": "arn:aws:s3:::shop-images/orders/*"}),
            change("policy", "policy", _on(f"arn:aws:sqs:eu-west-1:{OTHER}:orders")),
        ),
    ),
    "SEP-03": case(
        (
            both(change("pods", "roleArn", f"arn:aws:iam::{OTHER}:role/cart"), referring("pods", "roleArn", "")),
            change("account", _ROLE_AT, f"arn:aws:iam::{OTHER}:role/cart"),
        ),
        (referring("pods", "roleArn", ""), change("account", _ROLE_AT, UNKNOWN)),
        change("account", _ROLE_AT, f"arn:aws:iam::{OWN}:role/cart"),
    ),
    "SEP-04": case(
        (
            change("key", "policy", _document(Principal={"AWS": OTHER}, Action="kms:Decrypt")),
            change("queue", "policy", _document(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"}, Action="sqs:*")),
            change("queue", "policy", _document(Principal="*", Action="sqs:*")),
            change("queue", "policy", _for_everyone_of(OTHER)),
            change("queue", "policy", _for_service_of(OTHER)),
            change("bucket", "policy", _for_everyone_of(OTHER)),
            adding(
                "bus", "aws:cloudwatch/eventBusPolicy:EventBusPolicy", {"policy": _document(Principal="*", Action="events:*")}
            ),
            adding("call", _PERMISSION, {"principal": "s3.amazonaws.com", "sourceAccount": OTHER}),
            adding("call", _PERMISSION, {"principal": OTHER}),
            adding("call", _PERMISSION, {"principal": "*"}),
        ),
        (
            change("key", "policy", UNKNOWN),
            adding("call", _PERMISSION, {"principal": "s3.amazonaws.com", "sourceArn": UNKNOWN}),
            _NO_ACCOUNT,
        ),
        (
            change("queue", "policy", _for_service_of(OWN)),
            adding("call", _PERMISSION, {"principal": "s3.amazonaws.com", "sourceArn": UNKNOWN}, {"sourceArn": "bucket"}),
            _DENYING_OTHERS,
        ),
    ),
    "SEP-05": case(
        (
            change("database", "kmsKeyId", f"arn:aws:kms:eu-west-1:{OTHER}:key/1"),
            change("queue", "redrivePolicy", json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:eu-west-1:{OTHER}:dead"})),
            change("provider", "assumeRoles", json.dumps([{"roleArn": f"arn:aws:iam::{OTHER}:role/deployer"}])),
            adding("grant", "aws:kms/grant:Grant", {"granteePrincipal": f"arn:aws:iam::{OTHER}:role/cart", "keyId": _OWN_KEY}),
            adding("timer", "aws:scheduler/schedule:Schedule", {"target": {"arn": f"arn:aws:sqs:eu-west-1:{OTHER}:orders"}}),
        ),
        (change("database", "kmsKeyId", UNKNOWN), _NO_ACCOUNT),
        change("database", "kmsKeyId", "alias/shop"),
    ),
    "SEP-06": case(
        (
            both(change("peering", "peerVpcId", "vpc-0123456789abcdef0"), referring("peering", "peerVpcId", "")),
            both(change("attachment", "transitGatewayId", "tgw-01234567"), referring("attachment", "transitGatewayId", "")),
            adding("accepter", f"{_PEERING}Accepter:VpcPeeringConnectionAccepter", {"vpcPeeringConnectionId": "pcx-0123"}),
            adding("gateways", "aws:ec2transitgateway/peeringAttachment:PeeringAttachment", {"peerTransitGatewayId": "tgw-0123"}),
            change("share", "principal", OTHER),
            change("share", "principal", f"arn:aws:organizations::{OWN}:organization/o-example"),
        ),
        (
            referring("peering", "peerVpcId", ""),
            change("share", "principal", UNKNOWN),
            adding("endpoint", _ENDPOINT, {"serviceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-0123"}),
        ),
        (
            adding("endpoint", _ENDPOINT, {"serviceName": "com.amazonaws.eu-west-1.s3"}),
            adding(
                "accepter",
                f"{_PEERING}Accepter:VpcPeeringConnectionAccepter",
                {"vpcPeeringConnectionId": UNKNOWN},
                {"vpcPeeringConnectionId": "peering"},
            ),
        ),
    ),
    "SEP-07": case(
        (
            change("out", "cidrIpv4", "10.40.0.0/16"),
            change("group", "egress[0].cidrBlocks", ["10.20.1.0/24", "172.16.0.0/12"]),
            change("network", "spec.egress[0].to[0].ipBlock.cidr", "10.0.0.0/8"),
        ),
        (change("out", "cidrIpv4", UNKNOWN), change("vpc", "cidrBlock", UNKNOWN)),
        (change("out", "cidrIpv4", "192.0.2.0/24"), change("network", "spec.egress[0].to[0]", {"podSelector": {}})),
    ),
    "SEP-08": case(
        (
            change("database", "snapshotIdentifier", f"arn:aws:rds:eu-west-1:{OTHER}:snapshot:nightly"),
            change("table", "restoreSourceTableArn", f"arn:aws:dynamodb:eu-west-1:{OTHER}:table/carts"),
            change("table", "importTable", {"s3BucketSource": {"bucket": "production-exports"}}),
            change("database", "s3Import", {"bucketName": "production-exports"}),
            adding(
                "cache", "aws:elasticache/replicationGroup:ReplicationGroup", {"snapshotArns": ["arn:aws:s3:::production/a.rdb"]}
            ),
        ),
        (
            change("database", "snapshotIdentifier", UNKNOWN),
            both(change("database", "s3Import", {"bucketName": "exports"}), change("bucket", "bucket", UNKNOWN)),
        ),
        (
            change("database", "snapshotIdentifier", f"arn:aws:rds:eu-west-1:{OWN}:snapshot:nightly"),
            change("database", "s3Import", {"bucketName": "shop-images"}),
        ),
    ),
    "SEP-09": case(
        (
            change("replication", "rules[0].destination.account", OTHER),
            change("replication", "rules[0].destination.bucket", "arn:aws:s3:::production-images"),
            change(
                "bucket", "replicationConfiguration", {"rules": [{"destination": {"bucket": "arn:aws:s3:::production-images"}}]}
            ),
            adding("images", "aws:ecr/replicationConfiguration:ReplicationConfiguration", _IMAGES_TO_OTHERS),
            adding("snapshot", "aws:rds/snapshot:Snapshot", {"sharedAccounts": [OTHER]}),
            adding("snapshot", "aws:rds/snapshot:Snapshot", {"sharedAccounts": ["all"]}),
            change("plan", "rules[0].copyActions[0].destinationVaultArn", f"arn:aws:backup:eu-west-1:{OTHER}:backup-vault:shop"),
        ),
        (change("replication", "rules[0].destination.account", UNKNOWN), change("plan", "rules", UNKNOWN)),
        (without("plan"), adding("snapshot", "aws:rds/snapshot:Snapshot", {"sharedAccounts": [OWN]})),
    ),
    "SEP-10": case(
        (
            change("cart", _ENV_AT, f"https://sqs.eu-west-1.amazonaws.com/{OTHER}/orders"),
            change("variables", "data.TOPIC", f"arn:aws:sns:eu-west-1:{OTHER}:orders"),
            adding("mould", "kubernetes:core/v1:PodTemplate", {"template": {"spec": {"hostname": f"arn:aws:sqs:x:{OTHER}:y"}}}),
        ),
        (change("cart", "spec", UNKNOWN), _NO_ACCOUNT),
        adding("front", "kubernetes:core/v1:Service", {"metadata": _META, "spec": _ELSEWHERE}),
    ),
}
