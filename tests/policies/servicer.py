"""The SDK's own analyzer in this process, fed with the protocol's messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi_policy
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as sdk
from pulumi_policy import proxy

from policies.engine.adapter import policies_of
from policies.engine.rule import Rule
from tests.policies.stacks import urn
from understudy.preview.pack_config import given as given_of

UNKNOWN = proxy.UNKNOWN_STRING_VALUE
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark of a secret
SIGNATURE = "4dabf18193072939515e22adb298388d"


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


def servicer(rules: Sequence[Rule], config: Mapping[str, Mapping[str, Any]] | None = None) -> Any:
    """The analyzer of a pack of these rules, configured as the engine does it: each policy has its level, given or its own."""
    policies = policies_of(rules, "pack")
    made: Any = sdk._PolicyAnalyzerServicer("pack", "1", policies, pulumi_policy.EnforcementLevel.ADVISORY)
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for policy in policies:
        given = dict((config or {}).get(policy.name, {}))
        level = given.pop("enforcementLevel", policy.enforcement_level.value if policy.enforcement_level else "advisory")
        request.policyConfig[policy.name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(level.upper())
        json_format.ParseDict(given, request.policyConfig[policy.name].properties)
    made.Configure(request, None)
    vars(policies[0])["session"].configure({name: given_of(entry) for name, entry in request.policyConfig.items()})
    return made


def remediate(made: Any, token: str, name: str, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """The properties that a remediation makes of these, None where it changes nothing."""
    request = analyzer_pb2.AnalyzeRequest(type=token, urn=urn(token, name), name=name, properties=_struct(properties))
    response = made.Remediate(request, None)
    return json_format.MessageToDict(response.remediations[-1].properties) if response.remediations else None


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(properties), struct_pb2.Struct())


def analyze(made: Any, token: str, name: str, properties: Mapping[str, Any]) -> Any:
    request = analyzer_pb2.AnalyzeRequest(type=token, urn=urn(token, name), name=name, properties=_struct(properties))
    return made.Analyze(request, None)


def analyze_stack(made: Any, *resources: tuple[str, str, Mapping[str, Any], Mapping[str, Sequence[str]]]) -> Any:
    """Each resource: its token, its name, its properties, and by property the URNs that it refers to."""
    request = analyzer_pb2.AnalyzeStackRequest(
        resources=[
            analyzer_pb2.AnalyzerResource(
                type=token,
                urn=urn(token, name),
                name=name,
                properties=_struct(properties),
                propertyDependencies={key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns) for key, urns in refers.items()},
            )
            for token, name, properties, refers in resources
        ]
    )
    return made.AnalyzeStack(request, None)


def said(response: Any) -> list[tuple[str, str, str]]:
    """Who said it, at which level, in which words."""
    levels = {analyzer_pb2.ADVISORY: "advisory", analyzer_pb2.MANDATORY: "mandatory"}
    return [(made.policyName, levels[made.enforcementLevel], made.message) for made in response.diagnostics]
