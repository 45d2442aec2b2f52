"""Names of roles: the engine makes one of the logical name and a random ending, and refuses what IAM would."""

from __future__ import annotations

_MOST = 64
"""Characters of a role's name. Source: IAM and STS quotas."""
_ENDING = 8
"""Characters that the engine appends: a hyphen and seven at random."""
_MOST_OF_PREFIX = 38
"""Characters that the provider takes as a prefix, to which it appends 26."""


def role_prefix(name: str) -> str | None:
    """What a role's name begins with where its logical name is too long to be made into one; None where it is not."""
    if len(name) + _ENDING <= _MOST:
        return None
    return f"{name[: _MOST_OF_PREFIX - 1].rstrip('-')}-"
