"""A test kit for policies: rules run through the SDK's real analyzer, with real messages, unknowns and secrets, and no engine.

Use the fixture in a test of your own (`pytest_plugins = ["understudy.testing"]` in your conftest):

    def test_a_bucket_needs_an_owner(policy_harness):
        harness = policy_harness("policies/house")
        told = harness.analyze(Declared("aws:s3/bucket:Bucket", "logs", {"tags": {}}))
        assert [(each.policy, each.level) for each in told] == [("HOUSE-01", "mandatory")]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi_policy
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as sdk
from pulumi_policy import proxy

from policies.engine.serving import given
from understudy.preview.pack_config import configuration
from understudy.preview.packs import load_pack

UNKNOWN: str = proxy.UNKNOWN_STRING_VALUE
"""As a property's value: what a first preview does not know."""
_LEVELS = {analyzer_pb2.ADVISORY: "advisory", analyzer_pb2.MANDATORY: "mandatory", analyzer_pb2.REMEDIATE: "remediate"}
STACK, PROJECT = "staging", "shop"


def secret(value: Any) -> dict[str, Any]:
    """As a property's value: a secret, as a program makes it. The SDK hands it to policies in the clear."""
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}


@dataclass(frozen=True)
class Declared:
    """A resource as a program declares it. `refers` gives, by property, the names of the resources that its value comes from."""

    type: str
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    refers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    parent: str = ""
    """The parent's URN; empty for none."""
    depends_on: Sequence[str] = ()
    """The names of resources that must exist first."""

    @property
    def urn(self) -> str:
        """Its URN in the kit's stack."""
        return f"urn:pulumi:{STACK}::{PROJECT}::{self.type}::{self.name}"


@dataclass(frozen=True)
class Told:
    """What one policy said: under which name, at which level, of which resource, in which words."""

    policy: str
    level: str
    message: str
    urn: str = ""


def analyze_request(resource: Declared) -> analyzer_pb2.AnalyzeRequest:
    """The engine's message about one resource."""
    return analyzer_pb2.AnalyzeRequest(
        type=resource.type, urn=resource.urn, name=resource.name, properties=struct(resource.properties)
    )


def analyze_stack_request(resources: Sequence[Declared]) -> analyzer_pb2.AnalyzeStackRequest:
    """The engine's message about a whole stack."""
    urns = {resource.name: resource.urn for resource in resources}
    return analyzer_pb2.AnalyzeStackRequest(
        resources=[
            analyzer_pb2.AnalyzerResource(
                type=resource.type,
                urn=resource.urn,
                name=resource.name,
                properties=struct(resource.properties),
                parent=resource.parent,
                dependencies=[urns[name] for name in resource.depends_on],
                propertyDependencies={
                    key: analyzer_pb2.AnalyzerPropertyDependencies(urns=[urns[name] for name in names])
                    for key, names in resource.refers.items()
                },
            )
            for resource in resources
        ]
    )


class PolicyHarness:
    """The SDK's analyzer with some policies, as the engine would start it."""

    def __init__(self, policies: Sequence[Any], config: Mapping[str, Any] | None = None, name: str = "pack") -> None:
        level = pulumi_policy.EnforcementLevel.ADVISORY
        self.servicer: Any = sdk._PolicyAnalyzerServicer(name, "1", list(policies), level)
        request = configuration(name, list(policies), level, {}, config or {})
        self.servicer.Configure(request, None)  # type: ignore[no-untyped-call]  # the SDK's
        for session in {id(found): found for policy in policies if (found := getattr(policy, "session", None))}.values():
            session.configure({policy: given(entry) for policy, entry in request.policyConfig.items()})

    def analyze(self, resource: Declared) -> list[Told]:
        """What the policies on one resource say of it."""
        return told(self.servicer.Analyze(analyze_request(resource), None))

    def not_applicable(self, resource: Declared) -> list[str]:
        """The policies that say of themselves that they do not apply to a resource."""
        response = self.servicer.Analyze(analyze_request(resource), None)
        return [each.policy_name for each in response.not_applicable]

    def analyze_stack(self, *resources: Declared) -> list[Told]:
        """What the policies on the stack say of these resources together."""
        return self.told_of_stack(analyze_stack_request(resources))

    def told_of_stack(self, request: analyzer_pb2.AnalyzeStackRequest) -> list[Told]:
        """What the policies on the stack say of a message of the engine."""
        return told(self.servicer.AnalyzeStack(request, None))


@pytest.fixture
def policy_harness() -> Callable[..., PolicyHarness]:
    """Makes a harness from a pack's folder or from policies: `policy_harness("policies/house", config={…})`."""

    def make(pack: str | Path | Sequence[Any], config: Mapping[str, Any] | None = None) -> PolicyHarness:
        if isinstance(pack, str | Path):
            loaded = load_pack(Path(pack))
            return PolicyHarness(loaded.policies, config, loaded.name)
        return PolicyHarness(pack, config)

    return make


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Properties as the protocol carries them."""
    return json_format.ParseDict(dict(properties), struct_pb2.Struct())


def told(response: Any) -> list[Told]:
    """What the diagnostics of a response say."""
    return [Told(made.policyName, _LEVELS[made.enforcementLevel], made.message, made.urn) for made in response.diagnostics]
