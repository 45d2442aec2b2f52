"""DynamoDB tables: provisioned capacity that follows the load, between the model's limits."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws.appautoscaling as appautoscaling
import pulumi_aws.dynamodb as dynamodb

from components.base import Component
from components.store import StoreHandle
from model.environment import Environment
from model.table import Capacity, Index, Key
from model.table import DynamoDb as DynamoDbModel

SCALE_IN_COOLDOWN_SECONDS = 300
"""Long: a table's capacity may be lowered only a few times an hour."""
SCALE_OUT_COOLDOWN_SECONDS = 60


@dataclass(frozen=True)
class DynamoDbArgs:
    """What a table is made from."""

    environment: Environment
    store_name: str
    store: DynamoDbModel
    key_arn: pulumi.Output[str]
    """The key of the store's data class."""


class DynamoDb(Component):
    """An encrypted, deletion-protected table with point-in-time recovery; the table and each index scale on their own."""

    def __init__(self, name: str, args: DynamoDbArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:stores:DynamoDb", name, opts)
        self._args = args
        self._table = self._build_table()
        self._scale("table", "")
        for index in args.store.indexes:
            self._scale("index", index)
        identity = args.environment.identity
        region, account = identity.regions.primary, identity.account_id
        arn = pulumi.Output.concat(f"arn:aws:dynamodb:{region}:{account}:table/", self._table.name)
        self.handle = StoreHandle(
            kind=args.store.kind,
            arn=arn,
            key_arn=args.key_arn,
            database_name=self._table.name,
            grants_resource=(pulumi.Output.concat(arn, "/index/*"),) if args.store.indexes else (),
            dimension_name="TableName",
            dimensions={args.store_name: self._table.name},
        )
        self.register_outputs({"table": self._table.name})

    def _build_table(self) -> dynamodb.Table:
        args, store = self._args, self._args.store
        # Fixed, so that grants which name the table can be judged before it exists.
        table_name = f"{args.environment.name}-{args.store_name}"
        return dynamodb.Table(
            self.child("table"),
            name=table_name,
            billing_mode="PROVISIONED",
            read_capacity=store.read_capacity.min_units,
            write_capacity=store.write_capacity.min_units,
            attributes=_attributes(store),
            hash_key=store.hash_key.attribute,
            range_key=None if store.range_key is None else store.range_key.attribute,
            global_secondary_indexes=[_index(store, name, index) for name, index in store.indexes.items()],
            server_side_encryption=dynamodb.TableServerSideEncryptionArgs(enabled=True, kms_key_arn=args.key_arn),
            point_in_time_recovery=dynamodb.TablePointInTimeRecoveryArgs(
                enabled=True, recovery_period_in_days=store.recovery_days
            ),
            ttl=None
            if store.expiry_attribute is None
            else dynamodb.TableTtlArgs(attribute_name=store.expiry_attribute, enabled=True),
            deletion_protection_enabled=True,
            tags={"Name": table_name},
            opts=self.below(
                # The autoscaler moves them; an update must not take the capacity of the day away.
                ignore_changes=[
                    "readCapacity",
                    "writeCapacity",
                    "globalSecondaryIndexes[*].readCapacity",
                    "globalSecondaryIndexes[*].writeCapacity",
                ],
            ),
        )

    def _scale(self, kind: str, index: str) -> None:
        """Autoscale reading and writing of the table, or of one of its indexes."""
        store = self._args.store
        path = f"/index/{index}" if index else ""
        resource_id = pulumi.Output.concat("table/", self._table.name, path)
        for access, capacity in (("Read", store.read_capacity), ("Write", store.write_capacity)):
            suffix = "-".join(part for part in (kind, index, access.lower()) if part)
            dimension = f"dynamodb:{kind}:{access}CapacityUnits"
            self._autoscaler(suffix, resource_id, dimension, f"DynamoDB{access}CapacityUtilization", capacity)

    def _autoscaler(self, suffix: str, resource_id: pulumi.Output[str], dimension: str, metric: str, capacity: Capacity) -> None:
        target = appautoscaling.Target(
            self.child(suffix),
            service_namespace="dynamodb",
            resource_id=resource_id,
            scalable_dimension=dimension,
            min_capacity=capacity.min_units,
            max_capacity=capacity.max_units,
            opts=self.below(),
        )
        appautoscaling.Policy(
            self.child(suffix),
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                predefined_metric_specification=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                    predefined_metric_type=metric
                ),
                target_value=float(capacity.target_percent),
                scale_in_cooldown=SCALE_IN_COOLDOWN_SECONDS,
                scale_out_cooldown=SCALE_OUT_COOLDOWN_SECONDS,
            ),
            opts=self.below(),
        )


def _attributes(store: DynamoDbModel) -> list[dynamodb.TableAttributeArgs]:
    """Every key attribute of the table and its indexes, once."""
    keys: list[Key | None] = [store.hash_key, store.range_key]
    for index in store.indexes.values():
        keys += [index.hash_key, index.range_key]
    types = {key.attribute: key.type for key in keys if key is not None}
    return [dynamodb.TableAttributeArgs(name=name, type=types[name]) for name in sorted(types)]


def _index(store: DynamoDbModel, name: str, index: Index) -> dynamodb.TableGlobalSecondaryIndexArgs:
    keys = [(index.hash_key, "HASH")] if index.range_key is None else [(index.hash_key, "HASH"), (index.range_key, "RANGE")]
    return dynamodb.TableGlobalSecondaryIndexArgs(
        name=name,
        key_schemas=[
            dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=key.attribute, key_type=key_type)
            for key, key_type in keys
        ],
        projection_type=index.projection,
        read_capacity=store.read_capacity.min_units,
        write_capacity=store.write_capacity.min_units,
    )
