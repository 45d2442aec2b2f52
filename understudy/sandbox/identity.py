"""Identifiers and ARNs in the shape that AWS gives them, by resource type.

The forms of ARNs are those of the service authorization reference: https://docs.aws.amazon.com/service-authorization/latest/reference/.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from understudy.sandbox.values import revealed

_PLACEHOLDER = re.compile(r"\{(\w+)\}")

IDS: dict[str, str] = {
    "aws:acm/certificate:Certificate": "{arn}",
    "aws:acm/certificateValidation:CertificateValidation": "{certificateArn}",
    "aws:appautoscaling/policy:Policy": "{name}",
    "aws:appautoscaling/target:Target": "{resourceId}",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": "{backupVaultName}",
    "aws:backup/vaultNotifications:VaultNotifications": "{backupVaultName}",
    "aws:backup/vault:Vault": "{name}",
    "aws:budgets/budget:Budget": "{account}:{name}",
    "aws:cloudfront/distribution:Distribution": "E{upper13}",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "E{upper13}",
    "aws:cloudfront/vpcOrigin:VpcOrigin": "vo_{upper13}",
    "aws:cloudtrail/trail:Trail": "{arn}",
    "aws:cloudwatch/dashboard:Dashboard": "{dashboardName}",
    "aws:cloudwatch/logDelivery:LogDelivery": "{upper13}",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "{name}",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": "{name}",
    "aws:cloudwatch/logGroup:LogGroup": "{name}",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "{policyName}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "{name}",
    "aws:dynamodb/table:Table": "{name}",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "sg-{hex17}",
    "aws:ec2/eip:Eip": "eipalloc-{hex17}",
    "aws:ec2/flowLog:FlowLog": "fl-{hex17}",
    "aws:ec2/internetGateway:InternetGateway": "igw-{hex17}",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt-{hex17}",
    "aws:ec2/natGateway:NatGateway": "nat-{hex17}",
    "aws:ec2/route:Route": "r-{routeTableId}{hex10}",
    "aws:ec2/routeTable:RouteTable": "rtb-{hex17}",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc-{hex17}",
    "aws:ec2/securityGroup:SecurityGroup": "sg-{hex17}",
    "aws:ec2/subnet:Subnet": "subnet-{hex17}",
    "aws:ec2/vpc:Vpc": "vpc-{hex17}",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce-{hex17}",
    "aws:eks/accessEntry:AccessEntry": "{clusterName}:{principalArn}",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "{clusterName}#{principalArn}#{policyArn}",
    "aws:eks/addon:Addon": "{clusterName}:{addonName}",
    "aws:eks/cluster:Cluster": "{name}",
    "aws:eks/nodeGroup:NodeGroup": "{clusterName}:{nodeGroupName}",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "a-{hex17}",
    "aws:elasticache/parameterGroup:ParameterGroup": "{name}",
    "aws:elasticache/replicationGroup:ReplicationGroup": "{replicationGroupId}",
    "aws:elasticache/subnetGroup:SubnetGroup": "{name}",
    "aws:iam/role:Role": "{name}",
    "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "{role}/{policyArn}",
    "aws:kms/alias:Alias": "{name}",
    "aws:lb/listener:Listener": "{arn}",
    "aws:lb/listenerRule:ListenerRule": "{arn}",
    "aws:lb/loadBalancer:LoadBalancer": "{arn}",
    "aws:lb/targetGroup:TargetGroup": "{arn}",
    "aws:rds/cluster:Cluster": "{clusterIdentifier}",
    "aws:rds/clusterInstance:ClusterInstance": "{identifier}",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "{name}",
    "aws:rds/instance:Instance": "db-{upper26}",
    "aws:rds/parameterGroup:ParameterGroup": "{name}",
    "aws:rds/subnetGroup:SubnetGroup": "{name}",
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": "{hostedZoneId}",
    "aws:route53/keySigningKey:KeySigningKey": "{hostedZoneId},{name}",
    "aws:route53/record:Record": "{zoneId}_{name}_{type}",
    "aws:route53/zone:Zone": "Z{upper20}",
    "aws:s3/bucket:Bucket": "{bucket}",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "{bucket}",
    "aws:s3/bucketLogging:BucketLogging": "{bucket}",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "{bucket}",
    "aws:s3/bucketPolicy:BucketPolicy": "{bucket}",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "{bucket}",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "{bucket}",
    "aws:s3/bucketVersioning:BucketVersioning": "{bucket}",
    "aws:secretsmanager/secret:Secret": "{arn}",
    "aws:secretsmanager/secretRotation:SecretRotation": "{secretId}",
    "aws:secretsmanager/secretVersion:SecretVersion": "{secretId}|{uuid}",
    "aws:sns/topic:Topic": "{arn}",
    "aws:sns/topicPolicy:TopicPolicy": "{arn_input}",
    "aws:sns/topicSubscription:TopicSubscription": "{topic}:{uuid}",
    "aws:sqs/queue:Queue": "https://sqs.{region}.amazonaws.com/{account}/{name}",
    "aws:sqs/queuePolicy:QueuePolicy": "{queueUrl}",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr-{hex17}",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr-{hex17}",
    "aws:wafv2/webAclAssociation:WebAclAssociation": "{webAclArn},{resourceArn}",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "{resourceArn}",
}
"""By type; a type that is not listed gets a UUID."""

ARNS: dict[str, str] = {
    "aws:acm/certificate:Certificate": "arn:aws:acm:{region}:{account}:certificate/{uuid}",
    "aws:backup/plan:Plan": "arn:aws:backup:{region}:{account}:backup-plan:{id}",
    "aws:backup/vault:Vault": "arn:aws:backup:{region}:{account}:backup-vault:{name}",
    "aws:budgets/budget:Budget": "arn:aws:budgets::{account}:budget/{name}",
    "aws:cloudfront/distribution:Distribution": "arn:aws:cloudfront::{account}:distribution/{id}",
    "aws:cloudfront/vpcOrigin:VpcOrigin": "arn:aws:cloudfront::{account}:vpcorigin/{id}",
    "aws:cloudtrail/trail:Trail": "arn:aws:cloudtrail:{region}:{account}:trail/{name}",
    "aws:cloudwatch/logDelivery:LogDelivery": "arn:aws:logs:{region}:{account}:delivery:{id}",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "arn:aws:logs:{region}:{account}:delivery-destination:{name}",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": "arn:aws:logs:{region}:{account}:delivery-source:{name}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "aws:dynamodb/table:Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "arn:aws:ec2:{region}:{account}:security-group/{id}",
    "aws:ec2/eip:Eip": "arn:aws:ec2:{region}:{account}:elastic-ip/{id}",
    "aws:ec2/flowLog:FlowLog": "arn:aws:ec2:{region}:{account}:vpc-flow-log/{id}",
    "aws:ec2/internetGateway:InternetGateway": "arn:aws:ec2:{region}:{account}:internet-gateway/{id}",
    "aws:ec2/launchTemplate:LaunchTemplate": "arn:aws:ec2:{region}:{account}:launch-template/{id}",
    "aws:ec2/routeTable:RouteTable": "arn:aws:ec2:{region}:{account}:route-table/{id}",
    "aws:ec2/securityGroup:SecurityGroup": "arn:aws:ec2:{region}:{account}:security-group/{id}",
    "aws:ec2/subnet:Subnet": "arn:aws:ec2:{region}:{account}:subnet/{id}",
    "aws:ec2/vpc:Vpc": "arn:aws:ec2:{region}:{account}:vpc/{id}",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "arn:aws:ec2:{region}:{account}:vpc-endpoint/{id}",
    "aws:eks/accessEntry:AccessEntry": "arn:aws:eks:{region}:{account}:access-entry/{clusterName}/{uuid}",
    "aws:eks/addon:Addon": "arn:aws:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
    "aws:eks/cluster:Cluster": "arn:aws:eks:{region}:{account}:cluster/{name}",
    "aws:eks/nodeGroup:NodeGroup": "arn:aws:eks:{region}:{account}:nodegroup/{clusterName}/{nodeGroupName}/{uuid}",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (
        "arn:aws:eks:{region}:{account}:podidentityassociation/{clusterName}/{id}"
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": "arn:aws:elasticache:{region}:{account}:parametergroup:{name}",
    "aws:elasticache/replicationGroup:ReplicationGroup": "arn:aws:elasticache:{region}:{account}:replicationgroup:{id}",
    "aws:elasticache/subnetGroup:SubnetGroup": "arn:aws:elasticache:{region}:{account}:subnetgroup:{name}",
    "aws:iam/role:Role": "arn:aws:iam::{account}:role/{name}",
    "aws:kms/alias:Alias": "arn:aws:kms:{region}:{account}:{name}",
    "aws:kms/key:Key": "arn:aws:kms:{region}:{account}:key/{id}",
    "aws:lb/listener:Listener": "{loadBalancerArn}/{hex16}",
    "aws:lb/listenerRule:ListenerRule": "{listenerArn}/{hex16}",
    "aws:lb/loadBalancer:LoadBalancer": "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{hex16}",
    "aws:lb/targetGroup:TargetGroup": "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex16}",
    "aws:rds/cluster:Cluster": "arn:aws:rds:{region}:{account}:cluster:{id}",
    "aws:rds/clusterInstance:ClusterInstance": "arn:aws:rds:{region}:{account}:db:{id}",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "arn:aws:rds:{region}:{account}:cluster-pg:{name}",
    "aws:rds/instance:Instance": "arn:aws:rds:{region}:{account}:db:{identifier}",
    "aws:rds/parameterGroup:ParameterGroup": "arn:aws:rds:{region}:{account}:pg:{name}",
    "aws:rds/subnetGroup:SubnetGroup": "arn:aws:rds:{region}:{account}:subgrp:{name}",
    "aws:route53/queryLog:QueryLog": "arn:aws:route53:::queryloggingconfig/{id}",
    "aws:route53/zone:Zone": "arn:aws:route53:::hostedzone/{id}",
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{bucket}",
    "aws:secretsmanager/secret:Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{alnum6}",
    "aws:secretsmanager/secretVersion:SecretVersion": "{secretId}",
    "aws:sns/topic:Topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws:sns/topicSubscription:TopicSubscription": "{id}",
    "aws:sqs/queue:Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "arn:aws:ec2:{region}:{account}:security-group-rule/{id}",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "arn:aws:ec2:{region}:{account}:security-group-rule/{id}",
    "aws:wafv2/webAcl:WebAcl": "arn:aws:wafv2:{region}:{account}:{waf_scope}/webacl/{name}/{id}",
}
NAMED_BY: dict[str, str] = {
    "aws:eks/nodeGroup:NodeGroup": "nodeGroupName",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/clusterInstance:ClusterInstance": "identifier",
    "aws:rds/instance:Instance": "identifier",
    "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
}
"""Where a resource's name is not `name`."""


