"""What a resource costs by: quantities of priced items, and what no figure in the model gives a quantity of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from model.parity import Concern

HOURS_A_MONTH = Decimal(730)
"""A month as AWS's own estimates count it: 365 days of 24 hours, a twelfth of them."""
ONE = Decimal(1)


@dataclass(frozen=True)
class Charge:
    """A quantity of an item a month.

    `follows` is the concern whose ratio the quantity or the size follows; a charge without one is fixed: it is the same however
    small the environment is. `stops` says whether a schedule can stop it outside working hours.
    """

    title: str
    item: str
    quantity: Decimal
    follows: Concern | None = None
    stops: bool = False


@dataclass(frozen=True)
class Unpriced:
    """Something that costs money and is not counted, with the reason."""

    title: str
    reason: str


def hours(count: int | Decimal) -> Decimal:
    """The hours a month of things that always run."""
    return count * HOURS_A_MONTH


class UnknownQuantityError(Exception):
    """A property that a charge depends on is known only after a deployment."""


def figure(inputs: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number among a resource's inputs. Raises UnknownQuantityError where it is unknown or missing."""
    value = inputs.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise UnknownQuantityError(name)
    return int(value)


def word(inputs: Mapping[str, Any], name: str) -> str:
    """A text among a resource's inputs. Raises UnknownQuantityError where it is unknown or missing."""
    value = inputs.get(name)
    if not isinstance(value, str):
        raise UnknownQuantityError(name)
    return value
