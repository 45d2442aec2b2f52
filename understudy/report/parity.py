"""Parity in a report: each row's score, what explains the differences, and what costs most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEADINGS = ("row", "score", "properties", "equal", "explained", "unexplained", "by source")


@dataclass(frozen=True)
class ParityTable:
    """One stack's parity: a verdict in words, the rows under HEADINGS, and remarks."""

    stack: str
    verdict: str
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]


def parity_tables(document: Mapping[str, Any]) -> list[ParityTable]:
    """The parity of each stack that was compared."""
    return [_table(stack, section) for stack, section in document.get("parity", {}).items()]


def _table(stack: str, section: Mapping[str, Any]) -> ParityTable:
    explained = ", ".join(f"{count} {what}" for what, count in section["explained"].items()) or "nothing"
    verdict = "no unexplained difference" if section["verdict"] == "clean" else f"{section['violations']} unexplained"
    remarks = [f"explained: {explained}"]
    remarks += [f"costs most in {row['row']}: {_costs(row['costs'])}" for row in section["rows"] if row["costs"]]
    if section["unknowable"]:
        places = ", ".join(f"{each['place']} {each['property']}" for each in section["unknowable"])
        remarks.append(f"cannot be compared before an update: {places}")
    remarks += [_deviation(each) for each in section["deviations"]]
    return ParityTable(stack, verdict, tuple(_row(row) for row in section["rows"]), tuple(remarks))


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    figures = ("compared", "equal", "explained", "unexplained", "compared_by_source")
    return (row["row"], percent(row["score"]), *(f"{row[name]:,}" for name in figures))


def percent(share: float) -> str:
    """A share in percent, rounded down: only what is whole is called whole."""
    return f"{int(share * 1000) / 10:g} %"


def _costs(costs: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{each['place']} ({each['unexplained']})" for each in costs)


def _deviation(each: Mapping[str, Any]) -> str:
    target = each.get("path") or f"{each['resource']} {each['property']}"
    soon = "; it ends soon" if each["ends_soon"] else ""
    return f"deviation until {each['expires']}: {target}, because {each['reason']} ({each['owner']}){soon}"
