"""The report document: the contract between a preview and whatever reads it. Its schema is `docs/report.schema.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from scaling.ledger import Ledger, LedgerLine
from scaling.represented_load import RepresentedLoad
from understudy.preview.packs import MANDATORY, Examined, Violation
from understudy.preview.rendering import Rendering
from understudy.preview.reported import published
from understudy.preview.source import Source
from understudy.report.components import components
from understudy.sources import Sources

SCHEMA = "understudy.report/v1"


def document(
    *,
    project: str,
    renderings: Mapping[str, Rendering],
    sources: Mapping[str, Sources],
    violations: Mapping[str, Sequence[Violation]],
    coverage: Mapping[str, Sequence[Examined]],
    ledgers: Mapping[str, Ledger],
    loads: Mapping[str, Sequence[RepresentedLoad]],
    packs: Sequence[tuple[str, int]],
    parity: Mapping[str, Mapping[str, Any]],
    cost: Mapping[str, Any],
    engine: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Put a preview's results into the document. Everything is sorted; nothing depends on the run.

    `engine` tells of the real engine's run, where one was: then what it leaves open is no pass.
    """
    stacks = {name: _stack(rendering, sources[name], violations[name], coverage[name]) for name, rendering in renderings.items()}
    lines = [{"stack": name, **_line(line, sources[name])} for name, ledger in ledgers.items() for line in ledger]
    counts = {
        level: sum(policy["level"] == level for stack in stacks.values() for policy in stack["policies"]) for level in _COUNTED
    }
    return {
        "schema": SCHEMA,
        "project": project,
        "verdict": _verdict(stacks, engine, is_violated=bool(counts[MANDATORY])),
        "summary": {
            "resources": {name: len(stack["resources"]) for name, stack in stacks.items()},
            "policies": counts,
        },
        "packs": [{"name": name, "policies": count} for name, count in packs],
        "stacks": stacks,
        "components": components(
            stacks, {name: _figures(sources[name], rendering) for name, rendering in renderings.items()}, lines, parity, cost
        ),
        "parity": {name: _located(section, sources[name]) for name, section in parity.items()},
        "cost": dict(cost),
        "ledger": lines,
        "represented_load": [{"stack": name, **_load(load)} for name, some in loads.items() for load in some],
        **({} if engine is None else {"engine": dict(engine)}),
    }


_COUNTED = (MANDATORY, "advisory")


def _figures(sources: Sources, rendering: Rendering) -> dict[str, str]:
    found = {each.urn: sources.figures(each) for each in rendering.resources if not each.request.custom}
    return {urn: path for urn, path in found.items() if path is not None}


def _verdict(stacks: Mapping[str, Mapping[str, Any]], engine: Mapping[str, Any] | None, *, is_violated: bool) -> str:
    """Of a run of the real engine, success alone is clean: neither a run that failed nor a doubt about an enforced rule."""
    if is_violated:
        return "violation"
    if engine is None:
        return "clean"
    if engine["result"] != "succeeded":
        return "failed"
    return "inconclusive" if engine["undecided"] or any(open_questions(stack) for stack in stacks.values()) else "clean"


def open_questions(stack: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The findings of a stack by which a rule that is enforced, or of which that is not known, cannot tell."""
    return [policy for policy in stack["policies"] if policy["inconclusive"] and policy.get("rule_level") != "advisory"]


def _stack(
    rendering: Rendering, sources: Sources, violations: Sequence[Violation], coverage: Sequence[Examined]
) -> dict[str, Any]:
    return {
        "resources": [published(resource) for resource in rendering.resources],
        "outputs": dict(rendering.outputs),
        "policies": [_violation(violation, sources) for violation in sorted(set(violations))],
        "rules": [_examined(rule, sources) for rule in sorted(coverage, key=lambda rule: (rule.pack, rule.rule.id))],
    }


def _violation(violation: Violation, sources: Sources) -> dict[str, Any]:
    return {
        "pack": violation.pack,
        "policy": violation.policy,
        "level": violation.level,
        "severity": violation.severity or None,
        "inconclusive": violation.inconclusive,
        "rule_level": violation.rule_level or None,
        "urn": violation.urn or None,
        "property": violation.property or None,
        "message": violation.message,
        "source": _source(sources.finding(violation.urn, violation.property)),
    }


def _source(source: Source | None) -> dict[str, Any] | None:
    return None if source is None else {"file": source.file, "line": source.line, "path": source.path or None}


def _examined(examined: Examined, sources: Sources) -> dict[str, Any]:
    counts = Counter(examined.judged.values())
    return {
        "pack": examined.pack,
        "rule": examined.rule.id,
        "level": examined.level,
        "severity": examined.rule.severity.word,
        "verdict": examined.verdict,
        "subjects": {verdict: counts[verdict] for verdict in ("pass", "inconclusive", "fail", "error")},
        "properties": examined.properties,
        "exempted": [
            {
                "urn": urn,
                "reason": exemption.reason,
                "owner": exemption.owner,
                "expires": str(exemption.expires),
                "source": _source(sources.finding(urn, "")),
            }
            for urn, exemption in examined.exempted.items()
        ],
    }


def _located(section: Mapping[str, Any], sources: Sources) -> dict[str, Any]:
    """A parity section, with the place of each deviation in the stack's file."""
    deviations = [
        {**deviation, "source": _source(sources.finding("", f"deviations[{index}]"))}
        for index, deviation in enumerate(section["deviations"])
    ]
    return {**section, "deviations": deviations}


def _line(line: LedgerLine, sources: Sources) -> dict[str, Any]:
    return {
        "path": line.path,
        "production": line.production,
        "ratio": line.ratio,
        "exact": line.exact,
        "result": line.result,
        "rule": line.rule,
        "source": line.source,
        "kind": line.kind,
        "figure_source": _source(sources.figure(line.path)),
        "ratio_source": _source(sources.ratio(line.source)),
    }


def _load(load: RepresentedLoad) -> dict[str, Any]:
    return {
        "path": load.path,
        "peak_requests_per_second": load.peak_requests_per_second,
        "represented_requests_per_second": load.represented_requests_per_second,
        "ratio": load.ratio,
        "bound_by": load.bound_by,
        "steps": [
            {
                "target": step.target,
                "capacity_ratio": step.capacity_ratio,
                "requests_per_second": step.requests_per_second,
            }
            for step in load.steps
        ],
    }
