"""Messaging: queues with their dead-letter queues, and topics that deliver to them.

Physical names are fixed, so that ARNs are known before anything exists: a queue and its dead-letter queue name each other, a
queue names the topics that may send to it, and policies can judge all of it at preview.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws.sns as sns
import pulumi_aws.sqs as sqs

from components.base import Component
from components.policy_document import deny_without_tls, policy_document
from model.environment import Environment
from model.messaging import Queue as QueueModel
from model.messaging import Topic as TopicModel

SECONDS_PER_DAY = 86_400
DEAD_LETTER_RETENTION_DAYS = 14
"""The longest that SQS offers: somebody has to find the message first."""
KEY_REUSE_SECONDS = 300


@dataclass(frozen=True)
class QueueArgs:
    """What a queue is made from."""

    environment: Environment
    queue_name: str
    queue: QueueModel
    key_arn: pulumi.Output[str]
    """The key of the queue's data class."""


@dataclass(frozen=True)
class TopicArgs:
    """What a topic is made from."""

    environment: Environment
    topic_name: str
    topic: TopicModel
    key_arn: pulumi.Output[str]
    """The key of the topic's data class."""
    queues: Mapping[str, Queue]
    """Every queue of the environment, by name."""


class Queue(Component):
    """An encrypted queue that takes TLS alone; what it cannot deliver goes to its dead-letter queue."""

    def __init__(self, name: str, args: QueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:messaging:Queue", name, opts)
        self._args = args
        own_name = _physical_name(args.environment, args.queue_name, fifo=args.queue.fifo)
        dead_letter_name = _physical_name(args.environment, f"{args.queue_name}-dead-letter", fifo=args.queue.fifo)
        dead_letters = self._build_queue(
            "dead-letter-queue",
            dead_letter_name,
            message_retention_seconds=DEAD_LETTER_RETENTION_DAYS * SECONDS_PER_DAY,
            redrive_allow_policy=json.dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [_arn(args.environment, "sqs", own_name)]},
                sort_keys=True,
            ),
        )
        self.dead_letter_arn = _output_arn(args.environment, "sqs", dead_letters.name)
        queue = self._build_queue(
            "queue",
            own_name,
            message_retention_seconds=args.queue.retention_days * SECONDS_PER_DAY,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": self.dead_letter_arn, "maxReceiveCount": args.queue.max_receives},
                sort_keys=True,
            ),
        )
        self.arn = _output_arn(args.environment, "sqs", queue.name)
        self.url = queue.url
        self.queue_name = queue.name
        self.dead_letter_name = dead_letters.name
        self.key_arn = args.key_arn
        self.register_outputs({"url": self.url, "arn": self.arn})

    def _build_queue(self, suffix: str, queue_name: str, **particular: Any) -> sqs.Queue:
        """A queue and its policy: what the queue and its dead-letter queue have in common, and what is particular to one."""
        args = self._args
        queue = sqs.Queue(
            self.child(suffix),
            name=queue_name,
            fifo_queue=args.queue.fifo or None,
            content_based_deduplication=args.queue.fifo or None,
            visibility_timeout_seconds=args.queue.visibility_timeout_seconds,
            kms_master_key_id=args.key_arn,
            kms_data_key_reuse_period_seconds=KEY_REUSE_SECONDS,
            tags={"Name": queue_name},
            opts=self.below(),
            **particular,
        )
        arn = _output_arn(args.environment, "sqs", queue.name)
        statements = [
            deny_without_tls("sqs:*", arn),
            *(_topic_may_send(args.environment, topic, arn) for topic in self._topics()),
        ]
        sqs.QueuePolicy(self.child(suffix), queue_url=queue.url, policy=policy_document(*statements), opts=self.below())
        return queue

    def _topics(self) -> list[str]:
        """The topics that deliver to this queue."""
        topics = self._args.environment.topics
        return sorted(name for name, topic in topics.items() if self._args.queue_name in topic.subscribers)


class Topic(Component):
    """An encrypted topic that takes TLS alone and delivers to queues; a FIFO queue among them makes it a FIFO topic."""

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:messaging:Topic", name, opts)
        fifo = _is_fifo(args.environment, args.topic)
        topic_name = _physical_name(args.environment, args.topic_name, fifo=fifo)
        topic = sns.Topic(
            self.child("topic"),
            name=topic_name,
            fifo_topic=fifo or None,
            content_based_deduplication=fifo or None,
            kms_master_key_id=args.key_arn,
            tags={"Name": topic_name},
            opts=self.below(),
        )
        self.arn = _output_arn(args.environment, "sns", topic.name)
        self.key_arn = args.key_arn
        sns.TopicPolicy(
            self.child("topic"),
            arn=topic.arn,
            policy=policy_document(deny_without_tls("sns:Publish", self.arn)),
            opts=self.below(),
        )
        for subscriber in args.topic.subscribers:
            queue = args.queues[subscriber]
            sns.TopicSubscription(
                self.child(subscriber),
                topic=topic.arn,
                protocol="sqs",
                endpoint=queue.arn,
                raw_message_delivery=True,
                redrive_policy=pulumi.Output.json_dumps({"deadLetterTargetArn": queue.dead_letter_arn}),
                opts=self.below(depends_on=[queue]),
            )
        self.register_outputs({"arn": self.arn})


def _physical_name(environment: Environment, name: str, *, fifo: bool) -> str:
    return f"{environment.name}-{name}" + (".fifo" if fifo else "")


def _is_fifo(environment: Environment, topic: TopicModel) -> bool:
    return any(environment.queues[name].fifo for name in topic.subscribers)


def _arn(environment: Environment, service: str, name: str) -> str:
    return f"arn:aws:{service}:{environment.identity.regions.primary}:{environment.identity.account_id}:{name}"


def _output_arn(environment: Environment, service: str, name: pulumi.Output[str]) -> pulumi.Output[str]:
    """The ARN of what has this name; whoever uses it depends on the resource."""
    return name.apply(lambda known: _arn(environment, service, known))


def _topic_may_send(environment: Environment, topic_name: str, queue_arn: pulumi.Output[str]) -> dict[str, Any]:
    """A statement that lets one topic send to the queue."""
    fifo = _is_fifo(environment, environment.topics[topic_name])
    source = _arn(environment, "sns", _physical_name(environment, topic_name, fifo=fifo))
    return {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
