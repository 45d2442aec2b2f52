"""One rule's story: what it demands and why, what to do, and what it examined and found in a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.catalogue import KnownRule
from understudy.explain.story import Story, Table

Report = Mapping[str, Any]


def rule_story(report: Report, rule: KnownRule) -> Story:
    """The story of a rule."""
    tables = (
        Table(
            "What it examined",
            ("stack", "level", "verdict", "pass", "cannot tell", "fail", "exempted"),
            tuple(_examined(report, rule.id)),
            "nothing" if rule.types else "a rule over the whole stack: every resource and its counterpart",
        ),
        Table("What it found", ("stack", "level", "resource", "message"), tuple(_found(report, rule.id)), "nothing"),
    )
    return Story("rule", f"{rule.id}: {rule.title}", tuple(_facts(rule)), tables)


def _facts(rule: KnownRule) -> Iterator[str]:
    yield f"severity {rule.severity}, {'mandatory' if rule.is_mandatory else 'advisory'} unless configured otherwise"
    yield f"Why: {rule.rationale}"
    yield f"What to do: {rule.fix}"
    if rule.types:
        yield f"It reads {rule.reads} of {', '.join(rule.types)}."
    if rule.controls:
        yield f"Controls: {', '.join(sorted(rule.controls))}."
    if rule.equivalents:
        yield f"The same elsewhere: {', '.join(rule.equivalents)}."
    yield from (f"Parameter {name}: {description}" for name, description in rule.parameters)


def _examined(report: Report, rule: str) -> Iterator[tuple[str, ...]]:
    for stack, content in report["stacks"].items():
        for each in content["rules"]:
            if each["rule"] == rule:
                subjects = each["subjects"]
                counts = (subjects["pass"], subjects["inconclusive"], subjects["fail"] + subjects["error"], len(each["exempted"]))
                yield stack, each["level"], each["verdict"], *map(str, counts)


def _found(report: Report, rule: str) -> Iterator[tuple[str, ...]]:
    for stack, content in report["stacks"].items():
        for policy in content["policies"]:
            if policy["policy"] == rule:
                name = (policy["urn"] or "").rpartition("::")[2]
                yield stack, policy["level"], name, policy["message"].rpartition("\n")[2]
