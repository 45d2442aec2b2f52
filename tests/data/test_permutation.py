"""Permutations of ranges that are larger than a digest."""

from __future__ import annotations

import random

import pytest

from model.mask import Mask
from tests.data.test_masks import KEY, mask
from understudy.data.masking.permutation import permutation


@pytest.mark.parametrize("digits", [20, 300, 700, 4000])
def test_no_digits_of_a_long_number_stay_where_they_were(digits: int) -> None:
    drawn = random.Random(digits)
    number = "".join(drawn.choices("123456789", k=digits))
    masked = mask(Mask.SHAPE, "numeric")(number.encode()).decode()

    assert len(masked) == digits
    assert not any(masked[place : place + 8] == number[place : place + 8] for place in range(digits - 7))


def test_a_long_range_is_permuted_by_its_key_and_tweak() -> None:
    size = 10**900
    numbers = [0, 1, size // 3, size - 1]
    made = [permutation(key, size, tweak)(number) for key in (KEY, KEY[::-1]) for tweak in (b"a", b"b") for number in numbers]

    assert len(set(made)) == len(made)
    assert all(0 <= number < size for number in made)
