"""The Kubernetes cluster: control plane, node groups, add-ons and platform charts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from model.base import LogRetentionDays, Model, Name, Text, Url
from model.identity import Cidr, PublicRanges
from model.parity import Concern, Scaled, Shapes

ControlPlaneLog = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
AddonName = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")]
"""An add-on's name, which is AWS's and may be longer than a name of the model's own."""
ControllerPolicy = Literal["autoscaler", "external_secrets", "load_balancer", "metrics", "volumes"]


class Taint(Model):
    """Keeps pods without a matching toleration off the nodes."""

    key: Text
    """Its key."""
    value: Text
    """Its value."""
    effect: Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]
    """What it does to pods that do not tolerate it."""


NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
NODES = "cluster-nodes-{item}"
"""The component of a node group."""


class NodeGroup(Model):
    """A managed node group, spread over the private subnets of every zone."""

    instance_type: Text
    """An EC2 instance type. It is the same everywhere: only the number of nodes is scaled, so that a pod meets the same node."""
    ami_type: Text
    """EKS AMI type, such as `BOTTLEROCKET_ARM_64`; its architecture must be the instance type's."""
    min_nodes: Annotated[
        int,
        Field(ge=1),
        Scaled(Concern.COMPUTE, redundant=True),
        Shapes(NODE_GROUP, "scalingConfig.minSize", component=NODES),
    ]
    """The fewest nodes."""
    nodes: Annotated[
        int,
        Field(ge=1),
        Scaled(Concern.COMPUTE, redundant=True),
        Shapes(NODE_GROUP, "scalingConfig.desiredSize", component=NODES),
    ]
    """Nodes at the start; the autoscaler moves it later."""
    max_nodes: Annotated[
        int,
        Field(ge=1),
        Scaled(Concern.COMPUTE, redundant=True),
        Shapes(NODE_GROUP, "scalingConfig.maxSize", component=NODES),
    ]
    """The most nodes."""
    disk_gib: Annotated[
        int,
        Field(ge=20, le=16_384),
        Scaled(Concern.STORAGE, minimum=20),
        Shapes("aws:ec2/launchTemplate:LaunchTemplate", "blockDeviceMappings[*].ebs.volumeSize", component=NODES),
    ]
    """Disk of a node for images and pods."""
    max_unavailable_percent: Annotated[int, Field(ge=1, le=100)] = 33
    """Share of the group that an update may take away at once."""
    labels: dict[str, str] = {}
    """Labels of the nodes."""
    taints: tuple[Taint, ...] = ()
    """Taints that keep other pods away."""


class Addon(Model):
    """An EKS managed add-on."""

    version: Text
    """The add-on's version, as EKS names it."""
    policy: ControllerPolicy | None = None
    """The least-privilege policy of its pod identity role, where it calls AWS."""
    service_account: Name | None = None
    """Its service account, where `policy` is set."""


class Chart(Model):
    """A Helm release that the platform needs, such as the load balancer controller."""

    repository: Url
    """The repository that it comes from."""
    chart: Text
    """Its name in the repository."""
    version: Text
    """Its version."""
    namespace: Name
    """The namespace that it is installed in."""
    service_account: Name | None = None
    """Its service account, where `policy` is set."""
    policy: ControllerPolicy | None = None
    """The least-privilege policy of its pod identity role, where it calls AWS."""
    values: dict[str, Any] = {}
    """Values beyond those that the platform sets."""


class Cluster(Model):
    """An EKS cluster with a private endpoint, envelope encryption of secrets and access entries."""

    version: Annotated[str, StringConstraints(pattern=r"^1\.\d{2}$")]
    """The Kubernetes version."""
    service_range: Cidr
    """Range of Kubernetes service addresses; inside no environment's address range."""
    log_types: Annotated[tuple[ControlPlaneLog, ...], Field(min_length=1)]
    """Logs of the control plane that are kept."""
    log_retention_days: LogRetentionDays
    """Days that they are kept."""
    private_access_ranges: tuple[Cidr, ...] = ()
    """Ranges let in to the private endpoint: the engineers' VPN, the runners' network."""
    public_access_ranges: PublicRanges = ()
    """Ranges let in to a public endpoint. Empty: the cluster has none."""
    admin_roles: Annotated[tuple[Text, ...], Field(min_length=1)]
    """IAM roles of the environment's own account that administer the cluster."""
    node_groups: Annotated[dict[Name, NodeGroup], Field(min_length=1)]
    """Node groups by name."""
    addons: dict[AddonName, Addon]
    """EKS add-ons by name."""
    charts: dict[Name, Chart] = {}
    """Helm releases by name."""
