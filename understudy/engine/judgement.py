"""What the policy packs said in a run of the real engine, from its events."""

from __future__ import annotations

from collections.abc import Iterable

from understudy.engine.events import Event, of_kind
from understudy.preview.packs import Violation


def violations(events: Iterable[Event]) -> list[Violation]:
    """Everything that packs said, sorted; the same as the embedded preview's, of which an advisory may be a doubt."""
    found = {
        Violation(
            pack=said["policyPackName"],
            policy=said["policyName"],
            urn=said.get("resourceUrn", ""),
            message=said["message"].rstrip("\n"),
            level=said["enforcementLevel"],
            severity=said.get("severity", ""),
        )
        for said in of_kind(events, "policyEvent")
    }
    return sorted(found)


def packs(events: Iterable[Event]) -> list[tuple[str, int]]:
    """The packs that ran, and how many policies of each were carried out on something."""
    carried_out: dict[str, set[str]] = {}
    for kind in ("policyAnalyzeSummaryEvent", "policyAnalyzeStackSummaryEvent", "policyRemediateSummaryEvent"):
        for summary in of_kind(events, kind):
            names = [*summary.get("passed", ()), *summary.get("failed", ())]
            carried_out.setdefault(summary["policyPackName"], set()).update(names)
    return sorted((name, len(policies)) for name, policies in carried_out.items())
