"""The availability zones that an environment uses."""

from __future__ import annotations

from model.environment import Environment

ZONE_LETTERS = "abcd"


def zone_names(environment: Environment) -> tuple[str, ...]:
    """The zones of the primary region, in the order of the subnets: `eu-west-1a`, `eu-west-1b`, ..."""
    return tuple(environment.identity.regions.primary + letter for letter in ZONE_LETTERS[: environment.network.zones])
