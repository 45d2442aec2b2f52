"""Deviations: what they must be to explain a difference, and what becomes of those that are not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from policies.parity.deviation import expiring
from tests.policies.parity.stacks import TODAY, changed, judged, resource, told, with_staging_file

PAUSED = {
    "resource": "stores/orders/instance",
    "property": "deletionProtection",
    "reason": "the instance is replaced on Thursday",
    "owner": "shop-platform",
    "expires": "2026-02-01",
}


def _told(today: date = TODAY, **changes: Any) -> list[tuple[str, str, str]]:
    against = with_staging_file(deviations=[{key: value for key, value in {**PAUSED, **changes}.items() if value is not None}])
    unprotected = changed(resource("retail-store-orders-instance"), "deletionProtection", False)
    return [each for each in told(judged(unprotected, against=against, today=today)) if each[0] != "PAR-11"]


DIFFERENCE = ("PAR-02", "stores/orders/instance", "deletionProtection")
REFUSED = ("PAR-09", "deviations[0]", "")


def test_a_live_deviation_explains_the_difference_that_it_names() -> None:
    assert _told() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": "2025-12-31"},
        {"expires": "2026-02-30"},
        {"property": "*"},
        {"resource": "stores/*"},
        {"resource": "stores/orders/instanze"},
        {"resource": "stores/catalog/cluster"},
        {"property": "storageEncrypted"},
        {"resource": None, "property": None, "path": "services.ui.replica"},
        {"resource": None, "property": None, "path": "services.ui.replicas"},
    ],
    ids=lambda changes: ",".join(f"{key}={value}" for key, value in changes.items()),
)
def test_any_other_deviation_explains_nothing_and_is_a_violation_itself(changes: dict[str, Any]) -> None:
    rules = _told(**changes)

    assert REFUSED in rules
    assert DIFFERENCE in rules


def test_a_deviation_by_the_models_path_explains_its_figure_alone() -> None:
    against = with_staging_file(deviations=[{**_without_resource(), "path": "services.carts.replicas"}])
    fewer = changed(resource("retail-store-carts-deployment"), "spec/replicas", 1)

    assert told(judged(fewer, against=against)) == []


def test_a_deviation_that_names_several_resources_must_name_its_kind() -> None:
    against = with_staging_file(deviations=[{**PAUSED, "resource": "operations/oncall/page", "property": "policy"}])

    (stated,) = judged(against=against).stated

    assert "operations/oncall/page:Topic or operations/oncall/page:TopicPolicy" in stated.message


def test_a_mistyped_resource_is_answered_with_the_nearest() -> None:
    against = with_staging_file(deviations=[{**PAUSED, "resource": "stores/orders/instanze"}])

    (stated,) = judged(against=against).stated

    assert "did you mean 'stores/orders/instance'" in stated.message


@pytest.mark.parametrize(("day", "is_told"), [("2026-01-17", False), ("2026-01-18", True), ("2026-02-01", True)])
def test_a_deviation_is_told_two_weeks_before_it_ends(day: str, is_told: bool) -> None:
    deviations = with_staging_file(deviations=[PAUSED]).staging_file.deviations

    assert bool(list(expiring(deviations, date.fromisoformat(day)))) is is_told


def test_a_deviation_holds_on_its_last_day_and_no_longer() -> None:
    assert _told(today=date(2026, 2, 1)) == []
    assert REFUSED in _told(today=date(2026, 2, 2))


def _without_resource() -> dict[str, Any]:
    return {key: value for key, value in PAUSED.items() if key not in ("resource", "property")}
