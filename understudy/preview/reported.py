"""A resource as reports have it: plain JSON, without secrets."""

from __future__ import annotations

from typing import Any

from policies.security.credential_shapes import holds_credential
from understudy.preview.rendering import RenderedResource
from understudy.preview.values import SECRET

_NAMED_BY_USERS = frozenset({"data", "environment", "stringData", "tags", "variables"})
"""Properties whose keys are names that somebody chose, and so tell what they hold; other keys are the provider's words."""


def reported(resource: RenderedResource) -> dict[str, Any]:
    """A resource as it is declared, with what is known to be secret masked."""
    request = resource.request
    return {
        "urn": resource.urn,
        "type": request.type,
        "name": request.name,
        "parent": request.parent or None,
        "custom": request.custom,
        "provider": resource.provider_urn,
        "inputs": resource.inputs,
        "dependencies": sorted(request.dependencies),
        "property_dependencies": resource.property_dependencies,
        "aliases": list(resource.aliases),
        "protect": request.protect,
        "ignore_changes": sorted(request.ignoreChanges),
    }


def published(resource: RenderedResource) -> dict[str, Any]:
    """The same for a reader: a credential that stands in the clear is found by a rule, and repeated nowhere."""
    told = reported(resource)
    return {**told, "inputs": without_credentials(told["inputs"])}


def without_credentials(value: Any, name: str = "") -> Any:
    """A value with what looks like a credential masked. `name` is what somebody called it, if anybody did."""
    if isinstance(value, str):
        return SECRET if holds_credential(name, value) else value
    if isinstance(value, list):
        return [without_credentials(item) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("name"), str) and "value" in value:
        return {**value, "value": without_credentials(value["value"], value["name"])}
    masked = {}
    for key, item in value.items():
        is_named = key in _NAMED_BY_USERS and isinstance(item, dict)
        masked[key] = {own: without_credentials(one, own) for own, one in item.items()} if is_named else without_credentials(item)
    return masked
