"""The JSON Schema of a pack's configuration file, made of its rules: for editors, and for whoever checks it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from policies.engine.configuration import ALL, PACK_SCHEMA, rule_schema
from policies.engine.rule import Rule

_LEVELS = ["advisory", "mandatory", "remediate", "disabled"]


def config_schema(pack: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """The schema. A policy is given a level, or a mapping of its level and its properties."""
    related = [f"{pack}-relations", f"{pack}-relations-advisory"]
    policies: dict[str, Any] = {ALL: {"enum": _LEVELS, "description": "The level of every policy that has none of its own."}}
    policies[pack] = _policy("What holds for all rules, and exemptions.", PACK_SCHEMA)
    policies |= {name: _policy("Relations of this level, all together.", {}) for name in related}
    policies |= {rule.id: _policy(f"{rule.title}.", rule_schema(rule)) for rule in rules}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Configuration of the policy pack {pack}",
        "type": "object",
        "additionalProperties": False,
        "properties": policies,
    }


def _policy(description: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "description": description,
        "anyOf": [
            {"enum": _LEVELS},
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"enforcementLevel": {"enum": _LEVELS}, **properties},
            },
        ],
    }
