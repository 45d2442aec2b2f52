"""Rules carried out over a snapshot: each guarded by itself, and each telling how much it examined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policies.engine.finding import Finding, Judgement
from policies.engine.node import MalformedError, Node, NotKnownError, Reading
from policies.engine.rule import Check, Relation, Rule
from policies.engine.snapshot import Resource, Snapshot
from policies.engine.verdict import Verdict, worst

Settings = Mapping[str, Mapping[str, object]]
"""What the configuration sets of rules' parameters: by rule, then by name."""
_UNSET: Settings = {}


@dataclass(frozen=True)
class Outcome:
    """What one rule says of the resources it judged."""

    rule: Rule
    subjects: int
    """How many resources it judged."""
    properties: int
    """How many property readings its decisions rest on."""
    findings: tuple[Finding, ...]
    judged: tuple[str, ...] = ()
    """The URNs of the resources that it judged."""

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


def evaluate(rules: Iterable[Rule], snapshot: Snapshot, settings: Settings = _UNSET) -> Assessment:
    """Carry out every rule on every resource of its types."""
    return Assessment(tuple(_outcome(rule, snapshot, settings.get(rule.id, {})) for rule in rules))


def judge(
    rule: Rule, resource: Resource, snapshot: Snapshot | None = None, settings: Mapping[str, object] | None = None
) -> Outcome:
    """What a rule says of one resource of its types. Relations are judged within the snapshot."""
    reading = Reading(resource.is_partial, settings=settings or {})
    judgements: list[Judgement] = []
    _judge(rule, resource, snapshot or Snapshot((resource,)), resource.read(reading), judgements)
    return Outcome(rule, 1, reading.properties, tuple(_findings(rule, resource, judgements)), (resource.urn,))


def _outcome(rule: Rule, snapshot: Snapshot, settings: Mapping[str, object]) -> Outcome:
    resources = snapshot.of_type(*rule.types)
    findings: list[Finding] = []
    whole, partial = Reading(settings=settings), Reading(partial=True, settings=settings)
    judgements: list[Judgement] = []
    for resource in resources:
        _judge(rule, resource, snapshot, resource.read(partial if resource.is_partial else whole), judgements)
        if judgements:
            findings += _findings(rule, resource, judgements)
            judgements.clear()
    properties = whole.properties + partial.properties
    return Outcome(rule, len(resources), properties, tuple(findings), tuple(resource.urn for resource in resources))


def _judge(rule: Rule, resource: Resource, snapshot: Snapshot, root: Node, judgements: list[Judgement]) -> None:
    if rule.relation is not None:
        _carry_out(_within(rule.relation, resource, snapshot), root, (), judgements)
    for place in rule.places(resource.type):
        _carry_out(place.check, root, place.steps, judgements)


def _findings(rule: Rule, resource: Resource, judgements: Iterable[Judgement]) -> Iterator[Finding]:
    for made in judgements:
        yield Finding(resource.urn, rule.id, made.path, made.verdict, made.message, rule.fix)


def _within(relation: Relation, resource: Resource, snapshot: Snapshot) -> Check:
    return lambda root: relation(root, resource, snapshot)


def _carry_out(check: Check, node: Node, steps: tuple[tuple[str, bool], ...], judgements: list[Judgement]) -> None:
    """Add what a check says at each property that the steps lead to, up to its end or to what it could not decide there.

    What cannot be reached is told, and the others are judged.
    """
    try:
        for number, (name, is_list) in enumerate(steps, start=1):
            node = node[name]
            if is_list:
                for item in node.items():
                    _carry_out(check, item, steps[number:], judgements)
                return
        judgements.extend(check(node))
    except NotKnownError as unknown:
        judgements.append(Judgement(Verdict.INCONCLUSIVE, unknown.path or node.path, unknown.reason))
    except MalformedError as malformed:
        judgements.append(Judgement(Verdict.ERROR, malformed.path, f"is not {malformed.expected}"))
    except Exception as crash:  # noqa: BLE001 - a rule is anybody's code; its text is left out, for it may hold a value
        judgements.append(Judgement(Verdict.ERROR, node.path, f"the rule crashed with {type(crash).__name__}"))
