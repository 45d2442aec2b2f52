"""Renewing prices through AWS's price list API (`pricing:GetProducts`). It needs boto3, which the extra `prices` brings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from model.errors import ConfigurationError, Problem
from understudy.cost.price_table import Price, PriceTable, Source, Unit
from understudy.cost.products import Product, UnknownItemError, product

_REGION = "us-east-1"
"""Where the API is asked; it answers for every region."""
_SOURCE = "aws-price-list"
_UNITS: Mapping[Unit, frozenset[str]] = {
    "hour": frozenset({"hrs", "hours", "hour", "readcapacityunit-hrs", "writecapacityunit-hrs"}),
    "GB-month": frozenset({"gb-mo", "gb-month"}),
    "month": frozenset({"alarms", "dashboards", "hostedzone", "keys", "metrics", "mo", "month", "months", "secrets"}),
}
"""What the price list calls a unit, in lower case. One that is not here is refused rather than taken for another."""

Item = tuple[str, str]


class PriceListClient(Protocol):
    """The part of boto3's client that is used."""

    def get_paginator(self, operation_name: str) -> Any:
        """The paginator of an operation."""


@dataclass(frozen=True)
class Refresh:
    """A renewed table, the items that are new in it or changed, and those that AWS gave no usable answer for."""

    table: PriceTable
    renewed: tuple[Price, ...]
    failed: tuple[tuple[Item, str], ...]


def price_list_client() -> PriceListClient:
    """A client with the credentials of the environment. Raises ConfigurationError where boto3 is not installed."""
    try:
        import boto3  # noqa: PLC0415 - an optional requirement
    except ImportError as error:
        raise ConfigurationError([Problem("", "needs boto3: pip install 'understudy[prices]'")]) from error
    client: PriceListClient = boto3.client("pricing", region_name=_REGION)
    return client


def refresh(
    table: PriceTable, items: Iterable[Item], client: PriceListClient, progress: Callable[[str], None] = lambda _: None
) -> Refresh:
    """Ask for the price of each item in its region. What has no usable answer keeps the price that it had.

    The table's day becomes the latest on which AWS published an answer. Raises ConfigurationError where AWS refuses to answer.
    """
    found: dict[Item, Price] = {}
    failed: list[tuple[Item, str]] = []
    published = {table.compiled}
    for item, region in sorted(set(items)):
        progress(f"asking for {item} in {region}")
        try:
            price, day = _asked(item, region, client)
        except _UnusableError as error:
            failed.append(((item, region), str(error)))
            continue
        found[item, region] = price
        published.add(day)
    kept = [price for price in table.prices if (price.item, price.region) not in found]
    latest = max(published)
    sources = dict(table.sources)
    if found:
        sources[_SOURCE] = Source(title="AWS Price List API, GetProducts", url="https://aws.amazon.com/pricing/", as_of=latest)
    prices = tuple(sorted([*kept, *found.values()], key=lambda price: (price.item, price.region)))
    used = {price.source for price in prices}
    renewed = PriceTable(
        currency="USD",
        compiled=latest,
        sources={name: source for name, source in sources.items() if name in used},
        prices=prices,
    )
    return Refresh(renewed, tuple(found[key] for key in sorted(found)), tuple(failed))


class _UnusableError(Exception):
    """AWS's answer holds no price that can be told for the item's."""


def _asked(item: str, region: str, client: PriceListClient) -> tuple[Price, str]:
    try:
        wanted = product(item)
    except UnknownItemError as error:
        raise _UnusableError(str(error)) from error
    offers = [offer for offer in _offers(wanted, region, client) if wanted.matches(offer["product"]["attributes"]["usagetype"])]
    if len(offers) != 1:
        raise _UnusableError(f"{len(offers)} products of {wanted.service} answer to it, where one was expected")
    usd = _on_demand(offers[0], wanted.unit)
    price = Price(
        item=item,
        region=region,
        usd=usd,
        unit=wanted.unit,
        source=_SOURCE,
        verified=True,
        note=offers[0]["product"]["attributes"]["usagetype"],
        sku=offers[0]["product"]["sku"],
    )
    return price, offers[0]["publicationDate"][:10]


def _offers(wanted: Product, region: str, client: PriceListClient) -> Iterator[dict[str, Any]]:
    asked = {"regionCode": region, **wanted.attributes}
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in sorted(asked.items())]
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - an optional requirement

    try:
        for page in client.get_paginator("get_products").paginate(ServiceCode=wanted.service, Filters=filters):
            yield from map(json.loads, page["PriceList"])
    except (BotoCoreError, ClientError) as error:
        raise ConfigurationError([Problem("", f"AWS's price list does not answer: {error}")]) from error


def _on_demand(offer: Mapping[str, Any], unit: Unit) -> Decimal:
    """The first tier that costs anything, of the terms without a commitment."""
    terms = offer.get("terms", {}).get("OnDemand", {}).values()
    dimensions = [dimension for term in terms for dimension in term["priceDimensions"].values()]
    for dimension in sorted(dimensions, key=lambda one: Decimal(one.get("beginRange") or 0)):
        if dimension["unit"].lower() not in _UNITS[unit]:
            raise _UnusableError(f"AWS prices it by {dimension['unit']!r}, where a {unit} was expected")
        try:
            usd = Decimal(dimension["pricePerUnit"]["USD"]).normalize()
        except (InvalidOperation, KeyError) as error:
            raise _UnusableError("its price is no amount in US dollars") from error
        if usd > 0:
            return Decimal(f"{usd:f}")
    raise _UnusableError("no price on demand that is more than nothing")
