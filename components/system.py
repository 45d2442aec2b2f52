"""The root component: an environment of a system, wired in the order in which it is built."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws

from components.aurora import Aurora, AuroraArgs
from components.base import Component
from components.bucket import Bucket, BucketArgs
from components.cache import Redis, RedisArgs
from components.cluster import Cluster, ClusterArgs
from components.controllers import Controllers, ControllersArgs
from components.data_refresh import DataRefresh, DataRefreshArgs
from components.edge.edge import Edge, EdgeArgs
from components.keys import Keys, KeysArgs
from components.log_bucket import LogBucket, LogBucketArgs
from components.messaging import Queue, QueueArgs, Topic, TopicArgs
from components.namespace import Namespace, NamespaceArgs
from components.network import Network, NetworkArgs
from components.operations.operations import Operations, OperationsArgs
from components.rds import Rds, RdsArgs
from components.security_groups import ClusterAccess, ClusterAccessArgs, SecurityGroups, SecurityGroupsArgs
from components.service import Service
from components.service_args import ServiceArgs
from components.store import StoreHandle
from components.table import DynamoDb, DynamoDbArgs
from components.tags import environment_tags
from model.cache import Redis as RedisModel
from model.database import Aurora as AuroraModel
from model.database import Rds as RdsModel
from model.environment import Environment
from model.staging_data import StagingDataStrategy


def provider(environment: Environment) -> pulumi_aws.Provider:
    """The AWS provider of an environment: one region, one account, and tags that carry the environment's identity."""
    identity = environment.identity
    return pulumi_aws.Provider(
        environment.system,
        region=identity.regions.primary,
        allowed_account_ids=[identity.account_id],
        default_tags=pulumi_aws.ProviderDefaultTagsArgs(tags=environment_tags(environment)),
    )


class System(Component):
    """Everything that an environment is made of."""

    def __init__(
        self,
        environment: Environment,
        data: Mapping[str, StagingDataStrategy] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        aws = pulumi.ResourceOptions(providers=[provider(environment)])
        super().__init__("understudy:system:System", environment.system, pulumi.ResourceOptions.merge(opts, aws))
        self._environment = environment
        self._build_foundation()
        self._build_stores()
        self._build_edge()
        self._build_workloads()
        self._build_operations()
        self._build_data_refresh(data or {})
        self.url = f"https://{environment.identity.domain}"
        self.name_servers = self._edge.name_servers
        self.cluster_name = self._cluster.cluster_name
        self.register_outputs({"url": self.url, "cluster": self.cluster_name})

    def _build_foundation(self) -> None:
        environment, below = self._environment, self.below()
        self._keys = Keys(self.child("keys"), KeysArgs(environment), below)
        self._network = Network(self.child("network"), NetworkArgs(environment, self._keys.logs), below)
        self._groups = SecurityGroups(
            self.child("firewall"),
            SecurityGroupsArgs(environment, self._network.vpc_id, self._network.gateway_prefix_lists),
            below,
        )
        self._log_bucket = LogBucket(
            self.child("access-logs"), LogBucketArgs(environment, environment.edge.access_log_retention_days), below
        )

    def _build_stores(self) -> None:
        environment, below = self._environment, self.below()
        self._stores = {name: self._store(name) for name in environment.stores}
        self._queues = {
            name: Queue(self.child(name), QueueArgs(environment, name, queue, self._keys.data[queue.data_class]), below)
            for name, queue in environment.queues.items()
        }
        self._topics = {
            name: Topic(
                self.child(name),
                TopicArgs(environment, name, topic, self._keys.data[topic.data_class], self._queues),
                below,
            )
            for name, topic in environment.topics.items()
        }
        self._buckets = {
            name: Bucket(
                self.child(name),
                BucketArgs(environment, name, bucket, self._keys.data[bucket.data_class], self._log_bucket),
                below,
            )
            for name, bucket in environment.buckets.items()
        }

    def _store(self, name: str) -> StoreHandle:
        environment, store, below = self._environment, self._environment.stores[name], self.below()
        key_arn, component = self._keys.data[store.data_class], self.child(name)
        subnets = self._network.database_subnet_ids
        if isinstance(store, AuroraModel):
            group = self._groups.stores[name]
            return Aurora(component, AuroraArgs(environment, name, store, key_arn, self._keys.logs, subnets, group), below).handle
        if isinstance(store, RdsModel):
            group = self._groups.stores[name]
            return Rds(component, RdsArgs(environment, name, store, key_arn, self._keys.logs, subnets, group), below).handle
        if isinstance(store, RedisModel):
            group = self._groups.stores[name]
            return Redis(component, RedisArgs(environment, name, store, key_arn, self._keys.logs, subnets, group), below).handle
        return DynamoDb(component, DynamoDbArgs(environment, name, store, key_arn), below).handle

    def _build_edge(self) -> None:
        self._edge = Edge(
            self.child("edge"),
            EdgeArgs(
                environment=self._environment,
                network=self._network,
                load_balancer_security_group_id=self._groups.load_balancer,
                log_bucket=self._log_bucket,
                keys=self._keys,
                buckets=self._buckets,
            ),
            self.below(),
        )

    def _build_workloads(self) -> None:
        environment, below = self._environment, self.below()
        self._cluster = Cluster(self.child("cluster"), ClusterArgs(environment, self._network, self._keys), below)
        ClusterAccess(
            self.child("cluster-access"),
            ClusterAccessArgs(environment, self._groups, self._cluster.security_group_id),
            below,
        )
        self._controllers = controllers = Controllers(
            self.child("controllers"), ControllersArgs(environment, self._cluster), below
        )
        namespaces = {
            name: Namespace(
                self.child(f"namespace-{name}"),
                NamespaceArgs(environment, name, self._cluster.provider, controllers.releases),
                below,
            )
            for name in environment.namespaces
        }
        for name, service in environment.services.items():
            Service(
                self.child(name),
                ServiceArgs(
                    environment=environment,
                    service_name=name,
                    service=service,
                    cluster=self._cluster,
                    namespace=namespaces[service.namespace],
                    stores=self._stores,
                    queues=self._queues,
                    topics=self._topics,
                    buckets=self._buckets,
                    security_group_id=self._groups.services[name],
                    target_group_arn=self._edge.target_group_arns.get(name),
                ),
                below,
            )

    def _build_operations(self) -> None:
        self._operations = Operations(
            self.child("operations"),
            OperationsArgs(
                environment=self._environment,
                keys=self._keys,
                stores=self._stores,
                queues=self._queues,
                buckets=self._buckets,
                cluster_name=self._cluster.cluster_name,
                edge=self._edge,
                log_bucket=self._log_bucket,
            ),
            self.below(),
        )

    def _build_data_refresh(self, data: Mapping[str, StagingDataStrategy]) -> None:
        """What fills databases whose data comes from elsewhere."""
        if not any(strategy.job for strategy in data.values()):
            return
        DataRefresh(
            self.child("data-refresh"),
            DataRefreshArgs(
                environment=self._environment,
                strategies=data,
                cluster=self._cluster,
                releases=self._controllers.releases,
                groups=self._groups,
                vpc_id=self._network.vpc_id,
                stores=self._stores,
                topics=self._operations.topics,
            ),
            self.below(),
        )
