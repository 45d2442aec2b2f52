"""One rule's story: what it demands and why, what to do, and what it examined and found in a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine.rule import Rule
from policies.parity.rules import BY_ID, ParityRule
from policies.security.pack import RULES
from understudy.explain.story import Story, Table

Report = Mapping[str, Any]


def rules() -> dict[str, Rule | ParityRule]:
    """Every rule of the packs, by its ID."""
    return {**{rule.id: rule for rule in RULES}, **BY_ID}


def rule_story(report: Report, rule: Rule | ParityRule) -> Story:
    """The story of a rule."""
    tables = (
        Table(
            "What it examined",
            ("stack", "level", "verdict", "pass", "cannot tell", "fail", "exempted"),
            tuple(_examined(report, rule.id)),
            "a rule over the whole stack: every resource and its counterpart" if isinstance(rule, ParityRule) else "nothing",
        ),
        Table("What it found", ("stack", "level", "resource", "message"), tuple(_found(report, rule.id)), "nothing"),
    )
    return Story("rule", f"{rule.id}: {rule.title}", tuple(_facts(rule)), tables)


def _facts(rule: Rule | ParityRule) -> Iterator[str]:
    blocks = rule.is_mandatory if isinstance(rule, ParityRule) else rule.blocks
    yield f"severity {rule.severity.word}, {'mandatory' if blocks else 'advisory'} unless configured otherwise"
    yield f"Why: {rule.rationale}"
    yield f"What to do: {rule.fix}"
    if isinstance(rule, Rule):
        yield f"It reads {rule.reads} of {', '.join(rule.types)}."
        if rule.controls:
            yield f"Controls: {', '.join(sorted(control.text for control in rule.controls))}."
        if rule.equivalents:
            yield f"The same elsewhere: {', '.join(rule.equivalents)}."
        yield from (f"Parameter {each.name}: {each.description}" for each in rule.parameters)


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
