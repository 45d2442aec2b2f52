"""The cost report for a terminal: plain text of 100 columns, of more only where many stacks need them; what is wrong first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from understudy.cost.rows import (
    Row,
    are_compared,
    cost_rows,
    missing_prices,
    total_rows,
    uncounted,
    unverified,
    unverified_shares,
)

WIDTH = 100
_COLUMN, _RATIO, _LABEL = 13, 8, 44
"""Columns of an amount, of a ratio, and that a label has at least."""


def render_cost_text(document: Mapping[str, Any]) -> str:
    """Render a cost document as text."""
    sections = [_verdict(document), _table(document), _notes(document), _uncounted(document), _unverified(document)]
    return "\n\n".join("\n".join(section) for section in map(list, sections) if section) + "\n"


def _verdict(document: Mapping[str, Any]) -> Iterator[str]:
    within = "OVER BUDGET" if document["findings"] else "WITHIN BUDGET"
    yield f"{document['project']}: {within}"
    for finding in document["findings"]:
        yield from _wrapped(f"{finding['stack']}: {finding['path']}: {finding['message']}", 2)
    for missing in missing_prices(document):
        yield from _wrapped(missing, 2)
    shares = " and ".join(f"{share:.0%} of {name}" for name, share in unverified_shares(document))
    yield from _wrapped(
        f"{document['currency']} a month of {document['hours_a_month']} hours, on demand, by the price table of "
        f"{document['price_table']['compiled']}. What costs by use is not counted. "
        f"Prices that are not verified make up {shares}.",
        0,
    )


def _table(document: Mapping[str, Any]) -> Iterator[str]:
    stacks, column = list(document["stacks"]), _column(document)
    ratio = _RATIO if are_compared(stacks) else 0
    label = max(WIDTH - column * len(stacks) - ratio, _LABEL)
    heads = "".join(f"{stack:>{column}}" for stack in stacks)
    yield f"{'COMPONENT':<{label}}{heads}" + (f"{'ratio':>{ratio}}" if ratio else "")
    for row in (*cost_rows(document), *total_rows(document)):
        yield _line(row, label, column)


def _column(document: Mapping[str, Any]) -> int:
    """How wide a stack's column is: as its name asks for."""
    return max(_COLUMN, *(len(stack) + 2 for stack in document["stacks"]))


def _line(row: Row, label: int, column: int) -> str:
    name = f"{'  ' * (row.depth + 1)}{row.label}"
    name = name if len(name) < label else f"{name[: label - 2]}…"
    amounts = "".join(f"{'·' if amount is None else f'{amount:,.2f}':>{column}}" for amount in row.amounts)
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return f"{name:<{label}}{amounts}{ratio:>{_RATIO}}".rstrip()


def _notes(document: Mapping[str, Any]) -> Iterator[str]:
    for stack, compared in document["comparison"].items():
        limit = compared["max_cost_ratio"]
        allowed = "no limit is set" if limit is None else f"at most {limit:g} is allowed"
        yield f"COST RATIO  {stack}: {compared['ratio']} of production; {allowed}"
    hours = document["off_hours"]["hours_a_week"]
    for stack, saved in document["off_hours"]["saves"].items():
        yield from _wrapped(
            f"OFF HOURS  {stack}: stopping nodes and databases {hours} of 168 hours a week would save {float(saved):,.2f}", 0
        )


def _uncounted(document: Mapping[str, Any]) -> Iterator[str]:
    stacks, column, lines = list(document["stacks"]), _column(document), uncounted(document)
    label = max(WIDTH - column * len(stacks), *(len(one.label) + 2 for one in lines), 0)
    for index, (reason, some) in enumerate(groupby(lines, key=lambda one: one.reason)):
        heads = "".join(f"{stack if index == 0 else '':>{column}}" for stack in stacks)
        yield f"{f'NOT COUNTED  {reason}':<{label}}{heads}".rstrip()
        for one in some:
            yield f"{f'  {one.label}':<{label}}" + "".join(f"{count:>{column}}" for count in one.counts)


def _unverified(document: Mapping[str, Any]) -> Iterator[str]:
    prices = sorted(unverified(document), key=lambda price: (price["note"], price["item"], price["region"]))
    for note, some in groupby(prices, key=lambda price: price["note"]):
        yield _cut(f"PRICES NOT VERIFIED  {note}")
        for price in some:
            where = "everywhere" if price["region"] == "*" else price["region"]
            per = "an hour" if price["unit"] == "hour" else f"a {price['unit']}"
            yield f"  {price['item']:<48}{where:<14}{price['usd']:>12} USD {per}"


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def _wrapped(text: str, indent: int) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_on_hyphens=False)
