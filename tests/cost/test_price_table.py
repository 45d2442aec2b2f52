"""The price table is dated, sourced and coherent, and a file that is none is refused by path."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from model.errors import ConfigurationError
from understudy.cost.price_table import PriceTable, embedded_table, read_table, table_json
from understudy.cost.products import UnknownItemError, product


def raw_table() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(table_json(embedded_table()))
    return raw


def test_every_embedded_price_is_of_an_item_that_aws_has_a_name_for() -> None:
    for price in embedded_table().prices:
        assert product(price.item).unit == price.unit


def test_every_embedded_price_that_is_not_verified_says_why() -> None:
    assert [price.item for price in embedded_table().prices if not price.verified and price.note is None] == []


def test_a_regions_own_price_comes_before_the_one_that_holds_everywhere() -> None:
    table = embedded_table()
    own, everywhere = table.find("kms/key", "us-east-1"), table.find("kms/key", "eu-west-1")

    assert own is not None
    assert everywhere is not None
    assert (own.region, everywhere.region) == ("us-east-1", "*")


def test_an_item_without_a_price_has_none() -> None:
    assert embedded_table().find("ec2/instance/m7g.large", "sa-east-1") is None


def test_a_table_written_and_read_again_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    path.write_text(table_json(embedded_table()), encoding="utf-8")

    assert read_table(path) == embedded_table()


def test_a_price_is_exact() -> None:
    price = embedded_table().find("dynamodb/read-unit", "us-east-1")

    assert price is not None
    assert price.usd == Decimal("0.00013")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"currency": "EUR"}, "--prices currency: found 'EUR'"),
        ({"compiled": "yesterday"}, "--prices compiled: found 'yesterday'"),
        ({"sources": {}}, "prices name sources that are not listed"),
        ({"extra": 1}, "--prices extra"),
        ({"prices": [{"item": "kms/key"}]}, "--prices prices.0.region"),
        ({"prices": raw_table()["prices"][:1] * 2}, "priced twice: cloudwatch/alarm in *"),
        ({"prices": [{**raw_table()["prices"][0], "usd": "-1"}]}, "--prices prices.0.usd: found '-1'"),
        ({"prices": [{**raw_table()["prices"][0], "usd": "NaN"}]}, "--prices prices.0.usd: found 'NaN'"),
    ],
    ids=str,
)
def test_a_table_that_is_none_is_refused_by_path(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(json.dumps({**raw_table(), **change}), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=says.replace("*", r"\*")):
        read_table(path)


@pytest.mark.parametrize("content", [b"\xff not json", b"PASSWORD=planted", b""])
def test_a_file_that_is_no_json_is_named_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"--prices: .*prices.json' is no JSON") as caught:
        read_table(path)

    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("item", "usage_type", "same"),
    [
        ("ec2/instance/m7g.large", "EU-BoxUsage:m7g.large", True),
        ("ec2/instance/m7g.large", "BoxUsage:m7g.large", True),
        ("ec2/instance/m7g.large", "EU-BoxUsage:m7gd.large", False),
        ("ec2/instance/m7g.large", "EU-UnusedBox:m7g.large", False),
        ("vpc/nat-gateway", "EUN1-NatGateway-Hours", True),
        ("vpc/nat-gateway", "EUN1-NatGateway-Bytes", False),
        ("vpc/nat-gateway", "EU-RegionalNatGateway-Hours", False),
        ("rds/postgres/db.r7g.large/multi-az", "EU-Multi-AZUsage:db.r7g.large", True),
        ("rds/aurora-mysql/db.r7g.large", "InstanceUsage:db.r7g.large", True),
        ("rds/aurora-mysql/db.r7g.large", "InstanceUsageIOOptimized:db.r7g.large", False),
        ("kms/key", "eu-west-1-KMS-Keys", True),
        ("cloudwatch/alarm", "EU-CW:AlarmMonitorUsage", True),
        ("cloudwatch/alarm", "EU-CW:HighResAlarmMonitorUsage", False),
    ],
)
def test_an_item_is_told_by_its_usage_type(item: str, usage_type: str, same: bool) -> None:
    assert product(item).matches(usage_type) is same


@pytest.mark.parametrize("item", ["kms/keys", "rds/oracle/db.r7g.large/multi-az", "ec2/instance/", "ec2/volume/gp2"])
def test_an_item_that_nothing_stands_for_is_refused(item: str) -> None:
    with pytest.raises(UnknownItemError, match="is no known item"):
        product(item)


def test_a_table_is_validated_strictly() -> None:
    with pytest.raises(ValueError, match="verified"):
        PriceTable.model_validate_json(json.dumps({**raw_table(), "prices": [{**raw_table()["prices"][0], "verified": "yes"}]}))
