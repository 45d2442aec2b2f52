from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from components.operations.dashboard import COLUMNS, Dashboard, DashboardArgs
from model.environment import Environment
from tests.components.estates import estate
from tests.components.rendering import render

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"


def rendered(environment: Environment) -> str:
    body = render(lambda: Dashboard("shop", DashboardArgs(estate(environment)))).one(DASHBOARD).properties["dashboardBody"]
    assert isinstance(body, str)
    return body


@pytest.fixture(scope="module")
def widgets(production: Environment) -> list[dict[str, Any]]:
    found = render(lambda: Dashboard("shop", DashboardArgs(estate(production)))).one(DASHBOARD)
    listed: list[dict[str, Any]] = found.document("dashboardBody")["widgets"]
    return listed


def row(widgets: list[dict[str, Any]], heading: str) -> Iterator[dict[str, Any]]:
    """The charts below a heading."""
    inside = False
    for widget in widgets:
        if widget["type"] == "text":
            inside = widget["properties"]["markdown"].startswith(f"## {heading}")
        elif inside:
            yield widget["properties"]


def test_there_is_a_row_for_each_path_service_queue_and_store(widgets: list[dict[str, Any]], production: Environment) -> None:
    headings = [widget["properties"]["markdown"] for widget in widgets if widget["type"] == "text"]
    paths = [f"## {name}: {path.description}" for name, path in sorted(production.critical_paths.items())]
    services = [f"## Service {name}" for name in sorted(production.services)]
    queues = [f"## Queue {name}" for name in sorted(production.queues)]
    stores = [f"## Store {name}" for name in sorted(production.stores)]

    assert headings == [*paths, *services, *queues, *stores, "## Edge and cluster"]


def test_a_path_shows_the_requests_at_its_entry_and_everything_that_it_passes(widgets: list[dict[str, Any]]) -> None:
    charts = list(row(widgets, "check-out"))
    titles = {chart["title"].split(":")[0] for chart in charts}
    labels = {line[-1]["label"] for chart in charts for line in chart["metrics"]}

    assert {"ui", "service-restarts", "cache-cpu", "rds-connections", "queue-age", "dead-letters"} <= titles
    assert {"carts", "checkout", "orders", "ui", "checkout-1", "order-events"} <= labels
    assert "catalog" not in labels


def test_a_stores_row_shows_what_its_alarms_watch_with_their_thresholds(widgets: list[dict[str, Any]]) -> None:
    charts = {chart["title"]: chart for chart in row(widgets, "Store catalog")}
    cpu = charts["aurora-cpu: CPUUtilization"]

    assert [line[-1]["label"] for line in cpu["metrics"]] == ["catalog-1", "catalog-2", "catalog-3"]
    assert cpu["metrics"][0][:4] == ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "id-of-catalog-1"]
    assert [limit["value"] for limit in cpu["annotations"]["horizontal"]] == [80]


def test_the_cdns_metrics_are_read_where_they_are(widgets: list[dict[str, Any]]) -> None:
    regions = {chart["title"].split(":")[0]: chart["region"] for chart in row(widgets, "Edge and cluster")}

    assert regions["cdn-errors"] == "us-east-1"
    assert regions["cluster-failed-nodes"] == "eu-west-1"


def test_no_widget_covers_another_or_leaves_the_grid(widgets: list[dict[str, Any]]) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in widgets:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert max(x for x, _ in cells) < COLUMNS
        assert not cells & taken
        taken |= cells


def test_there_are_fewer_widgets_than_a_dashboard_can_hold(widgets: list[dict[str, Any]]) -> None:
    assert len(widgets) <= 500


def test_the_same_environment_gives_the_same_text(production: Environment) -> None:
    assert rendered(production) == rendered(production)
