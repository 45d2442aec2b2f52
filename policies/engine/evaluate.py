"""Rules carried out over a snapshot: each guarded by itself, and each telling how much it examined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policies.engine.finding import Finding, Judgement
from policies.engine.node import MalformedError, Node, NotKnownError, Reading
from policies.engine.rule import Check, Relation, Rule
from policies.engine.snapshot import Resource, Snapshot
from policies.engine.verdict import Verdict, worst


@dataclass(frozen=True)
class Outcome:
    """What one rule says of the resources it judged."""

    rule: Rule
    subjects: int
    """How many resources it judged."""
    properties: int
    """How many property readings its decisions rest on."""
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst finding; a pass only where something was judged."""
        return worst([finding.verdict for finding in self.findings] + [Verdict.PASS] * bool(self.subjects))


@dataclass(frozen=True)
class Assessment:
    """What all rules say of a snapshot."""

    outcomes: tuple[Outcome, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst outcome; not applicable where no rule had anything to judge."""
        return worst(outcome.verdict for outcome in self.outcomes)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, by resource, rule and property."""
        return tuple(sorted(finding for outcome in self.outcomes for finding in outcome.findings))


def evaluate(rules: Iterable[Rule], snapshot: Snapshot) -> Assessment:
    """Carry out every rule on every resource of its types."""
    return Assessment(tuple(_outcome(rule, snapshot) for rule in rules))


def _outcome(rule: Rule, snapshot: Snapshot) -> Outcome:
    outcomes = [judge(rule, resource, snapshot) for resource in snapshot.of_type(*rule.types)]
    findings = tuple(finding for outcome in outcomes for finding in outcome.findings)
    return Outcome(rule, len(outcomes), sum(outcome.properties for outcome in outcomes), findings)


def judge(rule: Rule, resource: Resource, snapshot: Snapshot | None = None) -> Outcome:
    """What a rule says of one resource of its types. Relations are judged within the snapshot."""
    reading = Reading(resource.is_partial)
    root = resource.read(reading)
    judgements: list[Judgement] = []
    if rule.relation is not None:
        related = _within(rule.relation, resource, snapshot or Snapshot((resource,)))
        judgements += _carry_out(related, root, ())
    for place in rule.checks:
        if not place.types or resource.type in place.types:
            judgements += _carry_out(place.check, root, place.steps)
    findings = tuple(Finding(resource.urn, rule.id, made.path, made.verdict, made.message, rule.fix) for made in judgements)
    return Outcome(rule, 1, reading.properties, findings)


def _within(relation: Relation, resource: Resource, snapshot: Snapshot) -> Check:
    return lambda root: relation(root, resource, snapshot)


def _carry_out(check: Check, node: Node, steps: tuple[tuple[str, bool], ...]) -> list[Judgement]:
    """What a check says at each property that the steps lead to, up to its end or to what it could not decide there.

    What cannot be reached is told, and the others are judged.
    """
    judgements: list[Judgement] = []
    try:
        for number, (name, is_list) in enumerate(steps, start=1):
            node = node[name]
            if is_list:
                for item in node.items():
                    judgements += _carry_out(check, item, steps[number:])
                return judgements
        judgements.extend(check(node))
    except NotKnownError as unknown:
        judgements.append(Judgement(Verdict.INCONCLUSIVE, unknown.path or node.path, unknown.reason))
    except MalformedError as malformed:
        judgements.append(Judgement(Verdict.ERROR, malformed.path, f"is not {malformed.expected}"))
    except Exception as crash:  # noqa: BLE001 - a rule is anybody's code; its text is left out, for it may hold a value
        judgements.append(Judgement(Verdict.ERROR, node.path, f"the rule crashed with {type(crash).__name__}"))
    return judgements
