from __future__ import annotations

import pytest

from components.rds import Rds, RdsArgs
from model.capacity import max_connections
from model.database import Rds as RdsModel
from model.environment import Environment
from tests.components.rendering import Recorded, Rendering, render
from tests.components.stores import KEY, LOGS_KEY, built, environment_with, placement

INSTANCE = "aws:rds/instance:Instance"


def build(environment: Environment) -> Rds:
    store = environment.stores["orders"]
    assert isinstance(store, RdsModel)
    return Rds("shop-orders", RdsArgs(environment, "orders", store, **placement()))


@pytest.fixture(scope="module")
def orders() -> Rendering:
    return render(lambda: build(environment_with("stores.orders")))


def primary(rendering: Rendering) -> Recorded:
    return rendering.named(INSTANCE, "shop-orders-instance")


@pytest.mark.parametrize(
    ("engine", "version", "name", "value"),
    [
        ("postgres", "17.6", "rds.force_ssl", "1"),
        ("mysql", "8.4.6", "require_secure_transport", "1"),
    ],
)
def test_connections_without_tls_are_refused_whatever_the_model_says(engine: str, version: str, name: str, value: str) -> None:
    environment = environment_with("stores.orders", engine=engine, engine_version=version, log_exports=[], parameters={name: "0"})

    group = render(lambda: build(environment)).one("aws:rds/parameterGroup:ParameterGroup")

    assert {entry["name"]: entry["value"] for entry in group.properties["parameters"]} == {
        "max_connections": str(max_connections(engine, "db.r7g.2xlarge")),
        name: value,
    }


def test_data_secret_and_insights_are_encrypted_with_the_key_of_the_data_class(orders: Rendering) -> None:
    properties = primary(orders).properties

    assert properties["storageEncrypted"] is True
    assert properties["kmsKeyId"] == KEY
    assert properties["masterUserSecretKmsKeyId"] == KEY
    assert properties["performanceInsightsKmsKeyId"] == KEY


def test_the_password_is_the_databases_own_and_rotates(orders: Rendering) -> None:
    properties = primary(orders).properties

    assert properties["manageMasterUserPassword"] is True
    assert "password" not in properties
    assert properties["iamDatabaseAuthenticationEnabled"] is True
    assert orders.one("aws:secretsmanager/secretRotation:SecretRotation").dependencies == ("shop-orders-instance",)


def test_a_standby_waits_in_another_zone_and_storage_grows_to_the_models_limit(orders: Rendering) -> None:
    properties = primary(orders).properties

    assert properties["multiAz"] is True
    assert (properties["allocatedStorage"], properties["maxAllocatedStorage"]) == (800, 2000)
    assert properties["storageType"] == "gp3"


def test_it_survives_mistakes_and_changes_only_with_the_model(orders: Rendering) -> None:
    for instance in orders.of(INSTANCE):
        assert instance.properties["deletionProtection"] is True
        assert instance.properties["autoMinorVersionUpgrade"] is False
        assert instance.properties["publiclyAccessible"] is False
    assert primary(orders).properties["skipFinalSnapshot"] is False
    assert primary(orders).properties["backupRetentionPeriod"] == 35


def test_every_instance_exports_its_logs_to_encrypted_groups_made_before_it(orders: Rendering) -> None:
    groups = orders.of("aws:cloudwatch/logGroup:LogGroup")

    assert {group.properties["name"] for group in groups} == {
        f"/aws/rds/instance/retail-store-production-orders/{log}" for log in ("postgresql", "upgrade")
    }
    assert {group.properties["kmsKeyId"] for group in groups} == {LOGS_KEY}
    assert {group.name for group in groups} <= set(primary(orders).dependencies)


def test_the_monitoring_role_serves_this_database_alone(orders: Rendering) -> None:
    [statement] = orders.one("aws:iam/role:Role").document("assumeRolePolicy")["Statement"]

    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:rds:eu-west-1:111122223333:db:retail-store-production-orders*"},
        "StringEquals": {"aws:SourceAccount": "111122223333"},
    }


def test_the_handle_names_every_instance_for_alarms() -> None:
    environment = environment_with("stores.orders")

    [handle] = built(lambda: build(environment).handle)

    assert sorted(handle.dimensions) == ["orders"]
    assert (handle.kind, handle.port) == ("rds", 5432)
    assert handle.reader_address is None
