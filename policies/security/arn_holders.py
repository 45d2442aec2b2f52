"""Properties that hold the ARN of a key, a role or a target, by the type of the resource that has them."""

from __future__ import annotations

ARN_HOLDERS: dict[str, tuple[str, ...]] = {
    "aws:backup/selection:Selection": ("iamRoleArn", "resources"),
    "aws:backup/vault:Vault": ("kmsKeyArn",),
    "aws:cloudtrail/trail:Trail": ("kmsKeyId", "cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn", "snsTopicName"),
    "aws:cloudwatch/eventTarget:EventTarget": ("arn", "roleArn", "deadLetterConfig"),
    "aws:cloudwatch/logGroup:LogGroup": ("kmsKeyId",),
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": ("destinationArn", "roleArn"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("alarmActions", "okActions", "insufficientDataActions"),
    "aws:dynamodb/table:Table": ("serverSideEncryption", "replicas"),
    "aws:ecr/repository:Repository": ("encryptionConfigurations",),
    "aws:eks/cluster:Cluster": ("roleArn", "encryptionConfig"),
    "aws:eks/nodeGroup:NodeGroup": ("nodeRoleArn",),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("kmsKeyId", "notificationTopicArn"),
    "aws:lambda/eventSourceMapping:EventSourceMapping": ("eventSourceArn", "kmsKeyArn"),
    "aws:lambda/function:Function": ("role", "kmsKeyArn", "deadLetterConfig"),
    "aws:rds/cluster:Cluster": (
        "kmsKeyId",
        "masterUserSecretKmsKeyId",
        "monitoringRoleArn",
        "performanceInsightsKmsKeyId",
        "iamRoles",
    ),
    "aws:rds/instance:Instance": ("kmsKeyId", "masterUserSecretKmsKeyId", "monitoringRoleArn", "performanceInsightsKmsKeyId"),
    "aws:s3/bucketNotification:BucketNotification": ("lambdaFunctions", "queues", "topics"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ("rules",),
    "aws:secretsmanager/secret:Secret": ("kmsKeyId", "replicas"),
    "aws:secretsmanager/secretRotation:SecretRotation": ("rotationLambdaArn",),
    "aws:sns/topic:Topic": ("kmsMasterKeyId",),
    "aws:sns/topicSubscription:TopicSubscription": ("endpoint", "topic", "subscriptionRoleArn"),
    "aws:sqs/queue:Queue": ("kmsMasterKeyId", "redrivePolicy", "redriveAllowPolicy"),
}
