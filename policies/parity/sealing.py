"""Secrets sealed: an engine hands them to policies in the clear, and the declared stack tells which values they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from policies.engine.node import Secret
from policies.engine.snapshot import Resource, Snapshot


def sealed(staging: Snapshot, own: Snapshot) -> Snapshot:
    """The stack with those values sealed that it declares to be secret: an engine hands them to policies in the clear."""
    declared = own.by_urn
    return Snapshot(
        tuple(
            sealed_resource(resource, declared[resource.urn].properties) if resource.urn in declared else resource
            for resource in staging.resources
        )
    )


def sealed_resource(resource: Resource, declared: Mapping[str, object]) -> Resource:
    """One resource with the values sealed that are declared to be secret."""
    if not any(_has_secret(value) for value in declared.values()):
        return resource
    return replace(resource, properties={key: _seal(value, declared.get(key)) for key, value in resource.properties.items()})


def _has_secret(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_secret(item) for item in value.values())
    return any(_has_secret(item) for item in value) if isinstance(value, list) else isinstance(value, Secret)


def _seal(value: object, declared: object) -> object:
    if isinstance(declared, Secret):
        return value if isinstance(value, Secret) else Secret(value)
    if isinstance(value, Mapping) and isinstance(declared, Mapping):
        return {key: _seal(item, declared.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(declared, list) and len(value) == len(declared):
        return [_seal(item, other) for item, other in zip(value, declared, strict=True)]
    return value
