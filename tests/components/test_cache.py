from __future__ import annotations

import json

import pytest

from components.cache import Redis, RedisArgs, parameter_family
from model.cache import Redis as RedisModel
from model.environment import Environment
from tests.components.rendering import UNKNOWN, Rendering, Secret, render
from tests.components.stores import KEY, LOGS_KEY, built, environment_with, placement

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105 - a resource type
TOKEN = "random:index/randomPassword:RandomPassword"  # noqa: S105 - a resource type


def build(environment: Environment) -> Redis:
    store = environment.stores["checkout"]
    assert isinstance(store, RedisModel)
    return Redis("shop-checkout", RedisArgs(environment, "checkout", store, **placement()))


@pytest.fixture(scope="module")
def checkout(production: Environment) -> Rendering:
    return render(lambda: build(production))


def test_connections_without_tls_are_refused(checkout: Rendering) -> None:
    group = checkout.one(GROUP).properties

    assert group["transitEncryptionEnabled"] is True
    assert group["transitEncryptionMode"] == "required"


def test_data_and_secret_are_encrypted_with_the_key_of_the_data_class(checkout: Rendering) -> None:
    group, secret = checkout.one(GROUP).properties, checkout.one("aws:secretsmanager/secret:Secret").properties

    assert group["atRestEncryptionEnabled"] is True
    assert group["kmsKeyId"] == secret["kmsKeyId"] == KEY


def test_token_and_url_are_secret_wherever_they_go(checkout: Rendering) -> None:
    assert checkout.one(GROUP).properties["authToken"] == Secret(UNKNOWN)
    assert checkout.one(SECRET_VERSION).properties["secretString"] == Secret(UNKNOWN)


def test_the_secret_holds_the_token_in_each_form_that_a_client_reads(production: Environment) -> None:
    existing = {TOKEN: {"result": "abc123"}, GROUP: {"primaryEndpointAddress": "cache.example.com"}}

    content = render(lambda: build(production), existing).one(SECRET_VERSION).properties["secretString"]

    assert isinstance(content, Secret)
    assert json.loads(content.value) == {
        "password": "abc123",
        "stackexchange": "cache.example.com:6379,ssl=true,password=abc123",
        "url": "rediss://:abc123@cache.example.com:6379",
    }


def test_the_token_fits_into_a_url_and_is_replaced_by_a_new_generation() -> None:
    rendering = render(lambda: build(environment_with("stores.checkout", secret_generation=2)))

    token = rendering.one(TOKEN).properties

    assert token["special"] is False
    assert token["keepers"] == {"generation": "2"}
    assert rendering.one(GROUP).properties["authTokenUpdateStrategy"] == "ROTATE"


def test_it_fails_over_by_itself_and_keeps_snapshots(checkout: Rendering) -> None:
    group = checkout.one(GROUP).properties

    assert group["automaticFailoverEnabled"] is True
    assert group["multiAzEnabled"] is True
    assert (group["numNodeGroups"], group["replicasPerNodeGroup"]) == (1, 2)
    assert group["snapshotRetentionLimit"] == 7
    assert group["autoMinorVersionUpgrade"] is False


def test_slow_and_engine_logs_go_to_encrypted_groups(checkout: Rendering) -> None:
    groups = checkout.of("aws:cloudwatch/logGroup:LogGroup")
    deliveries = checkout.one(GROUP).properties["logDeliveryConfigurations"]

    assert {group.properties["kmsKeyId"] for group in groups} == {LOGS_KEY}
    assert {(delivery["logType"], delivery["destination"]) for delivery in deliveries} == {
        (log, f"/aws/elasticache/retail-store-production/checkout/{log}") for log in ("engine-log", "slow-log")
    }


@pytest.mark.parametrize(
    ("shards", "parameters", "nodes"),
    [
        (1, {}, ["checkout-001", "checkout-002"]),
        (2, {"cluster-enabled": "yes"}, [f"checkout-{shard}-{node}" for shard in ("0001", "0002") for node in ("001", "002")]),
    ],
)
def test_several_shards_run_in_cluster_mode(shards: int, parameters: dict[str, str], nodes: list[str]) -> None:
    environment = environment_with("stores.checkout", shards=shards, replicas_per_shard=1, parameters={})

    group = render(lambda: build(environment)).one("aws:elasticache/parameterGroup:ParameterGroup")
    [handle] = built(lambda: build(environment).handle)

    assert {entry["name"]: entry["value"] for entry in group.properties.get("parameters", [])} == parameters
    assert sorted(handle.dimensions) == nodes


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [("redis", "7.1", "redis7"), ("redis", "6.2", "redis6.x"), ("valkey", "8.0", "valkey8")],
)
def test_a_version_determines_its_parameter_family(engine: str, version: str, family: str) -> None:
    assert parameter_family(engine, version) == family