def random_hex(digits: int) -> str:
    """Random hexadecimal digits: identifiers are as random as the cloud's own."""
    return secrets.token_hex((digits + 1) // 2)[:digits]


def identify(token: str, logical: str, inputs: Mapping[str, Any], place: Mapping[str, str]) -> dict[str, str]:
    """A new resource's `id`, its `arn` where its type has one, and its name where the program gave none."""
    known = {key: str(value) for key, value in revealed(inputs).items() if isinstance(value, str | int)}
    name_key = NAMED_BY.get(token, "name")
    named = {} if name_key in known else {name_key: f"{known.get(f'{name_key}Prefix', f'{logical}-')}{random_hex(7)}"}
    unique = uuid.uuid4().hex.upper()
    words = {
        **known,
        **named,
        **place,
        "uuid": str(uuid.uuid4()),
        "upper13": unique[:13],
        "upper20": unique[:20],
        "upper26": unique[:26],
        "alnum6": random_hex(6),
        "waf_scope": "global" if known.get("scope") == "CLOUDFRONT" else "regional",
        "arn_input": known.get("arn", ""),
        **{f"hex{digits}": random_hex(digits) for digits in (10, 16, 17)},
    }
    form, arn_form = IDS.get(token, "{uuid}"), ARNS.get(token)
    if form == "{arn}":
        arn = _filled(arn_form or "", words)
        return {"id": arn, "arn": arn, **named}
    id_ = _filled(form, words)
    found = {"id": id_, **named}
    return {**found, "arn": _filled(arn_form, {**words, "id": id_})} if arn_form else found


def _filled(form: str, words: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: words.get(match.group(1), ""), form)
