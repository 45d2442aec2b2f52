"""RDS instances: a primary with a standby in another zone.

There are no read replicas: RDS refuses them where it manages the password itself. Aurora has readers.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws.rds as rds

from components import relational
from components.base import Component
from components.store import StoreHandle
from model.database import Rds as RdsModel
from model.store import store_port


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
        self._logs = relational.log_groups(self, args, "instance", [args.identifier])
        instance = self._build_instance()
        secret_arn = instance.master_user_secrets[0].secret_arn
        relational.rotation(self, args, secret_arn)
        self.handle = StoreHandle(
            kind=store.kind,
            arn=args.arn("db", instance.identifier),
            key_arn=args.key_arn,
            port=store_port(store),
            address=instance.address,
            database_name=instance.db_name,
            secret_arn=secret_arn,
            dimension_name="DBInstanceIdentifier",
            dimensions={args.store_name: instance.identifier},
        )
        self.register_outputs({"endpoint": instance.endpoint})

    def _build_instance(self) -> rds.Instance:
        args, store = self._args, self._args.store
        return rds.Instance(
            self.child("instance"),
            identifier=args.identifier,
            engine=store.engine,
            engine_version=store.engine_version,
            db_name=store.database_name,
            instance_class=store.instance_class,
            allocated_storage=store.storage_gib,
            max_allocated_storage=store.max_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            multi_az=store.multi_az,
            port=store_port(store),
            db_subnet_group_name=relational.subnet_group(self, args).name,
            vpc_security_group_ids=[args.security_group_id],
            publicly_accessible=False,
            parameter_group_name=self._parameters.name,
            username=relational.MASTER_USERNAME,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key_arn,
            iam_database_authentication_enabled=True,
            deletion_protection=True,
            backup_retention_period=store.backup_retention_days,
            backup_window=store.backup_window,
            delete_automated_backups=False,
            skip_final_snapshot=False,
            final_snapshot_identifier=f"{args.identifier}-final",
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
            tags={"Name": args.identifier},
            opts=self.below(depends_on=[*self._logs, self._monitoring.grant]),
        )
