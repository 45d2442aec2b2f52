"""Words and figures of a report document as people read them; shared by the forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

_UNDECIDED = re.compile(r"can't run policy '[^']*' from policy pack '[^']*' during preview: ")
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LEVELS = ("mandatory", "advisory")
"""The levels of findings, the worse first."""


def place(policy: Mapping[str, Any]) -> str:
    """The name of the resource that a finding is about."""
    return (policy["urn"] or "stack").rsplit("::", 1)[-1]


def said(policy: Mapping[str, Any]) -> str:
    """What a finding says, apart from its place, the policy's description, and the SDK's words around what it cannot tell."""
    lines = policy["message"].splitlines()
    return _UNDECIDED.sub("", lines[-1]).removeprefix(f"{place(policy)}: ") if lines else ""


def findings(document: Mapping[str, Any]) -> Iterator[tuple[str, str, list[tuple[str, Mapping[str, Any]]]]]:
    """Findings by level and policy, mandatory ones first: level, `pack/policy`, and each finding with its stack."""
    for level in LEVELS:
        grouped: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for stack, content in document["stacks"].items():
            for policy in content["policies"]:
                if policy["level"] == level:
                    grouped.setdefault(f"{policy['pack']}/{policy['policy']}", []).append((stack, policy))
        for name, found in sorted(grouped.items()):
            yield level, name, found


def exempted(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is exempted: the stack and the resource with its rule, and why, by whom and until when."""
    for stack, content in document["stacks"].items():
        for rule in content["rules"]:
            for one in rule["exempted"]:
                words = f"{one['reason'].rstrip('.')} ({one['owner']}, until {one['expires']})"
                yield f"{stack}: {place(one)}: {rule['rule']}", words


def figure(value: float | str) -> str:
    """A figure with its thousands set apart and no more digits than somebody reads; words as they are."""
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{round(value, 4):,.10g}"


def money(amount: str | None) -> str:
    """An amount with its thousands set apart; a point where there is none."""
    return "·" if amount is None else f"{Decimal(amount):,.2f}"


def description(policy: Mapping[str, Any]) -> str:
    """What a finding's policy asks for, where its message says so."""
    lines = policy["message"].splitlines()
    return lines[0] if len(lines) > 1 else ""


def source(policy: Mapping[str, Any]) -> str:
    """The file and line that a finding comes from."""
    at = policy.get("source")
    return f"{at['file']}:{at['line']}" if at else ""


def shares(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of each stack in a cost section that is compared with production: its name, and its part of production's cost."""
    for stack, compared in section.get("comparison", {}).items():
        limit = compared["max_cost_ratio"]
        allowed = "" if limit is None else f", at most {limit:g}"
        yield stack, f"{compared['ratio']:.4g} of production{allowed}" if compared["ratio"] is not None else ""


def lacking(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of each stack in a cost section that the price table has not all prices of: its name, and how many it lacks."""
    for stack, content in section.get("stacks", {}).items():
        count = content.get("missing_prices", 0)
        if count:
            yield stack, "1 charge has no price" if count == 1 else f"{count:,} charges have no price"


def more_properties(count: int) -> str:
    """What is said of properties that are left out."""
    return f"and {count:,} more {'property' if count == 1 else 'properties'}"


def differ(count: int) -> str:
    """What is said of components that are left out."""
    return f"{count:,} more {'differs' if count == 1 else 'differ'}"


def dearer(section: Mapping[str, Any]) -> list[str]:
    """A sentence for each such stack."""
    return [f"{stack} costs more than is told: {what}" for stack, what in lacking(section)]


def beside(section: Mapping[str, Any]) -> dict[str, str]:
    """What stands beside each stack's cost: its part of production's, and whether prices are missing."""
    told: dict[str, list[str]] = {}
    for stack, part in (*shares(section), *lacking(section)):
        told.setdefault(stack, []).extend([part] if part else [])
    return {stack: "; ".join(parts) for stack, parts in told.items()}


def shown(text: str) -> str:
    """A text without characters that a terminal obeys, that turn the direction of what is read, or that no file can hold."""
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)
