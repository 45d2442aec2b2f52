"""Exemptions: which resource need not keep which rule, why, who answers for it, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from model.errors import ConfigurationError, Problem, nearest, quoted
from policies.engine.evaluate import Settings, judge
from policies.engine.finding import Finding
from policies.engine.rule import Rule
from policies.engine.snapshot import Resource, Snapshot
from policies.engine.verdict import Verdict

EXEMPTIBLE = (Verdict.FAIL, Verdict.INCONCLUSIVE)
"""What an exemption covers. Not an error: a rule that could not be carried out says nothing that could be accepted."""
_TEXTS = {
    "rule": "The rule's ID.",
    "resource": "The resource's name in the program, or its whole URN.",
    "reason": "Why the resource need not keep the rule.",
    "owner": "Who answers for it.",
    "expires": "The last day on which it holds, as YYYY-MM-DD.",
}
SCHEMA: dict[str, Any] = {
    "type": "array",
    "default": [],
    "description": "Resources that need not keep a rule. One that is unused or has expired is a violation.",
    "items": {
        "type": "object",
        "required": list(_TEXTS),
        "additionalProperties": False,
        "properties": {
            **{name: {"type": "string", "minLength": 1, "description": text} for name, text in _TEXTS.items()},
            "stack": {"type": "string", "description": "The stack in which it holds; every stack where left out."},
        },
    },
}
"""JSON Schema of the exemptions in a pack's configuration."""


@dataclass(frozen=True, order=True)
class Exemption:
    """One resource's leave from one rule."""

    rule: str
    resource: str
    """The resource's name in the program, or its whole URN."""
    reason: str
    owner: str
    expires: date
    """The last day on which it holds."""
    stack: str = ""
    """The stack in which it holds; every stack where empty."""

    def covers(self, urn: str) -> bool:
        """Whether it is about a resource."""
        if self.stack and urn.split("::", 1)[0] != f"urn:pulumi:{self.stack}":
            return False
        return self.resource in (urn, urn.rpartition("::")[2])

    def holds(self, on: date) -> bool:
        """Whether it has not expired on a day."""
        return on <= self.expires


def read_exemptions(entries: object, rules: Sequence[Rule]) -> tuple[Exemption, ...]:
    """Exemptions as a configuration writes them. Raises ConfigurationError for whatever cannot be one."""
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise ConfigurationError([Problem("exemptions", f"must be a list, found {quoted(entries)}")])
    ids = [rule.id for rule in rules]
    problems = [problem for index, entry in enumerate(entries) for problem in _problems(f"exemptions[{index}]", entry, ids)]
    if problems:
        raise ConfigurationError(problems)
    return tuple(
        Exemption(**{**{name: entry[name] for name in _TEXTS}, "expires": date.fromisoformat(entry["expires"])}, stack=stack)
        for entry in entries
        for stack in [entry.get("stack", "")]
    )


def _problems(place: str, entry: object, ids: Sequence[str]) -> Iterator[Problem]:
    if not isinstance(entry, Mapping):
        yield Problem(place, f"must be an object, found {quoted(entry)}")
        return
    known = (*_TEXTS, "stack")
    for name in sorted(set(entry) - set(known), key=str):
        yield Problem(f"{place}.{name}", f"is no property of an exemption{nearest(str(name), known)}")
    for name in _TEXTS:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            yield Problem(f"{place}.{name}", f"must be a text that says something, found {quoted(entry.get(name))}")
    if not isinstance(entry.get("stack", ""), str):
        yield Problem(f"{place}.stack", f"must be a text, found {quoted(entry['stack'])}")
    rule, expires = entry.get("rule"), entry.get("expires")
    if isinstance(rule, str) and rule.strip() and rule not in ids:
        yield Problem(f"{place}.rule", f"{rule!r} is no rule of this pack{nearest(rule, ids)}")
    if isinstance(expires, str) and expires.strip():
        try:
            date.fromisoformat(expires)
        except ValueError:
            yield Problem(f"{place}.expires", f"must be a day as YYYY-MM-DD, found {quoted(expires)}")


def complaints(
    exemptions: Iterable[Exemption], rules: Sequence[Rule], snapshot: Snapshot, on: date, pack: str, settings: Settings
) -> Iterator[Finding]:
    """What is wrong with exemptions on a stack: those that have expired, and those that exempt nothing."""
    by_id = {rule.id: rule for rule in rules}
    for number, exemption in enumerate(exemptions):
        root = next((resource.urn for resource in snapshot.resources), "")
        if exemption.stack and root.split("::", 1)[0] != f"urn:pulumi:{exemption.stack}":
            continue
        about = f"the exemption of {exemption.resource} from {exemption.rule} (owner: {exemption.owner})"
        wrong = _wrong(exemption, by_id[exemption.rule], snapshot, on, settings)
        if wrong is not None:
            urn, message, fix = wrong
            yield Finding(urn, pack, f"exemptions[{number}]", Verdict.FAIL, f"{about} {message}", fix)


def _wrong(exemption: Exemption, rule: Rule, snapshot: Snapshot, on: date, settings: Settings) -> tuple[str, str, str] | None:
    covered = [resource for resource in snapshot.of_type(*rule.types) if exemption.covers(resource.urn)]
    if not exemption.holds(on):
        urn = covered[0].urn if covered else ""
        return urn, f"has expired on {exemption.expires}", "make the resource keep the rule, or have the exemption granted anew"
    if not covered:
        return "", "names no resource that the rule judges", "take it out, or name the resource as the program does"
    if not any(_needs_it(rule, resource, snapshot, settings) for resource in covered):
        return covered[0].urn, "is not needed: the resource keeps the rule", "take it out"
    return None


def _needs_it(rule: Rule, resource: Resource, snapshot: Snapshot, settings: Settings) -> bool:
    outcome = judge(rule, resource, snapshot, settings.get(rule.id))
    return any(finding.verdict in EXEMPTIBLE for finding in outcome.findings)
