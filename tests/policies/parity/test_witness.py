"""The witness: a ledger that its ratios cannot give is found, whoever wrote it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.environment import Environment
from model.load import load_environment, load_staging, revalidated
from model.parity import Concern
from policies.parity.witness import contradictions
from scaling.resolve import resolve
from tests.conftest import PROJECTS, raw_model, raw_staging

PRODUCTIONS = {name: load_environment(raw_model(name)) for name in PROJECTS}


def _file(system: str, ratios: dict[str, float]) -> Any:
    return load_staging({**raw_staging(system), "scaling": {"ratios": ratios}}, PRODUCTIONS[system])


@settings(max_examples=60, deadline=None)
@given(
    system=st.sampled_from(sorted(PRODUCTIONS)),
    ratios=st.fixed_dictionaries({each.value: st.integers(5, 100).map(lambda percent: percent / 100) for each in Concern}),
)
def test_what_scaling_makes_of_any_ratios_is_believed(system: str, ratios: dict[str, float]) -> None:
    file, production = _file(system, ratios), PRODUCTIONS[system]

    assert list(contradictions(production, resolve(production, file).environment, file)) == []


def _staging(changes: dict[str, Any]) -> tuple[Environment, Environment, Any]:
    production = PRODUCTIONS["retail-store"]
    file = load_staging(raw_staging(), production)
    return production, revalidated(resolve(production, file).environment, changes), file


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("services.ui.memory_mib", 512),
        ("stores.orders.instance_class", "db.r7g.4xlarge"),
        ("stores.orders.instance_class", "db.m7g.large"),
        ("stores.orders.storage_gib", 100),
        ("stores.orders.storage_gib", 400),
        ("stores.checkout.node_type", "cache.r7g.xlarge"),
        ("stores.carts.read_capacity.min_units", 100),
        ("edge.firewall.requests_per_five_minutes", 2000),
        ("cluster.node_groups.web.disk_gib", 100),
        ("operations.budget.monthly_usd", 9000),
        ("stores.orders.backup_retention_days", 1),
        ("network.zones", 2),
    ],
)
def test_a_figure_that_no_ratio_gives_is_found(path: str, value: Any) -> None:
    production, staging, file = _staging({path: value})

    assert path in [each.figure for each in contradictions(production, staging, file)]


def test_replicas_beyond_their_share_are_found_where_nodes_have_room_for_them() -> None:
    room = {"cluster.node_groups.transactions.nodes": 3, "cluster.node_groups.transactions.max_nodes": 6}
    production, staging, file = _staging({**room, "services.carts.replicas": 3, "services.carts.max_replicas": 9})

    found = [each.figure for each in contradictions(production, staging, file)]

    assert {"services.carts.replicas", "services.carts.max_replicas"} <= set(found)
