from __future__ import annotations

import pytest

from components.aurora import Aurora, AuroraArgs
from components.relational import parameter_family
from model.capacity import max_connections
from model.database import Aurora as AuroraModel
from model.environment import Environment
from tests.components.rendering import UNKNOWN, Recorded, Rendering, render
from tests.components.stores import KEY, LOGS_KEY, built, environment_with, placement

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"


def build(environment: Environment) -> Aurora:
    store = environment.stores["catalog"]
    assert isinstance(store, AuroraModel)
    return Aurora("shop-catalog", AuroraArgs(environment, "catalog", store, **placement()))


def rendered(environment: Environment) -> Rendering:
    return render(lambda: build(environment))


@pytest.fixture(scope="module")
def catalog(production: Environment) -> Rendering:
    return rendered(production)


def parameters(group: Recorded) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in group.properties["parameters"]}


def test_data_secret_and_insights_are_encrypted_with_the_key_of_the_data_class(catalog: Rendering) -> None:
    cluster = catalog.one(CLUSTER).properties

    assert cluster["storageEncrypted"] is True
    assert cluster["kmsKeyId"] == cluster["masterUserSecretKmsKeyId"] == KEY
    assert {instance.properties["performanceInsightsKmsKeyId"] for instance in catalog.of(INSTANCE)} == {KEY}


@pytest.mark.parametrize(
    ("engine", "version", "name", "value"),
    [
        ("aurora-mysql", "8.0.mysql_aurora.3.10.3", "require_secure_transport", "ON"),
        ("aurora-postgresql", "17.5", "rds.force_ssl", "1"),
    ],
)
def test_connections_without_tls_are_refused_whatever_the_model_says(engine: str, version: str, name: str, value: str) -> None:
    environment = environment_with(
        "stores.catalog", engine=engine, engine_version=version, log_exports=[], parameters={name: "0"}
    )

    group = rendered(environment).one("aws:rds/clusterParameterGroup:ClusterParameterGroup")

    assert parameters(group) == {name: value}


def test_the_password_is_the_databases_own_and_rotates(catalog: Rendering) -> None:
    cluster, rotation = catalog.one(CLUSTER), catalog.one("aws:secretsmanager/secretRotation:SecretRotation")

    assert cluster.properties["manageMasterUserPassword"] is True
    assert "masterPassword" not in cluster.properties
    assert cluster.properties["iamDatabaseAuthenticationEnabled"] is True
    assert rotation.properties["secretId"] == UNKNOWN
    assert rotation.dependencies == ("shop-catalog-cluster",)
    assert rotation.properties["rotationRules"] == {"automaticallyAfterDays": 30}


def test_instances_stand_in_every_zone(catalog: Rendering) -> None:
    zones = [instance.properties["availabilityZone"] for instance in catalog.of(INSTANCE)]

    assert zones == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


def test_instances_beyond_the_zones_start_over() -> None:
    instances = rendered(environment_with("stores.catalog", instances=4)).of(INSTANCE)

    assert instances[-1].properties["availabilityZone"] == "eu-west-1a"


def test_the_connection_limit_is_the_one_that_pools_are_checked_against(catalog: Rendering) -> None:
    group = catalog.one("aws:rds/parameterGroup:ParameterGroup")

    assert parameters(group) == {"max_connections": str(max_connections("aurora-mysql", "db.r7g.2xlarge"))}


def test_exported_logs_have_encrypted_groups_before_the_cluster_exists(catalog: Rendering) -> None:
    groups = catalog.of("aws:cloudwatch/logGroup:LogGroup")

    assert [group.properties["name"] for group in groups] == [
        f"/aws/rds/cluster/retail-store-production-catalog/{log}" for log in ("audit", "error", "slowquery")
    ]
    assert {group.properties["kmsKeyId"] for group in groups} == {LOGS_KEY}
    assert {group.name for group in groups} <= set(catalog.one(CLUSTER).dependencies)


def test_an_exported_log_is_switched_on(catalog: Rendering) -> None:
    group = catalog.one("aws:rds/clusterParameterGroup:ClusterParameterGroup")

    assert parameters(group)["server_audit_logging"] == "1"


def test_it_survives_mistakes_and_changes_only_with_the_model(catalog: Rendering) -> None:
    cluster = catalog.one(CLUSTER).properties

    assert cluster["deletionProtection"] is True
    assert cluster["skipFinalSnapshot"] is False
    assert cluster["backupRetentionPeriod"] == 14
    assert cluster["engineVersion"] == "8.0.mysql_aurora.3.10.3"
    for instance in catalog.of(INSTANCE):
        assert instance.properties["autoMinorVersionUpgrade"] is False
        assert instance.properties["publiclyAccessible"] is False
        assert instance.properties["monitoringInterval"] == 60


def test_the_handle_names_every_instance_for_alarms(production: Environment) -> None:
    [handle] = built(lambda: build(production).handle)

    assert sorted(handle.dimensions) == ["catalog-1", "catalog-2", "catalog-3"]
    assert (handle.kind, handle.port, handle.dimension_name) == ("aurora", 3306, "DBInstanceIdentifier")


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [
        ("aurora-mysql", "8.0.mysql_aurora.3.10.3", "aurora-mysql8.0"),
        ("aurora-postgresql", "17.5", "aurora-postgresql17"),
        ("postgres", "17.6", "postgres17"),
        ("mysql", "8.4.6", "mysql8.4"),
    ],
)
def test_a_version_determines_its_parameter_family(engine: str, version: str, family: str) -> None:
    assert parameter_family(engine, version) == family
