"""Which properties cannot be changed in place, so that a change replaces the resource.

Where a row has no source of its own, it is AWS's API that has no operation to change the property (the `Modify…`, `Update…` or
`Put…` call of the resource does not take it), which is also why the provider's documentation marks it as forcing a new resource.
Rows add to what `reflection.py` finds in the SDK's documentation.
"""

from __future__ import annotations

NAME = frozenset({"name", "namePrefix", "region"})
"""Of every AWS resource that has one: what it is called, and where it is."""

REPLACED_BY: dict[str, frozenset[str]] = {
    token: NAME | frozenset(names.split())
    for token, names in {
        "aws:acm/certificate:Certificate": "domainName subjectAlternativeNames validationMethod keyAlgorithm",
        "aws:acm/certificateValidation:CertificateValidation": "certificateArn validationRecordFqdns",
        "aws:appautoscaling/policy:Policy": "resourceId scalableDimension serviceNamespace",
        "aws:appautoscaling/target:Target": "resourceId scalableDimension serviceNamespace",
        "aws:backup/selection:Selection": "planId iamRoleArn resources notResources conditions selectionTags",
        "aws:backup/vault:Vault": "kmsKeyArn",
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration": (
            "backupVaultName changeableForDays minRetentionDays maxRetentionDays"
        ),
        "aws:backup/vaultNotifications:VaultNotifications": "backupVaultName snsTopicArn backupVaultEvents",
        "aws:budgets/budget:Budget": "accountId",
        "aws:cloudfront/vpcOrigin:VpcOrigin": "",
        "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
        "aws:cloudwatch/logDelivery:LogDelivery": "deliveryDestinationArn deliverySourceName",
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "deliveryDestinationType outputFormat",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource": "logType resourceArn",
        "aws:cloudwatch/logGroup:LogGroup": "logGroupClass",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyName",
        "aws:cloudwatch/metricAlarm:MetricAlarm": "",
        "aws:dynamodb/table:Table": "hashKey rangeKey importTable restoreSourceName",  # attributes change with their indexes
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "vpcId",
        "aws:ec2/eip:Eip": "domain publicIpv4Pool networkBorderGroup",
        "aws:ec2/flowLog:FlowLog": (
            "logDestination logDestinationType logFormat maxAggregationInterval trafficType vpcId subnetId eniId iamRoleArn"
        ),
        "aws:ec2/launchTemplate:LaunchTemplate": "",
        "aws:ec2/natGateway:NatGateway": "allocationId subnetId connectivityType privateIp",
        "aws:ec2/route:Route": "routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId",
        "aws:ec2/routeTable:RouteTable": "vpcId",
        "aws:ec2/routeTableAssociation:RouteTableAssociation": "subnetId gatewayId",
        "aws:ec2/securityGroup:SecurityGroup": "vpcId description",
        "aws:ec2/subnet:Subnet": "vpcId cidrBlock ipv6CidrBlock availabilityZone availabilityZoneId outpostArn",
        "aws:ec2/vpc:Vpc": "cidrBlock instanceTenancy ipv4IpamPoolId",
        "aws:ec2/vpcEndpoint:VpcEndpoint": "vpcId serviceName vpcEndpointType autoAccept",
        "aws:eks/accessEntry:AccessEntry": "clusterName principalArn type",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "clusterName principalArn policyArn accessScope",
        "aws:eks/addon:Addon": "clusterName addonName",
        "aws:eks/cluster:Cluster": "roleArn kubernetesNetworkConfig bootstrapSelfManagedAddons outpostConfig",
        "aws:eks/nodeGroup:NodeGroup": (
            "clusterName nodeGroupName nodeGroupNamePrefix nodeRoleArn subnetIds amiType capacityType diskSize instanceTypes "
            "remoteAccess"
        ),
        "aws:eks/podIdentityAssociation:PodIdentityAssociation": "clusterName namespace serviceAccount",
        "aws:elasticache/parameterGroup:ParameterGroup": "family description",
        "aws:elasticache/replicationGroup:ReplicationGroup": (
            "replicationGroupId engine subnetGroupName atRestEncryptionEnabled kmsKeyId port preferredCacheClusterAzs "
            "networkType snapshotArns"
        ),
        "aws:elasticache/subnetGroup:SubnetGroup": "",
        "aws:iam/role:Role": "path",
        "aws:iam/rolePolicy:RolePolicy": "role",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role policyArn",
        "aws:kms/alias:Alias": "",
        "aws:kms/key:Key": "customerMasterKeySpec keyUsage multiRegion customKeyStoreId",
        "aws:lb/listener:Listener": "loadBalancerArn",
        "aws:lb/listenerRule:ListenerRule": "listenerArn",
        "aws:lb/loadBalancer:LoadBalancer": "internal loadBalancerType customerOwnedIpv4Pool",
        "aws:lb/targetGroup:TargetGroup": "port protocol protocolVersion targetType vpcId ipAddressType",
        "aws:rds/cluster:Cluster": (
            "clusterIdentifier clusterIdentifierPrefix databaseName engine kmsKeyId storageEncrypted dbSubnetGroupName "
            "masterUsername availabilityZones snapshotIdentifier globalClusterIdentifier"
        ),
        "aws:rds/clusterInstance:ClusterInstance": (
            "clusterIdentifier identifier identifierPrefix engine availabilityZone dbSubnetGroupName"
        ),
        "aws:rds/clusterParameterGroup:ClusterParameterGroup": "family description",
        "aws:rds/instance:Instance": (
            "dbName engine kmsKeyId storageEncrypted username availabilityZone characterSetName snapshotIdentifier timezone"
        ),
        "aws:rds/parameterGroup:ParameterGroup": "family description",
        "aws:rds/subnetGroup:SubnetGroup": "",
        "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": "hostedZoneId",
        "aws:route53/keySigningKey:KeySigningKey": "hostedZoneId keyManagementServiceArn",
        "aws:route53/queryLog:QueryLog": "cloudwatchLogGroupArn zoneId",
        "aws:route53/record:Record": "zoneId type setIdentifier",
        "aws:route53/zone:Zone": "delegationSetId",
        "aws:s3/bucket:Bucket": "bucket bucketPrefix objectLockEnabled",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "bucket expectedBucketOwner",
        "aws:s3/bucketLogging:BucketLogging": "bucket expectedBucketOwner",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "bucket",
        "aws:s3/bucketPolicy:BucketPolicy": "bucket",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "bucket",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "bucket expectedBucketOwner",
        "aws:s3/bucketVersioning:BucketVersioning": "bucket expectedBucketOwner",
        "aws:secretsmanager/secret:Secret": "",
        "aws:secretsmanager/secretRotation:SecretRotation": "secretId",
        "aws:secretsmanager/secretVersion:SecretVersion": "secretId secretString secretBinary",
        "aws:sns/topic:Topic": "fifoTopic",
        "aws:sns/topicPolicy:TopicPolicy": "arn",
        "aws:sns/topicSubscription:TopicSubscription": "endpoint protocol topic",
        "aws:sqs/queue:Queue": "fifoQueue",
        "aws:sqs/queuePolicy:QueuePolicy": "queueUrl",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "securityGroupId",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "securityGroupId",
        "aws:wafv2/webAcl:WebAcl": "scope",
        "aws:wafv2/webAclAssociation:WebAclAssociation": "resourceArn webAclArn",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "resourceArn",
        "random:index/randomPassword:RandomPassword": (
            "keepers length lower minLower minNumeric minSpecial minUpper number numeric overrideSpecial special upper"
        ),
    }.items()
}

