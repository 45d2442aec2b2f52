"""Where an environment's identity shows in its resources: names, ARNs, addresses, host names and tags.

In these properties, and in no others, staging's own identity may stand where production's stands. `*` is any one name,
`[*]` any item of a list, `**` anything further in. A property that is not listed is equal in every environment.
"""

from __future__ import annotations

_DOCUMENT = ("Statement[*].Resource**", "Statement[*].Principal**", "Statement[*].Condition**")
_POLICY = tuple(f"policy.{path}" for path in _DOCUMENT)
"""Whom a policy document means, on what and on which terms. Its actions and effects are equal."""

EVERY_AWS_TYPE = ("tags.Name", "description")
"""Descriptions name what they describe, and the console shows the tag."""

TEAM_PROPERTIES: dict[str, tuple[str, ...]] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("alarmDescription",),
    "aws:sns/topicSubscription:TopicSubscription": ("endpoint",),
}
"""Runbooks and whom to call: the team's, and equal in both environments, even under a domain that is production's."""

IDENTITY_PROPERTIES: dict[str, tuple[str, ...]] = {
    "aws:acm/certificate:Certificate": ("domainName", "subjectAlternativeNames[*]"),
    "aws:appautoscaling/policy:Policy": ("resourceId",),
    "aws:appautoscaling/target:Target": ("resourceId",),
    "aws:backup/plan:Plan": ("name", "rules[*].targetVaultName"),
    "aws:backup/selection:Selection": ("name", "resources[*]"),
    "aws:backup/vault:Vault": ("name", "region"),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": ("backupVaultName", "region"),
    "aws:backup/vaultNotifications:VaultNotifications": ("backupVaultName", "snsTopicArn"),
    "aws:budgets/budget:Budget": ("accountId", "name", "notifications[*].subscriberSnsTopicArns[*]"),
    "aws:cloudfront/distribution:Distribution": ("aliases[*]", "comment"),
    "aws:cloudfront/cachePolicy:CachePolicy": ("name",),
    "aws:cloudfront/originAccessControl:OriginAccessControl": ("name",),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": ("name",),
    "aws:cloudfront/vpcOrigin:VpcOrigin": ("vpcOriginEndpointConfig.name",),
    "aws:cloudtrail/trail:Trail": ("advancedEventSelectors[*].fieldSelectors[*].startsWiths[*]", "name", "s3BucketName"),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardName",),
    "aws:cloudwatch/logDelivery:LogDelivery": ("deliverySourceName",),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": (
        "deliveryDestinationConfiguration.destinationResourceArn",
        "name",
    ),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": ("name",),
    "aws:cloudwatch/logGroup:LogGroup": ("name",),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ("policyName",),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        "alarmActions[*]",
        "dimensions.*",
        "metricQueries[*].metric.dimensions.*",
        "name",
        "okActions[*]",
    ),
    "aws:dynamodb/table:Table": ("name",),
    "aws:ec2/launchTemplate:LaunchTemplate": ("tagSpecifications[*].tags.*",),
    "aws:ec2/subnet:Subnet": ("availabilityZone", "cidrBlock"),
    "aws:ec2/vpc:Vpc": ("cidrBlock",),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("serviceName",),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ("clusterName", "principalArn"),
    "aws:eks/addon:Addon": ("clusterName",),
    "aws:eks/cluster:Cluster": ("name",),
    "aws:eks/nodeGroup:NodeGroup": ("clusterName",),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("clusterName",),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("finalSnapshotIdentifier", "logDeliveryConfigurations[*].destination"),
    "aws:iam/role:Role": tuple(f"assumeRolePolicy.{path}" for path in _DOCUMENT),
    "aws:iam/rolePolicy:RolePolicy": _POLICY,
    "aws:kms/alias:Alias": ("name", "region"),
    "aws:kms/key:Key": (*_POLICY, "region"),
    "aws:lb/listenerRule:ListenerRule": ("conditions[*].hostHeader.values[*]",),
    "aws:lb/loadBalancer:LoadBalancer": ("accessLogs.bucket",),
    "aws:rds/cluster:Cluster": ("clusterIdentifier", "finalSnapshotIdentifier"),
    "aws:rds/clusterInstance:ClusterInstance": ("availabilityZone", "identifier"),
    "aws:rds/instance:Instance": ("finalSnapshotIdentifier", "identifier"),
    "aws:route53/keySigningKey:KeySigningKey": ("name",),
    "aws:route53/record:Record": ("name",),
    "aws:route53/zone:Zone": ("comment", "name"),
    "aws:s3/bucket:Bucket": ("bucket",),
    "aws:s3/bucketLogging:BucketLogging": ("targetBucket",),
    "aws:s3/bucketPolicy:BucketPolicy": _POLICY,
    "aws:secretsmanager/secret:Secret": ("name",),
    "aws:sns/topic:Topic": ("name",),
    "aws:sns/topicPolicy:TopicPolicy": _POLICY,
    "aws:sns/topicSubscription:TopicSubscription": ("endpoint", "redrivePolicy.deadLetterTargetArn"),
    "aws:sqs/queue:Queue": ("name", "redriveAllowPolicy.sourceQueueArns[*]", "redrivePolicy.deadLetterTargetArn"),
    "aws:sqs/queuePolicy:QueuePolicy": _POLICY,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("cidrIpv4",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("cidrIpv4",),
    "kubernetes:core/v1:ConfigMap": ("data.*",),
    "kubernetes:external-secrets.io/v1:SecretStore": ("spec.provider.aws.region",),
    "kubernetes:helm.sh/v3:Release": (
        "values.autoDiscovery.clusterName",
        "values.awsRegion",
        "values.clusterName",
        "values.region",
    ),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": (
        "spec.egress[*].to[*].ipBlock.cidr",
        "spec.egress[*].to[*].ipBlock.except[*]",
        "spec.ingress[*].from[*].ipBlock.cidr",
    ),
    "pulumi:providers:aws": ("allowedAccountIds[*]", "defaultTags.tags.Environment", "region"),
    # What components give out to the program.
    "understudy:cluster:Cluster": ("name",),
    "understudy:messaging:Queue": ("arn",),
    "understudy:messaging:Topic": ("arn",),
    "understudy:operations:Audit": ("trail",),
    "understudy:operations:Backup": ("vault",),
    "understudy:operations:Dashboard": ("dashboard",),
    "understudy:operations:Oncall": ("topics.*",),
    "understudy:operations:Operations": ("dashboard", "trail", "vault"),
    "understudy:stores:Bucket": ("arn", "bucket"),
    "understudy:stores:DynamoDb": ("table",),
    "understudy:stores:LogBucket": ("bucket",),
    "understudy:system:System": ("cluster", "url"),
}
"""By type token. Every path is one that a component of this project fills; a test removes each and sees parity fail."""
