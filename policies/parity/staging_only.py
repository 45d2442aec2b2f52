"""Resources that only staging has by design: those below a component that a field of the staging file asks for."""

from __future__ import annotations

from model.parity import Adds
from model.staging import Staging
from policies.engine.snapshot import Resource, Snapshot


def is_declared(resource: Resource, snapshot: Snapshot, file: Staging) -> bool:
    """Whether the staging file asks for a component that the resource is, or is below."""
    tokens = {
        mark.component
        for name, field in type(file).model_fields.items()
        for mark in field.metadata
        if isinstance(mark, Adds) and getattr(file, name)
    }
    current: Resource | None = resource
    while current is not None and tokens:
        if current.type in tokens:
            return True
        current = snapshot.by_urn.get(current.parent)
    return False
