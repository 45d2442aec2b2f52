"""Rules of the engine through the published test kit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format

from policies.engine.adapter.rule_policies import policies_of
from policies.engine.rule import Rule
from understudy import testing
from understudy.testing import Declared, PolicyHarness, analyze_request, analyze_stack_request

UNKNOWN = testing.UNKNOWN
secret = testing.secret


def servicer(rules: Sequence[Rule], config: Mapping[str, Mapping[str, Any]] | None = None) -> Any:
    """The analyzer of a pack of these rules, configured as the engine does it: each policy has its level, given or its own."""
    policies = policies_of(rules, "pack")
    names = {policy.name for policy in policies}
    return PolicyHarness(policies, {name: entry for name, entry in (config or {}).items() if name in names}).servicer


def remediate(made: Any, token: str, name: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """The properties that a remediation makes of these, None where it changes nothing."""
    response = made.Remediate(analyze_request(Declared(token, name, properties)), None)
    return json_format.MessageToDict(response.remediations[-1].properties) if response.remediations else None


def analyze(made: Any, token: str, name: str, properties: Mapping[str, Any]) -> Any:
    return made.Analyze(analyze_request(Declared(token, name, properties)), None)


def analyze_stack(made: Any, *resources: tuple[str, str, Mapping[str, Any], Mapping[str, Sequence[str]]]) -> Any:
    """Each resource: its token, its name, its properties, and by property the URNs that it refers to."""
    declared = [
        Declared(token, name, properties, {key: [urn.rpartition("::")[2] for urn in urns] for key, urns in refers.items()})
        for token, name, properties, refers in resources
    ]
    return made.AnalyzeStack(analyze_stack_request(declared), None)


def said(response: Any) -> list[tuple[str, str, str]]:
    """Who said it, at which level, in which words."""
    return [(each.policy, each.level, each.message) for each in testing.told(response)]
