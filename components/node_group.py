"""Managed node groups: encrypted disks, a metadata service that pods cannot reach, and one role for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws.ec2 as ec2
import pulumi_aws.eks as eks
import pulumi_aws.iam as iam

from components.base import Component
from components.policy_document import service_may_assume
from components.tags import environment_tags
from model.cluster import NodeGroup as NodeGroupModel
from model.environment import Environment

NODE_GROUP_LABEL = "understudy/node-group"
"""The label by which services choose their nodes."""
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
"""Join the cluster and pull images. The network add-on has a role of its own."""


class NodeRole(Component):
    """The role of the nodes."""

    def __init__(self, name: str, environment: Environment, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:cluster:NodeRole", name, opts)
        role = iam.Role(
            self.child("role"),
            description=f"Nodes of {environment.name}",
            assume_role_policy=service_may_assume("ec2.amazonaws.com"),
            opts=self.below(),
        )
        for policy in NODE_POLICIES:
            iam.RolePolicyAttachment(
                self.child(policy), role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}", opts=self.below()
            )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True)
class NodeGroupArgs:
    """What a node group is made from."""

    environment: Environment
    group_name: str
    group: NodeGroupModel
    cluster_name: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    """The private subnets of every zone."""
    key_arn: pulumi.Input[str]
    """Encrypts the disks."""
    depends_on: Sequence[pulumi.Resource]
    """What must be there before a node starts: the role's policies, and the add-ons that run on every node."""


class NodeGroup(Component):
    """Nodes of one instance type, spread over the zones. The autoscaler moves their number between the model's limits."""

    def __init__(self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:cluster:NodeGroup", name, opts)
        group = args.group
        template = self._build_template(args)
        nodes = eks.NodeGroup(
            self.child("nodes"),
            cluster_name=args.cluster_name,
            node_role_arn=args.role_arn,
            subnet_ids=args.subnet_ids,
            version=args.environment.cluster.version,
            ami_type=group.ami_type,
            capacity_type="ON_DEMAND",
            instance_types=[group.instance_type],
            scaling_config=eks.NodeGroupScalingConfigArgs(
                min_size=group.min_nodes, desired_size=group.nodes, max_size=group.max_nodes
            ),
            update_config=eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=group.max_unavailable_percent),
            node_repair_config=eks.NodeGroupNodeRepairConfigArgs(enabled=True),
            launch_template=eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
            labels={**group.labels, NODE_GROUP_LABEL: args.group_name},
            taints=[eks.NodeGroupTaintArgs(key=taint.key, value=taint.value, effect=taint.effect) for taint in group.taints],
            tags={"Name": f"{args.environment.name}-{args.group_name}"},
            opts=self.below(depends_on=list(args.depends_on), ignore_changes=["scalingConfig.desiredSize"]),
        )
        self.node_group_name = nodes.node_group_name
        self.register_outputs({"name": self.node_group_name})

    def _build_template(self, args: NodeGroupArgs) -> ec2.LaunchTemplate:
        # The provider's default tags do not reach what a launch template starts.
        tags = {"Name": f"{args.environment.name}-{args.group_name}", **environment_tags(args.environment)}
        return ec2.LaunchTemplate(
            self.child("template"),
            description=f"Nodes of group {args.group_name}",
            update_default_version=True,
            block_device_mappings=_disks(args),
            metadata_options=ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=1,  # a pod is one hop further away: the node's role stays the node's
            ),
            monitoring=ec2.LaunchTemplateMonitoringArgs(enabled=True),
            tag_specifications=[
                ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=tags)
                for kind in ("instance", "network-interface", "volume")
            ],
            opts=self.below(),
        )


def _disks(args: NodeGroupArgs) -> list[ec2.LaunchTemplateBlockDeviceMappingArgs]:
    """The encrypted disks. Bottlerocket keeps images and volumes on a second one and its system on a small first one."""
    sizes: dict[str, int | None] = {"/dev/xvda": args.group.disk_gib}
    if args.group.ami_type.startswith("BOTTLEROCKET"):
        sizes = {"/dev/xvda": None, "/dev/xvdb": args.group.disk_gib}
    return [
        ec2.LaunchTemplateBlockDeviceMappingArgs(
            device_name=device,
            ebs=ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                delete_on_termination="true",
                encrypted="true",
                kms_key_id=args.key_arn,
                volume_size=size,
                volume_type="gp3",
            ),
        )
        for device, size in sizes.items()
    ]
