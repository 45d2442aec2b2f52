"""What Aurora and RDS share: subnets, log groups, the monitoring role, engine parameters and the rotated secret.

The database administers its own password (`manage_master_user_password`), so that no password passes through the program or
its state. Log groups are made before the database, which would otherwise create them without encryption or retention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws.iam as iam
import pulumi_aws.rds as rds
import pulumi_aws.secretsmanager as secretsmanager

from components.base import Component
from components.log_group import log_group
from components.policy_document import service_may_assume
from components.role_name import role_prefix
from model.capacity import max_connections
from model.database import Aurora, Rds
from model.environment import Environment

MASTER_USERNAME = "dbadmin"
"""Reserved in no engine, unlike `admin` and `root`."""

TLS_PARAMETERS = {
    "aurora-mysql": ("require_secure_transport", "ON"),
    "aurora-postgresql": ("rds.force_ssl", "1"),
    "mysql": ("require_secure_transport", "1"),
    "postgres": ("rds.force_ssl", "1"),
}
"""The parameter of each engine that refuses connections without TLS. RDS for MySQL takes digits, Aurora words."""

LOG_PARAMETERS = {
    ("aurora-mysql", "audit"): {
        "server_audit_logging": "1",
        "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
    },
    ("aurora-mysql", "general"): {"general_log": "1"},
    ("aurora-mysql", "slowquery"): {"slow_query_log": "1"},
    ("mysql", "general"): {"general_log": "1", "log_output": "FILE"},
    ("mysql", "slowquery"): {"slow_query_log": "1", "log_output": "FILE"},
}
"""Parameters without which an exported log stays empty, by engine and log."""

MONITORING_POLICY_ARN = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"

APPLY_METHOD = "pending-reboot"
"""The one way of applying that static and dynamic parameters both take; a change waits for the maintenance window."""


@dataclass(frozen=True)
class RelationalArgs:
    """What a relational store is made from."""

    environment: Environment
    store_name: str
    store: Aurora | Rds
    key_arn: pulumi.Output[str]
    """The key of the store's data class."""
    logs_key_arn: pulumi.Output[str]
    subnet_ids: Sequence[pulumi.Output[str]]
    """The database subnets, in zone order."""
    security_group_id: pulumi.Output[str]

    @property
    def identifier(self) -> str:
        """The database's physical name: fixed, because the names of its log groups contain it."""
        return f"{self.environment.name}-{self.store_name}"

    @property
    def tags(self) -> dict[str, str]:
        """The tag that the console shows."""
        return {"Name": self.identifier}

    def arn(self, kind: str, identifier: pulumi.Output[str]) -> pulumi.Output[str]:
        """The ARN of a database, built from its name so that policies can judge grants before it exists."""
        identity = self.environment.identity
        return pulumi.Output.concat(f"arn:aws:rds:{identity.regions.primary}:{identity.account_id}:{kind}:", identifier)


def engine_parameters(store: Aurora | Rds) -> dict[str, str]:
    """Engine parameters by name: those that fill the exported logs, the model's, and the one that forces TLS, which wins."""
    parameters: dict[str, str] = {}
    for log in store.log_exports:
        parameters.update(LOG_PARAMETERS.get((store.engine, log), {}))
    name, value = TLS_PARAMETERS[store.engine]
    return {**parameters, **store.parameters, name: value}


def connection_parameters(store: Aurora | Rds) -> dict[str, str]:
    """The connection limit, set so that it is exactly what pools and alarms are computed from."""
    return {"max_connections": str(max_connections(store.engine, store.instance_class))}


def parameter_family(engine: str, version: str) -> str:
    """The parameter group family of an engine version, such as `postgres17`, `mysql8.4` or `aurora-mysql8.0`."""
    parts = version.split(".")
    return engine + (parts[0] if engine.endswith(("postgres", "postgresql")) else ".".join(parts[:2]))


def parameter_group(owner: Component, args: RelationalArgs, parameters: dict[str, str]) -> rds.ParameterGroup:
    """An instance's parameter group."""
    return rds.ParameterGroup(
        owner.child("parameters"),
        family=parameter_family(args.store.engine, args.store.engine_version),
        description=f"Instances of {args.identifier}",
        parameters=[
            rds.ParameterGroupParameterArgs(name=name, value=value, apply_method=APPLY_METHOD)
            for name, value in sorted(parameters.items())
        ],
        tags=args.tags,
        opts=owner.below(),
    )


def subnet_group(owner: Component, args: RelationalArgs) -> rds.SubnetGroup:
    """The database subnets of every zone."""
    return rds.SubnetGroup(
        owner.child("subnets"),
        description=f"Database subnets of {args.identifier}",
        subnet_ids=args.subnet_ids,
        tags=args.tags,
        opts=owner.below(),
    )


def log_groups(owner: Component, args: RelationalArgs, kind: str, identifiers: Sequence[str]) -> list[pulumi.Resource]:
    """The groups that databases of these names export their logs to; `kind` is cluster or instance."""
    retention = args.environment.operations.log_retention_days
    return [
        log_group(
            owner,
            f"logs{identifier.removeprefix(args.identifier)}-{log}",
            f"/aws/rds/{kind}/{identifier}/{log}",
            retention,
            args.logs_key_arn,
        )
        for identifier in identifiers
        for log in args.store.log_exports
    ]


@dataclass(frozen=True)
class Monitoring:
    """The role by which instances publish enhanced monitoring, and the grant that must exist before they use it."""

    role_arn: pulumi.Output[str]
    grant: iam.RolePolicyAttachment


def monitoring(owner: Component, args: RelationalArgs) -> Monitoring:
    """Enhanced monitoring, for the instances of this database alone."""
    account = args.environment.identity.account_id
    instances = args.arn("db", pulumi.Output.from_input(f"{args.identifier}*"))
    role = iam.Role(
        owner.child("monitoring"),
        name_prefix=role_prefix(owner.child("monitoring")),
        description=f"Enhanced monitoring of {args.identifier}",
        assume_role_policy=service_may_assume(
            "monitoring.rds.amazonaws.com",
            condition={"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": instances}},
        ),
        opts=owner.below(),
    )
    grant = iam.RolePolicyAttachment(
        owner.child("monitoring"), role=role.name, policy_arn=MONITORING_POLICY_ARN, opts=owner.below()
    )
    return Monitoring(role.arn, grant)


def rotation(owner: Component, args: RelationalArgs, secret_arn: pulumi.Output[str]) -> secretsmanager.SecretRotation:
    """The schedule by which the database replaces its password; the first password is left in use."""
    return secretsmanager.SecretRotation(
        owner.child("rotation"),
        secret_id=secret_arn,
        rotate_immediately=False,
        rotation_rules=secretsmanager.SecretRotationRotationRulesArgs(automatically_after_days=args.store.secret_rotation_days),
        opts=owner.below(),
    )
