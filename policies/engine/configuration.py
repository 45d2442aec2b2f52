"""What a pack is configured with: levels and parameters by rule, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from model.errors import ConfigurationError, Problem, nearest, quoted
from policies.engine.evaluate import Settings
from policies.engine.exemption import SCHEMA as EXEMPTIONS
from policies.engine.exemption import Exemption, read_exemptions
from policies.engine.rule import Rule

ALL = "all"
"""In a configuration: the level of every policy that has none of its own."""
MANDATORY, ADVISORY, DISABLED = "mandatory", "advisory", "disabled"
STRICT: dict[str, Any] = {"type": "boolean", "description": "Whether what cannot be told yet is a violation."}
"""JSON Schema of the switch, which a rule has of its own to differ from its pack."""
PACK_SCHEMA: dict[str, dict[str, Any]] = {
    "strict": {**STRICT, "default": False},
    "exemptions": EXEMPTIONS,
    "date": {
        "type": "string",
        "default": "",
        "description": "The day, as YYYY-MM-DD, on which exemptions are judged; today in UTC where left out.",
    },
}
"""JSON Schema of what is configured under the pack's own name, property by property."""


@dataclass(frozen=True)
class Given:
    """What a configuration says of one policy: its level, and its properties."""

    level: str
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Configuration:
    """A pack's configuration. Without any, every rule has its own level and its parameters' defaults."""

    levels: Mapping[str, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=dict)
    strict: bool = False
    strict_rules: Mapping[str, bool] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    day: date | None = None

    @property
    def today(self) -> date:
        """The day on which exemptions are judged."""
        return self.day or datetime.now(UTC).date()

    def level(self, rule: Rule) -> str:
        """How a rule is enforced."""
        return self.levels.get(rule.id) or (MANDATORY if rule.blocks else ADVISORY)

    def is_strict(self, rule: Rule) -> bool:
        """Whether what the rule cannot tell yet is a violation."""
        return self.strict_rules.get(rule.id, self.strict)

    def exemption(self, rule: str, urn: str) -> Exemption | None:
        """The exemption that holds for a resource from a rule."""
        return next((e for e in self.exemptions if e.rule == rule and e.covers(urn) and e.holds(self.today)), None)


def rule_schema(rule: Rule) -> dict[str, dict[str, Any]]:
    """JSON Schema of what is configured of one rule, property by property."""
    parameters = {
        parameter.name: {**parameter.schema, "default": parameter.default, "description": parameter.description}
        for parameter in rule.parameters
    }
    return {"strict": STRICT, **parameters}


def configured(pack: str, policies: Sequence[str], rules: Sequence[Rule], given: Mapping[str, Given]) -> Configuration:
    """The configuration that a pack is given, by policy. Raises ConfigurationError for what the engine would overlook.

    The engine checks types by each policy's schema; it accepts policies and properties that do not exist.
    """
    problems = list(_unknown(pack, policies, rules, given))
    common = given[pack].properties if pack in given else {}
    day = _day(common.get("date", ""), problems)
    exemptions: tuple[Exemption, ...] = ()
    try:
        exemptions = read_exemptions(common.get("exemptions", ()), rules)
    except ConfigurationError as error:
        problems += [Problem(f"{pack}.{problem.path}", problem.message) for problem in error.problems]
    if problems:
        raise ConfigurationError(problems)
    by_rule = {rule.id: given[rule.id] for rule in rules if rule.id in given}
    return Configuration(
        levels={id_: entry.level for id_, entry in by_rule.items()},
        settings={
            id_: {key: value for key, value in entry.properties.items() if key != "strict"} for id_, entry in by_rule.items()
        },
        strict=common.get("strict", False) is True,
        strict_rules={id_: entry.properties["strict"] for id_, entry in by_rule.items() if "strict" in entry.properties},
        exemptions=exemptions,
        day=day,
    )


def _unknown(pack: str, policies: Sequence[str], rules: Sequence[Rule], given: Mapping[str, Given]) -> Iterator[Problem]:
    allowed = {name: frozenset[str]() for name in policies}
    allowed |= {rule.id: frozenset(rule_schema(rule)) for rule in rules} | {pack: frozenset(PACK_SCHEMA), ALL: frozenset()}
    for name, entry in given.items():
        if name not in allowed:
            yield Problem(name, f"is no policy of pack {pack}{nearest(name, [*policies])}")
            continue
        for key in sorted(set(entry.properties) - allowed[name]):
            yield Problem(f"{name}.{key}", f"is no property of this policy{nearest(key, sorted(allowed[name]))}")


def _day(text: object, problems: list[Problem]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        problems.append(Problem("date", f"must be a day as YYYY-MM-DD, found {quoted(text)}"))
        return None
