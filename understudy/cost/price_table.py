"""The price table: what one unit of an item costs in a region, where that was read, and whether it was verified."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from model.base import Model, Text, Url
from model.errors import ConfigurationError, Problem, quoted

EVERYWHERE = "*"
"""The region of a price that is the same in every commercial region."""
Unit = Literal["hour", "month", "GB-month"]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Source(Model):
    """Where prices were read."""

    title: Text
    url: Url
    as_of: Date | None = None
    """The day that the source itself gives, where it gives one."""


class Price(Model):
    """One unit of an item in a region, in US dollars, on demand and without a discount."""

    item: Text
    """Service and kind, such as `ec2/instance/m7g.large`; `understudy.cost.products` says what AWS calls it."""
    region: Text
    usd: Annotated[Decimal, Field(gt=0)]
    unit: Unit
    source: Text
    """A key of the table's sources."""
    verified: bool
    """Whether the source states this very price for this region. What is derived or recalled is not verified."""
    note: Text | None = None
    sku: Text | None = None
    """The SKU of AWS's price list, where the price was read from it."""


class PriceTable(Model):
    """A dated set of prices with their sources."""

    currency: Literal["USD"]
    compiled: Date
    """The day on which the table was put together."""
    sources: dict[Text, Source]
    prices: tuple[Price, ...]

    @model_validator(mode="after")
    def _coherent(self) -> PriceTable:
        unknown = sorted({price.source for price in self.prices} - set(self.sources))
        if unknown:
            raise ValueError(f"prices name sources that are not listed: {', '.join(unknown)}")
        keys = Counter((price.item, price.region) for price in self.prices)
        twice = sorted(f"{item} in {region}" for (item, region), count in keys.items() if count > 1)
        if twice:
            raise ValueError(f"priced twice: {', '.join(twice)}")
        return self

    @cached_property
    def _index(self) -> dict[tuple[str, str], Price]:
        return {(price.item, price.region): price for price in self.prices}

    def find(self, item: str, region: str) -> Price | None:
        """The price of an item in a region, else the one that holds everywhere, else None."""
        return self._index.get((item, region)) or self._index.get((item, EVERYWHERE))


def embedded_table() -> PriceTable:
    """The table that ships with Understudy."""
    return PriceTable.model_validate_json(files("understudy.cost").joinpath("price_table.json").read_bytes())


def read_table(path: Path | None) -> PriceTable:
    """A table from a file, or the embedded one. Raises ConfigurationError for a file that is none, with every mistake."""
    if path is None:
        return embedded_table()
    try:
        return PriceTable.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError([Problem("--prices", f"{str(path)!r} cannot be read: {error.strerror}")]) from error
    except ValidationError as error:
        raise ConfigurationError(_problem(str(path), details) for details in error.errors(include_url=False)) from error


def table_json(table: PriceTable) -> str:
    """A table as JSON: one price a line, so that a renewed table shows in a review what changed."""
    raw = table.model_dump(mode="json", exclude_none=True)
    prices = sorted(raw.pop("prices"), key=lambda price: (price["item"], price["region"]))
    head = json.dumps(raw, indent=1, ensure_ascii=False, sort_keys=True).removesuffix("\n}")
    rows = ",\n".join("  " + json.dumps(price, ensure_ascii=False) for price in prices)
    return f'{head},\n "prices": [\n{rows}\n ]\n}}\n'


def _problem(name: str, details: Any) -> Problem:
    path = ".".join(str(part) for part in details["loc"])
    if details["type"] == "json_invalid":
        return Problem("--prices", f"{name!r} is no JSON: {details['ctx']['error']}")
    return Problem(f"--prices {path}".strip(), f"found {quoted(details['input'])}: {details['msg']}")
