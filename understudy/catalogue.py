"""Every rule that the shipped packs know, by its permanent ID: what it demands, why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from policies.parity.pack import NAME as PARITY
from policies.parity.rules import RULES as PARITY_RULES
from policies.security.pack import NAME as SECURITY
from policies.security.pack import RULES as SECURITY_RULES


@dataclass(frozen=True)
class KnownRule:
    """A rule as reports and explanations cite it. `severity` is one of the words of `policies.engine.rule.Severity`."""

    id: str
    pack: str
    title: str
    severity: str
    rationale: str
    fix: str
    is_mandatory: bool
    """Whether breaking it stops an update where no configuration says otherwise."""
    reads: str = ""
    """What it reads; empty of a rule over both environments."""
    types: tuple[str, ...] = ()
    """The types of resources that it judges; empty of a rule over both environments."""
    controls: tuple[str, ...] = ()
    """The controls of published frameworks that it serves, as they are cited."""
    equivalents: tuple[str, ...] = ()
    """The rules of other tools that ask for the same."""
    parameters: tuple[tuple[str, str], ...] = ()
    """The name of each parameter, and what it means."""


@cache
def known_rules() -> Mapping[str, KnownRule]:
    """The rules of the shipped packs, by ID."""
    parity = (
        KnownRule(rule.id, PARITY, rule.title, rule.severity.word, rule.rationale, rule.fix, rule.is_mandatory)
        for rule in PARITY_RULES
    )
    security = (
        KnownRule(
            rule.id,
            SECURITY,
            rule.title,
            rule.severity.word,
            rule.rationale,
            rule.fix,
            rule.blocks,
            rule.reads,
            rule.types,
            tuple(control.text for control in sorted(rule.controls)),
            rule.equivalents,
            tuple((each.name, each.description) for each in rule.parameters),
        )
        for rule in SECURITY_RULES
    )
    return {rule.id: rule for rule in sorted((*parity, *security), key=lambda rule: rule.id)}
