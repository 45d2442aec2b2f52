"""Instance classes step down to real sizes only."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.instance_types import family, find, names
from scaling.ladder import MEMORY_TOLERANCE, step_down

RATIOS = st.fractions(min_value=Fraction(1, 100), max_value=1)
CLASSES = st.sampled_from([(service, name) for service in ("ec2", "rds", "elasticache") for name in names(service)])


@pytest.mark.parametrize(
    ("service", "name", "ratio", "aurora", "result"),
    [
        ("rds", "db.r7g.2xlarge", Fraction(1, 4), False, "db.r7g.large"),
        ("rds", "db.r7g.2xlarge", Fraction(26, 100), False, "db.r7g.xlarge"),
        ("rds", "db.r7g.12xlarge", Fraction(1, 2), False, "db.r7g.8xlarge"),
        ("rds", "db.r7g.large", Fraction(1, 100), False, "db.r7g.large"),
        ("rds", "db.t4g.large", Fraction(1, 8), False, "db.t4g.micro"),
        ("rds", "db.t4g.large", Fraction(1, 8), True, "db.t4g.medium"),
        ("elasticache", "cache.r7g.xlarge", Fraction(1, 2), False, "cache.r7g.large"),
        ("elasticache", "cache.m7g.16xlarge", Fraction(1, 32), False, "cache.m7g.large"),
        ("ec2", "m7g.2xlarge", Fraction(1, 2), False, "m7g.xlarge"),
        ("ec2", "t3.2xlarge", Fraction(1, 8), False, "t3.medium"),
    ],
)
def test_a_class_steps_down_to_the_next_real_size(service: str, name: str, ratio: Fraction, aurora: bool, result: str) -> None:
    assert step_down(service, name, ratio, aurora=aurora).name == result


@given(CLASSES)
def test_ratio_one_is_the_identity(named: tuple[str, str]) -> None:
    assert step_down(*named, Fraction(1)).name == named[1]


@given(CLASSES, RATIOS)
def test_a_step_stays_in_its_family_and_is_large_enough(named: tuple[str, str], ratio: Fraction) -> None:
    now, result = find(*named), step_down(*named, ratio)

    assert (result.family, result.architecture) == (now.family, now.architecture)
    assert now.vcpu * ratio <= result.vcpu <= now.vcpu
    assert now.memory_mib * ratio * MEMORY_TOLERANCE <= result.memory_mib <= now.memory_mib
    assert result in family(named[0], now.family)


@given(CLASSES, RATIOS)
def test_no_smaller_size_of_the_family_would_do(named: tuple[str, str], ratio: Fraction) -> None:
    now, result = find(*named), step_down(*named, ratio)

    for smaller in family(named[0], now.family):
        if smaller.memory_mib < result.memory_mib:
            assert smaller.vcpu < now.vcpu * ratio or smaller.memory_mib < now.memory_mib * ratio * MEMORY_TOLERANCE


@given(CLASSES, RATIOS, RATIOS)
def test_a_larger_ratio_never_gives_a_smaller_size(named: tuple[str, str], one: Fraction, other: Fraction) -> None:
    low, high = (step_down(*named, ratio) for ratio in sorted((one, other)))

    assert (low.vcpu, low.memory_mib) <= (high.vcpu, high.memory_mib)


@given(st.sampled_from([name for name in names("rds") if find("rds", name).aurora]), RATIOS)
def test_aurora_gets_only_what_it_offers(name: str, ratio: Fraction) -> None:
    assert step_down("rds", name, ratio, aurora=True).aurora
