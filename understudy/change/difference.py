"""The section `change` of a report: what is added, changed and removed, and which figures, costs and findings moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from understudy.change.properties import changed_properties

Document = Mapping[str, Any]
_OPTIONS = ("provider", "protect", "ignore_changes")
_FIGURE = ("production", "ratio", "exact", "result", "rule")
_RATE = ("peak_requests_per_second", "represented_requests_per_second", "bound_by")


def change(base: Document, document: Document, told: Mapping[str, Any]) -> dict[str, Any]:
    """What it takes from `base` to `document`, stack by stack; `told` says what the base is.

    A stack that only one of them has is added or removed as a whole. What the base's report does not tell, as that of an older
    release may not, is None.
    """
    stacks = list(dict.fromkeys((*document["stacks"], *base["stacks"])))
    return {
        "base": dict(told),
        "stacks": {stack: _resources(_stack(base, stack), _stack(document, stack)) for stack in stacks},
        "ledger": _moved(base["ledger"], document["ledger"], _FIGURE),
        "represented_load": _moved(base["represented_load"], document["represented_load"], _RATE),
        "cost": {stack: _cost(base, document, stack) for stack in stacks},
        "findings": _findings(base, document),
    }


def _stack(document: Document, stack: str) -> list[dict[str, Any]]:
    return list(document["stacks"].get(stack, {}).get("resources", ()))


def _resources(before: Sequence[Document], after: Sequence[Document]) -> dict[str, Any]:
    """A resource whose alias the base has is the same under another name."""
    old, new = ({resource["urn"]: resource for resource in side} for side in (before, after))
    former: dict[str, str] = {}
    for urn, resource in new.items():
        names = (urn, *(alias for alias in resource["aliases"] if alias not in new))
        found = next((name for name in names if name in old and name not in former.values()), None)
        if found is not None:
            former[urn] = found
    changed = [_changed(old[former[urn]], resource) for urn, resource in new.items() if urn in former]
    return {
        "added": [_named(resource) for urn, resource in new.items() if urn not in former],
        "changed": [each for each in changed if each["properties"] or each["was"]],
        "removed": [_named(resource) for urn, resource in old.items() if urn not in former.values()],
    }


def _named(resource: Document) -> dict[str, Any]:
    return {"urn": resource["urn"], "type": resource["type"], "name": resource["name"]}


def _changed(before: Document, after: Document) -> dict[str, Any]:
    options = [{key: resource[key] for key in _OPTIONS} for resource in (before, after)]
    properties = changed_properties(before["inputs"], after["inputs"])
    if before["urn"] == after["urn"]:
        properties += [{**each, "path": f"options.{each['path']}"} for each in changed_properties(*options)]
    return {**_named(after), "was": before["urn"] if before["urn"] != after["urn"] else None, "properties": properties}


def _moved(before: Sequence[Document], after: Sequence[Document], told: Sequence[str]) -> list[dict[str, Any]]:
    """The lines that are not the same, by stack and path; None stands for one that a side does not have."""
    old, new = ({(line["stack"], line["path"]): {key: line[key] for key in told} for line in side} for side in (before, after))
    return [
        {"stack": stack, "path": path, "before": old.get((stack, path)), "after": new.get((stack, path))}
        for stack, path in sorted({*old, *new})
        if old.get((stack, path)) != new.get((stack, path))
    ]


def _cost(base: Document, document: Document, stack: str) -> dict[str, Any]:
    before, after = (each.get("cost", {}).get("stacks", {}).get(stack, {}).get("monthly") for each in (base, document))
    known = before is not None and after is not None
    return {"before": before, "after": after, "difference": str(Decimal(after) - Decimal(before)) if known else None}


def _findings(base: Document, document: Document) -> dict[str, Any]:
    """Findings of one side alone. One that only says it in other words, with another figure say, is the same."""
    before, after = list(_found(base)), list(_found(document))
    return {"new": _without(after, before), "cured": _without(before, after)}


def _found(document: Document) -> Iterator[dict[str, Any]]:
    for stack, content in document["stacks"].items():
        for finding in content["policies"]:
            yield {"stack": stack, **finding}


def _without(some: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    left = Counter(map(_identity, others))
    remaining = []
    for finding in some:
        if left[_identity(finding)]:
            left[_identity(finding)] -= 1
        else:
            remaining.append(finding)
    return remaining


def _identity(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(finding[key] for key in ("stack", "pack", "policy", "level", "urn", "property", "inconclusive"))
