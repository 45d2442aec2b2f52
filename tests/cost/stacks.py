"""Small stacks of resources, as a report document holds them, and a price table for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.cost.price_table import PriceTable

SYSTEM = "understudy:system:System"


def component(name: str, kind: str = "Network", parent: str | None = "shop") -> dict[str, Any]:
    """A component below the system, or below another one."""
    return _resource(name, f"understudy:area:{kind}", {}, parent, custom=False)


def resource(kind: str, inputs: Mapping[str, Any], name: str = "thing", parent: str = "shop-part") -> dict[str, Any]:
    """A resource of a component."""
    return _resource(name, kind, inputs, parent, custom=True)


def stack(*resources: dict[str, Any], region: str = "eu-west-1") -> list[dict[str, Any]]:
    """The resources with the stack, its provider, the system and one component around them."""
    provider = _resource("aws", "pulumi:providers:aws", {"region": region}, None, custom=True)
    root = _resource("stack", "pulumi:pulumi:Stack", {}, None, custom=False)
    return [root, provider, _resource("shop", SYSTEM, {}, "stack", custom=False), component("shop-part"), *resources]


def table(*prices: tuple[str, str, str, str], verified: bool = True) -> PriceTable:
    """A table of `(item, region, usd, unit)`."""
    source = {"title": "A price list", "url": "https://example.com/", "as_of": "2026-01-01"}
    rows = [
        {"item": item, "region": region, "usd": usd, "unit": unit, "source": "list", "verified": verified}
        for item, region, usd, unit in prices
    ]
    raw = {"currency": "USD", "compiled": "2026-01-02", "sources": {"list": source}, "prices": rows}
    return PriceTable.model_validate(raw, strict=False)


def _resource(name: str, kind: str, inputs: Mapping[str, Any], parent: str | None, *, custom: bool) -> dict[str, Any]:
    return {
        "urn": name,
        "type": kind,
        "name": name,
        "parent": parent,
        "custom": custom,
        "provider": "aws" if kind.startswith("aws:") else None,
        "inputs": dict(inputs),
    }
