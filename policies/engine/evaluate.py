"""Rules carried out over a snapshot: each guarded by itself, and each telling how much it examined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from policies.engine.finding import Finding, Judgement
from policies.engine.node import MalformedError, Node, NotKnownError, Reading
from policies.engine.rule import Check, Rule
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
    relation = rule.relation
    if relation is not None:
        within = snapshot or Snapshot((resource,))
        judgements += _guarded("", lambda: relation(root, resource, within))
    for place in rule.checks:
        if place.types and resource.type not in place.types:
            continue
        judgements += _carry_out(place.check, root, place.path)
    findings = tuple(Finding(resource.urn, rule.id, made.path, made.verdict, made.message, rule.fix) for made in judgements)
    return Outcome(rule, 1, reading.properties, findings)


def _carry_out(check: Check, node: Node, path: str) -> list[Judgement]:
    """Carry out a check at each property of the path: what cannot be reached is told, and the others are judged."""
    if not path:
        return _guarded(node.path, lambda: check(node))
    head, _, rest = path.partition(".")
    reached: list[Node] = []

    def step() -> Iterable[Judgement]:
        inner = node[head.removesuffix("[*]")]
        reached.extend(inner.items() if head.endswith("[*]") else [inner])
        return ()

    judgements = _guarded(node.path, step)
    for inner in reached:
        judgements += _carry_out(check, inner, rest)
    return judgements


def _guarded(path: str, check: Callable[[], Iterable[Judgement]]) -> list[Judgement]:
    """What a check says up to its end, or up to what it could not decide."""
    judgements: list[Judgement] = []
    try:
        judgements.extend(check())
    except NotKnownError as unknown:
        judgements.append(Judgement(Verdict.INCONCLUSIVE, unknown.path or path, unknown.reason))
    except MalformedError as malformed:
        judgements.append(Judgement(Verdict.ERROR, malformed.path, f"is not {malformed.expected}"))
    except Exception as crash:  # noqa: BLE001 - a rule is anybody's code; its text is left out, for it may hold a value
        judgements.append(Judgement(Verdict.ERROR, path, f"the rule crashed with {type(crash).__name__}"))
    return judgements
