"""EKS managed add-ons at the model's versions, with roles of their own where they call AWS."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws.eks as eks
import pulumi_aws.iam as iam

from components.base import Component
from components.controller_policy import controller_statements, insights_log_prefix
from components.log_group import log_group
from components.pod_identity import pod_role
from components.policy_document import pods_may_assume
from model.cluster import Addon as AddonModel
from model.environment import Environment

BEFORE_NODES = ("eks-pod-identity-agent", "kube-proxy", "vpc-cni")
"""Add-ons without which no node becomes ready; they run on every node and wait for none."""
NETWORK_ADDON = "vpc-cni"
NETWORK_POLICY_ARN = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
NETWORK_SERVICE_ACCOUNT = "aws-node"
INSIGHTS_LOGS = ("application", "dataplane", "host", "performance")

NETWORK_CONFIGURATION = json.dumps(
    {
        "enableNetworkPolicy": "true",
        "env": {
            "ENABLE_POD_ENI": "true",  # security groups for pods
            "POD_SECURITY_GROUP_ENFORCING_MODE": "standard",  # the mode in which network policies apply to such pods too
        },
    },
    sort_keys=True,
)


@dataclass(frozen=True)
class AddonArgs:
    """What an add-on is made from."""

    environment: Environment
    addon_name: str
    addon: AddonModel
    cluster_name: pulumi.Input[str]
    logs_key_arn: pulumi.Output[str]
    depends_on: Sequence[pulumi.Resource] = ()
    """What must be there before the add-on, such as the nodes that it runs on."""


class Addon(Component):
    """An add-on. The network add-on enforces network policies and gives pods security groups."""

    def __init__(self, name: str, args: AddonArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:cluster:Addon", name, opts)
        self._args = args
        if args.addon.policy == "metrics":
            self._build_insights_logs()
        addon = eks.Addon(
            self.child("addon"),
            addon_name=args.addon_name,
            cluster_name=args.cluster_name,
            addon_version=args.addon.version,
            configuration_values=NETWORK_CONFIGURATION if args.addon_name == NETWORK_ADDON else None,
            pod_identity_associations=self._identities(),
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            opts=self.below(depends_on=list(args.depends_on)),
        )
        self.arn = addon.arn
        self.register_outputs({"arn": self.arn})

    def _identities(self) -> list[eks.AddonPodIdentityAssociationArgs] | None:
        args = self._args
        if args.addon_name == NETWORK_ADDON:
            return [_identity(self._network_role().arn, NETWORK_SERVICE_ACCOUNT)]
        if args.addon.policy is None or args.addon.service_account is None:
            return None
        statements = controller_statements(args.environment, args.addon.policy)
        role = pod_role(self, "role", f"Add-on {args.addon_name} of {args.environment.name}", statements)
        return [_identity(role.arn, args.addon.service_account)]

    def _network_role(self) -> iam.Role:
        """AWS maintains what its network add-on needs, version by version, in a managed policy."""
        role = iam.Role(
            self.child("role"),
            description=f"Pod network of {self._args.environment.name}",
            assume_role_policy=pods_may_assume(),
            opts=self.below(),
        )
        iam.RolePolicyAttachment(self.child("role"), role=role.name, policy_arn=NETWORK_POLICY_ARN, opts=self.below())
        return role

    def _build_insights_logs(self) -> None:
        args = self._args
        for kind in INSIGHTS_LOGS:
            log_group(
                self,
                f"logs-{kind}",
                f"{insights_log_prefix(args.environment)}{kind}",
                args.environment.operations.log_retention_days,
                args.logs_key_arn,
            )


def _identity(role_arn: pulumi.Input[str], service_account: str) -> eks.AddonPodIdentityAssociationArgs:
    return eks.AddonPodIdentityAssociationArgs(role_arn=role_arn, service_account=service_account)
