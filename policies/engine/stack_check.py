"""A check of a stack as a whole that is no rule on a type: it judges the snapshot and says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.engine.finding import Finding
from policies.engine.rule import Severity
from policies.engine.session import Told
from policies.engine.snapshot import Resource, Snapshot

Judge = Callable[[Snapshot, Mapping[str, Any], Mapping[str, str]], Iterable[Finding]]
"""Given the stack, the check's own configuration, and the configuration of the Pulumi stack by `namespace:key`."""

ResourceJudge = Callable[[Resource, Mapping[str, Any], Mapping[str, str]], Iterable[Finding]]
"""Given one resource as a single call shows it, and the same configurations."""


@dataclass(frozen=True)
class StackCheck:
    """One policy over the whole stack. Its name is public and permanent."""

    name: str
    description: str
    severity: Severity
    is_mandatory: bool
    judge: Judge
    rules: Mapping[str, Any]
    """By ID: the title and the severity of each rule that its findings name."""
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """JSON Schema of what its configuration takes, by name."""
    section: Callable[[], tuple[str, Mapping[str, Any]] | None] = lambda: None
    """What a report has of the stack that was judged last beside the findings: the section's name, and its content."""
    forget: Callable[[], None] = lambda: None
    """Forgets that section, before another stack is judged."""
    judge_resource: ResourceJudge | None = None
    """Judges one resource that an update is about to make, as far as it can be judged alone."""

    def label(self, finding: Finding) -> str:
        """A finding as it is told, with its rule."""
        rule = self.rules[finding.rule]
        return f"{rule.id} [{rule.severity.word}] {rule.title}: {finding.text}"


@dataclass
class CheckSession:
    """What the checks of a pack told, for whoever runs them in its own process: the policy SDK carries texts alone."""

    told: list[Told] = field(default_factory=list)
    coverage: dict[str, Any] = field(default_factory=dict)
    """Empty: what checks examined, they tell by themselves."""
    checks: tuple[StackCheck, ...] = ()

    options: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What was configured, by policy."""

    def configure(self, given: Mapping[str, Any]) -> None:
        """Keep the options of each policy."""
        self.options = {name: entry.properties for name, entry in given.items()}

    def start(self) -> None:
        """Forget what was told, before another stack is judged."""
        self.told.clear()
        for check in self.checks:
            check.forget()

    def sections(self) -> dict[str, Any]:
        """What the checks have to say of the stack beside their findings, by the section of a report."""
        return dict(found for check in self.checks if (found := check.section()) is not None)
