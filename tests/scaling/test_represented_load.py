"""The represented load: what rate in staging stands for production's peak, and what bounds it."""

from __future__ import annotations

from model.environment import Environment
from model.load import load_environment, load_staging
from model.staging import Staging
from scaling.represented_load import represented_load
from scaling.resolve import resolve
from tests.conftest import raw_model, raw_staging


def test_a_path_is_bounded_by_its_most_shrunken_step(production: Environment, staging: Staging) -> None:
    loads = {load.path: load for load in represented_load(production, resolve(production, staging).environment)}

    browse = loads["browse"]
    assert browse.bound_by == "stores.catalog"
    assert browse.represented_requests_per_second == 400.0
    assert {step.target: step.requests_per_second for step in browse.steps}["stores.catalog"] == 800.0


def test_at_the_represented_rate_no_step_is_asked_for_more_than_its_share(production: Environment, staging: Staging) -> None:
    for load in represented_load(production, resolve(production, staging).environment):
        assert load.represented_requests_per_second <= load.peak_requests_per_second
        assert load.ratio == min(step.capacity_ratio for step in load.steps)


def test_an_unscaled_staging_stands_for_the_whole_peak(production: Environment) -> None:
    staging = load_staging({**raw_staging(), "scaling": {"ratios": {}}}, production)

    for load in represented_load(production, resolve(production, staging).environment):
        assert load.represented_requests_per_second == load.peak_requests_per_second
        assert load.bound_by.startswith("nothing")


def test_a_table_is_bounded_by_the_direction_that_shrank_most() -> None:
    production = load_environment(raw_model())
    own = {
        **raw_staging(),
        "scaling": {"ratios": {}, "overrides": {"stores.carts.write_capacity": {"ratio": 0.5, "reason": "a test"}}},
    }

    loads = represented_load(production, resolve(production, load_staging(own, production)).environment)

    assert {load.path: load.bound_by for load in loads}["add-to-cart"] == "stores.carts"
