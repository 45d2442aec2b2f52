"""Prices are renewed through the real client, against a price list on loopback that answers in the API's published form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from model.errors import ConfigurationError
from tests.cost.stacks import table
from understudy.cost.refresh import Refresh, price_list_client, refresh

OLD = table(("vpc/nat-gateway", "eu-west-1", "9", "hour"), ("kms/key", "eu-west-1", "9", "month"))
NAT = ("vpc/nat-gateway", "eu-west-1")


def offer(usage_type: str, unit: str, *tiers: tuple[str, str], sku: str = "SKU1") -> str:
    """One entry of a GetProducts answer; a tier is its beginning and its price."""
    dimensions = {
        f"{sku}.{number}": {"unit": unit, "beginRange": begin, "endRange": "Inf", "pricePerUnit": {"USD": usd}}
        for number, (begin, usd) in enumerate(tiers)
    }
    return json.dumps(
        {
            "product": {"sku": sku, "productFamily": "Any", "attributes": {"usagetype": usage_type, "regionCode": "eu-west-1"}},
            "terms": {"OnDemand": {f"{sku}.TERM": {"priceDimensions": dimensions}}},
            "publicationDate": "2026-12-01T10:00:00Z",
        }
    )


class PriceList:
    """A price list on loopback: what it answers by service, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: list[dict[str, Any]] = []

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(body)
        pages = self.answers.get(body["ServiceCode"])
        if pages is None:
            return 400, {"__type": "AccessDeniedException", "Message": "not allowed"}
        number = int(body.get("NextToken", "0"))
        further = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
        return 200, {"FormatVersion": "aws_v1", "PriceList": pages[number], **further}


@pytest.fixture
def price_list(monkeypatch: pytest.MonkeyPatch) -> Iterator[PriceList]:
    served = PriceList()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            code, answer = served.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anybody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "anything")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    yield served
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


def renewed(*items: tuple[str, str]) -> Refresh:
    return refresh(OLD, items, price_list_client())


def test_a_renewed_price_is_verified_and_names_its_sku_and_the_day_of_the_list(price_list: PriceList) -> None:
    price_list.answers["AmazonEC2"] = [[offer("EU-NatGateway-Hours", "Hrs", ("0", "0.0480000000"))]]

    result = renewed(NAT)
    price = result.table.find(*NAT)

    assert price is not None
    assert (price.usd, price.verified, price.sku, price.note) == (Decimal("0.048"), True, "SKU1", "EU-NatGateway-Hours")
    assert result.table.compiled == "2026-12-01"
    assert result.table.sources[price.source].as_of == "2026-12-01"


def test_what_was_not_asked_for_keeps_its_price(price_list: PriceList) -> None:
    price_list.answers["AmazonEC2"] = [[offer("EU-NatGateway-Hours", "Hrs", ("0", "0.048"))]]

    assert renewed(NAT).table.find("kms/key", "eu-west-1") == OLD.find("kms/key", "eu-west-1")


def test_the_list_is_asked_for_one_region_and_read_to_its_last_page(price_list: PriceList) -> None:
    price_list.answers["AmazonEC2"] = [
        [offer("EU-NatGateway-Bytes", "GB", ("0", "0.048"))],
        [offer("EU-NatGateway-Hours", "Hrs", ("0", "0.05"))],
    ]

    assert [price.usd for price in renewed(NAT).renewed] == [Decimal("0.05")]
    assert {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-west-1"} in price_list.asked[0]["Filters"]


def test_a_free_first_tier_is_not_the_price(price_list: PriceList) -> None:
    price_list.answers["AmazonCloudWatch"] = [[offer("EU-CW:AlarmMonitorUsage", "Alarms", ("10", "0.1000000000"), ("0", "0"))]]

    assert [price.usd for price in renewed(("cloudwatch/alarm", "eu-west-1")).renewed] == [Decimal("0.1")]


@pytest.mark.parametrize(
    ("offers", "reason"),
    [
        ([], "0 products of AmazonEC2 answer to it, where one was expected"),
        ([offer("EU-NatGateway-Hours", "Hrs", ("0", "1"), sku=sku) for sku in "AB"], "2 products"),
        ([offer("EU-NatGateway-Hours", "GB", ("0", "1"))], "AWS prices it by 'GB', where a hour was expected"),
        ([offer("EU-NatGateway-Hours", "Hrs", ("0", "0"))], "no price on demand that is more than nothing"),
        ([offer("EU-NatGateway-Hours", "Hrs", ("0", "dear"))], "its price is no amount in US dollars"),
    ],
    ids=["none", "two", "unit", "free", "no amount"],
)
def test_an_answer_that_cannot_be_told_leaves_the_old_price(price_list: PriceList, offers: list[str], reason: str) -> None:
    price_list.answers["AmazonEC2"] = [offers]

    result = renewed(NAT)

    assert [key for key, _ in result.failed] == [NAT]
    assert reason in result.failed[0][1]
    assert result.table.find(*NAT) == OLD.find(*NAT)
    assert result.renewed == ()


def test_an_item_that_aws_has_no_name_for_is_not_asked_for(price_list: PriceList) -> None:
    assert "is no known item" in renewed(("lambda/second", "eu-west-1")).failed[0][1]
    assert price_list.asked == []


@pytest.mark.usefixtures("price_list")
def test_a_list_that_refuses_to_answer_is_one_message() -> None:
    with pytest.raises(ConfigurationError, match=r"AWS's price list does not answer: .*AccessDenied"):
        renewed(NAT)
