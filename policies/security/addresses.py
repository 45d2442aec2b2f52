"""Address ranges as rules read them: which of them are the whole internet, or a part of it that nobody could name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from policies.engine.node import Node, NotKnownError

_LONGEST_PREFIX = {4: 7, 6: 6}
"""Prefixes up to these are wider than any network somebody has, private ones included (10.0.0.0/8, fc00::/7).

So the internet that is written as two halves, or as 2000::/3, is the internet.
"""


@lru_cache(maxsize=4096)
def network(text: object) -> IPv4Network | IPv6Network | None:
    """The network that a text names; None for anything else."""
    try:
        return ip_network(text, strict=False) if isinstance(text, str) else None
    except ValueError:
        return None


def is_internet(text: str) -> bool:
    """Whether a range is all addresses, or so many that they are nobody's in particular."""
    found = network(text)
    return found is not None and found.prefixlen <= _LONGEST_PREFIX[found.version]


def first_internet(blocks: Iterable[Node]) -> Node | None:
    """The first block that is the internet. Raises NotKnownError where none is seen to be, and one is not known."""
    unknown: NotKnownError | None = None
    for block in blocks:
        try:
            if is_internet(block.text()):
                return block
        except NotKnownError as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return None
