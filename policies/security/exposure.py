"""Credentials in the open: in tags, in plain parameters and in what a machine is started with."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from policies.engine.checks import each
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Rule, Severity
from policies.security.arn_holders import ARN_HOLDERS
from policies.security.credential_shapes import holds_credential, is_credential_value
from policies.security.kubernetes_cluster import INSTANCE, LAUNCH_TEMPLATE
from policies.security.network import GROUP, SUBNET, VPC
from policies.security.workloads import entries_are_plain

_PARAMETER = "aws:ssm/parameter:Parameter"
_UNTAGGED = {
    "aws:backup/selection:Selection",
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:kms/grant:Grant",
    "aws:s3/bucketNotification:BucketNotification",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:scheduler/schedule:Schedule",
    "aws:secretsmanager/secretRotation:SecretRotation",
    "aws:sns/topicSubscription:TopicSubscription",
    "pulumi:providers:aws",
}
_TAGGED = tuple(
    sorted(
        {*ARN_HOLDERS, VPC, SUBNET, GROUP, LAUNCH_TEMPLATE, INSTANCE, _PARAMETER, "aws:s3/bucket:Bucket", "aws:iam/role:Role"}
        - _UNTAGGED
    )
)


def _parameter_is_plain(parameter: Node) -> Iterator[Judgement]:
    if parameter["type"].text() == "SecureString":
        return
    for place in (parameter["value"], parameter["insecureValue"]):
        yield from each([place], lambda value: _is_plain(parameter["name"].text(), value))


def _is_plain(name: str, value: Node) -> Iterator[Judgement]:
    if value.is_given and holds_credential(name.rpartition("/")[2], value.text()):
        yield value.fails("is a credential in the clear")


def _starts_without_credential(data: Node) -> Iterator[Judgement]:
    text = data.text()
    if is_credential_value(text) or is_credential_value(_decoded(text)):
        yield data.fails("holds a credential in the clear")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return ""


RULES = (
    Rule(
        id="TAG-01",
        title="No credential stands in a tag",
        severity=Severity.HIGH,
        types=_TAGGED,
        reads="tags",
        rationale="Tags are read by everyone who may list, and are copied into bills, logs and inventories.",
        fix="keep it in Secrets Manager; a tag may hold the secret's name",
        checks=(At("tags", entries_are_plain),),
    ),
    Rule(
        id="SSM-01",
        title="No credential stands in a plain parameter",
        severity=Severity.HIGH,
        types=(_PARAMETER,),
        reads="value",
        rationale="A parameter of type String is not encrypted, and is read by whoever may read any configuration.",
        fix="keep it in Secrets Manager, or set type to SecureString with a key of the account's own",
        checks=(At("", _parameter_is_plain),),
        controls=(),
        equivalents=("CKV2_AWS_34",),
    ),
    Rule(
        id="EC2-01",
        title="Machines are started without a credential",
        severity=Severity.HIGH,
        types=(INSTANCE, LAUNCH_TEMPLATE),
        reads="userData",
        rationale="Whatever runs on a machine reads what it was started with, as does whoever may describe it.",
        fix="let the machine read it from Secrets Manager, by the role of its instance profile",
        checks=(At("userData", _starts_without_credential), At("userDataBase64", _starts_without_credential, (INSTANCE,))),
        equivalents=("CKV_AWS_46",),
    ),
)
