"""Aliases of a resource as URNs. Programs give them in part; the engine completes them from the resource itself."""

from __future__ import annotations

from pulumi.runtime.proto import alias_pb2, resource_pb2

ROOT_TYPE = "pulumi:pulumi:Stack"


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The engine's URN: the types of all ancestors but the stack, then the resource's own type and name."""
    above = parent.split("::")[2] if parent else ""
    qualified = type_ if above in ("", ROOT_TYPE) else f"{above}${type_}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def alias_urns(request: resource_pb2.RegisterResourceRequest, urn: str) -> tuple[str, ...]:
    """The URNs under which a resource was known before, sorted; what an alias leaves out is as in the resource's own URN."""
    urns = {
        alias.urn if alias.WhichOneof("alias") == "urn" else _completed(alias.spec, request, urn) for alias in request.aliases
    }
    return tuple(sorted((urns | set(request.aliasURNs)) - {urn}))


def _completed(spec: alias_pb2.Alias.Spec, request: resource_pb2.RegisterResourceRequest, urn: str) -> str:
    stack, project = urn.removeprefix("urn:pulumi:").split("::")[:2]
    parent = "" if spec.noParent else spec.parentUrn or request.parent
    return make_urn(spec.stack or stack, spec.project or project, parent, spec.type or request.type, spec.name or request.name)
