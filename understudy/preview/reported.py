"""A resource as reports have it: plain JSON, without secrets."""

from __future__ import annotations

from typing import Any

from understudy.preview.rendering import RenderedResource


def reported(resource: RenderedResource) -> dict[str, Any]:
    """A resource as the document has it."""
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
