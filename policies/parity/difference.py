"""A difference between a resource of staging and its counterpart: where, what stands on each side, and what explains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from policies.engine.node import UNKNOWN, Secret


class Absent:
    """The type of ABSENT."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""Stands for a property that one side does not have."""
_LONGEST = 60


class Difference(NamedTuple):
    """One difference. `explained` names what explains it, and is empty where nothing does; `rule` is the one it then breaks."""

    rule: str
    urn: str
    """The resource in staging; in production where staging lacks it."""
    place: str
    path: str
    """The property; empty for the resource as a whole."""
    message: str
    fix: str
    explained: str = ""
    figure: str = ""
    """The model's path of the figure that the property follows."""


def shown(value: object) -> str:
    """A value as messages write it: short, and never a secret's."""
    if isinstance(value, str):
        return repr(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…")
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping | Secret):
        return "a secret" if isinstance(value, Secret) else "an object"
    if value is ABSENT or value is UNKNOWN:
        return "absent" if value is ABSENT else "not known yet"
    return f"{value:.12g}" if isinstance(value, float) else str(value).lower()
