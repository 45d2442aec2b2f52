"""The engine's messages about rendered resources."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from policies.engine.node import UNKNOWN as OUR_UNKNOWN
from policies.engine.node import Secret
from policies.engine.snapshot import Resource
from understudy.testing import UNKNOWN, struct


def stack_message(resources: tuple[Resource, ...]) -> analyzer_pb2.AnalyzeStackRequest:
    """The stack as the engine sends it. Secrets arrive in the clear."""
    by_urn = {each.urn: each for each in resources}
    return analyzer_pb2.AnalyzeStackRequest(
        resources=[
            analyzer_pb2.AnalyzerResource(
                type=each.token,
                urn=each.urn,
                name=each.name,
                properties=struct({key: wire(value) for key, value in each.properties.items()}),
                parent=each.parent,
                dependencies=list(each.depends_on),
                propertyDependencies={
                    key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns) for key, urns in each.dependencies.items()
                },
                provider=analyzer_pb2.AnalyzerProviderResource(urn=each.provider, type=by_urn[each.provider].token)
                if each.provider
                else None,
                options=_options(each),
            )
            for each in resources
        ]
    )


def resource_message(each: Resource) -> analyzer_pb2.AnalyzeRequest:
    """One resource as the engine asks about it before it makes it."""
    return analyzer_pb2.AnalyzeRequest(
        type=each.token,
        urn=each.urn,
        name=each.name,
        properties=struct({key: wire(value) for key, value in each.properties.items()}),
        options=_options(each),
    )


def _options(each: Resource) -> analyzer_pb2.AnalyzerResourceOptions:
    return analyzer_pb2.AnalyzerResourceOptions(parent=each.parent, protect=each.protect, ignoreChanges=each.ignore_changes)


def wire(value: Any) -> Any:
    """A value as the protocol carries it."""
    if value is OUR_UNKNOWN:
        return UNKNOWN
    if isinstance(value, Secret):
        return "hunter2-canary"
    if isinstance(value, dict):
        return {key: wire(item) for key, item in value.items()}
    return [wire(item) for item in value] if isinstance(value, list) else value
