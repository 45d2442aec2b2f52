"""The data refresh: the namespace in which jobs fill a staging environment's databases from exports of production's.

Only an environment whose data comes from elsewhere has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.base import Component
from components.cluster import Cluster
from components.namespace import Namespace, NamespaceArgs
from components.refresh_job import RefreshJob, RefreshJobArgs
from components.security_groups import SecurityGroups
from components.store import StoreHandle
from model.environment import Environment
from model.refresh_job import RefreshJob as RefreshJobModel
from model.staging_data import StagingDataStrategy

NAMESPACE = "data-refresh"


@dataclass(frozen=True)
class DataRefreshArgs:
    """What the refresh is made from."""

    environment: Environment
    strategies: Mapping[str, StagingDataStrategy]
    """By store; those without a job are somebody else's to run."""
    cluster: Cluster
    releases: list[pulumi.Resource]
    """The platform's, whose custom resources are used inside."""
    groups: SecurityGroups
    vpc_id: pulumi.Output[str]
    stores: Mapping[str, StoreHandle]
    topics: Mapping[str, pulumi.Output[str]]
    """Whom an alarm reaches, by route."""


class DataRefresh(Component):
    """A namespace of their own for the jobs, and a job for each store that has one."""

    def __init__(self, name: str, args: DataRefreshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:data:DataRefresh", name, opts)
        jobs = {store: strategy.job for store, strategy in sorted(args.strategies.items()) if strategy.job is not None}
        namespace = Namespace(
            self.child("namespace"),
            NamespaceArgs(
                environment=args.environment,
                namespace=NAMESPACE,
                provider=args.cluster.provider,
                depends_on=args.releases,
                quota=_quota(jobs),
                holds_secrets=True,
            ),
            self.below(),
        )
        for store, job in jobs.items():
            RefreshJob(
                self.child(store),
                RefreshJobArgs(
                    environment=args.environment,
                    store_name=store,
                    store=args.stores[store],
                    strategy=args.strategies[store],
                    job=job,
                    cluster=args.cluster,
                    namespace=namespace,
                    namespace_name=NAMESPACE,
                    vpc_id=args.vpc_id,
                    store_group_id=args.groups.stores[store],
                    topic_arn=args.topics[job.route],
                ),
                self.below(),
            )
        self.register_outputs({"namespace": NAMESPACE})


def _quota(jobs: Mapping[str, RefreshJobModel]) -> dict[str, int]:
    """Room for each job once: it never runs beside itself."""
    return {
        "pods": len(jobs),
        "cpu_millicores": sum(job.cpu_millicores for job in jobs.values()),
        "memory_mib": sum(job.memory_mib for job in jobs.values()),
    }
