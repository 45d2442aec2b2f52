"""Aurora clusters: a writer and readers over the zones, on storage that grows by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws.rds as rds

from components import relational
from components.base import Component
from components.store import StoreHandle
from model.database import Aurora as AuroraModel
from model.store import store_port
from model.zones import zone_names


@dataclass(frozen=True)
class AuroraArgs(relational.RelationalArgs):
    """What an Aurora cluster is made from."""

    store: AuroraModel


class Aurora(Component):
    """An encrypted cluster that speaks TLS alone, with a rotated password and instances in every zone.

    Versions move with the model, never by themselves: an upgrade of production has to pass staging first.
    """

    def __init__(self, name: str, args: AuroraArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:stores:Aurora", name, opts)
        self._args = args
        self._subnets = relational.subnet_group(self, args)
        self._cluster = self._build_cluster()
        instances = self._build_instances()
        secret_arn = self._cluster.master_user_secrets[0].secret_arn
        relational.rotation(self, args, secret_arn)
        self.handle = StoreHandle(
            kind=args.store.kind,
            arn=args.arn("cluster", self._cluster.cluster_identifier),
            key_arn=args.key_arn,
            port=store_port(args.store),
            address=self._cluster.endpoint,
            reader_address=self._cluster.reader_endpoint,
            database_name=self._cluster.database_name,
            secret_arn=secret_arn,
            dimension_name="DBInstanceIdentifier",
            dimensions={f"{args.store_name}-{member}": instance.identifier for member, instance in instances.items()},
        )
        self.register_outputs({"endpoint": self._cluster.endpoint, "reader_endpoint": self._cluster.reader_endpoint})

    def _build_cluster(self) -> rds.Cluster:
        args, store = self._args, self._args.store
        parameters = rds.ClusterParameterGroup(
            self.child("cluster-parameters"),
            family=relational.parameter_family(store.engine, store.engine_version),
            description=f"Cluster {args.identifier}",
            parameters=[
                rds.ClusterParameterGroupParameterArgs(name=key, value=value, apply_method=relational.APPLY_METHOD)
                for key, value in sorted(relational.engine_parameters(store).items())
            ],
            tags=args.tags,
            opts=self.below(),
        )
        logs = relational.log_groups(self, args, "cluster", [args.identifier])
        return rds.Cluster(
            self.child("cluster"),
            cluster_identifier=args.identifier,
            engine=store.engine,
            engine_version=store.engine_version,
            allow_major_version_upgrade=False,
            database_name=store.database_name,
            port=store_port(store),
            db_cluster_parameter_group_name=parameters.name,
            db_subnet_group_name=self._subnets.name,
            vpc_security_group_ids=[args.security_group_id],
            master_username=relational.MASTER_USERNAME,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key_arn,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            backup_retention_period=store.backup_retention_days,
            preferred_backup_window=store.backup_window,
            preferred_maintenance_window=store.maintenance_window,
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            delete_automated_backups=False,
            skip_final_snapshot=False,
            final_snapshot_identifier=f"{args.identifier}-final",
            enabled_cloudwatch_logs_exports=list(store.log_exports),
            apply_immediately=False,
            tags=args.tags,
            opts=self.below(depends_on=logs),
        )

    def _build_instances(self) -> dict[str, rds.ClusterInstance]:
        args, store = self._args, self._args.store
        zones = zone_names(args.environment)
        parameters = relational.parameter_group(self, args, relational.connection_parameters(store))
        monitoring = relational.monitoring(self, args)
        return {
            member: rds.ClusterInstance(
                self.child(f"instance-{member}"),
                identifier=f"{args.identifier}-{member}",
                cluster_identifier=self._cluster.id,
                engine=rds.EngineType(store.engine),
                engine_version=self._cluster.engine_version,
                instance_class=store.instance_class,
                availability_zone=zones[index % len(zones)],
                db_parameter_group_name=parameters.name,
                db_subnet_group_name=self._subnets.name,
                publicly_accessible=False,
                auto_minor_version_upgrade=False,
                copy_tags_to_snapshot=True,
                performance_insights_enabled=True,
                performance_insights_kms_key_id=args.key_arn,
                performance_insights_retention_period=store.performance_insights_retention_days,
                monitoring_interval=store.monitoring_interval_seconds,
                monitoring_role_arn=monitoring.role_arn,
                preferred_maintenance_window=store.maintenance_window,
                apply_immediately=False,
                tags={"Name": f"{args.identifier}-{member}"},
                opts=self.below(depends_on=[monitoring.grant]),
            )
            for index, member in enumerate(store.member_names)
        }
