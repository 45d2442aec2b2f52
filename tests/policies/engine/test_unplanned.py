"""A resource that the engine could not plan: judged by what was seen of it before, else undecided, and never passed over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as sdk

from policies.engine.adapter.rule_policies import policies_of
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import Rule, Severity
from policies.engine.snapshot import Resource, Snapshot

CONFIG_MAP, POLICY = "kubernetes:core/v1:ConfigMap", "kubernetes:networking.k8s.io/v1:NetworkPolicy"
CLUSTER = "pulumi:providers:kubernetes"


def _has_policy(root: Node, _: Resource, stack: Snapshot) -> Iterable[Judgement]:
    namespace = root["metadata"]["namespace"].text()
    if all(policy.read().at("metadata.namespace").text() != namespace for policy in stack.of_type(POLICY)):
        yield root["metadata"].fails("there is no policy")


RULE = Rule("T-1", "There is a policy", Severity.HIGH, (CONFIG_MAP,), "", "", "", relation=_has_policy)


def struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    json_format.ParseDict(properties, message)
    return message


def provider(kubeconfig: str) -> analyzer_pb2.AnalyzerProviderResource:
    return analyzer_pb2.AnalyzerProviderResource(
        type=CLUSTER, urn=f"urn:pulumi:s::p::{CLUSTER}::c", name="c", properties=struct({"kubeconfig": kubeconfig})
    )


def said(*, seen: bool, kubeconfig: str = rpc.UNKNOWN, namespace: str = "shop") -> list[tuple[int, str]]:
    """What the pack says of a config map and a network policy of which the stack shows nothing."""
    policies = policies_of([RULE], "pack")
    servicer = sdk._PolicyAnalyzerServicer("pack", "0", policies, sdk.EnforcementLevel.ADVISORY)
    given = {CONFIG_MAP: "shop", POLICY: namespace}
    if seen:
        for token, name in given.items():
            servicer.Analyze(  # type: ignore[no-untyped-call]
                analyzer_pb2.AnalyzeRequest(
                    type=token,
                    urn=f"urn:pulumi:s::p::{token}::x",
                    name="x",
                    properties=struct({"metadata": {"namespace": name}}),
                    provider=provider(kubeconfig),
                ),
                None,
            )
    members = [
        analyzer_pb2.AnalyzerResource(
            type=token, urn=f"urn:pulumi:s::p::{token}::x", name="x", properties=struct({}), provider=provider(kubeconfig)
        )
        for token in given
    ]
    response = servicer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=members), None)  # type: ignore[no-untyped-call]
    return [(diagnostic.enforcementLevel, diagnostic.message) for diagnostic in response.diagnostics]


def test_what_was_seen_before_decides() -> None:
    assert said(seen=True) == []
    ((level, message),) = said(seen=True, namespace="other")
    assert level == analyzer_pb2.MANDATORY
    assert "there is no policy" in message


def test_what_was_never_seen_is_undecided() -> None:
    ((level, message),) = said(seen=False)

    assert level == analyzer_pb2.ADVISORY
    assert "cannot tell yet" in message


def test_a_resource_without_properties_below_a_configured_provider_is_what_it_is() -> None:
    assert said(seen=False, kubeconfig="known") == []
