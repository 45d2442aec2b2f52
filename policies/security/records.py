"""What is recorded and kept: logs, alarms, the audit trail, backups and images."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.checks import is_at_least, is_given, is_not_empty, is_one_of, is_true
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Remedy, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.controls import cis, cis_eks, fsbp
from policies.security.documents import admits_nobody_unnamed
from policies.security.parameters import whole_number

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TRAIL = "aws:cloudtrail/trail:Trail"
VAULT = "aws:backup/vault:Vault"
PLAN = "aws:backup/plan:Plan"
REPOSITORY = "aws:ecr/repository:Repository"
_LOG_DAYS = whole_number("minDays", 30, "For how many days logs are kept at least.", least=1)
_BACKUP_DAYS = whole_number("minDays", 7, "For how many days backups are kept at least.", least=1)


def _is_kept(days: Node) -> Iterator[Judgement]:
    found = days.number()
    if found == 0:
        yield days.fails("must be given, for without it logs are kept for ever")
    else:
        yield from is_at_least(_LOG_DAYS)(days)


def _is_vault_locked(root: Node, vault: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if not stack.referring(vault, "aws:backup/vaultLockConfiguration:VaultLockConfiguration", "backupVaultName"):
        yield root.fails("has no VaultLockConfiguration")


def _has_copy_elsewhere(rule: Node) -> Iterator[Judgement]:
    if not rule["copyActions"].items():
        yield rule["copyActions"].fails("must not be empty")


def _is_kept_long_enough(lifecycle: Node) -> Iterator[Judgement]:
    days = lifecycle["deleteAfter"]
    if days.is_given:
        yield from is_at_least(_BACKUP_DAYS)(days)


RULES = (
    Rule(
        id="CLW-01",
        title="Log groups keep their logs for a stated time",
        severity=Severity.MEDIUM,
        types=(LOG_GROUP,),
        reads="retentionInDays",
        rationale="Logs that are gone after a day explain nothing; logs kept for ever are a cost and a store of personal data.",
        fix=f"set retention_in_days to at least {_LOG_DAYS.default}",
        checks=(At("retentionInDays", _is_kept),),
        parameters=(_LOG_DAYS,),
        controls=fsbp("CloudWatch.16"),
        equivalents=("CKV_AWS_66", "CKV_AWS_338"),
    ),
    Rule(
        id="CLW-02",
        title="Alarms tell somebody",
        severity=Severity.MEDIUM,
        types=(ALARM,),
        reads="alarmActions",
        rationale="An alarm without an action rings in an empty room.",
        fix="set alarm_actions to the topic of who is on call, and leave actions_enabled on",
        checks=(At("alarmActions", is_not_empty), At("actionsEnabled", is_true(default=True))),
        controls=fsbp("CloudWatch.15", "CloudWatch.17"),
        equivalents=("CKV_AWS_319",),
    ),
    Rule(
        id="CLW-03",
        title="Log groups are encrypted with a key of the account's own",
        severity=Severity.MEDIUM,
        types=(LOG_GROUP,),
        reads="kmsKeyId",
        rationale="Logs hold what programs say by mistake; with a key of its own, leave to read logs is not enough.",
        fix="set kms_key_id to a key whose policy admits the logs service",
        checks=(At("kmsKeyId", is_given),),
        equivalents=("CKV_AWS_158", "AWS-0017"),
    ),
    Rule(
        id="CTR-01",
        title="The audit trail covers every region, cannot be forged, and is encrypted",
        severity=Severity.HIGH,
        types=(TRAIL,),
        reads="isMultiRegionTrail",
        rationale="An attacker works in the region that nobody looks at, and removes the traces.",
        fix="set is_multi_region_trail, enable_log_file_validation, kms_key_id, and leave enable_logging on",
        checks=(
            At("isMultiRegionTrail", is_true()),
            At("enableLogFileValidation", is_true()),
            At("enableLogging", is_true(default=True)),
            At("kmsKeyId", is_given),
        ),
        controls=(*cis("3.1", "3.2", "3.5"), *fsbp("CloudTrail.1", "CloudTrail.2", "CloudTrail.4")),
        equivalents=("CKV_AWS_67", "CKV_AWS_251", "CKV_AWS_36", "CKV_AWS_35", "AWS-0014", "AWS-0015", "AWS-0016"),
    ),
    Rule(
        id="CTR-02",
        title="The audit trail is sent where alarms can watch it",
        severity=Severity.LOW,
        types=(TRAIL,),
        reads="cloudWatchLogsGroupArn",
        rationale="A file in a bucket wakes nobody.",
        fix="set cloud_watch_logs_group_arn and cloud_watch_logs_role_arn",
        checks=(At("cloudWatchLogsGroupArn", is_given),),
        controls=fsbp("CloudTrail.5"),
        equivalents=("CKV2_AWS_10", "AWS-0162"),
    ),
    Rule(
        id="BKP-01",
        title="Backup vaults are encrypted with a key of the account's own",
        severity=Severity.MEDIUM,
        types=(VAULT,),
        reads="kmsKeyArn",
        rationale="A backup is the whole data in one place.",
        fix="set kms_key_arn to a key that is not the one of the data",
        checks=(At("kmsKeyArn", is_given),),
        controls=fsbp("Backup.1"),
        equivalents=("CKV_AWS_166",),
    ),
    Rule(
        id="BKP-03",
        title="Backups are kept long enough",
        severity=Severity.MEDIUM,
        types=(PLAN,),
        reads="rules[*].lifecycle.deleteAfter",
        rationale="What was destroyed unnoticed over a long weekend is still there in a week's backups.",
        fix=f"set lifecycle with delete_after of at least {_BACKUP_DAYS.default} days",
        checks=(At("rules[*].lifecycle", _is_kept_long_enough),),
        parameters=(_BACKUP_DAYS,),
    ),
    Rule(
        id="BKP-04",
        title="Backup vaults are locked",
        severity=Severity.MEDIUM,
        types=(VAULT,),
        reads="(a VaultLockConfiguration)",
        rationale="Who blackmails a company deletes its backups first; from a locked vault not even an administrator can.",
        fix="declare a backup.VaultLockConfiguration of the vault",
        relation=_is_vault_locked,
    ),
    Rule(
        id="BKP-05",
        title="Backups are copied to another vault",
        severity=Severity.LOW,
        types=(PLAN,),
        reads="rules[*].copyActions",
        rationale="A copy in another region outlives the loss of the first one.",
        fix="add copy_actions with a vault in the recovery region",
        checks=(At("rules[*]", _has_copy_elsewhere),),
    ),
    Rule(
        id="ECR-01",
        title="Image tags cannot be moved, and images are scanned",
        severity=Severity.HIGH,
        types=(REPOSITORY,),
        reads="imageTagMutability",
        rationale="A tag that can be moved deploys something else tomorrow than was tested today.",
        fix="set image_tag_mutability to IMMUTABLE and image_scanning_configuration with scan_on_push True",
        checks=(
            At("imageTagMutability", is_one_of("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", default="MUTABLE")),
            At("imageScanningConfiguration.scanOnPush", is_true()),
        ),
        remedies=(Remedy("imageTagMutability", "IMMUTABLE"), Remedy("imageScanningConfiguration.scanOnPush", value=True)),
        controls=(*cis_eks("5.1.1"), *fsbp("ECR.1", "ECR.2")),
        equivalents=("CKV_AWS_51", "CKV_AWS_163", "AWS-0030", "AWS-0031"),
    ),
    Rule(
        id="ECR-02",
        title="Repository policies let in nobody unnamed",
        severity=Severity.CRITICAL,
        types=("aws:ecr/repositoryPolicy:RepositoryPolicy",),
        reads="policy",
        rationale="Images hold code, and sometimes what code should not hold.",
        fix="name the accounts and roles that pull",
        checks=(At("policy", admits_nobody_unnamed),),
        equivalents=("CKV_AWS_32", "AWS-0032", "AwsSolutions-ECR1"),
    ),
)
