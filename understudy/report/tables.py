"""Tables of a report that every form shows: cost, represented load, what the rules came to, where figures come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.report.words import dearer, figure, money, shares, source

_COSTS = (
    ("all that is priced", "monthly"),
    ("of it fixed", "fixed"),
    ("of it scaled by a ratio", "scaled"),
    ("of it by prices that are not verified", "unverified"),
)


@dataclass(frozen=True)
class Table:
    """Rows under headings, with a remark beside the title and notes below; `sides` says which columns go to the right (`r`)."""

    title: str
    remark: str
    headings: tuple[str, ...]
    sides: str
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def tables(document: Mapping[str, Any]) -> Iterator[Table]:
    """What each environment costs and what load it must hold, as far as the report tells."""
    yield from _cost(document.get("cost", {}))
    yield from _loads(document)


def further_tables(document: Mapping[str, Any]) -> Iterator[Table]:
    """What only a form that tells everything shows."""
    yield from _rules(document)
    yield from _sources(document)


def _cost(cost: Mapping[str, Any]) -> Iterator[Table]:
    stacks = cost.get("stacks", {})
    if not stacks:
        return
    rows = [(label, *(money(stack[key]) for stack in stacks.values())) for label, key in _COSTS]
    rows.append(("charges that are not counted", *(str(stack["unpriced"]) for stack in stacks.values())))
    notes = [f"{stack} costs {part}" + ("" if "at most" in part else "; no limit is set") for stack, part in shares(cost)]
    notes += dearer(cost)
    hours = cost["off_hours"]["hours_a_week"]
    for stack, saved in cost["off_hours"]["saves"].items():
        notes.append(f"{stack} would save {money(saved)} with its nodes and databases off {hours} of 168 hours a week")
    notes.append("what costs by use alone or has no price is not counted; `understudy cost` lists it")
    remark = f"{cost['currency']} a month, by the price table of {cost['price_table']['compiled']}"
    yield Table("Cost", remark, ("", *stacks), "l" + "r" * len(stacks), tuple(rows), tuple(notes))


def _loads(document: Mapping[str, Any]) -> Iterator[Table]:
    loads = document["represented_load"]
    several = len({load["stack"] for load in loads}) > 1
    rows = tuple(
        (
            f"{load['stack']}: {load['path']}" if several else load["path"],
            figure(load["peak_requests_per_second"]),
            figure(load["represented_requests_per_second"]),
            load["bound_by"],
        )
        for load in loads
    )
    if rows:
        headings = ("critical path", "production", "to hold" if several else loads[0]["stack"], "bound by")
        yield Table("Represented load", "requests a second that stand for production's peak", headings, "lrrl", rows)


def _rules(document: Mapping[str, Any]) -> Iterator[Table]:
    """How many rules of each pack came to which verdict."""
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for stack, content in document["stacks"].items():
        for rule in content["rules"]:
            verdicts = counted.setdefault((stack, rule["pack"]), {})
            verdicts[rule["verdict"]] = verdicts.get(rule["verdict"], 0) + 1
    rows = tuple(
        (stack, pack, ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())))
        for (stack, pack), verdicts in counted.items()
    )
    if rows:
        yield Table("Rules", "how many came to which verdict", ("environment", "pack", "verdicts"), "lll", rows)


def _sources(document: Mapping[str, Any]) -> Iterator[Table]:
    """The line that each scaled figure and its ratio are written on."""
    rows = tuple(
        (line["path"], source({"source": line["figure_source"]}), source({"source": line["ratio_source"]}))
        for line in document["ledger"]
    )
    if rows:
        yield Table("Where figures come from", "", ("figure", "written in", "its ratio"), "lll", rows)
