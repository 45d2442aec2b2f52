"""Rendering: the set of resources that a stack would declare, from running its program under the recording monitor."""

from __future__ import annotations

import asyncio
import runpy
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import mocks, rpc, set_all_config
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import ROOT, get_root_resource

from understudy.preview.monitor import RecordingMonitor
from understudy.preview.project import Project
from understudy.preview.values import plain_properties


@dataclass(frozen=True)
class RenderedResource:
    """One resource, as the engine would receive it."""

    urn: str
    request: resource_pb2.RegisterResourceRequest
    outputs: struct_pb2.Struct | None

    @property
    def inputs(self) -> dict[str, Any]:
        """Its inputs as plain JSON, secrets masked."""
        return plain_properties(self.request.object)

    @property
    def provider_urn(self) -> str | None:
        """The URN of its provider, None for a component or a default provider."""
        return self.request.provider.rpartition("::")[0] or None


@dataclass(frozen=True)
class Rendering:
    """A stack's resources, sorted by URN, and its outputs."""

    project: str
    stack: str
    resources: tuple[RenderedResource, ...]
    outputs: Mapping[str, Any]


class DuplicateUrnError(Exception):
    """A program declares two resources of one name, which the engine refuses."""


def render(project: Project, stack: str, configuration: Mapping[str, str]) -> Rendering:
    """Run the project's program for a stack. Whatever the program raises is raised.

    The SDK keeps its settings in module state; all of it is set anew, so that renderings do not see each other.
    """
    monitor = RecordingMonitor()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    ROOT.set(None)
    set_all_config(dict(configuration))
    mocks.set_mocks(monitor.mocks, project=project.name, stack=stack, preview=True, monitor=monitor, organization="organization")
    outputs: dict[str, Any] = {}
    try:
        _run(project.program, outputs)
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    if monitor.duplicates:
        raise DuplicateUrnError(f"declared twice: {', '.join(sorted(monitor.duplicates))}")
    resources = tuple(
        RenderedResource(urn, request, monitor.component_outputs.get(urn))
        for urn, request in sorted(monitor.registrations.items())
    )
    return Rendering(project.name, stack, resources, dict(sorted(outputs.items())))


def _run(program: Path, outputs: dict[str, Any]) -> None:
    def run() -> pulumi.Output[None]:
        runpy.run_path(str(program / "__main__.py"), run_name="__main__")
        root = get_root_resource()
        exported = getattr(root, "outputs", {}) if root is not None else {}

        async def collect() -> None:
            serialized = await rpc.serialize_properties(dict(exported), {})
            outputs.update(plain_properties(serialized))

        return pulumi.Output.from_input(collect())

    path = list(sys.path)
    sys.path.insert(0, str(program))
    try:
        mocks.test(run)()  # type: ignore[no-untyped-call]  # the SDK's mocks are untyped
    finally:
        sys.path[:] = path
