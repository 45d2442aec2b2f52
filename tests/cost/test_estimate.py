"""An estimate prices every resource or lists it: nothing is counted as nothing."""

from __future__ import annotations

from decimal import Decimal

from tests.cost.stacks import component, resource, stack, table
from understudy.cost.estimate import estimate

NAT, KEY = "aws:ec2/natGateway:NatGateway", "aws:kms/key:Key"
PRICES = table(
    ("vpc/nat-gateway", "eu-west-1", "0.048", "hour"),
    ("vpc/nat-gateway", "eu-north-1", "0.046", "hour"),
    ("kms/key", "*", "1", "month"),
    ("ec2/instance/m7g.large", "*", "0.1", "hour"),
)
NODES = {"instanceTypes": ["m7g.large"], "scalingConfig": {"desiredSize": 2}}


def test_the_sum_is_exact() -> None:
    assert estimate("staging", stack(resource(NAT, {})), PRICES).monthly == Decimal("35.04")


def test_a_resource_is_priced_in_the_region_that_it_stands_in() -> None:
    lines = estimate("staging", stack(resource(NAT, {"region": "eu-north-1"})), PRICES).lines

    assert [(line.region, line.monthly) for line in lines] == [("eu-north-1", Decimal("33.58"))]


def test_a_resource_without_a_price_is_listed_with_what_the_table_lacks() -> None:
    result = estimate("staging", stack(resource("aws:eks/cluster:Cluster", {})), PRICES)

    assert result.monthly == 0
    assert [(line.reason, line.item, line.region) for line in result.unpriced] == [
        ("no price of eks/cluster in eu-west-1", "eks/cluster", "eu-west-1")
    ]


def test_a_type_that_no_rule_knows_is_listed() -> None:
    result = estimate("staging", stack(resource("aws:lambda/function:Function", {})), PRICES)

    assert [line.type for line in result.unpriced] == ["aws:lambda/function:Function"]


def test_every_item_in_use_is_known_priced_or_not() -> None:
    result = estimate("staging", stack(resource(KEY, {}), resource("aws:eks/cluster:Cluster", {}, "other")), PRICES)

    assert result.items == {("kms/key", "eu-west-1"), ("eks/cluster", "eu-west-1")}


def test_fixed_and_scaled_parts_make_the_whole() -> None:
    result = estimate("staging", stack(resource(NAT, {}), resource("aws:eks/nodeGroup:NodeGroup", NODES, "nodes")), PRICES)

    assert (result.fixed, result.scaled) == (Decimal("35.04"), Decimal("146"))
    assert result.monthly == result.fixed + result.scaled


def test_off_hours_save_their_share_of_what_stops() -> None:
    result = estimate("staging", stack(resource(NAT, {}), resource("aws:eks/nodeGroup:NodeGroup", NODES, "nodes")), PRICES)

    assert result.saving(84) == Decimal("73")
    assert result.saving(0) == 0


def test_a_charge_belongs_to_the_outermost_component_below_the_system() -> None:
    inner = component("shop-part-inner", "Firewall", "shop-part")
    result = estimate("staging", stack(inner, resource(KEY, {}, parent="shop-part-inner")), PRICES)

    assert [line.component for line in result.lines] == ["part (Network)"]
