"""Queues and topics."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.checks import is_given
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Relation, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.controls import fsbp
from policies.security.documents import admits_nobody_unnamed, demands_tls

QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"


def _has_dead_letter_queue(root: Node, queue: Resource, stack: Snapshot) -> Iterator[Judgement]:
    is_one = bool(stack.referring(queue, QUEUE, "redrivePolicy") or stack.referring(queue, REDRIVE, "redrivePolicy"))
    if is_one or root["redriveAllowPolicy"].is_given or root["redrivePolicy"].is_given:
        return
    if not stack.referring(queue, REDRIVE, "queueUrl"):
        yield root["redrivePolicy"].fails("must be given, for no other queue uses this one for dead letters either")


def _is_encrypted(queue: Node) -> Iterator[Judgement]:
    if not queue["kmsMasterKeyId"].is_given and not queue["sqsManagedSseEnabled"].flag():
        yield queue["kmsMasterKeyId"].fails("must be given, or sqsManagedSseEnabled be true")


def _demands_tls(policy_type: str, refers: str, *covering: str) -> Relation:
    """Demand that a policy denies requests without TLS: one within the resource, or one that is declared beside it."""

    def relation(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
        policies = [found.read()["policy"] for found in stack.referring(resource, policy_type, refers)]
        if root["policy"].is_given:
            policies.append(root["policy"])
        if not policies:
            yield root["policy"].fails("has no statement that denies requests made without TLS, for there is no policy")
        for policy in policies:
            yield from demands_tls(*covering)(policy)

    return relation


REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy"

RULES = (
    Rule(
        id="SQS-01",
        title="Queues are encrypted",
        severity=Severity.HIGH,
        types=(QUEUE,),
        reads="kmsMasterKeyId",
        rationale="A message holds what its sender knows; encrypted, leave to receive is not enough to read it.",
        fix="set kms_master_key_id to a key of the data's class",
        checks=(At("", _is_encrypted),),
        controls=fsbp("SQS.1"),
        equivalents=("CKV_AWS_27", "CKV2_AWS_73", "AWS-0096", "AWS-0135", "AwsSolutions-SQS2"),
    ),
    Rule(
        id="SQS-02",
        title="Queue policies let in nobody unnamed",
        severity=Severity.CRITICAL,
        types=(QUEUE, QUEUE_POLICY),
        reads="policy",
        rationale="Whoever may send to a queue speaks to its consumers, and whoever may receive takes messages away from them.",
        fix="name the principals, or narrow by aws:SourceArn or aws:SourceAccount",
        checks=(At("policy", admits_nobody_unnamed),),
        controls=fsbp("SQS.3"),
        equivalents=("CKV_AWS_168", "CKV_AWS_72", "AWS-0097"),
    ),
    Rule(
        id="SQS-03",
        title="Queues refuse requests without TLS",
        severity=Severity.HIGH,
        types=(QUEUE,),
        reads="(its policy, or a QueuePolicy's)",
        rationale="SQS answers over plain HTTP as well, unless its policy denies it.",
        fix="deny sqs:* to everyone where aws:SecureTransport is false in the queue's policy",
        relation=_demands_tls(QUEUE_POLICY, "queueUrl", "sqs:*"),
        equivalents=("AwsSolutions-SQS4",),
    ),
    Rule(
        id="SQS-04",
        title="Queues have a dead-letter queue",
        severity=Severity.MEDIUM,
        types=(QUEUE,),
        reads="redrivePolicy",
        rationale="A message that cannot be handled otherwise comes back until it expires, and is then gone unseen.",
        fix="set redrive_policy to a dead-letter queue, and redrive_allow_policy on that one",
        relation=_has_dead_letter_queue,
        equivalents=("AwsSolutions-SQS3",),
    ),
    Rule(
        id="SNS-01",
        title="Topics are encrypted",
        severity=Severity.HIGH,
        types=(TOPIC,),
        reads="kmsMasterKeyId",
        rationale="A notification holds what its sender knows, and is kept until every subscriber has it.",
        fix="set kms_master_key_id to a key whose policy admits the publishers",
        checks=(At("kmsMasterKeyId", is_given),),
        controls=fsbp("SNS.1"),
        equivalents=("CKV_AWS_26", "AWS-0095", "AWS-0136"),
    ),
    Rule(
        id="SNS-02",
        title="Topic policies let in nobody unnamed",
        severity=Severity.CRITICAL,
        types=(TOPIC, TOPIC_POLICY),
        reads="policy",
        rationale="Whoever may publish speaks to every subscriber, and whoever may subscribe hears everything.",
        fix="name the principals, or narrow by aws:SourceArn or aws:SourceAccount",
        checks=(At("policy", admits_nobody_unnamed),),
        controls=fsbp("SNS.4"),
        equivalents=("CKV_AWS_169", "CKV_AWS_385"),
    ),
    Rule(
        id="SNS-03",
        title="Topics refuse publishing without TLS",
        severity=Severity.HIGH,
        types=(TOPIC,),
        reads="(its policy, or a TopicPolicy's)",
        rationale="SNS answers over plain HTTP as well, unless its policy denies it.",
        fix="deny sns:Publish to everyone where aws:SecureTransport is false in the topic's policy",
        relation=_demands_tls(TOPIC_POLICY, "arn", "sns:publish", "sns:*"),
        equivalents=("AwsSolutions-SNS3",),
    ),
)
