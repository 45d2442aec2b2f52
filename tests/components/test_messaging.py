from __future__ import annotations

import pytest

from components.messaging import Queue, QueueArgs, Topic, TopicArgs
from model.environment import Environment
from tests.components.rendering import Rendering, render
from tests.components.stores import ACCOUNT, KEY, environment_with, known

QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
ARN = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:retail-store-production-order-events"
TOPIC_ARN = f"arn:aws:sns:eu-west-1:{ACCOUNT}:retail-store-production-sales"


def build(environment: Environment) -> None:
    queues = {
        name: Queue(f"shop-{name}", QueueArgs(environment, name, queue, known(KEY))) for name, queue in environment.queues.items()
    }
    for name, topic in environment.topics.items():
        Topic(f"shop-{name}", TopicArgs(environment, name, topic, known(KEY), queues))


@pytest.fixture(scope="module")
def messaging() -> Rendering:
    topics = {"sales": {"data_class": "customer", "subscribers": ["order-events"]}}
    environment = environment_with("", topics=topics)
    return render(lambda: build(environment))


def test_a_message_that_cannot_be_delivered_goes_to_the_dead_letter_queue(messaging: Rendering) -> None:
    queue = messaging.named(QUEUE, "shop-order-events-queue")

    assert queue.document("redrivePolicy") == {"deadLetterTargetArn": f"{ARN}-dead-letter", "maxReceiveCount": 5}


def test_only_its_own_queue_may_use_the_dead_letter_queue(messaging: Rendering) -> None:
    dead_letters = messaging.named(QUEUE, "shop-order-events-dead-letter-queue")

    assert dead_letters.document("redriveAllowPolicy") == {"redrivePermission": "byQueue", "sourceQueueArns": [ARN]}
    assert dead_letters.properties["messageRetentionSeconds"] == 14 * 86_400


def test_queues_and_topics_are_encrypted_with_the_key_of_the_data_class(messaging: Rendering) -> None:
    encrypted = [*messaging.of(QUEUE), *messaging.of("aws:sns/topic:Topic")]

    assert len(encrypted) == 3
    assert {resource.properties["kmsMasterKeyId"] for resource in encrypted} == {KEY}


def test_requests_without_tls_are_denied(messaging: Rendering) -> None:
    policies = [*messaging.of(QUEUE_POLICY), *messaging.of("aws:sns/topicPolicy:TopicPolicy")]

    assert len(policies) == 3
    for policy in policies:
        statement = policy.document("policy")["Statement"][0]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_subscribed_queue_takes_messages_from_its_topic_alone(messaging: Rendering) -> None:
    _, statement = messaging.named(QUEUE_POLICY, "shop-order-events-queue").document("policy")["Statement"]

    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": TOPIC_ARN}}


def test_a_delivery_that_fails_is_kept(messaging: Rendering) -> None:
    subscription = messaging.one("aws:sns/topicSubscription:TopicSubscription")

    assert subscription.properties["endpoint"] == ARN
    assert subscription.document("redrivePolicy") == {"deadLetterTargetArn": f"{ARN}-dead-letter"}


def test_without_topics_nobody_is_allowed_by_the_queues_policy(production: Environment) -> None:
    policy = render(lambda: build(production)).named(QUEUE_POLICY, "shop-order-events-queue")

    assert len(policy.document("policy")["Statement"]) == 1


def test_a_fifo_queue_makes_its_topic_fifo() -> None:
    queue = {"data_class": "customer", "fifo": True, "visibility_timeout_seconds": 60, "retention_days": 7, "max_receives": 5}
    topics = {"sales": {"data_class": "customer", "subscribers": ["ledger"]}}
    environment = environment_with("", queues={**_shipped_queues(), "ledger": queue}, topics=topics)

    rendering = render(lambda: build(environment))

    assert rendering.named(QUEUE, "shop-ledger-queue").properties["name"] == "retail-store-production-ledger.fifo"
    assert rendering.one("aws:sns/topic:Topic").properties["name"] == "retail-store-production-sales.fifo"
    [_, statement] = rendering.named(QUEUE_POLICY, "shop-ledger-queue").document("policy")["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": f"{TOPIC_ARN}.fifo"}}


def _shipped_queues() -> dict[str, object]:
    return environment_with("").model_dump(mode="json")["queues"]  # type: ignore[no-any-return]
