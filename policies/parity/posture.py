"""Posture: by every rule of the security pack, a resource of staging does at least as well as its counterpart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policies.engine.evaluate import evaluate
from policies.engine.snapshot import Snapshot
from policies.engine.verdict import Verdict
from policies.parity.counterpart import role
from policies.parity.difference import Difference
from policies.parity.reference import Reference
from policies.security.pack import RULES

POSTURE = "PAR-11"
_Worst = Mapping[tuple[str, str], Verdict]
"""The worst verdict by rule and role."""


def posture_differences(staging: Snapshot, reference: Reference) -> Iterator[Difference]:
    """The rules that a resource of staging breaks and its counterpart keeps. What both break is the security pack's to tell."""
    production = reference.index(_production_posture)
    titles = {rule.id: rule.title for rule in RULES}
    for finding in evaluate(RULES, staging).findings:
        before = production.get((finding.rule, role(finding.urn)), Verdict.PASS)
        if finding.verdict >= Verdict.FAIL and before < Verdict.FAIL:
            message = f"breaks {finding.rule} here ({titles[finding.rule]}) and keeps it in production: staging is weaker"
            yield Difference(POSTURE, finding.urn, "", finding.path, message, finding.fix)


def _production_posture(reference: Reference) -> _Worst:
    worst: dict[tuple[str, str], Verdict] = {}
    for finding in evaluate(RULES, reference.declared).findings:
        key = finding.rule, role(finding.urn)
        worst[key] = max(worst.get(key, Verdict.PASS), finding.verdict)
    return worst
