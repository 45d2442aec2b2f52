"""What the real engine asked the policy packs, from its log of every call: each resource, and the stack as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from understudy.preview.default_providers import with_default_providers
from understudy.preview.packs import Pack, Violation, resource_request, stack_request
from understudy.preview.rendering import Rendering, stack_settings

LOG_VARIABLE = "PULUMI_DEBUG_GRPC"
ANALYZER = "/pulumirpc.Analyzer/"
_UNORDERED = ("dependencies", "urns")
Requests = dict[str, dict[str, Any]]


def asked_by_engine(log: Path) -> tuple[Requests, Requests]:
    """By URN: what was asked about each resource alone, and as a member of the stack."""
    single: Requests = {}
    members: Requests = {}
    for call in _calls(log):
        if call["method"] == f"{ANALYZER}Analyze":
            single[call["request"]["urn"]] = ordered(call["request"])
        if call["method"] == f"{ANALYZER}AnalyzeStack":
            members |= {resource["urn"]: ordered(resource) for resource in call["request"]["resources"]}
    return single, members


def asked_by_embedded(rendering: Rendering) -> tuple[Requests, Requests]:
    """The same of the embedded preview."""
    by_urn = {resource.urn: resource for resource in with_default_providers(rendering)}
    single = {urn: json_format.MessageToDict(resource_request(resource, by_urn)) for urn, resource in by_urn.items()}
    members = json_format.MessageToDict(stack_request(by_urn))["resources"]
    return {urn: ordered(request) for urn, request in single.items()}, {member["urn"]: ordered(member) for member in members}


def said(pack: Pack, rendering: Rendering) -> Iterator[Violation]:
    """What a pack's analyzers answer to the embedded preview's requests, by the fields of the engine's own events."""
    severities = {policy.name: policy.severity.value if policy.severity else "" for policy in pack.policies}
    by_urn = {resource.urn: resource for resource in with_default_providers(rendering)}
    with stack_settings(rendering):
        for urn, resource in by_urn.items():
            for name, analyzer in pack.analyzers.items():
                yield from _told(pack, severities[name], analyzer.Analyze(resource_request(resource, by_urn), None), urn)
        for name, analyzer in pack.analyzers.items():
            yield from _told(pack, severities[name], analyzer.AnalyzeStack(stack_request(by_urn), None), "")


def _told(pack: Pack, severity: str, response: Any, urn: str) -> Iterator[Violation]:
    for diagnostic in response.diagnostics:
        level = analyzer_pb2.EnforcementLevel.Name(diagnostic.enforcementLevel).lower()
        yield Violation(pack.name, diagnostic.policyName, diagnostic.urn or urn, diagnostic.message, level, severity)


def ordered(value: Any) -> Any:
    """A request in which lists that are sets by nature are sorted: the SDK makes them of sets."""
    if isinstance(value, Mapping):
        return {key: sorted(item) if key in _UNORDERED and _is_texts(item) else ordered(item) for key, item in value.items()}
    return [ordered(item) for item in value] if isinstance(value, list) else value


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.startswith("urn:pulumi:") for item in value)


def _calls(log: Path) -> Iterator[dict[str, Any]]:
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if ANALYZER in line:
                call = json.loads(line)
                if call.get("progress") == "request_started":
                    yield call
