"""A pack at work: what it is configured with, what it judged, and what it said. One for all policies of a pack.

The policy SDK carries texts alone. Whoever runs a pack in its own process reads here what the texts are made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.engine.configuration import ADVISORY, DISABLED, Configuration, Given, configured
from policies.engine.evaluate import Outcome
from policies.engine.exemption import EXEMPTIBLE, Exemption
from policies.engine.finding import Finding
from policies.engine.rule import Rule
from policies.engine.verdict import Verdict, worst


@dataclass
class Coverage:
    """What one rule examined of a stack."""

    rule: Rule
    judged: dict[str, Verdict] = field(default_factory=dict)
    """The resources that it judged, by URN. Those exempted from it are in `exempted` instead."""
    exempted: dict[str, Exemption] = field(default_factory=dict)
    properties: int = 0
    """How many property readings its decisions rest on."""

    @property
    def verdict(self) -> Verdict:
        """The worst of its verdicts; not applicable where it examined nothing, which is no pass."""
        return worst(self.judged.values())


@dataclass(frozen=True)
class Told:
    """A finding as the policy told it: as a violation, or as what it cannot tell yet."""

    finding: Finding
    rule: Any
    """The rule, with its ID, title and severity; None where it is about the pack's configuration."""
    is_doubt: bool
    policy: str = ""
    """The SDK's policy that told it."""
    blocks: bool = True
    """Whether its rule is enforced, so that a doubt leaves open whether the stack may be deployed."""


@dataclass
class Session:
    """A pack at work."""

    pack: str
    rules: tuple[Rule, ...]
    policies: tuple[str, ...] = ()
    """The names of its policies."""
    configuration: Configuration = field(default_factory=Configuration)
    told: list[Told] = field(default_factory=list)
    """What was told since this was last emptied, in that order; violations before doubts in each call of a policy."""
    coverage: dict[str, Coverage] = field(default_factory=dict)

    def configure(self, given: Mapping[str, Given]) -> None:
        """Take a configuration. Raises ConfigurationError."""
        self.configuration = configured(self.pack, self.policies, self.rules, given)

    def start(self) -> None:
        """Forget what was judged, before another stack is."""
        self.told.clear()
        self.coverage = {rule.id: Coverage(rule) for rule in self.rules}

    def account(self, outcomes: Iterable[Outcome]) -> list[Finding]:
        """Note what rules judged, and return the findings that no exemption covers."""
        kept: list[Finding] = []
        for outcome in outcomes:
            rule = outcome.rule
            entry = self.coverage.setdefault(rule.id, Coverage(rule))
            entry.properties += outcome.properties
            verdicts = dict.fromkeys(outcome.judged, Verdict.PASS)
            for finding in outcome.findings:
                exemption = self.configuration.exemption(rule.id, finding.urn) if self.configuration.exemptions else None
                if exemption is not None and finding.verdict in EXEMPTIBLE:
                    entry.exempted[finding.urn] = exemption
                    verdicts.pop(finding.urn, None)
                    continue
                verdicts[finding.urn] = max(verdicts.get(finding.urn, Verdict.PASS), finding.verdict)
                kept.append(finding)
            entry.judged |= verdicts
        return sorted(kept)

    def tell(self, findings: Sequence[Finding], policy: str) -> tuple[list[Finding], list[Finding]]:
        """Note what is told, and part it: violations, and what cannot be told yet where the configuration is not strict."""
        by_id = {rule.id: rule for rule in self.rules} if findings else {}
        violations: list[Finding] = []
        doubts: list[Finding] = []
        for finding in findings:
            rule = by_id.get(finding.rule)
            is_doubt = finding.verdict is Verdict.INCONCLUSIVE and rule is not None and not self.configuration.is_strict(rule)
            (doubts if is_doubt else violations).append(finding)
        for told, is_doubt in ((violations, False), (doubts, True)):
            self.told += [self._told(finding, by_id.get(finding.rule), policy, is_doubt=is_doubt) for finding in told]
        return violations, doubts

    def sections(self) -> dict[str, Any]:
        """What a pack of rules has to say beside its findings: nothing."""
        return {}

    def _told(self, finding: Finding, rule: Rule | None, policy: str, *, is_doubt: bool) -> Told:
        blocks = rule is None or self.configuration.level(rule) not in (ADVISORY, DISABLED)
        return Told(finding, rule, is_doubt, policy, blocks)
