from __future__ import annotations

from typing import Any

import pytest

from components.operations.alarms import Alarms, AlarmsArgs
from model.capacity import max_connections, memory_bytes
from model.database import Aurora, Rds
from model.environment import Environment
from tests.components.estates import estate, oncall
from tests.components.rendering import Rendering, render
from tests.components.stores import ACCOUNT, environment_with

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:retail-store-production"


def rendered(environment: Environment) -> Rendering:
    return render(lambda: Alarms("shop", AlarmsArgs(estate(environment), oncall(environment))))


@pytest.fixture(scope="module")
def alarms(production: Environment) -> Rendering:
    return rendered(production)


def test_every_alarm_says_which_runbook_to_open_and_calls_its_route_when_it_goes_off_and_when_it_is_over(
    alarms: Rendering, production: Environment
) -> None:
    for resource in alarms.of(ALARM):
        [name] = [name for name in production.operations.alarms if resource.name.startswith(f"shop-{name}")]
        alarm = production.operations.alarms[name]
        region, suffix = ("us-east-1", "-edge") if alarm.scope == "cdn" else ("eu-west-1", "")
        topic = f"arn:aws:sns:{region}:{ACCOUNT}:retail-store-production-{alarm.route}{suffix}"

        assert resource.properties["alarmDescription"].endswith(f"Runbook: {production.operations.runbooks[alarm.runbook]}")
        assert resource.properties["alarmActions"] == resource.properties["okActions"] == [topic]


@pytest.mark.parametrize(
    ("alarm", "items"),
    [
        ("aurora-cpu", ["catalog-1", "catalog-2", "catalog-3"]),
        ("rds-cpu", ["orders"]),
        ("table-throttles", ["carts"]),
        ("cache-memory", ["checkout-1", "checkout-2", "checkout-3"]),
        ("queue-age", ["order-events"]),
        ("dead-letters", ["order-events"]),
        ("service-restarts", ["carts", "catalog", "checkout", "orders", "ui"]),
    ],
)
def test_an_alarm_watches_every_item_of_its_scope(alarms: Rendering, alarm: str, items: list[str]) -> None:
    found = [resource.name for resource in alarms.of(ALARM) if resource.name.startswith(f"shop-{alarm}-")]

    assert found == [f"shop-{alarm}-{item}" for item in items]


@pytest.mark.parametrize(
    ("alarm", "namespace", "dimensions"),
    [
        ("aurora-cpu-catalog-2", "AWS/RDS", {"DBInstanceIdentifier": "id-of-catalog-2"}),
        ("cache-cpu-checkout-1", "AWS/ElastiCache", {"CacheClusterId": "id-of-checkout-1"}),
        ("queue-age-order-events", "AWS/SQS", {"QueueName": "retail-store-production-order-events"}),
        ("dead-letters-order-events", "AWS/SQS", {"QueueName": "retail-store-production-order-events-dead-letter"}),
        (
            "service-restarts-carts",
            "ContainerInsights",
            {"ClusterName": "retail-store-production", "Namespace": "carts", "PodName": "carts"},
        ),
        ("load-balancer-errors", "AWS/ApplicationELB", {"LoadBalancer": "app/edge/1"}),
        ("cdn-errors", "AWS/CloudFront", {"DistributionId": "E123", "Region": "Global"}),
        ("cluster-failed-nodes", "ContainerInsights", {"ClusterName": "retail-store-production"}),
    ],
)
def test_an_alarm_looks_where_the_service_publishes_its_metric(
    alarms: Rendering, alarm: str, namespace: str, dimensions: dict[str, str]
) -> None:
    properties = alarms.named(ALARM, f"shop-{alarm}").properties

    assert (properties["namespace"], properties["dimensions"]) == (namespace, dimensions)


def test_what_a_table_reports_by_operation_is_added_up_over_all_operations(alarms: Rendering) -> None:
    total, *operations = alarms.named(ALARM, "shop-table-throttles-carts").properties["metricQueries"]

    assert (total["expression"], total["returnData"]) == ("SUM(FILL(METRICS(), 0))", True)
    assert len(operations) == 10
    assert {query["metric"]["dimensions"]["TableName"] for query in operations} == {"id-of-carts"}
    assert {"GetItem", "PutItem", "Query"} <= {query["metric"]["dimensions"]["Operation"] for query in operations}
    assert not any(query["returnData"] for query in operations)


def test_of_what_a_table_measures_by_operation_the_worst_counts() -> None:
    environment = environment_with("operations.alarms.table-errors", metric="SuccessfulRequestLatency", statistic="p99")
    [total, *_] = rendered(environment).named(ALARM, "shop-table-errors-carts").properties["metricQueries"]

    assert total["expression"] == "MAX(FILL(METRICS(), 0))"


def test_percentiles_and_plain_statistics_are_told_apart(alarms: Rendering) -> None:
    latency = alarms.named(ALARM, "shop-load-balancer-latency").properties
    errors = alarms.named(ALARM, "shop-load-balancer-errors").properties

    assert (latency.get("extendedStatistic"), latency.get("statistic")) == ("p99", None)
    assert (errors.get("extendedStatistic"), errors.get("statistic")) == (None, "Sum")


def limits(environment: Environment, store: str) -> dict[str, Any]:
    database = environment.stores[store]
    assert isinstance(database, Aurora | Rds)
    return {
        "connections": max_connections(database.engine, database.instance_class) * 80 // 100,
        "memory": memory_bytes(database.instance_class) * 10 // 100,
    }


@pytest.mark.parametrize("instance_class", ["db.r7g.2xlarge", "db.r7g.large"])
def test_thresholds_follow_the_instance_class(instance_class: str) -> None:
    environment = environment_with("stores.orders", instance_class=instance_class)
    found = rendered(environment)
    expected = limits(environment, "orders")

    for figure, limit in expected.items():
        assert found.named(ALARM, f"shop-rds-{figure}-orders").properties["threshold"] == limit


def test_alarms_on_the_cdn_are_where_its_metrics_are(alarms: Rendering) -> None:
    elsewhere = {resource.name for resource in alarms.of(ALARM) if resource.properties.get("region") == "us-east-1"}

    assert elsewhere == {"shop-cdn-errors"}
