"""A service's identity: a service account, and where the service calls AWS a role that may do just that."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi
import pulumi_aws.eks as eks
import pulumi_kubernetes.core.v1 as core

from components.base import Component
from components.key_grant import DECRYPT, ENCRYPT, may_use_keys
from components.pod_identity import associate, pod_role
from components.policy_document import Statement, allow
from components.service_args import ServiceArgs

TABLE_READ = (
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
TABLE_WRITE = (
    *TABLE_READ,
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
QUEUE_ACTIONS = {
    "send": ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"),
    "receive": (
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    ),
}
OBJECT_ACTIONS = {
    "read": ("s3:GetObject",),
    "write": ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
}


def service_account(owner: Component, args: ServiceArgs) -> core.ServiceAccount:
    """The service's account. Its token opens the Kubernetes API, which no service calls: it is not mounted."""
    return core.ServiceAccount(
        owner.child("account"),
        metadata=args.metadata(),
        automount_service_account_token=False,
        opts=owner.below(provider=args.cluster.provider, depends_on=[args.namespace]),
    )


def service_identity(owner: Component, args: ServiceArgs) -> eks.PodIdentityAssociation | None:
    """The role of the service and its association with the service account. None where the service does not call AWS."""
    statements = service_statements(args)
    if not statements:
        return None
    role = pod_role(owner, "role", f"Service {args.service_name} of {args.environment.name}", statements)
    return associate(owner, "role", args.cluster.cluster_name, args.service.namespace, args.service_name, role.arn)


def aws_services(args: ServiceArgs) -> frozenset[str]:
    """The AWS services that the service calls, named as in their endpoints.

    Relational databases and caches are not among them: the service opens those with a secret, inside the network.
    """
    used = {
        "dynamodb": any(args.environment.stores[store].kind == "dynamodb" for store in args.service.stores),
        "sqs": bool(args.service.queues),
        "sns": bool(args.service.topics),
        "s3": bool(args.service.buckets),
    }
    return frozenset(name for name, is_used in used.items() if is_used)


def service_statements(args: ServiceArgs) -> list[Statement]:
    """What the service's role may do: each store, queue, topic and bucket of the model by name, and its key through it."""
    return [*_tables(args), *_queues(args), *_topics(args), *_buckets(args)]


def _tables(args: ServiceArgs) -> Iterator[Statement]:
    for name, access in sorted(args.service.stores.items()):
        store, handle = args.environment.stores[name], args.stores[name]
        if store.kind == "dynamodb":
            resources: list[pulumi.Input[str]] = [handle.arn, *handle.grants_resource]
            yield allow(TABLE_WRITE if access == "write" else TABLE_READ, resources)
            yield may_use_keys(
                args.environment, [store.data_class], ENCRYPT if access == "write" else DECRYPT, through="dynamodb"
            )


def _queues(args: ServiceArgs) -> Iterator[Statement]:
    for name, access in sorted(args.service.queues.items()):
        yield allow(QUEUE_ACTIONS[access], args.queues[name].arn)
        data_class = args.environment.queues[name].data_class
        yield may_use_keys(args.environment, [data_class], ENCRYPT if access == "send" else DECRYPT, through="sqs")


def _topics(args: ServiceArgs) -> Iterator[Statement]:
    for name in sorted(args.service.topics):
        yield allow(["sns:Publish"], args.topics[name].arn)
        yield may_use_keys(args.environment, [args.environment.topics[name].data_class], ENCRYPT, through="sns")


def _buckets(args: ServiceArgs) -> Iterator[Statement]:
    for name, access in sorted(args.service.buckets.items()):
        arn, data_class = args.buckets[name].arn, args.environment.buckets[name].data_class
        yield allow(["s3:ListBucket"], arn)
        yield allow(OBJECT_ACTIONS[access], pulumi.Output.concat(arn, "/*"))
        yield may_use_keys(args.environment, [data_class], ENCRYPT if access == "write" else DECRYPT, through="s3")
