"""The catalogue: which properties may differ at all, from what the model declares of its own fields."""

from __future__ import annotations

import re
from functools import cache

from model.identity_properties import EVERY_AWS_TYPE, IDENTITY_PROPERTIES, TEAM_PROPERTIES
from policies.parity.paths import pattern


@cache
def _identity_patterns(type_: str) -> tuple[re.Pattern[str], ...]:
    common = EVERY_AWS_TYPE if type_.startswith("aws:") else ()
    return tuple(pattern(text) for text in (*common, *IDENTITY_PROPERTIES.get(type_, ())))


@cache
def carries_identity(type_: str, path: str) -> bool:
    """Whether the property of a resource type may carry the environment's identity."""
    return any(known.fullmatch(path) for known in _identity_patterns(type_))


def is_the_teams(type_: str, path: str) -> bool:
    """Whether the property names people and what they read, which both environments share."""
    return path in TEAM_PROPERTIES.get(type_, ())
