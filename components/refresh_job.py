"""A refresh job: it reads the export of one production database and nothing else of production, and fills staging's.

It runs the same code as `understudy data refresh`, in the image that `Containerfile` builds. Masking happens in the pod, between
a PostgreSQL server that lives and dies with it and staging's database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_aws.cloudwatch as cloudwatch
import pulumi_aws.ec2 as ec2
import pulumi_aws.eks as eks
import pulumi_aws.vpc as vpc
import pulumi_kubernetes.batch.v1 as batch
import pulumi_kubernetes.core.v1 as core
import pulumi_kubernetes.meta.v1 as meta
import pulumi_kubernetes.networking.v1 as networking
from pulumi_kubernetes.apiextensions import CustomResource

from components.base import Component
from components.cluster import Cluster
from components.namespace import Namespace
from components.network_policy import HTTP, HTTPS, IDENTITY_AGENT, blocks, egress_to, https_outside, plan_of
from components.pod_identity import associate, pod_role
from components.policy_document import Statement, allow
from components.restricted_pod import container_security, placement, pod_security, reserved
from components.security_groups import ANYWHERE, DNS, allow_edge
from components.service_args import NAME_LABEL
from components.service_configuration import given, synchronised
from components.store import StoreHandle
from model.environment import Environment
from model.refresh_job import RefreshJob as RefreshJobModel
from model.refresh_telemetry import DATABASE, ENVIRONMENT, FAILED, NAMESPACE, SUCCEEDED
from model.staging_data import StagingDataStrategy

USER_ID = 10001
"""The user that the image makes."""
SCRATCH, STRATEGY = "/scratch", "/etc/understudy"
"""Where the archive is unpacked, and where the strategy is read."""
HOUR_SECONDS = 3600
NEVER = "0 0 1 1 *"
"""The schedule of a job that only events start: it is suspended, and Kubernetes asks for one all the same."""


@dataclass(frozen=True)
class RefreshJobArgs:
    """What a job is made from."""

    environment: Environment
    store_name: str
    store: StoreHandle
    strategy: StagingDataStrategy
    job: RefreshJobModel
    cluster: Cluster
    namespace: Namespace
    namespace_name: str
    vpc_id: pulumi.Output[str]
    store_group_id: pulumi.Output[str]
    """The security group of the store that is filled."""
    topic_arn: pulumi.Output[str]
    """Whom its alarms reach."""


class RefreshJob(Component):
    """A CronJob with an identity, a network policy, a security group and alarms of its own."""

    def __init__(self, name: str, args: RefreshJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:data:RefreshJob", name, opts)
        self._args = args
        before: list[pulumi.Resource] = [
            core.ServiceAccount(
                self.child("account"),
                metadata=self._metadata(),
                automount_service_account_token=False,
                opts=self._within(),
            ),
            self._identity(),
            core.ConfigMap(
                self.child("strategy"),
                metadata=self._metadata("-strategy"),
                data={"strategy.json": strategy_text(args.strategy)},
                opts=self._within(),
            ),
            core.ConfigMap(self.child("config"), metadata=self._metadata("-config"), data=self._variables(), opts=self._within()),
            synchronised(
                self,
                self._metadata("-secrets"),
                f"{args.store_name}-secrets",
                {"PGUSER": (args.store, "username"), "PGPASSWORD": (args.store, "password")},
                self._within(),
            ),
            self._network_policy(),
            self._security_group(),
        ]
        self._cron_job(before)
        self._alarms()
        self.register_outputs({"name": args.store_name})

    def _metadata(self, suffix: str = "") -> meta.ObjectMetaArgs:
        args = self._args
        labels = {**self._labels, "app.kubernetes.io/part-of": args.environment.system}
        return meta.ObjectMetaArgs(name=f"{args.store_name}{suffix}", namespace=args.namespace_name, labels=labels)

    @property
    def _labels(self) -> dict[str, str]:
        return {NAME_LABEL: f"data-refresh-{self._args.store_name}"}

    @property
    def _port(self) -> int:
        return given(self._args.store.port, "port")

    def _within(self, depends_on: list[pulumi.Resource] | None = None) -> pulumi.ResourceOptions:
        return self.below(provider=self._args.cluster.provider, depends_on=[self._args.namespace, *(depends_on or [])])

    def _identity(self) -> eks.PodIdentityAssociation:
        args = self._args
        description = f"Refresh of {args.store_name} of {args.environment.name}"
        role = pod_role(self, "role", description, list(export_statements(args.job)))
        return associate(self, "role", args.cluster.cluster_name, args.namespace_name, args.store_name, role.arn)

    def _network_policy(self) -> networking.NetworkPolicy:
        environment, plan = self._args.environment, plan_of(self._args.environment)
        return networking.NetworkPolicy(
            self.child("network-policy"),
            metadata=self._metadata(),
            spec=networking.NetworkPolicySpecArgs(
                pod_selector=meta.LabelSelectorArgs(match_labels=self._labels),
                policy_types=["Ingress", "Egress"],
                ingress=[],
                egress=[
                    egress_to(blocks(plan.database), self._port),
                    egress_to(blocks([IDENTITY_AGENT]), HTTP),
                    egress_to(blocks(plan.private), HTTPS),
                    https_outside(environment),
                ],
            ),
            opts=self._within(),
        )

    def _security_group(self) -> CustomResource:
        args = self._args
        what = f"refresh of {args.store_name}"
        group = ec2.SecurityGroup(
            self.child("group"),
            vpc_id=args.vpc_id,
            description=f"Pods of the {what}",
            tags={"Name": f"{args.environment.name}-data-refresh-{args.store_name}"},
            opts=self.below(),
        )
        allow_edge(self, "to-store", f"{what} to its store", group.id, args.store_group_id, self._port)
        for protocol in ("tcp", "udp"):
            allow_edge(self, f"dns-{protocol}", f"{what} to DNS", group.id, args.cluster.security_group_id, DNS, protocol)
        vpc.SecurityGroupEgressRule(
            self.child("https"),
            security_group_id=group.id,
            description=f"{what} over HTTPS to the export and to CloudWatch",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=ANYWHERE,
            opts=self.below(),
        )
        return CustomResource(
            self.child("security-group"),
            api_version="vpcresources.k8s.aws/v1beta1",
            kind="SecurityGroupPolicy",
            metadata=self._metadata(),
            spec={"podSelector": {"matchLabels": self._labels}, "securityGroups": {"groupIds": [group.id]}},
            opts=self._within(),
        )

    def _cron_job(self, before: list[pulumi.Resource]) -> batch.CronJob:
        args, clocked = self._args, self._args.strategy.is_clocked
        return batch.CronJob(
            self.child("job"),
            metadata=self._metadata(),
            spec=batch.CronJobSpecArgs(
                schedule=args.strategy.refresh_frequency if clocked else NEVER,
                time_zone="Etc/UTC",
                suspend=not clocked,
                concurrency_policy="Forbid",
                starting_deadline_seconds=HOUR_SECONDS,
                successful_jobs_history_limit=3,
                failed_jobs_history_limit=3,
                job_template=batch.JobTemplateSpecArgs(
                    spec=batch.JobSpecArgs(
                        backoff_limit=1,
                        active_deadline_seconds=60 * args.job.longest_minutes,
                        template=core.PodTemplateSpecArgs(metadata=meta.ObjectMetaArgs(labels=self._labels), spec=self._pod()),
                    )
                ),
            ),
            opts=self._within(before),
        )

    def _pod(self) -> core.PodSpecArgs:
        args = self._args
        return core.PodSpecArgs(
            service_account_name=args.store_name,
            automount_service_account_token=False,
            enable_service_links=False,
            restart_policy="Never",
            security_context=pod_security(USER_ID),
            containers=[
                core.ContainerArgs(
                    name="refresh",
                    image=f"{args.job.image.repository}@{args.job.image.digest}",
                    image_pull_policy="IfNotPresent",
                    args=["data", "job"],
                    env_from=[
                        core.EnvFromSourceArgs(config_map_ref=core.ConfigMapEnvSourceArgs(name=f"{args.store_name}-config")),
                        core.EnvFromSourceArgs(secret_ref=core.SecretEnvSourceArgs(name=f"{args.store_name}-secrets")),
                    ],
                    resources=reserved(args.job.cpu_millicores, args.job.memory_mib),
                    security_context=container_security(),
                    volume_mounts=[
                        core.VolumeMountArgs(name="scratch", mount_path=SCRATCH),
                        core.VolumeMountArgs(name="strategy", mount_path=STRATEGY, read_only=True),
                    ],
                )
            ],
            volumes=[
                core.VolumeArgs(name="scratch", empty_dir=core.EmptyDirVolumeSourceArgs(size_limit=f"{args.job.scratch_gib}Gi")),
                core.VolumeArgs(name="strategy", config_map=core.ConfigMapVolumeSourceArgs(name=f"{args.store_name}-strategy")),
            ],
            **placement(args.environment, args.job.node_group),
        )

    def _variables(self) -> dict[str, pulumi.Input[str]]:
        args, store = self._args, self._args.store
        return {
            "AWS_REGION": args.environment.identity.regions.primary,
            "TMPDIR": SCRATCH,
            "UNDERSTUDY_DATABASE": args.store_name,
            "UNDERSTUDY_ENVIRONMENT": args.environment.name,
            "UNDERSTUDY_EXPORT": f"s3://{args.job.export.bucket}/{args.job.export.prefix}",
            "UNDERSTUDY_STRATEGY": f"{STRATEGY}/strategy.json",
            "UNDERSTUDY_TARGET": pulumi.Output.concat(
                "host=",
                given(store.address, "address"),
                f" port={self._port} dbname=",
                given(store.database_name, "name"),
                " sslmode=verify-full",
            ),
        }

    def _alarms(self) -> None:
        if self._args.strategy.is_clocked:
            # Hours without any run count as hours without a refresh.
            self._alarm("late", SUCCEEDED, self._args.job.late_hours, "LessThanThreshold", 1, "breaching")
        self._alarm("failed", FAILED, 1, "GreaterThanThreshold", 0, "notBreaching")

    def _alarm(self, suffix: str, metric: str, hours: int, comparison: str, threshold: int, missing_data: str) -> None:
        args = self._args
        says = {"late": f"No refresh of {args.store_name} for {hours} h", "failed": f"A refresh of {args.store_name} failed"}
        cloudwatch.MetricAlarm(
            self.child(suffix),
            name=f"{args.environment.name}-data-refresh-{args.store_name}-{suffix}",
            alarm_description=f"{says[suffix]}. Runbook: {args.job.runbook}",
            namespace=NAMESPACE,
            metric_name=metric,
            dimensions={ENVIRONMENT: args.environment.name, DATABASE: args.store_name},
            statistic="Sum",
            comparison_operator=comparison,
            threshold=threshold,
            period=HOUR_SECONDS,
            evaluation_periods=hours,
            treat_missing_data=missing_data,
            alarm_actions=[args.topic_arn],
            ok_actions=[args.topic_arn],
            opts=self.below(),
        )


def export_statements(job: RefreshJobModel) -> Iterator[Statement]:
    """What the job may do: read the archives of one folder, decrypt them through S3, and count its runs."""
    export = job.export
    region = export.key_arn.split(":")[3]
    yield allow(["s3:GetObject"], f"arn:aws:s3:::{export.bucket}/{export.prefix}/*")
    yield allow(["s3:ListBucket"], f"arn:aws:s3:::{export.bucket}", {"StringLike": {"s3:prefix": f"{export.prefix}/*"}})
    yield allow(["kms:Decrypt"], export.key_arn, {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}})
    yield allow(["cloudwatch:PutMetricData"], "*", {"StringEquals": {"cloudwatch:namespace": NAMESPACE}})


def strategy_text(strategy: StagingDataStrategy) -> str:
    """What the job is told of its strategy: the same text whatever the order in which somebody wrote it."""
    content = strategy.model_dump(mode="json", exclude={"job"}, exclude_defaults=True)
    return json.dumps(content, sort_keys=True, ensure_ascii=False)
