"""Kubernetes objects as manifests on disk, one a file, as a scanner of files reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.engine.aliases import canonical
from policies.engine.node import Unknown
from policies.engine.snapshot import Resource
from understudy.preview.rendering import Rendering

PLACEHOLDER = "known-after-deployment"
"""Stands in a manifest for what a preview cannot know, and for a secret."""
_CHART = "kubernetes:helm.sh/v3:Release"
_CORE = "core/"


def write_manifests(rendering: Rendering, directory: Path) -> int:
    """Write each object into a file of its own, named after the resource; how many there are. Charts are no objects."""
    made = dict(manifests(rendering))
    for name, manifest in made.items():
        (directory / f"{name}.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    return len(made)


def manifests(rendering: Rendering) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object that a stack would declare, by the resource's name."""
    for resource in rendering.resources:
        token = resource.request.type
        if token.startswith("kubernetes:") and resource.request.custom and token != _CHART:
            yield resource.request.name, manifest_of(token, resource.inputs)


def write_manifest(token: str, properties: Mapping[str, Any], path: Path) -> None:
    """Write one object."""
    path.write_text(json.dumps(manifest_of(token, properties), indent=2), encoding="utf-8")


def manifest_of(token: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object with the version and kind that its type says."""
    version, kind = token.split(":")[1:]
    return {"apiVersion": version.removeprefix(_CORE), "kind": kind, **_filled(properties)}


def read_manifests(directory: Path) -> Iterator[Resource]:
    """The objects of a folder as rules see them, each with its file's name as its own."""
    for path in sorted(directory.glob("*.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version = manifest["apiVersion"]
        token = f"kubernetes:{version if '/' in version else _CORE + version}:{manifest['kind']}"
        yield Resource(token, f"urn:pulumi:production::manifests::{canonical(token).type}::{path.stem}", manifest)


def _filled(value: Any) -> Any:
    """A value with a text wherever something is not known, or the report's document has a mark."""
    if isinstance(value, Unknown):
        return PLACEHOLDER
    if isinstance(value, Mapping):
        if len(value) == 1 and next(iter(value)) in ("$unknown", "$secret", "$resource"):
            return PLACEHOLDER
        return {key: _filled(item) for key, item in value.items()}
    return [_filled(item) for item in value] if isinstance(value, list) else value
