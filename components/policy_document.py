"""IAM policy documents, built from outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]


def policy_document(*statements: Statement) -> pulumi.Output[str]:
    """The JSON of a policy with these statements, which may hold outputs. Equal policies are equal texts: keys are sorted."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)


def allow(
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]] | pulumi.Input[str],
    condition: Mapping[str, Any] | None = None,
    sid: str | None = None,
) -> Statement:
    """A statement that allows actions on resources to whom the policy is attached."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    if sid is not None:
        statement["Sid"] = sid
    if condition is not None:
        statement["Condition"] = dict(condition)
    return statement


def service_may_assume(*services: str, condition: Mapping[str, Any] | None = None) -> pulumi.Output[str]:
    """The trust policy of a role that AWS services take on."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": services[0] if len(services) == 1 else list(services)},
        "Action": "sts:AssumeRole",
    }
    if condition is not None:
        statement["Condition"] = dict(condition)
    return policy_document(statement)


def pods_may_assume() -> pulumi.Output[str]:
    """The trust policy of a role that pods take on through EKS Pod Identity."""
    return policy_document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    )


def tls_only(bucket_arn: pulumi.Input[str]) -> Statement:
    """A statement that denies every request to a bucket and its objects that is not made over TLS."""
    return deny_without_tls("s3:*", [bucket_arn, pulumi.Output.concat(bucket_arn, "/*")])


def deny_without_tls(action: str, resource: Sequence[pulumi.Input[str]] | pulumi.Input[str]) -> Statement:
    """A statement that denies an action on resources where it is not asked for over TLS."""
    return {
        "Sid": "DenyWithoutTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
