"""RDS instances: a primary with a standby in another zone, and read replicas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws.rds as rds

from components import relational
from components.base import Component
from components.store import StoreHandle
from model.database import Rds as RdsModel
from model.store import store_port
from model.zones import zone_names


@dataclass(frozen=True)
class RdsArgs(relational.RelationalArgs):
    """What an RDS instance is made from."""

    store: RdsModel


class Rds(Component):
    """An encrypted instance that speaks TLS alone, with a rotated password and storage that grows up to a limit.

    Versions move with the model, never by themselves: an upgrade of production has to pass staging first.
    """

    def __init__(self, name: str, args: RdsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:stores:Rds", name, opts)
        self._args = args
        store = args.store
        parameters = {**relational.engine_parameters(store), **relational.connection_parameters(store)}
        self._parameters = relational.parameter_group(self, args, parameters)
        self._monitoring = relational.monitoring(self, args)
        replicas = [f"{args.identifier}-replica-{number}" for number in range(1, store.read_replicas + 1)]
        self._logs = relational.log_groups(self, args, "instance", [args.identifier, *replicas])
        self._primary = self._build_primary()
        instances = [self._primary, *(self._build_replica(number, name) for number, name in enumerate(replicas, start=1))]
        secret_arn = self._primary.master_user_secrets[0].secret_arn
        relational.rotation(self, args, secret_arn)
        self.handle = StoreHandle(
            kind=store.kind,
            arn=args.arn("db", self._primary.identifier),
            key_arn=args.key_arn,
            port=store_port(store),
            address=self._primary.address,
            reader_address=instances[-1].address if replicas else None,
            database_name=self._primary.db_name,
            secret_arn=secret_arn,
            dimension_name="DBInstanceIdentifier",
            dimensions={
                args.store_name + identifier.removeprefix(args.identifier): instance.identifier
                for identifier, instance in zip([args.identifier, *replicas], instances, strict=True)
            },
        )
        self.register_outputs({"endpoint": self._primary.endpoint})

    def _build_primary(self) -> rds.Instance:
        args, store = self._args, self._args.store
        return self._instance(
            "instance",
            args.identifier,
            engine=store.engine,
            engine_version=store.engine_version,
            db_name=store.database_name,
            allocated_storage=store.storage_gib,
            db_subnet_group_name=relational.subnet_group(self, args).name,
            multi_az=store.multi_az,
            username=relational.MASTER_USERNAME,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key_arn,
            kms_key_id=args.key_arn,
            backup_retention_period=store.backup_retention_days,
            backup_window=store.backup_window,
            delete_automated_backups=False,
            skip_final_snapshot=False,
            final_snapshot_identifier=f"{args.identifier}-final",
        )

    def _build_replica(self, number: int, identifier: str) -> rds.Instance:
        """A replica inherits engine, users, subnets and encryption key from the primary, whose backups cover its data."""
        zones = zone_names(self._args.environment)
        return self._instance(
            f"replica-{number}",
            identifier,
            replicate_source_db=self._primary.identifier,
            availability_zone=zones[number % len(zones)],
            skip_final_snapshot=True,
        )

    def _instance(self, suffix: str, identifier: str, **particular: Any) -> rds.Instance:
        """An instance: what primary and replicas have in common, and what is particular to one."""
        args, store = self._args, self._args.store
        return rds.Instance(
            self.child(suffix),
            identifier=identifier,
            instance_class=store.instance_class,
            max_allocated_storage=store.max_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            port=store_port(store),
            parameter_group_name=self._parameters.name,
            vpc_security_group_ids=[args.security_group_id],
            publicly_accessible=False,
            iam_database_authentication_enabled=True,
            deletion_protection=True,
            copy_tags_to_snapshot=True,
            auto_minor_version_upgrade=False,
            allow_major_version_upgrade=False,
            maintenance_window=store.maintenance_window,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            performance_insights_retention_period=store.performance_insights_retention_days,
            monitoring_interval=store.monitoring_interval_seconds,
            monitoring_role_arn=self._monitoring.role_arn,
            enabled_cloudwatch_logs_exports=list(store.log_exports),
            apply_immediately=False,
            tags={"Name": identifier},
            opts=self.below(depends_on=[*self._logs, self._monitoring.grant]),
            **particular,
        )
