"""Caches: ElastiCache replication groups behind TLS and an AUTH token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws.elasticache as elasticache
import pulumi_aws.secretsmanager as secretsmanager
import pulumi_random as random

from components.base import Component
from components.log_group import log_group
from components.store import StoreHandle
from model.cache import Redis as RedisModel
from model.environment import Environment
from model.store import store_port

LOG_TYPES = ("engine-log", "slow-log")
TOKEN_LENGTH = 64
"""Characters of the AUTH token; ElastiCache takes 16 to 128."""
SECRET_RECOVERY_DAYS = 30


@dataclass(frozen=True)
class RedisArgs:
    """What a cache is made from."""

    environment: Environment
    store_name: str
    store: RedisModel
    key_arn: pulumi.Output[str]
    """The key of the store's data class."""
    logs_key_arn: pulumi.Output[str]
    subnet_ids: Sequence[pulumi.Output[str]]
    """The database subnets, in zone order."""
    security_group_id: pulumi.Output[str]

    @property
    def full_name(self) -> str:
        """The store's name with its environment's."""
        return f"{self.environment.name}-{self.store_name}"


class Redis(Component):
    """A replication group that speaks TLS alone and fails over by itself; with several shards it runs in cluster mode.

    The AUTH token is replaced by counting `secret_generation` up: ElastiCache then takes the old token as well as the new
    one until the next replacement, so that no client is locked out.
    """

    def __init__(self, name: str, args: RedisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:stores:Redis", name, opts)
        self._args = args
        store = args.store
        token = random.RandomPassword(
            self.child("token"),
            length=TOKEN_LENGTH,
            special=False,  # the token stands in a URL
            keepers={"generation": str(store.secret_generation)},
            opts=self.below(),
        )
        password: pulumi.Output[str] = pulumi.Output.secret(token.result)
        self._group = self._build_group(password)
        address = (
            self._group.configuration_endpoint_address if self._args.store.is_clustered else self._group.primary_endpoint_address
        )
        reader = (
            self._group.configuration_endpoint_address if self._args.store.is_clustered else self._group.reader_endpoint_address
        )
        self.handle = StoreHandle(
            kind=store.kind,
            arn=self._group.arn,
            key_arn=args.key_arn,
            port=store_port(store),
            address=address,
            reader_address=reader,
            secret_arn=self._build_secret(password, address),
            dimension_name="CacheClusterId",
            dimensions=self._dimensions(),
        )
        self.register_outputs({"address": address})

    def _build_group(self, password: pulumi.Output[str]) -> elasticache.ReplicationGroup:
        args, store = self._args, self._args.store
        subnets = elasticache.SubnetGroup(
            self.child("subnets"),
            description=f"Database subnets of {args.full_name}",
            subnet_ids=args.subnet_ids,
            tags={"Name": args.full_name},
            opts=self.below(),
        )
        return elasticache.ReplicationGroup(
            self.child("group"),
            description=f"Cache {args.full_name}",
            engine=store.engine,
            engine_version=store.engine_version,
            node_type=store.node_type,
            num_node_groups=store.shards,
            replicas_per_node_group=store.replicas_per_shard,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            parameter_group_name=self._build_parameters().name,
            port=store_port(store),
            subnet_group_name=subnets.name,
            security_group_ids=[args.security_group_id],
            at_rest_encryption_enabled=True,
            kms_key_id=args.key_arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=password,
            auth_token_update_strategy="ROTATE",  # noqa: S106 - how the token is replaced, not a token
            snapshot_retention_limit=store.snapshot_retention_days,
            snapshot_window=store.snapshot_window,
            final_snapshot_identifier=f"{args.full_name}-final",
            maintenance_window=store.maintenance_window,
            auto_minor_version_upgrade=False,
            apply_immediately=False,
            log_delivery_configurations=[self._log_delivery(log_type) for log_type in LOG_TYPES],
            tags={"Name": args.full_name},
            opts=self.below(),
        )

    def _build_parameters(self) -> elasticache.ParameterGroup:
        args, store = self._args, self._args.store
        parameters = {**store.parameters, **({"cluster-enabled": "yes"} if self._args.store.is_clustered else {})}
        return elasticache.ParameterGroup(
            self.child("parameters"),
            family=parameter_family(store.engine, store.engine_version),
            description=f"Cache {args.full_name}",
            parameters=[
                elasticache.ParameterGroupParameterArgs(name=name, value=value) for name, value in sorted(parameters.items())
            ],
            tags={"Name": args.full_name},
            opts=self.below(),
        )

    def _log_delivery(self, log_type: str) -> elasticache.ReplicationGroupLogDeliveryConfigurationArgs:
        args, operations = self._args, self._args.environment.operations
        group = log_group(
            self,
            f"logs-{log_type}",
            f"/aws/elasticache/{args.environment.name}/{args.store_name}/{log_type}",
            operations.log_retention_days,
            args.logs_key_arn,
        )
        return elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
            destination=group.name, destination_type="cloudwatch-logs", log_format="json", log_type=log_type
        )

    def _build_secret(self, password: pulumi.Output[str], address: pulumi.Output[str]) -> pulumi.Output[str]:
        """Keep token and URL where services read them. The ARN is the version's, so that who reads it finds a value."""
        args = self._args
        secret = secretsmanager.Secret(
            self.child("secret"),
            name=f"{args.environment.name}/{args.store_name}",
            description=f"AUTH token and URL of cache {args.full_name}",
            kms_key_id=args.key_arn,
            recovery_window_in_days=SECRET_RECOVERY_DAYS,
            tags={"Name": args.full_name},
            opts=self.below(),
        )
        url = pulumi.Output.concat("rediss://:", password, "@", address, f":{store_port(args.store)}")
        stackexchange = pulumi.Output.concat(address, f":{store_port(args.store)},ssl=true,password=", password)
        # Secret, as the token is.
        content = pulumi.Output.json_dumps({"password": password, "stackexchange": stackexchange, "url": url}, sort_keys=True)
        version = secretsmanager.SecretVersion(
            self.child("secret"), secret_id=secret.id, secret_string=content, opts=self.below()
        )
        return version.secret_arn

    def _dimensions(self) -> dict[str, pulumi.Output[str]]:
        """The nodes, as CloudWatch names them."""
        nodes = self._args.store.member_names
        return {f"{self._args.store_name}-{node}": pulumi.Output.concat(self._group.id, f"-{node}") for node in nodes}


def parameter_family(engine: str, version: str) -> str:
    """The parameter group family of an engine version: `redis7`, `valkey8`, and `redis6.x` for the sixth."""
    major = version.split(".", maxsplit=1)[0]
    return f"{engine}6.x" if major == "6" else f"{engine}{major}"