KUBERNETES_IDENTITY = frozenset({"apiVersion", "kind", "metadata.name", "metadata.namespace"})
"""What a Kubernetes object is; https://kubernetes.io/docs/concepts/overview/working-with-objects/names/."""
KUBERNETES_IMMUTABLE: dict[str, frozenset[str]] = {
    "kubernetes:apps/v1:Deployment": frozenset({"spec.selector"}),  # docs/concepts/workloads/controllers/deployment/
    "kubernetes:apps/v1:StatefulSet": frozenset({"spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"}),
    "kubernetes:batch/v1:Job": frozenset({"spec.selector", "spec.template", "spec.completionMode"}),
    "kubernetes:core/v1:PersistentVolumeClaim": frozenset({"spec.storageClassName", "spec.accessModes", "spec.volumeName"}),
    "kubernetes:core/v1:Service": frozenset({"spec.clusterIP"}),
    "kubernetes:helm.sh/v3:Release": frozenset({"name", "namespace"}),
}
"""Fields that the API server refuses to update: https://kubernetes.io/docs/reference/kubernetes-api/."""

HELD_BY: dict[str, tuple[tuple[str, str], ...]] = {
    "aws:ec2/vpc:Vpc": (
        ("aws:ec2/subnet:Subnet", "vpcId"),
        ("aws:ec2/securityGroup:SecurityGroup", "vpcId"),
        ("aws:ec2/internetGateway:InternetGateway", "vpcId"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", "vpcId"),
        ("aws:lb/targetGroup:TargetGroup", "vpcId"),
    ),
    "aws:ec2/subnet:Subnet": (
        ("aws:ec2/natGateway:NatGateway", "subnetId"),
        ("aws:lb/loadBalancer:LoadBalancer", "subnets"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", "subnetIds"),
        ("aws:eks/nodeGroup:NodeGroup", "subnetIds"),
        ("aws:rds/subnetGroup:SubnetGroup", "subnetIds"),
        ("aws:elasticache/subnetGroup:SubnetGroup", "subnetIds"),
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "referencedSecurityGroupId"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "referencedSecurityGroupId"),
        ("aws:lb/loadBalancer:LoadBalancer", "securityGroups"),
        ("aws:rds/cluster:Cluster", "vpcSecurityGroupIds"),
        ("aws:rds/instance:Instance", "vpcSecurityGroupIds"),
        ("aws:elasticache/replicationGroup:ReplicationGroup", "securityGroupIds"),
    ),
    "aws:rds/subnetGroup:SubnetGroup": (
        ("aws:rds/cluster:Cluster", "dbSubnetGroupName"),
        ("aws:rds/instance:Instance", "dbSubnetGroupName"),
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": (("aws:elasticache/replicationGroup:ReplicationGroup", "subnetGroupName"),),
    "aws:rds/cluster:Cluster": (("aws:rds/clusterInstance:ClusterInstance", "clusterIdentifier"),),
    "aws:eks/cluster:Cluster": (("aws:eks/nodeGroup:NodeGroup", "clusterName"),),
    "aws:iam/role:Role": (
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role"),
        ("aws:iam/rolePolicy:RolePolicy", "role"),
    ),
    "aws:lb/targetGroup:TargetGroup": (),
    "aws:wafv2/webAcl:WebAcl": (("aws:wafv2/webAclAssociation:WebAclAssociation", "webAclArn"),),
}
"""What AWS refuses to delete while something else uses it (`DependencyViolation`, `DeleteConflict`, `ResourceInUse`)."""


def replaces(token: str, said: frozenset[str], path: str) -> bool:
    """Whether a change at a path replaces the resource. `said` are the properties of which the SDK's documentation says so."""
    top = path.partition(".")[0].partition("[")[0]
    if token.startswith("kubernetes:"):
        fields = KUBERNETES_IMMUTABLE.get(token, frozenset())
        if "helm.sh" not in token:
            fields |= KUBERNETES_IDENTITY
        return any(path == field or path.startswith((f"{field}.", f"{field}[")) for field in fields)
    return top in said or top in REPLACED_BY.get(token, NAME)
