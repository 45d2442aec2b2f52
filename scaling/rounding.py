"""Rounding: from the exact product of a figure and its ratio to a whole figure that keeps availability's shape."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from model.parity import Scaled

EXACT = "exact"
ROUNDED_UP = "rounded up"
PROVIDER_MINIMUM = "provider minimum"
REDUNDANCY = "what has two keeps two"
QUORUM = "a quorum stays odd"
CEILING = "never above production"
UNSCALED = "ratio 1"


def scale_count(production: int, ratio: Fraction, scale: Scaled) -> tuple[Fraction, int, str]:
    """Scale a whole figure: its exact product, the whole result, and the last rule that shaped it.

    The result never falls with a smaller production value or ratio rising, is never zero where production is not, and
    never above production. Ratio 1 is the identity.
    """
    product = production * ratio
    if ratio == 1 or production == 0:
        return product, production, UNSCALED
    result = ceil(product / scale.step) * scale.step
    rule = EXACT if result == product else ROUNDED_UP
    if result < max(scale.minimum, 1):
        result, rule = max(scale.minimum, 1), PROVIDER_MINIMUM
    if scale.redundant and production >= 2 and result < 2:
        result, rule = 2, REDUNDANCY
    if scale.quorum and production >= 3 and production % 2 == 1 and (result < 3 or result % 2 == 0):
        result, rule = max(3, result + 1 - result % 2), QUORUM
    if result > production:
        result, rule = production, CEILING
    return product, result, rule
