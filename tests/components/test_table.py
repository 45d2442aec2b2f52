from __future__ import annotations

import pytest

from components.table import DynamoDb, DynamoDbArgs
from model.environment import Environment
from model.table import DynamoDb as DynamoDbModel
from tests.components.rendering import Rendering, render
from tests.components.stores import KEY, built, environment_with, known

TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
NAME = "retail-store-production-carts"
INDEX = "idx_global_customerId"


def build(environment: Environment) -> DynamoDb:
    store = environment.stores["carts"]
    assert isinstance(store, DynamoDbModel)
    return DynamoDb("shop-carts", DynamoDbArgs(environment, "carts", store, known(KEY)))


@pytest.fixture(scope="module")
def carts(production: Environment) -> Rendering:
    return render(lambda: build(production))


def test_it_is_encrypted_recoverable_and_protected(carts: Rendering) -> None:
    table = carts.one(TABLE).properties

    assert table["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY}
    assert table["pointInTimeRecovery"] == {"enabled": True, "recoveryPeriodInDays": 35}
    assert table["deletionProtectionEnabled"] is True


def test_keys_of_table_and_indexes_are_declared_once(carts: Rendering) -> None:
    table = carts.one(TABLE).properties

    assert table["attributes"] == [{"name": "customerId", "type": "S"}, {"name": "id", "type": "S"}]
    assert table["hashKey"] == "id"
    [index] = table["globalSecondaryIndexes"]
    assert index["keySchemas"] == [{"attributeName": "customerId", "keyType": "HASH"}]


def test_autoscaling_covers_reading_and_writing_of_the_table_and_of_each_index(carts: Rendering) -> None:
    limits = {
        (target.properties["resourceId"], target.properties["scalableDimension"]): (
            target.properties["minCapacity"],
            target.properties["maxCapacity"],
        )
        for target in carts.of(TARGET)
    }

    assert limits == {
        (f"table/{NAME}", "dynamodb:table:ReadCapacityUnits"): (1000, 8000),
        (f"table/{NAME}", "dynamodb:table:WriteCapacityUnits"): (500, 4000),
        (f"table/{NAME}/index/{INDEX}", "dynamodb:index:ReadCapacityUnits"): (1000, 8000),
        (f"table/{NAME}/index/{INDEX}", "dynamodb:index:WriteCapacityUnits"): (500, 4000),
    }


def test_every_autoscaling_target_has_a_policy_on_its_own_metric(carts: Rendering) -> None:
    metrics = {
        (policy.properties["resourceId"], policy.properties["scalableDimension"]): policy.properties[
            "targetTrackingScalingPolicyConfiguration"
        ]["predefinedMetricSpecification"]["predefinedMetricType"]
        for policy in carts.of(POLICY)
    }

    assert len(metrics) == len(carts.of(TARGET))
    for (_, dimension), metric in metrics.items():
        assert metric == f"DynamoDB{dimension.rsplit(':', 1)[-1].removesuffix('Units')}Utilization"


def test_an_update_leaves_the_capacity_of_the_day_alone(carts: Rendering) -> None:
    assert set(carts.one(TABLE).ignore_changes) == {
        "readCapacity",
        "writeCapacity",
        "globalSecondaryIndexes[*].readCapacity",
        "globalSecondaryIndexes[*].writeCapacity",
    }


def test_items_expire_only_where_the_model_names_an_attribute(carts: Rendering) -> None:
    expiring = render(lambda: build(environment_with("stores.carts", expiry_attribute="expires_at")))

    assert "ttl" not in carts.one(TABLE).properties
    assert expiring.one(TABLE).properties["ttl"] == {"attributeName": "expires_at", "enabled": True}


@pytest.mark.parametrize(("indexes", "grants"), [({}, 0), ({"by": {"hash_key": {"attribute": "x", "type": "S"}}}, 1)])
def test_grants_reach_indexes_only_where_there_are_any(indexes: dict[str, object], grants: int) -> None:
    environment = environment_with("stores.carts", indexes=indexes)

    [handle] = built(lambda: build(environment).handle)

    assert len(handle.grants_resource) == grants
