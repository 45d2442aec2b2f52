"""Rounding keeps availability's shape whatever the ratio."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.parity import Concern, Scaled
from scaling.rounding import CEILING, EXACT, PROVIDER_MINIMUM, QUORUM, REDUNDANCY, ROUNDED_UP, UNSCALED, scale_count

COUNTS = st.integers(min_value=0, max_value=10_000)
RATIOS = st.fractions(min_value=Fraction(1, 1000), max_value=1)
SCALES = st.builds(
    Scaled,
    by=st.just(Concern.COMPUTE),
    minimum=st.integers(min_value=0, max_value=100),
    step=st.integers(min_value=1, max_value=64),
    redundant=st.booleans(),
    quorum=st.booleans(),
)


@pytest.mark.parametrize(
    ("production", "ratio", "scale", "exact", "result", "rule"),
    [
        (12, Fraction(1, 4), Scaled(Concern.COMPUTE), 3, 3, EXACT),
        (10, Fraction(1, 4), Scaled(Concern.COMPUTE), Fraction(5, 2), 3, ROUNDED_UP),
        (10, Fraction(1), Scaled(Concern.COMPUTE), 10, 10, UNSCALED),
        (4, Fraction(1, 10), Scaled(Concern.COMPUTE, redundant=True), Fraction(2, 5), 2, REDUNDANCY),
        (1, Fraction(1, 10), Scaled(Concern.COMPUTE, redundant=True), Fraction(1, 10), 1, ROUNDED_UP),
        (800, Fraction(1, 100), Scaled(Concern.STORAGE, minimum=20), 8, 20, PROVIDER_MINIMUM),
        (5, Fraction(1, 2), Scaled(Concern.CACHE_NODES, quorum=True), Fraction(5, 2), 3, ROUNDED_UP),
        (7, Fraction(1, 2), Scaled(Concern.CACHE_NODES, quorum=True), Fraction(7, 2), 5, QUORUM),
        (3, Fraction(1, 10), Scaled(Concern.CACHE_NODES, quorum=True), Fraction(3, 10), 3, QUORUM),
        (10, Fraction(1, 2), Scaled(Concern.STORAGE, minimum=20), 5, 10, CEILING),
        (0, Fraction(1, 2), Scaled(Concern.DATABASE_REPLICAS, minimum=0), 0, 0, UNSCALED),
        (1000, Fraction(1, 3), Scaled(Concern.POD_MEMORY, step=16), Fraction(1000, 3), 336, ROUNDED_UP),
    ],
)
def test_a_figure_is_scaled_by_the_rule_that_shapes_it(
    production: int, ratio: Fraction, scale: Scaled, exact: Fraction, result: int, rule: str
) -> None:
    assert scale_count(production, ratio, scale) == (exact, result, rule)


@given(COUNTS, SCALES)
def test_ratio_one_is_the_identity(production: int, scale: Scaled) -> None:
    assert scale_count(production, Fraction(1), scale)[1] == production


@given(COUNTS, RATIOS, SCALES)
def test_nothing_goes_to_zero_or_above_production(production: int, ratio: Fraction, scale: Scaled) -> None:
    result = scale_count(production, ratio, scale)[1]

    assert result <= production
    assert (result == 0) == (production == 0)


@given(COUNTS, RATIOS, RATIOS, SCALES)
def test_scaling_is_monotonic_in_the_ratio(production: int, one: Fraction, other: Fraction, scale: Scaled) -> None:
    low, high = sorted((one, other))

    assert scale_count(production, low, scale)[1] <= scale_count(production, high, scale)[1]


@given(COUNTS, RATIOS, SCALES)
def test_floors_hold(production: int, ratio: Fraction, scale: Scaled) -> None:
    result = scale_count(production, ratio, scale)[1]

    assert result >= min(scale.minimum, production)
    if scale.redundant:
        assert result >= min(2, production)
    if scale.quorum and production % 2 == 1:
        assert result % 2 == 1
        assert result >= min(3, production)
