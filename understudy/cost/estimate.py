"""The monthly estimate of one environment: every resource priced, free, or listed as unpriced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from understudy.cost.charge import Charge, Unpriced
from understudy.cost.price_table import Price, PriceTable
from understudy.cost.rules import charges
from understudy.preview.aliases import ROOT_TYPE

Resource = Mapping[str, Any]
_PROVIDER = "pulumi:providers:aws"


@dataclass(frozen=True)
class CostLine:
    """A charge with its price, and the component that it belongs to."""

    component: str
    resource: str
    region: str
    charge: Charge
    price: Price

    @property
    def monthly(self) -> Decimal:
        """US dollars a month, exactly."""
        return self.charge.quantity * self.price.usd


@dataclass(frozen=True)
class UnpricedLine:
    """Something that costs money and has no price here."""

    component: str
    resource: str
    type: str
    title: str
    reason: str
    item: str | None = None
    region: str | None = None
    """The item and region that the table lacks, where that is the reason."""


@dataclass(frozen=True)
class Estimate:
    """A stack's estimate, its lines in the order of component and resource."""

    stack: str
    region: str
    lines: tuple[CostLine, ...]
    unpriced: tuple[UnpricedLine, ...]

    @property
    def items(self) -> frozenset[tuple[str, str]]:
        """The items that the stack is charged by and their regions, priced or not."""
        lacking = {(line.item, line.region) for line in self.unpriced if line.item is not None and line.region is not None}
        return frozenset({(line.charge.item, line.region) for line in self.lines} | lacking)

    @property
    def monthly(self) -> Decimal:
        """What is priced, in US dollars a month."""
        return total(self.lines)

    @property
    def fixed(self) -> Decimal:
        """The part that no ratio changes."""
        return total(line for line in self.lines if line.charge.follows is None)

    @property
    def scaled(self) -> Decimal:
        """The part whose quantity or size follows a ratio."""
        return total(line for line in self.lines if line.charge.follows is not None)

    def saving(self, hours_off: int) -> Decimal:
        """What a schedule that stops what it can for so many of a week's 168 hours saves a month."""
        return total(line for line in self.lines if line.charge.stops) * hours_off / _HOURS_A_WEEK


_HOURS_A_WEEK = 168


def total(lines: Iterable[CostLine]) -> Decimal:
    """The sum of lines, exactly."""
    return sum((line.monthly for line in lines), Decimal(0))


def estimate(stack: str, resources: Sequence[Resource], table: PriceTable) -> Estimate:
    """Price a stack's resources, as a report document holds them, in the regions that they stand in."""
    by_urn = {resource["urn"]: resource for resource in resources}
    siblings: dict[str | None, list[Resource]] = defaultdict(list)
    for resource in resources:
        siblings[resource["parent"]].append(resource)
    home = _home(resources)
    lines: list[CostLine] = []
    unpriced: list[UnpricedLine] = []
    for resource in resources:
        if not resource["custom"]:
            continue
        region = _text(resource["inputs"].get("region")) or _text(_provider_region(resource, by_urn)) or home
        component = _component(resource, by_urn)
        for found in charges(resource, siblings[resource["parent"]]):
            line = _priced(found, resource, component, region, table)
            (lines if isinstance(line, CostLine) else unpriced).append(line)  # type: ignore[arg-type]
    return Estimate(stack, home, tuple(sorted(lines, key=_order)), tuple(sorted(unpriced, key=_order)))


def _priced(
    found: Charge | Unpriced, resource: Resource, component: str, region: str, table: PriceTable
) -> CostLine | UnpricedLine:
    place = component, resource["name"]
    if isinstance(found, Unpriced):
        return UnpricedLine(*place, resource["type"], found.title, found.reason)
    price = table.find(found.item, region)
    if price is None:
        reason = f"no price of {found.item} in {region}"
        return UnpricedLine(*place, resource["type"], found.title, reason, found.item, region)
    return CostLine(*place, region, found, price)


def _order(line: CostLine | UnpricedLine) -> tuple[str, str, str]:
    return line.component, line.resource, line.charge.title if isinstance(line, CostLine) else line.title


def _home(resources: Sequence[Resource]) -> str:
    """The region of the stack's own provider; the first by name, should a program have several."""
    regions = [_text(resource["inputs"].get("region")) for resource in resources if resource["type"] == _PROVIDER]
    return next((region for region in regions if region), "")


def _provider_region(resource: Resource, by_urn: Mapping[str, Resource]) -> object:
    provider = by_urn.get(resource["provider"] or "")
    return provider["inputs"].get("region") if provider is not None else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _component(resource: Resource, by_urn: Mapping[str, Resource]) -> str:
    """The part of the system that a resource belongs to: the outermost component below the one that holds the whole."""
    path = list(_ancestors(resource, by_urn))
    if not path:
        return "stack"
    system = path[-1]["name"]
    part = path[-2] if len(path) > 1 else path[-1]
    return f"{part['name'].removeprefix(f'{system}-')} ({part['type'].rsplit(':', 1)[-1]})"


def _ancestors(resource: Resource, by_urn: Mapping[str, Resource]) -> Iterator[Resource]:
    """The components that a resource stands in, its own first; the stack is none of them."""
    current = by_urn.get(resource["parent"] or "")
    while current is not None and current["type"] != ROOT_TYPE:
        yield current
        current = by_urn.get(current["parent"] or "")
