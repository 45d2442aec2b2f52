"""Roles that pods take on through EKS Pod Identity: one for each service account, with a policy of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws.eks as eks
import pulumi_aws.iam as iam

from components.base import Component
from components.policy_document import Statement, pods_may_assume, policy_document
from components.role_name import role_prefix


def pod_role(owner: Component, suffix: str, description: str, statements: Sequence[Statement]) -> iam.Role:
    """A role of pods that may do what the statements allow."""
    role = iam.Role(
        owner.child(suffix),
        name_prefix=role_prefix(owner.child(suffix)),
        description=description,
        assume_role_policy=pods_may_assume(),
        opts=owner.below(),
    )
    iam.RolePolicy(owner.child(suffix), role=role.name, policy=policy_document(*statements), opts=owner.below())
    return role


def associate(
    owner: Component,
    suffix: str,
    cluster_name: pulumi.Input[str],
    namespace: str,
    service_account: str,
    role_arn: pulumi.Input[str],
) -> eks.PodIdentityAssociation:
    """Give a service account its role; pods that start later get its credentials."""
    return eks.PodIdentityAssociation(
        owner.child(suffix),
        cluster_name=cluster_name,
        namespace=namespace,
        service_account=service_account,
        role_arn=role_arn,
        opts=owner.below(),
    )
