"""Databases, caches, tables, buckets, queues, topics, keys and secrets."""

import json
from typing import Any

from policies.engine.node import UNKNOWN
from tests.policies.stacks import Case, Declared, Edit, Stack, adding, both, case, change, drop, referring, without


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _deny_plain(action: str) -> dict[str, Any]:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition}


def _deny_plain_where(**conditions: Any) -> str:
    denied = _deny_plain("s3:*")
    return _policy({**denied, "Condition": {**denied["Condition"], **conditions}})


def _allow(principal: Any, action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}


_OPEN = _policy(_allow("*", "*"))
_OPEN_LIST = _policy(_allow({"AWS": ["arn:aws:iam::111122223333:root", "*"]}, "*"))
_OPEN_BUT = _policy(
    {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "*", "Resource": "*"}
)
_NARROW = _policy(_allow("*", "sqs:SendMessage", Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}}))
_NOT_NARROW = _policy(_allow("*", "sqs:SendMessage", Condition={"StringLike": {"aws:SourceAccount": "*"}}))
_ANY_BUCKETS = _policy(_allow("*", "sqs:SendMessage", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}))
_OWNER = _policy(_allow({"AWS": "*"}, "sns:Publish", Condition={"StringEquals": {"AWS:SourceOwner": "111122223333"}}))
_ACCESS_POINTS = _policy(_allow("*", "*", Condition={"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}}))
_ONLY_ADDRESS = _policy(_allow("*", "sqs:SendMessage", Condition={"StringNotEquals": {"aws:SourceAccount": "1"}}))


def let_in_nobody(name: str, *more: Edit) -> Case:
    edits = [change(name, "policy", text) for text in (_OPEN, _OPEN_LIST, _OPEN_BUT, _NOT_NARROW, _ANY_BUCKETS, _ONLY_ADDRESS)]
    narrow = tuple(change(name, "policy", text) for text in (_NARROW, _OWNER, _ACCESS_POINTS))
    return case((*edits, *more), change(name, "policy", UNKNOWN), narrow)


_GROUPS = "http://acs.amazonaws.com/groups"


def _granting_to(group: object) -> dict[str, Any]:
    return {"accessControlPolicy": {"grants": [{"permission": "READ", "grantee": {"type": "Group", "uri": group}}]}}


_DATABASE = {
    "storageEncrypted": True,
    "kmsKeyId": UNKNOWN,
    "backupRetentionPeriod": 14,
    "deletionProtection": True,
    "skipFinalSnapshot": False,
    "manageMasterUserPassword": True,
    "enabledCloudwatchLogsExports": ["postgresql"],
    "iamDatabaseAuthenticationEnabled": True,
    "copyTagsToSnapshot": True,
}
_PARAMETERS = {"parameters": [{"name": "rds.force_ssl", "value": "1"}]}
_REPLICA = {
    "replicateSourceDb": UNKNOWN,
    "deletionProtection": True,
    "skipFinalSnapshot": True,
    "enabledCloudwatchLogsExports": ["postgresql"],
    "iamDatabaseAuthenticationEnabled": True,
    "copyTagsToSnapshot": True,
    "engine": "postgres",
    "parameterGroupName": UNKNOWN,
}
_A_REPLICA = adding("replica", "aws:rds/instance:Instance", _REPLICA, {"parameterGroupName": "parameters"})

STACK = Stack(
    {
        "db": Declared(
            "aws:rds/instance:Instance",
            {
                **_DATABASE,
                "engine": "postgres",
                "multiAz": True,
                "publiclyAccessible": False,
                "parameterGroupName": UNKNOWN,
                "performanceInsightsEnabled": True,
                "performanceInsightsKmsKeyId": UNKNOWN,
            },
            {"parameterGroupName": "parameters"},
        ),
        "parameters": Declared("aws:rds/parameterGroup:ParameterGroup", _PARAMETERS),
        "aurora": Declared(
            "aws:rds/cluster:Cluster",
            {**_DATABASE, "engine": "aurora-mysql", "dbClusterParameterGroupName": UNKNOWN},
            {"dbClusterParameterGroupName": "cluster-parameters"},
        ),
        "cluster-parameters": Declared(
            "aws:rds/clusterParameterGroup:ClusterParameterGroup",
            {"parameters": [{"name": "require_secure_transport", "value": "ON"}]},
        ),
        "one": Declared(
            "aws:rds/clusterInstance:ClusterInstance", {"clusterIdentifier": UNKNOWN}, {"clusterIdentifier": "aurora"}
        ),
        "two": Declared(
            "aws:rds/clusterInstance:ClusterInstance", {"clusterIdentifier": UNKNOWN}, {"clusterIdentifier": "aurora"}
        ),
        "cache": Declared(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {
                "atRestEncryptionEnabled": True,
                "kmsKeyId": UNKNOWN,
                "transitEncryptionEnabled": True,
                "authToken": UNKNOWN,
                "automaticFailoverEnabled": True,
                "multiAzEnabled": True,
                "snapshotRetentionLimit": 5,
            },
        ),
        "table": Declared(
            "aws:dynamodb/table:Table",
            {
                "serverSideEncryption": {"enabled": True, "kmsKeyArn": UNKNOWN},
                "pointInTimeRecovery": {"enabled": True},
                "deletionProtectionEnabled": True,
            },
        ),
        "bucket": Declared("aws:s3/bucket:Bucket", {"bucket": "shop-images"}),
        "block": Declared(
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            {
                "bucket": UNKNOWN,
                "blockPublicAcls": True,
                "blockPublicPolicy": True,
                "ignorePublicAcls": True,
                "restrictPublicBuckets": True,
            },
            {"bucket": "bucket"},
        ),
        "encryption": Declared(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            {
                "bucket": UNKNOWN,
                "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": UNKNOWN}}],
            },
            {"bucket": "bucket"},
        ),
        # A twin's token, and a reference by name instead of by dependency.
        "versioning": Declared(
            "aws:s3/bucketVersioningV2:BucketVersioningV2",
            {"bucket": "shop-images", "versioningConfiguration": {"status": "Enabled"}},
        ),
        "ownership": Declared(
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
            {"bucket": UNKNOWN, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
            {"bucket": "bucket"},
        ),
        "policy": Declared(
            "aws:s3/bucketPolicy:BucketPolicy", {"bucket": UNKNOWN, "policy": _policy(_deny_plain("s3:*"))}, {"bucket": "bucket"}
        ),
        "logging": Declared(
            "aws:s3/bucketLogging:BucketLogging",
            {"bucket": UNKNOWN, "targetBucket": "logs"},
            {"bucket": "bucket"},
        ),
        "lifecycle": Declared(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            {"bucket": UNKNOWN, "rules": [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]},
            {"bucket": "bucket"},
        ),
        "queue": Declared(
            "aws:sqs/queue:Queue", {"kmsMasterKeyId": UNKNOWN, "redrivePolicy": UNKNOWN}, {"redrivePolicy": "dead"}
        ),
        "dead": Declared("aws:sqs/queue:Queue", {"sqsManagedSseEnabled": True, "policy": _policy(_deny_plain("sqs:*"))}),
        "queue-policy": Declared(
            "aws:sqs/queuePolicy:QueuePolicy",
            {"queueUrl": UNKNOWN, "policy": _policy(_deny_plain("sqs:*"))},
            {"queueUrl": "queue"},
        ),
        "topic": Declared("aws:sns/topic:Topic", {"kmsMasterKeyId": UNKNOWN}),
        "topic-policy": Declared(
            "aws:sns/topicPolicy:TopicPolicy", {"arn": UNKNOWN, "policy": _policy(_deny_plain("sns:Publish"))}, {"arn": "topic"}
        ),
        "key": Declared(
            "aws:kms/key:Key",
            {
                "enableKeyRotation": True,
                "deletionWindowInDays": 30,
                "policy": _policy(_allow({"AWS": "arn:aws:iam::111122223333:root"}, "kms:*")),
            },
        ),
        "secret": Declared("aws:secretsmanager/secret:Secret", {"kmsKeyId": UNKNOWN}),
        "rotation": Declared(
            "aws:secretsmanager/secretRotation:SecretRotation",
            {"secretId": UNKNOWN, "rotationRules": {"automaticallyAfterDays": 30}},
            {"secretId": "secret"},
        ),
        "secret-policy": Declared("aws:secretsmanager/secretPolicy:SecretPolicy", {"policy": _NARROW}),
    }
)


def _flag(name: str, path: str) -> Case:
    return case((change(name, path, False), drop(name, path)), change(name, path, UNKNOWN))


def _needed(name: str, path: str) -> Case:
    return case(drop(name, path), decided=change(name, path, UNKNOWN))


CASES: dict[str, Case] = {
    "RDS-01": case(
        (
            change("db", "storageEncrypted", False),
            drop("aurora", "storageEncrypted"),
            both(change("db", "snapshotIdentifier", "nightly"), change("db", "storageEncrypted", False)),
        ),
        (
            change("db", "storageEncrypted", UNKNOWN),
            both(change("db", "snapshotIdentifier", "nightly"), change("db", "storageEncrypted", UNKNOWN)),
        ),
        (
            _A_REPLICA,
            both(change("db", "snapshotIdentifier", "nightly"), drop("db", "storageEncrypted")),
            both(change("db", "restoreToPointInTime", {"useLatestRestorableTime": True}), drop("db", "storageEncrypted")),
        ),
    ),
    "RDS-02": _needed("db", "kmsKeyId"),
    "RDS-03": case(
        (change("db", "publiclyAccessible", True), change("one", "publiclyAccessible", True)),
        change("db", "publiclyAccessible", UNKNOWN),
        drop("db", "publiclyAccessible"),
    ),
    "RDS-04": case(
        (
            change("db", "backupRetentionPeriod", 0),
            change("aurora", "backupRetentionPeriod", 6),
            drop("db", "backupRetentionPeriod"),
        ),
        change("db", "backupRetentionPeriod", UNKNOWN),
        (change("db", "backupRetentionPeriod", 7), _A_REPLICA),
    ),
    "RDS-05": case(
        (change("db", "deletionProtection", False), change("aurora", "skipFinalSnapshot", True)),
        (change("db", "deletionProtection", UNKNOWN), change("db", "skipFinalSnapshot", UNKNOWN)),
        _A_REPLICA,
    ),
    "RDS-06": _flag("db", "multiAz"),
    "RDS-07": case(
        (
            change("db", "manageMasterUserPassword", False),
            change("db", "password", "x"),
            change("aurora", "masterPassword", UNKNOWN),
        ),
        change("db", "manageMasterUserPassword", UNKNOWN),
        _A_REPLICA,
    ),
    "RDS-08": case(
        (change("db", "enabledCloudwatchLogsExports", []), drop("aurora", "enabledCloudwatchLogsExports")),
        change("db", "enabledCloudwatchLogsExports", UNKNOWN),
    ),
    "RDS-09": case(
        (
            change("parameters", "parameters[0].value", "0"),
            change("cluster-parameters", "parameters", []),
            drop("db", "parameterGroupName"),
            both(change("db", "engine", "sqlserver-se"), drop("db", "parameterGroupName")),
        ),
        (
            change("parameters", "parameters", UNKNOWN),
            change("db", "engine", UNKNOWN),
            without("parameters"),
        ),
        (_A_REPLICA, both(change("db", "engine", "oracle-se2"), drop("db", "parameterGroupName"))),
    ),
    "RDS-10": case(drop("db", "performanceInsightsKmsKeyId"), change("one", "performanceInsightsEnabled", UNKNOWN)),
    "RDS-11": case(
        (without("two"), both(without("one"), without("two"))), both(without("one"), referring("two", "clusterIdentifier", ""))
    ),
    "RDS-12": _flag("aurora", "iamDatabaseAuthenticationEnabled"),
    "RDS-13": _flag("db", "copyTagsToSnapshot"),
    "ELC-01": case(
        (change("cache", "atRestEncryptionEnabled", False), drop("cache", "kmsKeyId")),
        change("cache", "atRestEncryptionEnabled", UNKNOWN),
    ),
    "ELC-02": case(
        (
            drop("cache", "transitEncryptionEnabled"),
            drop("cache", "authToken"),
            change("cache", "transitEncryptionMode", "preferred"),
        ),
        change("cache", "transitEncryptionEnabled", UNKNOWN),
        both(drop("cache", "authToken"), change("cache", "userGroupIds", [UNKNOWN])),
    ),
    "ELC-03": case(
        (change("cache", "multiAzEnabled", False), drop("cache", "snapshotRetentionLimit")),
        change("cache", "snapshotRetentionLimit", UNKNOWN),
    ),
    "DDB-01": case(
        (drop("table", "serverSideEncryption"), drop("table", "serverSideEncryption.kmsKeyArn")),
        change("table", "serverSideEncryption", UNKNOWN),
    ),
    "DDB-02": _flag("table", "pointInTimeRecovery.enabled"),
    "DDB-03": _flag("table", "deletionProtectionEnabled"),
    "S3-01": case(
        (without("block"), change("block", "ignorePublicAcls", False), drop("block", "restrictPublicBuckets")),
        (referring("block", "bucket", ""), change("block", "blockPublicAcls", UNKNOWN)),
    ),
    "S3-02": case(
        (
            without("encryption"),
            change("encryption", "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", "AES256"),
            drop("encryption", "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId"),
        ),
        change("encryption", "rules", UNKNOWN),
        both(without("encryption"), adding("other", "aws:s3/bucketLogging:BucketLogging", {"targetBucket": "shop-images"})),
    ),
    "S3-03": case(
        (without("versioning"), change("versioning", "versioningConfiguration.status", "Suspended")),
        (change("versioning", "versioningConfiguration.status", UNKNOWN), change("versioning", "bucket", UNKNOWN)),
    ),
    "S3-04": case(
        (
            without("policy"),
            change("policy", "policy", _policy()),
            change("policy", "policy", _policy(_deny_plain("s3:GetObject"))),
            change("policy", "policy", _policy({**_deny_plain("s3:*"), "Condition": {"Bool": {"aws:SecureTransport": "true"}}})),
            change("policy", "policy", _policy({**_deny_plain("s3:*"), "Resource": "arn:aws:s3:::shop-images"})),
            change("policy", "policy", _policy({**_deny_plain("s3:*"), "Resource": "arn:aws:s3:::shop-images/*"})),
            change("policy", "policy", _deny_plain_where(StringEquals={"aws:PrincipalTag/team": "shop"})),
        ),
        change("policy", "policy", UNKNOWN),
        (
            change(
                "policy", "policy", _deny_plain_where(Bool={"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"})
            ),
            change(
                "policy",
                "policy",
                _policy({**_deny_plain("s3:*"), "Condition": {"BoolIfExists": {"aws:SecureTransport": False}}}),
            ),
            change(
                "policy",
                "policy",
                _policy({**_deny_plain("s3:*"), "Resource": ["arn:aws:s3:::shop-images", "arn:aws:s3:::shop-images/*"]}),
            ),
        ),
    ),
    "S3-05": let_in_nobody("policy", change("bucket", "policy", _OPEN)),
    "S3-06": case(
        (without("ownership"), change("ownership", "rule.objectOwnership", "ObjectWriter")),
        change("ownership", "rule.objectOwnership", UNKNOWN),
    ),
    "S3-07": case(without("logging"), referring("logging", "bucket", "")),
    "S3-08": case(
        (without("lifecycle"), change("lifecycle", "rules[0].status", "Disabled")),
        change("lifecycle", "rules[0].status", UNKNOWN),
    ),
    "S3-09": case(
        (
            change("bucket", "acl", "public-read"),
            change("bucket", "grants", [{"type": "Group", "uri": f"{_GROUPS}/global/AllUsers"}]),
            adding("list", "aws:s3/bucketAcl:BucketAcl", _granting_to(f"{_GROUPS}/global/AuthenticatedUsers")),
        ),
        (change("bucket", "acl", UNKNOWN), adding("list", "aws:s3/bucketAcl:BucketAcl", _granting_to(UNKNOWN))),
        (
            change("bucket", "acl", "private"),
            adding("list", "aws:s3/bucketAcl:BucketAcl", _granting_to(f"{_GROUPS}/s3/LogDelivery")),
        ),
    ),
    "SQS-01": case(
        (
            drop("queue", "kmsMasterKeyId"),
            change("queue", "kmsMasterKeyId", ""),
            both(drop("queue", "kmsMasterKeyId"), change("queue", "sqsManagedSseEnabled", False)),
        ),
        both(drop("queue", "kmsMasterKeyId"), change("queue", "sqsManagedSseEnabled", UNKNOWN)),
        decided=change("queue", "kmsMasterKeyId", UNKNOWN),
    ),
    "SQS-02": let_in_nobody("queue-policy"),
    "SQS-03": case(
        (change("queue-policy", "policy", _NARROW), without("queue-policy"), drop("dead", "policy")),
        (change("queue-policy", "policy", UNKNOWN), referring("queue-policy", "queueUrl", "")),
    ),
    "SQS-04": case(
        adding("lonely", "aws:sqs/queue:Queue", {}),
        both(
            adding("lonely", "aws:sqs/queue:Queue", {}),
            adding("redrive", "aws:sqs/redrivePolicy:RedrivePolicy", {"queueUrl": UNKNOWN, "redrivePolicy": "{}"}),
        ),
        adding("dead-too", "aws:sqs/queue:Queue", {"redriveAllowPolicy": UNKNOWN}),
    ),
    "SNS-01": _needed("topic", "kmsMasterKeyId"),
    "SNS-02": let_in_nobody("topic-policy"),
    "SNS-03": case(
        (change("topic-policy", "policy", _NARROW), without("topic-policy"), change("topic", "policy", _NARROW)),
        (change("topic-policy", "policy", UNKNOWN), referring("topic-policy", "arn", "")),
    ),
    "KMS-01": case(
        (change("key", "enableKeyRotation", False), drop("key", "enableKeyRotation")),
        (change("key", "enableKeyRotation", UNKNOWN), change("key", "customerMasterKeySpec", UNKNOWN)),
        both(drop("key", "enableKeyRotation"), change("key", "customerMasterKeySpec", "RSA_2048")),
    ),
    "KMS-02": let_in_nobody("key"),
    "KMS-03": case(
        change("key", "policy", _policy(_allow({"Service": "logs.amazonaws.com"}, "kms:*"))),
        change("key", "policy", UNKNOWN),
    ),
    "KMS-04": _needed("key", "policy"),
    "KMS-05": case(
        change("key", "deletionWindowInDays", 7),
        change("key", "deletionWindowInDays", UNKNOWN),
        drop("key", "deletionWindowInDays"),
    ),
    "SEC-01": case(
        (drop("secret", "kmsKeyId"), change("secret", "recoveryWindowInDays", 0)),
        change("secret", "recoveryWindowInDays", UNKNOWN),
    ),
    "SEC-02": case(
        (
            without("rotation"),
            change("rotation", "rotationRules.automaticallyAfterDays", 365),
            drop("rotation", "rotationRules"),
            change("rotation", "rotationRules", {"scheduleExpression": "rate(365 days)"}),
        ),
        (referring("rotation", "secretId", ""), change("rotation", "rotationRules", UNKNOWN)),
        (
            change("rotation", "rotationRules", {"scheduleExpression": "rate(30 days)"}),
            change("rotation", "rotationRules", {"scheduleExpression": "rate(12 hours)"}),
            change("rotation", "rotationRules", {"scheduleExpression": "cron(0 4 1 * ? *)"}),
        ),
    ),
    "SEC-03": let_in_nobody("secret-policy"),
}
