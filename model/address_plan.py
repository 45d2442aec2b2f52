"""The CIDR plan: which subnet gets which part of the environment's address range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from model.network import Network

TIERS = ("public", "private", "database")


@dataclass(frozen=True)
class AddressPlan:
    """Subnets by tier, one a zone in zone order, as CIDR strings."""

    public: tuple[str, ...]
    private: tuple[str, ...]
    database: tuple[str, ...]


def address_plan(address_range: str, network: Network) -> AddressPlan:
    """Lay the tiers out in the range, largest subnets first, so that each starts on its own boundary.

    Raises ValueError when the range has no room for them.
    """
    prefix_lengths = {tier: int(getattr(network, f"{tier}_prefix_length")) for tier in TIERS}
    whole = IPv4Network(address_range)
    position, end = int(whole.network_address), int(whole.broadcast_address)
    subnets: dict[str, tuple[str, ...]] = {}
    for tier in sorted(TIERS, key=lambda tier: (prefix_lengths[tier], TIERS.index(tier))):
        placed: list[str] = []
        for _ in range(network.zones):
            subnet = IPv4Network((position, prefix_lengths[tier]), strict=False)
            if int(subnet.broadcast_address) > end or int(subnet.network_address) != position:
                raise ValueError(f"{address_range} has no room for {network.zones} {tier} subnets of /{prefix_lengths[tier]}")
            placed.append(str(subnet))
            position += subnet.num_addresses
        subnets[tier] = tuple(placed)
    return AddressPlan(**subnets)


def overlaps(ranges: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The pairs of names whose ranges overlap, in the order given."""
    items = [(name, IPv4Network(text)) for name, text in ranges.items()]
    for index, (name, network) in enumerate(items):
        for other, other_network in items[index + 1 :]:
            if network.overlaps(other_network):
                yield name, other
