from __future__ import annotations

import pytest

from model.environment import Environment
from model.quota import namespace_quota, surge


@pytest.mark.parametrize(("replicas", "pods"), [(1, 1), (4, 1), (5, 2), (12, 3), (40, 10)])
def test_a_rollout_adds_a_quarter_of_the_replicas_rounded_up(replicas: int, pods: int) -> None:
    assert surge(replicas) == pods


def test_a_namespace_has_room_for_a_rollout_at_its_services_most_replicas(production: Environment) -> None:
    orders = production.services["orders"]
    pods = orders.max_replicas + surge(orders.max_replicas)

    assert namespace_quota(production, "orders") == {
        "cpu_millicores": pods * orders.cpu_millicores,
        "memory_mib": pods * orders.memory_mib,
        "pods": pods,
    }


def test_the_services_of_a_namespace_share_its_quota(production: Environment) -> None:
    together = production.model_copy(
        update={
            "services": {name: service.model_copy(update={"namespace": "shop"}) for name, service in production.services.items()}
        }
    )
    apart = [namespace_quota(production, name)["pods"] for name in production.namespaces]

    assert namespace_quota(together, "shop")["pods"] == sum(apart)
    assert namespace_quota(together, "none") == {"cpu_millicores": 0, "memory_mib": 0, "pods": 0}
