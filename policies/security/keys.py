"""Keys and secrets: KMS and Secrets Manager."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.engine.checks import is_at_least, is_given, is_true
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Remedy, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.controls import cis, fsbp
from policies.security.documents import actions, admits_nobody_unnamed, allows, covered, principals, statements
from policies.security.parameters import whole_number

KEY = "aws:kms/key:Key"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
_ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
_ROTATION_DAYS = whole_number("maxDays", 90, "How many days may pass between two rotations.", least=1)
_RATE = re.compile(r"rate\((\d+) (day|hour)s?\)")
_RECOVERY_DAYS = 7
_KEY_DAYS = whole_number("minDays", 14, "For how many days a deletion can be taken back at least.", least=7)
_DELETION_DAYS = 30  # what the provider takes where nothing is given


def _rotates(key: Node) -> Iterator[Judgement]:
    """Keys with two halves, for MACs or from outside cannot rotate by themselves."""
    if key["customerMasterKeySpec"].text("SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT" and not key["customKeyStoreId"].is_given:
        yield from is_true()(key["enableKeyRotation"])


def _keeps_administrators(policy: Node) -> Iterator[Judgement]:
    if not policy.is_given:
        return
    for statement in statements(policy):
        if allows(statement) and principals(statement) and covered(["kms:putkeypolicy"], actions(statement)):
            return
    yield policy.fails("allows kms:PutKeyPolicy to no principal of the account, and so can never be changed again")


def _days(rules: Node) -> float:
    """The days between two rotations. What a cron expression says is a calendar's: it is taken for often enough."""
    schedule = rules["scheduleExpression"]
    if not schedule.is_given:
        return rules["automaticallyAfterDays"].number()
    rate = _RATE.fullmatch(schedule.text().strip())
    return 1 if rate is None else int(rate.group(1)) / (24 if rate.group(2) == "hour" else 1)


def _rotates_in_time(root: Node, secret: Resource, stack: Snapshot) -> Iterator[Judgement]:
    rotations = stack.referring(secret, _ROTATION, "secretId")
    if not rotations:
        yield root.fails("has no SecretRotation")
    for rotation in rotations:
        rules = rotation.read()["rotationRules"]
        longest = root.setting(_ROTATION_DAYS)
        if not 0 < _days(rules) <= longest:
            yield root.fails(f"{rotation.name} rotates less often than every {longest:g} days")


RULES = (
    Rule(
        id="KMS-01",
        title="Keys rotate",
        severity=Severity.MEDIUM,
        types=(KEY,),
        reads="enableKeyRotation",
        rationale="What one key version encrypted is all that its loss gives away.",
        fix="set enable_key_rotation to True",
        checks=(At("", _rotates),),
        remedies=(Remedy("enableKeyRotation", value=True),),
        controls=(*cis("3.6"), *fsbp("KMS.4")),
        equivalents=("CKV_AWS_7", "AWS-0065", "AwsSolutions-KMS5"),
    ),
    Rule(
        id="KMS-02",
        title="Key policies let in nobody unnamed",
        severity=Severity.CRITICAL,
        types=(KEY, KEY_POLICY),
        reads="policy",
        rationale="A key that everyone may use protects nothing.",
        fix="name the principals, or narrow by kms:CallerAccount or aws:PrincipalOrgID",
        checks=(At("policy", admits_nobody_unnamed),),
        controls=fsbp("KMS.5"),
        equivalents=("CKV_AWS_33",),
    ),
    Rule(
        id="KMS-03",
        title="Key policies keep their administrators",
        severity=Severity.HIGH,
        types=(KEY, KEY_POLICY),
        reads="policy",
        rationale="A key whose policy nobody may change is lost, and with it everything that it encrypted.",
        fix="allow kms:* to the account's root principal, which hands it to IAM, or to a role that administers keys",
        checks=(At("policy", _keeps_administrators),),
    ),
    Rule(
        id="KMS-04",
        title="Keys have a policy of their own",
        severity=Severity.LOW,
        types=(KEY,),
        reads="policy",
        rationale="The default policy leaves the use of the key to whatever IAM policies say, for ever.",
        fix="give a policy that names who administers and who uses the key",
        checks=(At("policy", is_given),),
        equivalents=("CKV2_AWS_64",),
    ),
    Rule(
        id="KMS-05",
        title="Deleting a key can be taken back for a while",
        severity=Severity.MEDIUM,
        types=(KEY,),
        reads="deletionWindowInDays",
        rationale="Nobody notices the loss of a key before something is to be decrypted with it.",
        fix=f"set deletion_window_in_days to at least {_KEY_DAYS.default}, or leave it out for {_DELETION_DAYS}",
        checks=(At("deletionWindowInDays", is_at_least(_KEY_DAYS, default=_DELETION_DAYS)),),
        parameters=(_KEY_DAYS,),
        controls=fsbp("KMS.3"),
    ),
    Rule(
        id="SEC-01",
        title="Secrets are encrypted with a key of the account's own and can be restored",
        severity=Severity.MEDIUM,
        types=(SECRET,),
        reads="kmsKeyId",
        rationale="With a key of its own, leave to read the secret is not enough; without a window, a deleted one is gone.",
        fix="set kms_key_id, and leave recovery_window_in_days out or above 0",
        checks=(
            At("kmsKeyId", is_given),
            At("recoveryWindowInDays", is_at_least(_RECOVERY_DAYS, default=_DELETION_DAYS)),
        ),
        equivalents=("CKV_AWS_149", "AWS-0098"),
    ),
    Rule(
        id="SEC-02",
        title="Secrets rotate",
        severity=Severity.MEDIUM,
        types=(SECRET,),
        reads="(a SecretRotation's rotationRules)",
        rationale="A secret that never changes is known to everyone who ever worked with it.",
        fix=f"declare a secretsmanager.SecretRotation with automatically_after_days of at most {_ROTATION_DAYS.default}",
        relation=_rotates_in_time,
        parameters=(_ROTATION_DAYS,),
        controls=fsbp("SecretsManager.1", "SecretsManager.4"),
        equivalents=("CKV2_AWS_57", "CKV_AWS_304", "AwsSolutions-SMG4"),
    ),
    Rule(
        id="SEC-03",
        title="Secret policies let in nobody unnamed",
        severity=Severity.CRITICAL,
        types=(SECRET, "aws:secretsmanager/secretPolicy:SecretPolicy"),
        reads="policy",
        rationale="A secret that everyone may read is none.",
        fix="name the principals, or leave the policy out",
        checks=(At("policy", admits_nobody_unnamed),),
    ),
)
