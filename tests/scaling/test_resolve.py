"""Resolving staging: the properties that hold for every ratio, and the figures of the shipped system."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.consistency import consistency_problems
from model.environment import Environment
from model.errors import ConfigurationError
from model.load import load_environment, load_staging
from model.parity import Concern, Isolated, Ladder, Release, Scaled
from model.staging import Staging
from scaling.figures import figures, leaves
from scaling.replay import replay
from scaling.resolve import resolve
from tests.conftest import raw_model, raw_staging

PRODUCTION = load_environment(raw_model())
RATIOS = st.floats(min_value=0.01, max_value=1).map(lambda ratio: round(ratio, 3))
PATHS = st.sampled_from(sorted(figure.path for figure in figures(PRODUCTION)))
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def staging_with(ratios: dict[str, float], overrides: dict[str, float] | None = None) -> Staging:
    raw = raw_staging()
    raw["scaling"] = {
        "ratios": ratios,
        "overrides": {path: {"ratio": ratio, "reason": "a test"} for path, ratio in (overrides or {}).items()},
    }
    return load_staging(raw, PRODUCTION)


ANY_SCALING = st.builds(
    staging_with,
    st.dictionaries(st.sampled_from([concern.value for concern in Concern]), RATIOS),
    st.dictionaries(PATHS, RATIOS, max_size=4),
)


def test_ratio_one_changes_nothing_but_the_identity() -> None:
    resolution = resolve(PRODUCTION, staging_with({concern.value: 1.0 for concern in Concern}))

    assert len(resolution.ledger) == 0
    assert resolution.environment.model_copy(update={"identity": PRODUCTION.identity}) == PRODUCTION


@SLOW
@given(ANY_SCALING)
def test_every_scaling_gives_a_valid_model_that_differs_only_where_it_may(staging: Staging) -> None:
    environment = resolve(PRODUCTION, staging).environment

    assert consistency_problems(environment) == []
    before = {path: value for path, value, _ in leaves(PRODUCTION)}
    fixed = [
        path
        for path, value, parity in leaves(environment)
        if value != before[path] and not isinstance(parity, Scaled | Ladder | Isolated | Release) and "pools" not in path
    ]
    assert [path for path in fixed if not path.startswith("identity.regions")] == []


@SLOW
@given(ANY_SCALING)
def test_no_count_goes_to_zero_or_above_production(staging: Staging) -> None:
    scaled = {figure.path: figure.value for figure in figures(resolve(PRODUCTION, staging).environment)}

    for figure in figures(PRODUCTION):
        value = scaled[figure.path]
        if isinstance(figure.value, int) and isinstance(value, int):
            assert (0 < value <= figure.value) or figure.value == value == 0, figure.path


@SLOW
@given(ANY_SCALING)
def test_the_ledger_replays_to_the_same_environment(staging: Staging) -> None:
    resolution = resolve(PRODUCTION, staging)

    assert replay(PRODUCTION, staging, resolution.ledger) == resolution.environment


@SLOW
@given(ANY_SCALING)
def test_every_difference_has_a_ledger_line_with_both_values(staging: Staging) -> None:
    resolution = resolve(PRODUCTION, staging)
    scaled = {figure.path: figure.value for figure in figures(resolution.environment)}

    for figure in figures(PRODUCTION):
        if scaled[figure.path] != figure.value:
            line = resolution.ledger.get(figure.path)
            assert line is not None
            assert (line.production, line.result) == (figure.value, scaled[figure.path])


@SLOW
@given(st.sampled_from(list(Concern)), RATIOS, RATIOS, st.dictionaries(st.sampled_from([c.value for c in Concern]), RATIOS))
def test_raising_a_ratio_lowers_no_figure_of_its_concern(
    concern: Concern, one: float, other: float, rest: dict[str, float]
) -> None:
    low, high = (
        {
            figure.path: figure.value
            for figure in figures(resolve(PRODUCTION, staging_with({**rest, concern.value: ratio})).environment)
        }
        for ratio in sorted((one, other))
    )

    for figure in figures(PRODUCTION):
        if figure.scale.by is concern and isinstance(figure.value, int):
            assert int(low[figure.path]) <= int(high[figure.path]), figure.path


@pytest.mark.parametrize(
    ("path", "result", "rule"),
    [
        ("services.ui.replicas", 3, "exact"),
        ("services.carts.replicas", 2, "rounded up"),
        ("services.checkout.replicas", 2, "exact"),
        ("stores.orders.instance_class", "db.r7g.large", "a real size of db.r7g"),
        ("stores.orders.storage_gib", 200, "exact"),
        ("stores.checkout.node_type", "cache.r7g.large", None),
        ("stores.orders.max_connections", 1802, None),
    ],
)
def test_the_shipped_staging_is_sized_as_its_file_says(
    production: Environment, staging: Staging, path: str, result: object, rule: str | None
) -> None:
    line = resolve(production, staging).ledger.get(path)

    assert line is not None
    assert line.result == result
    assert rule is None or line.rule == rule


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("services.chekout", "did you mean 'services.checkout'?"),
        ("services.ui.image", "no ratio can touch it"),
        ("network.zones", "no ratio can touch it"),
        ("stores.orders.multi_az", "no ratio can touch it"),
    ],
)
def test_an_override_that_touches_no_figure_is_refused(path: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve(PRODUCTION, staging_with({}, {path: 0.5}))

    assert [str(problem) for problem in caught.value.problems if says in problem.message]


def test_a_connection_limit_follows_the_class_and_pools_fit_it() -> None:
    raw = raw_model()
    raw["services"]["orders"]["pools"]["orders"]["connections"] = 370
    crowded = load_environment(raw)

    environment = resolve(crowded, load_staging({**raw_staging(), "scaling": {"ratios": {"database": 0.1}}}, crowded)).environment

    assert environment.stores["orders"].model_dump()["instance_class"] == "db.r7g.2xlarge"


def test_a_pool_that_can_be_set_keeps_its_share_instead() -> None:
    raw = raw_model()
    raw["services"]["orders"]["pools"]["orders"] = {"connections": 370, "variable": "POOL_SIZE"}
    crowded = load_environment(raw)

    resolution = resolve(crowded, load_staging({**raw_staging(), "scaling": {"ratios": {"database": 0.1}}}, crowded))

    assert resolution.environment.stores["orders"].model_dump()["instance_class"] == "db.r7g.large"
    line = resolution.ledger.get("services.orders.pools.orders.connections")
    assert line is not None
    assert (line.production, line.result) == (370, 133)


def test_a_ledger_is_the_same_from_run_to_run(production: Environment, staging: Staging) -> None:
    first, second = (json.dumps([vars(line) for line in resolve(production, staging).ledger]) for _ in range(2))

    assert first == second
