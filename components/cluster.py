"""The EKS cluster: control plane, node groups, add-ons and the provider by which Kubernetes objects are made.

No cluster creator is made an administrator by accident: whoever deploys takes on one of the model's `admin_roles`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws.eks as eks
import pulumi_aws.iam as iam
import pulumi_aws.vpc as vpc
import pulumi_kubernetes

from components.addon import BEFORE_NODES, Addon, AddonArgs
from components.base import Component
from components.key_grant import ENCRYPT, may_use_keys
from components.keys import Keys
from components.log_group import log_group
from components.network import Network
from components.node_group import NodeGroup, NodeGroupArgs, NodeRole
from components.policy_document import policy_document, service_may_assume
from model.environment import Environment

CONTROL_PLANE_POLICIES = ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")
"""Run the control plane, and give pods network interfaces with security groups of their own."""
ADMINISTRATOR_POLICY_ARN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
HTTPS = 443


@dataclass(frozen=True)
class ClusterArgs:
    """What the cluster is made from."""

    environment: Environment
    network: Network
    keys: Keys


class Cluster(Component):
    """A cluster with a private endpoint, all control plane logs, encrypted secrets and access by IAM roles alone."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:cluster:Cluster", name, opts)
        self._args = args
        self._model = args.environment.cluster
        self._cluster = self._build_control_plane()
        self.cluster_name = self._cluster.name
        self.endpoint = self._cluster.endpoint
        self.vpc_id = args.network.vpc_id
        self.certificate_authority_data = self._cluster.certificate_authority.apply(lambda authority: authority.data or "")
        # Asked for through the ARN, which like the group is known exactly once the cluster exists.
        self.security_group_id: pulumi.Output[str] = self._cluster.arn.apply(lambda _: self._group_id())
        self._allow_engineers()
        access = self._build_access()
        self._node_role = NodeRole(self.child("node"), args.environment, self.below())
        daemons = [self._addon(addon) for addon in sorted(self._model.addons) if addon in BEFORE_NODES]
        self.node_groups = {group: self._node_group(group, daemons) for group in sorted(self._model.node_groups)}
        nodes: list[pulumi.Resource] = list(self.node_groups.values())
        others = [self._addon(addon, nodes) for addon in sorted(self._model.addons) if addon not in BEFORE_NODES]
        self.kubeconfig = self._kubeconfig()
        self.provider = pulumi_kubernetes.Provider(
            self.child("kubernetes"),
            kubeconfig=self.kubeconfig,
            enable_server_side_apply=True,
            opts=self.below(depends_on=[*access, *nodes, *others]),  # what is made through it needs nodes to run on
        )
        self.register_outputs({"name": self.cluster_name, "endpoint": self.endpoint})

    def _build_control_plane(self) -> eks.Cluster:
        environment, model = self._args.environment, self._model
        role, grants = self._build_role()
        # Made beforehand: EKS would make the group without encryption, and keep it forever.
        logs = log_group(
            self,
            "logs",
            f"/aws/eks/{environment.name}/cluster",
            model.log_retention_days,
            self._args.keys.logs,
        )
        return eks.Cluster(
            self.child("control-plane"),
            name=environment.name,
            role_arn=role.arn,
            version=model.version,
            access_config=eks.ClusterAccessConfigArgs(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            bootstrap_self_managed_addons=False,
            deletion_protection=True,
            enabled_cluster_log_types=list(model.log_types),
            encryption_config=eks.ClusterEncryptionConfigArgs(
                provider=eks.ClusterEncryptionConfigProviderArgs(key_arn=self._args.keys.cluster), resources=["secrets"]
            ),
            kubernetes_network_config=eks.ClusterKubernetesNetworkConfigArgs(
                ip_family="ipv4", service_ipv4_cidr=model.service_range
            ),
            upgrade_policy=eks.ClusterUpgradePolicyArgs(support_type="EXTENDED"),  # versions move with the model alone
            vpc_config=eks.ClusterVpcConfigArgs(
                subnet_ids=self._args.network.private_subnet_ids,
                endpoint_private_access=True,
                endpoint_public_access=bool(model.public_access_ranges),
                public_access_cidrs=list(model.public_access_ranges) or None,
            ),
            zonal_shift_config=eks.ClusterZonalShiftConfigArgs(enabled=True),
            tags={"Name": environment.name},
            opts=self.below(depends_on=[self._args.keys, logs, *grants]),  # the role is granted its key by the alias
        )

    def _build_role(self) -> tuple[iam.Role, list[pulumi.Resource]]:
        """The control plane's role, and what must be granted to it before a cluster uses it."""
        identity = self._args.environment.identity
        cluster_arn = f"arn:aws:eks:{identity.regions.primary}:{identity.account_id}:cluster/{self._args.environment.name}"
        role = iam.Role(
            self.child("control-plane"),
            description=f"Control plane of {self._args.environment.name}",
            assume_role_policy=service_may_assume(
                "eks.amazonaws.com",
                condition={
                    "StringEquals": {"aws:SourceAccount": identity.account_id},
                    "ArnLike": {"aws:SourceArn": cluster_arn},
                },
            ),
            opts=self.below(),
        )
        grants: list[pulumi.Resource] = [
            iam.RolePolicyAttachment(
                self.child(policy), role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}", opts=self.below()
            )
            for policy in CONTROL_PLANE_POLICIES
        ]
        grants.append(
            iam.RolePolicy(
                self.child("secrets-encryption"),
                role=role.name,
                policy=policy_document(
                    may_use_keys(self._args.environment, ["cluster"], [*ENCRYPT, "kms:Encrypt", "kms:ListGrants"], through=None)
                ),
                opts=self.below(),
            )
        )
        return role, grants

    def _group_id(self) -> pulumi.Output[str]:
        return self._cluster.vpc_config.apply(lambda config: config.cluster_security_group_id or "")

    def _allow_engineers(self) -> None:
        for block in self._model.private_access_ranges:
            vpc.SecurityGroupIngressRule(
                self.child(f"endpoint-{block.replace('.', '-').replace('/', '-')}"),
                security_group_id=self.security_group_id,
                description="Private endpoint of the cluster",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                cidr_ipv4=block,
                opts=self.below(),
            )

    def _build_access(self) -> list[pulumi.Resource]:
        """Access entries of the roles that administer the cluster."""
        policies: list[pulumi.Resource] = []
        for role in sorted(self._model.admin_roles):
            suffix = f"administrator-{role.rsplit('/', 1)[-1]}"
            entry = eks.AccessEntry(
                self.child(suffix),
                cluster_name=self.cluster_name,
                principal_arn=f"arn:aws:iam::{self._args.environment.identity.account_id}:role/{role}",
                type="STANDARD",
                opts=self.below(),
            )
            policies.append(
                eks.AccessPolicyAssociation(
                    self.child(suffix),
                    cluster_name=self.cluster_name,
                    principal_arn=entry.principal_arn,
                    policy_arn=ADMINISTRATOR_POLICY_ARN,
                    access_scope=eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                    opts=self.below(),
                )
            )
        return policies

    def _addon(self, addon: str, depends_on: Sequence[pulumi.Resource] = ()) -> Addon:
        args = self._args
        return Addon(
            self.child(f"addon-{addon}"),
            AddonArgs(args.environment, addon, self._model.addons[addon], self.cluster_name, args.keys.logs, depends_on),
            self.below(),
        )

    def _node_group(self, group: str, daemons: list[Addon]) -> NodeGroup:
        args = self._args
        return NodeGroup(
            self.child(f"nodes-{group}"),
            NodeGroupArgs(
                environment=args.environment,
                group_name=group,
                group=self._model.node_groups[group],
                cluster_name=self.cluster_name,
                role_arn=self._node_role.arn,
                subnet_ids=args.network.private_subnet_ids,
                key_arn=args.keys.cluster,
                depends_on=[self._node_role, *daemons],
            ),
            self.below(),
        )

    def _kubeconfig(self) -> pulumi.Output[str]:
        """A kubeconfig without any credential: each use asks AWS for a short-lived token."""
        region, name = self._args.environment.identity.regions.primary, self._args.environment.name
        command = {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "aws",
            "args": ["eks", "get-token", "--cluster-name", self.cluster_name, "--region", region, "--output", "json"],
            "interactiveMode": "Never",
        }
        server = {"server": self.endpoint, "certificate-authority-data": self.certificate_authority_data}
        return pulumi.Output.json_dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": name, "cluster": server}],
                "users": [{"name": name, "user": {"exec": command}}],
                "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
                "current-context": name,
            },
            sort_keys=True,
        )
