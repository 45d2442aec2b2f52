"""A change in a report, as rows and lines; shared by the forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from understudy.report.tree import scaled
from understudy.report.words import figure, money, place, said

TOTALS = ("", "added", "changed", "removed", "USD a month before", "after", "difference")
MOST_PROPERTIES = 12
"""Changed properties of a resource that a form shows unless asked for all."""
_LONGEST = 60
_SECTIONS = (("+", "added"), ("~", "changed"), ("-", "removed"))


@dataclass(frozen=True)
class ChangedResource:
    """A resource that is added (`+`), changed (`~`) or removed (`-`), with each changed property as a path and its two sides."""

    mark: str
    stack: str
    name: str
    kind: str
    properties: tuple[tuple[str, str], ...]


def base_of(document: Mapping[str, Any]) -> str:
    """What the report is held against, in words."""
    base = document["change"]["base"]
    return f"{base['name']} ({base['commit'][:12]})" if base["commit"] else str(base["name"])


def is_unchanged(document: Mapping[str, Any]) -> bool:
    """Whether nothing changes in any environment."""
    change = document["change"]
    lists = [change["ledger"], change["represented_load"], *change["findings"].values()]
    return not any((*lists, *(found for stack in change["stacks"].values() for found in stack.values())))


def totals(document: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Under TOTALS: how many resources of each stack change, and what it costs before and after."""
    change = document["change"]
    for stack, found in change["stacks"].items():
        cost = change["cost"][stack]
        difference = "" if cost["difference"] is None else f"{Decimal(cost['difference']):+,.2f}".replace("+0.00", "0.00")
        counts = (str(len(found[name])) for _, name in _SECTIONS)
        yield (stack, *counts, money(cost["before"]), money(cost["after"]), difference)


def changed_resources(document: Mapping[str, Any]) -> Iterator[ChangedResource]:
    """Every resource that changes: what is added, changed and removed, stack by stack."""
    for stack, found in document["change"]["stacks"].items():
        for mark, name in _SECTIONS:
            for each in found[name]:
                kind = each["type"].rsplit(":", 1)[-1]
                was = f", was {each['was'].rsplit('::', 1)[-1]}" if each.get("was") else ""
                properties = tuple((leaf["path"], _sides(leaf)) for leaf in each.get("properties", ()))
                yield ChangedResource(mark, stack, each["name"], f"{kind}{was}", properties)


def moved_figures(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Lines of the ledger that move: stack and path, both sides as production's figure and the result, and why it is now so."""
    return [
        (f"{line['stack']}: {line['path']}", _result(line["before"]), _result(line["after"]), _why(line["after"]))
        for line in document["change"]["ledger"]
    ]


def moved_loads(document: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Critical paths whose represented load moves."""
    return [
        (f"{line['stack']}: {line['path']}", _rate(line["before"]), _rate(line["after"]), "")
        for line in document["change"]["represented_load"]
    ]


def changed_findings(document: Mapping[str, Any], which: str) -> Iterator[str]:
    """Findings that are `new` or `cured`, the worse first."""
    found: Sequence[Mapping[str, Any]] = document["change"]["findings"][which]
    for finding in sorted(found, key=lambda each: each["level"] != "mandatory"):
        rule = f"{finding['pack']}/{finding['policy']}"
        yield f"{finding['level']}: {rule}: {finding['stack']}: {place(finding)}: {said(finding)}"


def brief(value: object) -> str:
    """A value as a line of a change shows it: cut where it is long, and what is not in a report by its name."""
    if isinstance(value, Mapping) and len(value) == 1:
        mark, what = next(iter(value.items()))
        known = {"$secret": "a secret", "$unknown": "not known yet", "$resource": str(what).rsplit("::", 1)[-1]}
        if mark in known:
            return known[mark]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _sides(leaf: Mapping[str, Any]) -> str:
    before, after = (brief(leaf[side]) if side in leaf else "absent" for side in ("before", "after"))
    return f"{before} → {after}"


def _result(side: Mapping[str, Any] | None) -> str:
    return "·" if side is None else f"{figure(side['production'])} → {figure(side['result'])}"


def _why(side: Mapping[str, Any] | None) -> str:
    return "no longer scaled" if side is None else scaled(side)


def _rate(side: Mapping[str, Any] | None) -> str:
    if side is None:
        return "·"
    rates = (figure(side[rate]) for rate in ("represented_requests_per_second", "peak_requests_per_second"))
    return " of ".join(rates) + f"/s, bound by {side['bound_by']}"
