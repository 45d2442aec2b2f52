"""What a preview says of a framework: which controls pass, fail, are not decided or not applicable, and by which resources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from policies.engine.aliases import canonical
from policies.engine.rule import Control, Rule

SCHEMA = "understudy.compliance/v1"
STATUSES = ("not applicable", "pass", "exempted", "inconclusive", "fail")
"""From nothing to say to the worst: of several the worst stands."""


def assess(report: Mapping[str, Any], rules: Sequence[Rule], framework: str, name: str) -> dict[str, Any]:
    """The compliance document of a report. `name` is what the rules' citations call the framework."""
    cited: dict[Control, list[Rule]] = defaultdict(list)
    for rule in rules:
        for control in rule.controls:
            if control.framework == name:
                cited[control].append(rule)
    judged = {rule.id: _rule(rule, report) for rule in {rule.id: rule for found in cited.values() for rule in found}.values()}
    controls = [
        _control(control, [judged[rule.id] for rule in found])
        for control, found in sorted(cited.items(), key=lambda entry: _order(entry[0].id))
    ]
    return {
        "schema": SCHEMA,
        "project": report["project"],
        "framework": {"id": framework, "name": name, "version": next((control.version for control in cited), "")},
        "stacks": list(report["stacks"]),
        "summary": {status: sum(control["status"] == status for control in controls) for status in reversed(STATUSES)},
        "controls": controls,
        "rules": [judged[id_] for id_ in sorted(judged)],
    }


def worst(statuses: Iterable[str]) -> str:
    """The worst of several statuses; not applicable of none, so that judging nothing is never a pass."""
    return max(statuses, key=STATUSES.index, default=STATUSES[0])


def _control(control: Control, rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "id": control.id,
        "status": worst(rule["status"] for rule in rules),
        "rules": sorted(rule["id"] for rule in rules),
        "resources": {
            status: len({(one["stack"], one["urn"]) for rule in rules for one in rule["resources"] if one["status"] == status})
            for status in reversed(STATUSES[1:])
        },
    }


def _rule(rule: Rule, report: Mapping[str, Any]) -> dict[str, Any]:
    resources = [one for stack, content in report["stacks"].items() for one in _resources(rule, stack, content)]
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.word,
        "status": worst(one["status"] for one in resources),
        "fix": rule.fix,
        "resources": sorted(resources, key=lambda one: (one["stack"], one["urn"])),
    }


def _resources(rule: Rule, stack: str, content: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Every resource that a rule judged on a stack, or that is exempted from it. None where the rule is disabled."""
    account = next((entry for entry in content["rules"] if entry["rule"] == rule.id), None)
    if account is None or account["level"] == "disabled":
        return
    exempted = {one["urn"]: one for one in account["exempted"]}
    findings: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for finding in content["policies"]:
        if finding["policy"] == rule.id:
            findings[finding["urn"]].append(finding)
    for resource in content["resources"]:
        urn = resource["urn"]
        if canonical(resource["type"]).type not in rule.types:
            continue
        found = findings.get(urn, [])
        said = ["inconclusive" if finding["inconclusive"] else "fail" for finding in found]
        status = worst(said or ["exempted" if urn in exempted else "pass"])
        yield {
            "stack": stack,
            "urn": urn,
            "name": resource["name"],
            "status": status,
            "findings": [
                {
                    "property": one["property"],
                    "message": one["message"].partition("\n")[2] or one["message"],
                    "source": one.get("source"),
                }
                for one in found
            ],
            "exemption": {key: exempted[urn][key] for key in ("reason", "owner", "expires")} if urn in exempted else None,
        }


def _order(id_: str) -> list[tuple[int, int, str]]:
    """Controls in their framework's order: numbers as numbers."""
    words = "".join(char if char.isalnum() else " " for char in id_).split()
    return [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in words]
