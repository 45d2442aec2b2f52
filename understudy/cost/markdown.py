"""The cost report for a pull request: the comparison in sight, the rest folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from understudy.report.markdown_text import code, plain, table_head, table_row

MARKER = "<!-- understudy-cost -->"


def render_cost_markdown(document: Mapping[str, Any]) -> str:
    """Render a cost document as Markdown."""
    sections = [_verdict(document), _summary(document), _charges(document), _uncounted(document), _unverified(document)]
    return "\n\n".join("\n".join(section) for section in map(list, sections) if section) + "\n"


def _verdict(document: Mapping[str, Any]) -> Iterator[str]:
    mark = "❌ over budget" if document["findings"] else "✅ within budget"
    yield MARKER
    yield f"### Cost of {plain(document['project'])}: {mark}"
    yield ""
    for finding in document["findings"]:
        yield f"- **{plain(finding['stack'])}**, {code(finding['path'])}: {plain(finding['message'])}"
    for stack, compared in document["comparison"].items():
        limit = compared["max_cost_ratio"]
        allowed = "" if limit is None else f", at most {limit:g} is allowed"
        yield f"- {stack} costs {compared['ratio']} of production{allowed}"
    yield from (f"- {missing}" for missing in missing_prices(document))
    for stack, saved in document["off_hours"]["saves"].items():
        hours = document["off_hours"]["hours_a_week"]
        yield f"- stopping {stack}'s nodes and databases {hours} of 168 hours a week would save {float(saved):,.2f} a month"


def _summary(document: Mapping[str, Any]) -> Iterator[str]:
    components = [row for row in cost_rows(document) if row.depth == 0]
    yield from _table(document, [*components, *total_rows(document)])
    shares = ", ".join(f"{share:.0%} of {name}" for name, share in unverified_shares(document))
    yield ""
    yield (
        f"{document['currency']} a month, on demand, by the price table of {document['price_table']['compiled']}, "
        f"without what costs by use. Prices that are not verified make up {shares}."
    )


def _charges(document: Mapping[str, Any]) -> Iterator[str]:
    yield from _folded("Charges", _table(document, cost_rows(document)))


def _uncounted(document: Mapping[str, Any]) -> Iterator[str]:
    lines = uncounted(document)
    if lines:
        rows = (table_row(plain(one.label), plain(one.reason), *map(str, one.counts)) for one in lines)
        stacks = document["stacks"]
        yield from _folded("Not counted", [*table_head(["not counted", "why", *stacks], "ll" + "r" * len(stacks)), *rows])


def _unverified(document: Mapping[str, Any]) -> Iterator[str]:
    prices = unverified(document)
    if prices:
        head = table_head(["price not verified", "region", "USD", "a", "why"], "llrll")
        rows = (
            table_row(code(one["item"]), plain(one["region"]), str(one["usd"]), plain(one["unit"]), plain(one["note"]))
            for one in prices
        )
        yield from _folded("Prices not verified", [*head, *rows])


def _table(document: Mapping[str, Any], rows: Iterable[Row]) -> Iterator[str]:
    compared = are_compared(document["stacks"])
    heads = ["", *document["stacks"], *(["ratio"] if compared else [])]
    yield from table_head(heads, "l" + "r" * (len(heads) - 1))
    yield from (_row(row, compared=compared) for row in rows)


def _row(row: Row, *, compared: bool) -> str:
    amounts = ["·" if amount is None else f"{amount:,.2f}" for amount in row.amounts]
    ratio = ["" if row.ratio is None else f"{row.ratio:.2f}"] if compared else []
    return table_row("&emsp;" * row.depth + plain(row.label), *amounts, *ratio)


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"<details><summary>{title}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
