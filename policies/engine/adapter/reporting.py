"""What is told to the SDK: violations one by one, and doubts as the advisory that it makes of an unknown value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi_policy
from pulumi_policy import proxy

from policies.engine.adapter.resources import Report
from policies.engine.finding import Finding
from policies.engine.rule import Severity

SEVERITIES = {
    Severity.LOW: pulumi_policy.Severity.LOW,
    Severity.MEDIUM: pulumi_policy.Severity.MEDIUM,
    Severity.HIGH: pulumi_policy.Severity.HIGH,
    Severity.CRITICAL: pulumi_policy.Severity.CRITICAL,
}


class _CannotTellError(proxy.UnknownValueError):
    """Makes the SDK emit an advisory in our words, whatever the policy's level."""

    def __init__(self, message: str) -> None:
        super().__init__(proxy.UNKNOWN_STRING_VALUE, [])
        self.message = message


def report_all(violations: Sequence[Finding], doubts: Sequence[Finding], report: Report, text: Callable[[Finding], str]) -> None:
    """Report the violations, then raise the doubts, if any, as the SDK's error of an unknown value."""
    for finding in violations:
        report(text(finding), finding.urn)
    if doubts:
        raise _CannotTellError("; ".join(f"{finding.urn.rpartition('::')[2]}: {text(finding)}" for finding in doubts))
