"""What every pod of ours has in common: it is restricted, and it is placed on a node group of the model."""

from __future__ import annotations

from typing import Any

import pulumi_kubernetes.core.v1 as core

from components.node_group import NODE_GROUP_LABEL
from model.environment import Environment

TOLERATION_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
"""The effects of taints, as EKS and as Kubernetes write them."""


def pod_security(user_id: int) -> core.PodSecurityContextArgs:
    """What the restricted Pod Security Standard asks of a pod; files in its volumes belong to the user's group."""
    return core.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user_id,
        run_as_group=user_id,
        fs_group=user_id,
        seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> core.SecurityContextArgs:
    """What the restricted standard asks of a container, and a file system that nobody can write to."""
    return core.SecurityContextArgs(
        allow_privilege_escalation=False,
        privileged=False,
        read_only_root_filesystem=True,
        run_as_non_root=True,
        capabilities=core.CapabilitiesArgs(drop=["ALL"]),
    )


def placement(environment: Environment, node_group: str) -> dict[str, Any]:
    """Properties of a pod that put it on a node group, whose taints it bears."""
    return {
        "node_selector": {NODE_GROUP_LABEL: node_group},
        "tolerations": [
            core.TolerationArgs(key=taint.key, operator="Equal", value=taint.value, effect=TOLERATION_EFFECTS[taint.effect])
            for taint in environment.cluster.node_groups[node_group].taints
        ],
    }


def reserved(cpu_millicores: int, memory_mib: int) -> core.ResourceRequirementsArgs:
    """A container's resources. A busy one may use what its node has left of processors; memory cannot be taken back."""
    return core.ResourceRequirementsArgs(
        requests={"cpu": f"{cpu_millicores}m", "memory": f"{memory_mib}Mi"}, limits={"memory": f"{memory_mib}Mi"}
    )
