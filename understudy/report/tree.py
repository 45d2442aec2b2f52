"""The component tree as rows, stacks side by side: what each component holds, costs, and was scaled to; shared by the forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from understudy.report.words import figure, money

Component = Mapping[str, Any]
EXPECTED = frozenset({"identity", "digest"})
"""What explains a difference that says nothing of the environment's size or release."""


@dataclass(frozen=True)
class TreeRow:
    """A component (`kind` is "component"), its monthly cost ("cost"), or a figure that scaling touched ("figure").

    `cells` has a text for each stack, `why` what explains that they differ; `differs` tells whether they do. `levels` counts a
    component's findings.
    """

    kind: str
    depth: int
    label: str
    cells: tuple[str, ...]
    why: str = ""
    differs: bool = False
    levels: Mapping[str, int] = field(default_factory=dict)


def columns(document: Mapping[str, Any]) -> Sequence[str]:
    """The stacks in the order of the columns."""
    return list(document["stacks"])


def tree_rows(document: Mapping[str, Any], *, whole: bool = False, stacks: Sequence[str] = ()) -> Iterator[TreeRow]:
    """The rows of every component that tells something of its own, or of all of them; of some stacks, or of all."""
    lines: dict[str, dict[str, Mapping[str, Any]]] = {}
    for line in document["ledger"]:
        lines.setdefault(line["path"], {})[line["stack"]] = line
    shown = list(document.get("components", ()))
    telling = {tuple(each["path"][:size]) for each in shown if tells(each) for size in range(len(each["path"]) + 1)}
    stacks = stacks or columns(document)
    for component in shown:
        if not whole and tuple(component["path"]) not in telling:
            continue
        depth = max(0, len(component["path"]) - 1)
        if component["path"] or any(component["resources"].values()) or component["figures"]:
            yield _component(component, stacks, depth)
        if component["monthly"]:
            cells = tuple(money(component["monthly"].get(each)) for each in stacks)
            yield TreeRow("cost", depth + 1, "USD a month", cells, differs=len(set(cells)) > 1)
        for path in component["figures"]:
            yield _figure(path.removeprefix(f"{component['model']}."), lines[path], stacks, depth + 1)


def folded(document: Mapping[str, Any]) -> list[str]:
    """The parts of the system that `tree_rows` leaves out unless asked for the whole."""
    parts: dict[str, bool] = {}
    for component in document.get("components", ()):
        if len(component["path"]) > 1:
            part = component["path"][1]
            parts[part] = parts.get(part, False) or tells(component)
    return [part for part, telling in parts.items() if not telling]


def tells(component: Component) -> bool:
    """Whether a component differs between stacks in more than identity, was scaled, costs, or has findings."""
    explained = {what for found in component["explained"].values() for what in found}
    wrong = any(found.get("mandatory") for found in component["findings"].values())
    return bool(_differs(component) or component["figures"] or component["monthly"] or explained - EXPECTED or wrong)


def _differs(component: Component) -> bool:
    return len(set(component["resources"].values())) > 1


def _component(component: Component, stacks: Sequence[str], depth: int) -> TreeRow:
    counts = {stack: component["resources"].get(stack, 0) for stack in stacks}
    explained = {stack: component["explained"][stack] for stack in stacks if stack in component["explained"]}
    differences = [
        (f"{stack}: " if len(explained) > 1 else "") + ", ".join(f"{count} {what}" for what, count in found.items())
        for stack, found in explained.items()
        if found
    ]
    levels: dict[str, int] = {}
    for stack in stacks:
        for level, count in component["findings"].get(stack, {}).items():
            levels[level] = levels.get(level, 0) + count
    return TreeRow(
        "component",
        depth,
        component["path"][-1] if component["path"] else "stack",
        tuple(f"{count:,} resources" if count != 1 else "1 resource" for count in counts.values())
        if any(counts.values())
        else ("",) * len(stacks),
        "; ".join(differences),
        len(set(counts.values())) > 1,
        levels,
    )


def _figure(label: str, by_stack: Mapping[str, Mapping[str, Any]], stacks: Sequence[str], depth: int) -> TreeRow:
    first = next(iter(by_stack.values()))
    told = {stack: line for stack, line in by_stack.items() if stack in stacks}
    results = {stack: figure(line["result"]) for stack, line in told.items()}
    why = "; ".join((f"{stack}: " if len(told) > 1 else "") + scaled(line) for stack, line in told.items())
    cells = tuple(results.get(stack, figure(first["production"])) for stack in stacks)
    return TreeRow("figure", depth, label, cells, why, len(set(cells)) > 1)


def scaled(line: Mapping[str, Any]) -> str:
    """How a figure's result came about."""
    product = f"× {line['ratio']:.4g}"
    if not isinstance(line["exact"], str) and line["exact"] != line["result"]:
        product += f" = {figure(line['exact'])}"
    return product if line["rule"] == "exact" else f"{product}, {line['rule']}"
