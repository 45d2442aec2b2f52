"""Relational databases: RDS instances, Aurora clusters and what they are configured with."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.checks import is_absent, is_at_least, is_false, is_given, is_not_empty, is_true
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Check, Remedy, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.controls import cis, fsbp
from policies.security.parameters import whole_number

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
_BOTH = (INSTANCE, CLUSTER)
_BACKUP_DAYS = whole_number("minDays", 7, "For how many days backups are kept at least.", least=1)
_TLS_PARAMETERS = {
    "postgres": "rds.force_ssl",
    "sqlserver": "rds.force_ssl",
    "mysql": "require_secure_transport",
    "mariadb": "require_secure_transport",
}
_REPLICATED = ("replicateSourceDb", "replicationSourceIdentifier")
_RESTORED = ("snapshotIdentifier", "restoreToPointInTime")
_SOURCES = (*_REPLICATED, *_RESTORED)


def _unless_copied(name: str, check: Check) -> At:
    """The check of a property that a replica takes from its source, and a restored database where it is not given anew."""

    def original(database: Node) -> Iterator[Judgement]:
        is_replica = any(database[source].is_given for source in _REPLICATED)
        is_restored = any(database[source].is_given for source in _RESTORED)
        if not is_replica and (not is_restored or database[name].is_given):
            yield from check(database[name])

    return At("", original)


def _password_is_managed(database: Node) -> Iterator[Judgement]:
    if any(database[source].is_given for source in _SOURCES):
        return
    if not database["manageMasterUserPassword"].flag():
        yield database["manageMasterUserPassword"].fails("must be true")


def _keeps_final_snapshot(database: Node) -> Iterator[Judgement]:
    if not database["replicateSourceDb"].is_given and database["skipFinalSnapshot"].flag():
        yield database["skipFinalSnapshot"].fails("must be false")


def _insights_have_key(database: Node) -> Iterator[Judgement]:
    if database["performanceInsightsEnabled"].flag() and not database["performanceInsightsKmsKeyId"].is_given:
        yield database["performanceInsightsKmsKeyId"].fails("must be given where performance insights are on")


def _has_two_members(root: Node, cluster: Resource, stack: Snapshot) -> Iterator[Judgement]:
    members = len(stack.referring(cluster, MEMBER, "clusterIdentifier"))
    if members < 2 and not root["dbClusterInstanceClass"].is_given:
        yield root.fails(f"has {members} instances, must have at least 2")


def _demands_tls(root: Node, database: Resource, stack: Snapshot) -> Iterator[Judgement]:
    name = "dbClusterParameterGroupName" if database.type == CLUSTER else "parameterGroupName"
    parameter = next((p for engine, p in _TLS_PARAMETERS.items() if engine in root["engine"].text()), None)
    if parameter is None:
        if not root["engine"].is_given:
            yield root["engine"].undecided("a replica's engine is its source's")
        return
    if not root[name].is_given:
        yield root[name].fails(f"names no parameter group, and so {parameter} is the engine's default")
        return
    groups = stack.targets(
        database, name, "aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup"
    )
    if not groups:
        yield root[name].undecided("its parameter group is not in this stack")
    for group in groups:
        settings = {item["name"].text(): item["value"].text() for item in group.read()["parameters"].items()}
        if settings.get(parameter, "").lower() not in ("1", "on", "true"):
            yield root[name].fails(f"parameter group {group.name} does not turn {parameter} on")


RULES = (
    Rule(
        id="RDS-01",
        title="Databases are encrypted at rest",
        severity=Severity.HIGH,
        types=_BOTH,
        reads="storageEncrypted",
        rationale="Snapshots and disks leave the account more easily than credentials do, and encryption cannot be added later.",
        fix="set storage_encrypted to True and kms_key_id to a key of the data's class",
        checks=(_unless_copied("storageEncrypted", is_true()),),
        controls=(*cis("2.2.1"), *fsbp("RDS.3", "RDS.27")),
        equivalents=("CKV_AWS_16", "CKV_AWS_96", "AWS-0079", "AWS-0080", "AwsSolutions-RDS2"),
    ),
    Rule(
        id="RDS-02",
        title="Databases are encrypted with a key of the account's own",
        severity=Severity.MEDIUM,
        types=_BOTH,
        reads="kmsKeyId",
        rationale="The provider's key cannot be withdrawn, nor its use be limited; snapshots under it cannot be shared safely.",
        fix="set kms_key_id to a key whose policy names who may use it",
        checks=(_unless_copied("kmsKeyId", is_given),),
        equivalents=("CKV_AWS_327",),
    ),
    Rule(
        id="RDS-03",
        title="Databases have no public address",
        severity=Severity.CRITICAL,
        types=(INSTANCE, MEMBER),
        reads="publiclyAccessible",
        rationale="A public address makes one wrong rule of a security group a breach.",
        fix="set publicly_accessible to False and connect from inside the VPC",
        checks=(At("publiclyAccessible", is_false()),),
        remedies=(Remedy("publiclyAccessible", value=False),),
        controls=(*cis("2.2.3"), *fsbp("RDS.2")),
        equivalents=("CKV_AWS_17", "AWS-0180"),
    ),
    Rule(
        id="RDS-04",
        title="Databases keep a week of backups",
        severity=Severity.MEDIUM,
        types=_BOTH,
        reads="backupRetentionPeriod",
        rationale="What was destroyed unnoticed over a long weekend is still there in a week's backups.",
        fix="set backup_retention_period to at least 7, or to what the pack is configured to demand",
        checks=(_unless_copied("backupRetentionPeriod", is_at_least(_BACKUP_DAYS)),),
        parameters=(_BACKUP_DAYS,),
        controls=fsbp("RDS.11"),
        equivalents=("CKV_AWS_133", "AWS-0077", "AwsSolutions-RDS13"),
    ),
    Rule(
        id="RDS-05",
        title="Databases cannot be deleted by mistake",
        severity=Severity.MEDIUM,
        types=_BOTH,
        reads="deletionProtection",
        rationale="A renamed resource is a deleted one; with the protection and a final snapshot its data survives.",
        fix="set deletion_protection to True and skip_final_snapshot to False with a final_snapshot_identifier",
        checks=(At("deletionProtection", is_true()), At("", _keeps_final_snapshot)),
        controls=fsbp("RDS.7", "RDS.8"),
        equivalents=("CKV_AWS_293", "CKV_AWS_139", "AWS-0177", "AWS-0343", "AwsSolutions-RDS10"),
    ),
    Rule(
        id="RDS-06",
        title="Database instances have a standby in another zone",
        severity=Severity.MEDIUM,
        types=(INSTANCE,),
        reads="multiAz",
        rationale="Without a standby the loss of a zone is the loss of the database until a backup is restored.",
        fix="set multi_az to True",
        checks=(_unless_copied("multiAz", is_true()),),
        controls=(*cis("2.2.4"), *fsbp("RDS.5")),
        equivalents=("CKV_AWS_157", "AwsSolutions-RDS3"),
    ),
    Rule(
        id="RDS-07",
        title="No master password is in the program",
        severity=Severity.HIGH,
        types=_BOTH,
        reads="manageMasterUserPassword",
        rationale="A password given as a property is in the state for whoever may read it, and never changes.",
        fix="set manage_master_user_password to True and take password out; RDS keeps and rotates it in Secrets Manager",
        checks=(
            At("", _password_is_managed),
            At("password", is_absent, (INSTANCE,)),
            At("masterPassword", is_absent, (CLUSTER,)),
        ),
    ),
    Rule(
        id="RDS-08",
        title="Databases export their logs",
        severity=Severity.MEDIUM,
        types=_BOTH,
        reads="enabledCloudwatchLogsExports",
        rationale="Logs on the instance are gone with it, and nobody is alarmed by them.",
        fix="set enabled_cloudwatch_logs_exports to the log types of the engine",
        checks=(At("enabledCloudwatchLogsExports", is_not_empty),),
        controls=fsbp("RDS.9", "RDS.34"),
        equivalents=("CKV_AWS_129", "CKV_AWS_324", "AwsSolutions-RDS16"),
    ),
    Rule(
        id="RDS-09",
        title="Databases refuse connections without TLS",
        severity=Severity.HIGH,
        types=_BOTH,
        reads="parameterGroupName",
        rationale="A client that does not ask for TLS sends its password and its data in the clear, and works.",
        fix="attach a parameter group that sets rds.force_ssl to 1 (PostgreSQL) or require_secure_transport to ON (MySQL)",
        relation=_demands_tls,
        equivalents=("CKV2_AWS_69",),
    ),
    Rule(
        id="RDS-10",
        title="Performance insights are encrypted with a key of the account's own",
        severity=Severity.LOW,
        types=(INSTANCE, MEMBER),
        reads="performanceInsightsKmsKeyId",
        rationale="Performance insights hold the text of queries, and so data.",
        fix="set performance_insights_kms_key_id",
        checks=(At("", _insights_have_key),),
        equivalents=("CKV_AWS_354", "AWS-0078"),
    ),
    Rule(
        id="RDS-11",
        title="Aurora clusters have at least two instances",
        severity=Severity.MEDIUM,
        types=(CLUSTER,),
        reads="(the cluster's ClusterInstances)",
        rationale="A cluster of one has nothing to fail over to.",
        fix="declare a second rds.ClusterInstance of the cluster in another zone",
        relation=_has_two_members,
        controls=fsbp("RDS.15"),
        equivalents=("AwsSolutions-RDS3",),
    ),
    Rule(
        id="RDS-12",
        title="Databases accept IAM authentication",
        severity=Severity.LOW,
        types=_BOTH,
        reads="iamDatabaseAuthenticationEnabled",
        rationale="A token that lives for minutes replaces passwords of people who have to look into a database.",
        fix="set iam_database_authentication_enabled to True",
        checks=(At("iamDatabaseAuthenticationEnabled", is_true()),),
        controls=fsbp("RDS.10", "RDS.12"),
        equivalents=("CKV_AWS_161", "CKV_AWS_162", "AWS-0176", "AwsSolutions-RDS6"),
    ),
    Rule(
        id="RDS-13",
        title="Snapshots carry their database's tags",
        severity=Severity.LOW,
        types=_BOTH,
        reads="copyTagsToSnapshot",
        rationale="Access and cost follow tags; a snapshot without them escapes both.",
        fix="set copy_tags_to_snapshot to True",
        checks=(At("copyTagsToSnapshot", is_true()),),
        remedies=(Remedy("copyTagsToSnapshot", value=True),),
        controls=fsbp("RDS.16", "RDS.17"),
        equivalents=("CKV_AWS_313",),
    ),
)
