"""A service's deployment: restricted pods, spread over zones and nodes, replaced without losing a request."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes.apps.v1 as apps
import pulumi_kubernetes.core.v1 as core
import pulumi_kubernetes.meta.v1 as meta

from components.base import Component
from components.restricted_pod import container_security, placement, pod_security, reserved
from components.service_args import PORT_NAME, ServiceArgs
from components.service_configuration import CONFIG_SUFFIX, SECRET_SUFFIX
from model.quota import SURGE_PERCENT
from model.service import CONFIGURATION_DIGEST, SecretValue, Service

DRAIN_SECONDS = 15
"""How long a stopping pod goes on answering, until every load balancer and node knows that it stops."""
STARTUP_PERIOD_SECONDS = 5
SCRATCH_SIZE = "1Gi"
"""The most that each writable path may hold; a pod that writes more is evicted before it fills its node."""
ROLLOUT_SECONDS = 600


def deployment(
    owner: Component, args: ServiceArgs, checksum: pulumi.Input[str], depends_on: Sequence[pulumi.Resource]
) -> apps.Deployment:
    """The deployment. `checksum` is of the configuration; the pods start after `depends_on`."""
    service = args.service
    return apps.Deployment(
        owner.child("deployment"),
        metadata=args.metadata(annotations={"reloader.stakater.com/auto": "true"}),
        spec=apps.DeploymentSpecArgs(
            replicas=service.replicas,
            selector=args.pods,
            progress_deadline_seconds=max(ROLLOUT_SECONDS, 2 * service.health.startup_seconds),
            strategy=apps.DeploymentStrategyArgs(
                type="RollingUpdate",
                rolling_update=apps.RollingUpdateDeploymentArgs(max_unavailable=0, max_surge=f"{SURGE_PERCENT}%"),
            ),
            template=core.PodTemplateSpecArgs(
                metadata=meta.ObjectMetaArgs(labels=args.labels, annotations={CONFIGURATION_DIGEST: checksum}),
                spec=_pod(args),
            ),
        ),
        # The autoscaler owns the number of replicas once the deployment exists.
        opts=owner.below(provider=args.cluster.provider, depends_on=list(depends_on), ignore_changes=["spec.replicas"]),
    )


def _pod(args: ServiceArgs) -> core.PodSpecArgs:
    service = args.service
    return core.PodSpecArgs(
        service_account_name=args.service_name,
        automount_service_account_token=False,
        enable_service_links=False,
        topology_spread_constraints=[
            _spread(args, "topology.kubernetes.io/zone", "DoNotSchedule"),
            _spread(args, "kubernetes.io/hostname", "ScheduleAnyway"),
        ],
        security_context=pod_security(service.user_id),
        termination_grace_period_seconds=DRAIN_SECONDS + service.stop_seconds,
        containers=[_container(args)],
        volumes=[
            core.VolumeArgs(name=name, empty_dir=core.EmptyDirVolumeSourceArgs(size_limit=SCRATCH_SIZE))
            for name in _writable(service)
        ],
        **placement(args.environment, service.node_group),
    )


def _spread(args: ServiceArgs, topology_key: str, when_unsatisfiable: str) -> core.TopologySpreadConstraintArgs:
    return core.TopologySpreadConstraintArgs(
        max_skew=1,
        topology_key=topology_key,
        when_unsatisfiable=when_unsatisfiable,
        label_selector=args.pods,
        match_label_keys=["pod-template-hash"],  # each rollout is spread by itself
        node_taints_policy="Honor",  # a zone whose nodes are lost does not hold back the others
    )


def _container(args: ServiceArgs) -> core.ContainerArgs:
    service = args.service
    return core.ContainerArgs(
        name=args.service_name,
        image=f"{service.image.repository}:{service.image.tag}",
        image_pull_policy="IfNotPresent",
        ports=[core.ContainerPortArgs(name=PORT_NAME, container_port=service.port, protocol="TCP")],
        env_from=_variables(args),
        resources=reserved(service.cpu_millicores, service.memory_mib),
        security_context=container_security(),
        startup_probe=_probe(
            service,
            service.health.liveness_path,
            period_seconds=STARTUP_PERIOD_SECONDS,
            failure_threshold=-(-service.health.startup_seconds // STARTUP_PERIOD_SECONDS),
        ),
        liveness_probe=_probe(service, service.health.liveness_path, period_seconds=10, failure_threshold=3),
        readiness_probe=_probe(service, service.health.readiness_path, period_seconds=5, failure_threshold=3),
        lifecycle=core.LifecycleArgs(pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=DRAIN_SECONDS))),
        volume_mounts=[core.VolumeMountArgs(name=name, mount_path=path) for name, path in _writable(service).items()],
    )


def _variables(args: ServiceArgs) -> list[core.EnvFromSourceArgs]:
    config = core.ConfigMapEnvSourceArgs(name=f"{args.service_name}{CONFIG_SUFFIX}")
    sources = [core.EnvFromSourceArgs(config_map_ref=config)]
    if any(isinstance(value, SecretValue) for value in args.service.environment.values()):
        secret = core.SecretEnvSourceArgs(name=f"{args.service_name}{SECRET_SUFFIX}")
        sources.append(core.EnvFromSourceArgs(secret_ref=secret))
    return sources


def _probe(service: Service, path: str | None, *, period_seconds: int, failure_threshold: int) -> core.ProbeArgs:
    http = core.HTTPGetActionArgs(path=path, port=PORT_NAME) if service.protocol == "http" else None
    grpc = core.GRPCActionArgs(port=service.port) if service.protocol == "grpc" else None
    tcp = core.TCPSocketActionArgs(port=PORT_NAME) if service.protocol == "tcp" else None
    return core.ProbeArgs(
        http_get=http,
        grpc=grpc,
        tcp_socket=tcp,
        period_seconds=period_seconds,
        failure_threshold=failure_threshold,
        timeout_seconds=min(period_seconds, 3),
    )


def _writable(service: Service) -> dict[str, str]:
    """Volume names by which the writable paths are mounted: `scratch-0`, `scratch-1`, ..."""
    return {f"scratch-{index}": path for index, path in enumerate(service.writable_paths)}
