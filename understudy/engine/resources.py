"""A stack's resources as the real engine tells of them: by the steps of a preview or an update, or by exported state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import resource_pb2

from understudy.engine.events import Event, of_kind
from understudy.preview.aliases import ROOT_TYPE
from understudy.preview.default_providers import PREFIX
from understudy.preview.rendering import RenderedResource, Rendering

GONE = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "read-discard", "remove-pending-replace"})
"""Steps after which a resource is no part of the stack."""
UNCHANGED = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True)
class Change:
    """What the engine does to a resource: the step, and the paths of the properties that call for it, and that replace it."""

    urn: str
    operation: str
    properties: tuple[str, ...]
    replaced_by: tuple[str, ...]


def planned(events: Iterable[Event], relations: Mapping[str, Mapping[str, Any]]) -> dict[str, RenderedResource]:
    """By URN, the resources that the stack has after a run, and what the packs were told of their relations."""
    found: dict[str, RenderedResource] = {}
    for step in [*of_kind(events, "resourcePreEvent"), *of_kind(events, "resOutputsEvent")]:
        metadata = step["metadata"]
        if metadata["op"] not in GONE and metadata.get("new"):
            found[metadata["urn"]] = resource(metadata["new"], relations.get(metadata["urn"], {}))
    return {urn: each for urn, each in sorted(found.items()) if not _is_default(each)}


def deployed(state: Mapping[str, Any], relations: Mapping[str, Mapping[str, Any]]) -> dict[str, RenderedResource]:
    """By URN, the resources of an exported state."""
    found = {}
    for entry in state["deployment"].get("resources") or ():
        if not entry.get("delete"):
            known = relations.get(entry["urn"], {})
            properties = {key: urns for key, urns in (entry.get("propertyDependencies") or {}).items() if urns}
            own = {"dependencies": entry.get("dependencies") or (), "property_dependencies": properties}
            found[entry["urn"]] = resource(entry, {**known, **own})
    return {urn: each for urn, each in sorted(found.items()) if not _is_default(each)}


def resource(entry: Mapping[str, Any], relations: Mapping[str, Any]) -> RenderedResource:
    """A resource as a program's registration of it, from the engine's own account."""
    urn, type_ = entry["urn"], entry["type"]
    provider = entry.get("provider") or ""
    request = resource_pb2.RegisterResourceRequest(
        type=type_,
        name=urn.rpartition("::")[2],
        parent=entry.get("parent") or "",
        custom=bool(entry.get("custom")),
        object=_struct(entry.get("inputs")),
        provider="" if _is_default_reference(provider) else provider,
        protect=bool(entry.get("protect")),
        dependencies=relations.get("dependencies", ()),
        propertyDependencies={
            key: resource_pb2.RegisterResourceRequest.PropertyDependencies(urns=urns)
            for key, urns in relations.get("property_dependencies", {}).items()
        },
        aliasURNs=relations.get("aliases", ()),
        ignoreChanges=relations.get("ignore_changes", ()),
    )
    is_component = not request.custom
    return RenderedResource(urn, request, _struct(entry.get("outputs")) if is_component else struct_pb2.Struct())


def rendering_of(project: str, stack: str, resources: Mapping[str, RenderedResource]) -> Rendering:
    """What a report is made of. The engine masks secrets before it tells, so that none is in here."""
    return Rendering(project, stack, {}, tuple(resources.values()))


def changes(events: Iterable[Event]) -> list[Change]:
    """Everything that the engine does or would do, by URN and step; what it leaves alone is not told."""
    found: dict[tuple[str, str], Change] = {}
    for step in of_kind(events, "resourcePreEvent"):
        metadata = step["metadata"]
        if metadata["op"] not in UNCHANGED and not _is_default_urn(metadata["urn"]):
            detailed = metadata.get("detailedDiff") or {}
            replaced = [path for path, change in detailed.items() if change["diffKind"].endswith("replace")]
            found[metadata["urn"], metadata["op"]] = Change(
                metadata["urn"],
                metadata["op"],
                tuple(sorted(detailed or metadata.get("diffs") or ())),
                tuple(sorted(replaced or metadata.get("keys") or ())),
            )
    return [found[key] for key in sorted(found)]


def stack_of(urns: Iterable[str]) -> tuple[str, str] | None:
    """The project and the stack that resources belong to, None of none."""
    for urn in urns:
        stack, project = urn.removeprefix("urn:pulumi:").split("::")[:2]
        return project, stack
    return None


def root_urn(resources: Mapping[str, RenderedResource]) -> str:
    """The URN of the stack itself, empty where it is not among its resources."""
    return next((urn for urn, each in resources.items() if each.request.type == ROOT_TYPE), "")


def _struct(properties: Mapping[str, Any] | None) -> struct_pb2.Struct:
    own = {key: value for key, value in (properties or {}).items() if not key.startswith("__")}
    return json_format.ParseDict(own, struct_pb2.Struct())


def _is_default(each: RenderedResource) -> bool:
    return _is_default_urn(each.urn)


def _is_default_urn(urn: str) -> bool:
    """Whether it is a provider that the engine made by itself, which no report lists."""
    type_, name = urn.split("::")[2:4]
    return type_.startswith(PREFIX) and (name == "default" or name.startswith("default_"))


def _is_default_reference(provider: str) -> bool:
    urn = provider.rpartition("::")[0]
    return bool(urn) and _is_default_urn(urn)
