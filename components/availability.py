"""How many pods a service has: its autoscaler, and its disruption budget."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes.autoscaling.v2 as autoscaling
import pulumi_kubernetes.policy.v1 as policy

from components.base import Component
from components.service_args import ServiceArgs

SCALE_DOWN_SECONDS = 300
"""How long load must stay low before pods are taken away."""


def autoscaler(owner: Component, args: ServiceArgs, target: pulumi.Resource) -> autoscaling.HorizontalPodAutoscaler:
    """Moves the replicas between the model's limits, by the processor time that the pods use of what they request."""
    service = args.service
    return autoscaling.HorizontalPodAutoscaler(
        owner.child("autoscaler"),
        metadata=args.metadata(),
        spec=autoscaling.HorizontalPodAutoscalerSpecArgs(
            min_replicas=service.replicas,
            max_replicas=service.max_replicas,
            scale_target_ref=autoscaling.CrossVersionObjectReferenceArgs(
                api_version="apps/v1", kind="Deployment", name=args.service_name
            ),
            metrics=[
                autoscaling.MetricSpecArgs(
                    type="Resource",
                    resource=autoscaling.ResourceMetricSourceArgs(
                        name="cpu",
                        target=autoscaling.MetricTargetArgs(type="Utilization", average_utilization=service.target_cpu_percent),
                    ),
                )
            ],
            behavior=autoscaling.HorizontalPodAutoscalerBehaviorArgs(
                scale_down=autoscaling.HPAScalingRulesArgs(stabilization_window_seconds=SCALE_DOWN_SECONDS)
            ),
        ),
        opts=owner.below(provider=args.cluster.provider, depends_on=[target]),
    )


def disruption_budget(owner: Component, args: ServiceArgs) -> policy.PodDisruptionBudget:
    """Limits what drains take at once, and never blocks one: at least one pod may go, and pods that are broken anyway may too."""
    return policy.PodDisruptionBudget(
        owner.child("disruption-budget"),
        metadata=args.metadata(),
        spec=policy.PodDisruptionBudgetSpecArgs(
            max_unavailable=args.service.max_unavailable,
            selector=args.pods,
            unhealthy_pod_eviction_policy="AlwaysAllow",
        ),
        opts=owner.below(provider=args.cluster.provider, depends_on=[args.namespace]),
    )
