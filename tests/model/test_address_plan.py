"""The CIDR plan fits, does not overlap, and says when there is no room."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.address_plan import address_plan
from model.network import Network

LENGTHS = st.integers(min_value=18, max_value=28)


def network(zones: int, public: int, private: int, database: int) -> Network:
    return Network(
        zones=zones,
        public_prefix_length=public,
        private_prefix_length=private,
        database_prefix_length=database,
        flow_log_retention_days=90,
    )


@given(st.integers(min_value=2, max_value=4), LENGTHS, LENGTHS, LENGTHS)
def test_a_plan_lies_in_its_range_without_overlap_or_is_refused(zones: int, public: int, private: int, database: int) -> None:
    size = zones * sum(2 ** (32 - length) for length in (public, private, database))
    try:
        plan = address_plan("10.0.0.0/16", network(zones, public, private, database))
    except ValueError:
        assert size > 2**16
        return

    subnets = [IPv4Network(text) for text in (*plan.public, *plan.private, *plan.database)]
    assert len(subnets) == 3 * zones
    assert all(subnet.subnet_of(IPv4Network("10.0.0.0/16")) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


def test_the_shape_of_a_plan_is_the_same_in_every_range() -> None:
    shape = network(3, 24, 19, 24)

    one, other = (address_plan(text, shape) for text in ("10.20.0.0/16", "10.40.0.0/16"))

    assert [text.replace("10.20.", "10.40.") for text in one.private] == list(other.private)


def test_a_range_without_room_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no room for 3 private subnets of /19"):
        address_plan("10.0.0.0/18", network(3, 24, 19, 24))
