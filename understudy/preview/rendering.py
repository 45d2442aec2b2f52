"""Rendering: the set of resources that a stack would declare, from running its program under the recording monitor."""

from __future__ import annotations

import asyncio
import contextlib
import linecache
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import mocks, rpc, set_all_config
from pulumi.runtime import resource as sdk
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.settings import ROOT, Settings, configure, get_root_resource

from understudy.preview.aliases import ROOT_TYPE, alias_urns
from understudy.preview.monitor import RecordingMonitor, close_worker_loop
from understudy.preview.programs import own_environment, run_program, started_in
from understudy.preview.project import Project
from understudy.preview.values import SECRET, plain_properties, secret_texts

ORGANIZATION = "organization"
"""What the engine calls an organisation where its backend has none."""


@dataclass(frozen=True)
class RenderedResource:
    """One resource, as the engine would receive it. `outputs` are those that a component, or the stack, registered.

    `is_configured` tells whether its provider's configuration is known; where not, nothing is planned of its properties.
    """

    urn: str
    request: resource_pb2.RegisterResourceRequest
    outputs: struct_pb2.Struct
    is_configured: bool = True

    def __reduce__(self) -> tuple[Any, ...]:
        """Its messages as bytes: Python cannot pickle them, for the SDK's modules are not where the messages name them."""
        return _unpickled, (self.urn, self.request.SerializeToString(), self.outputs.SerializeToString(), self.is_configured)

    @property
    def planned(self) -> struct_pb2.Struct:
        """Its state as a preview plans it: the inputs of a resource, the outputs of a component."""
        if not self.request.custom:
            return self.outputs
        return self.request.object if self.is_configured else struct_pb2.Struct()

    @property
    def inputs(self) -> dict[str, Any]:
        """Its inputs as plain JSON, secrets masked, and with them what its type declares to be secret."""
        plain = plain_properties(self.request.object)
        return plain | {key: SECRET for key in self.request.additionalSecretOutputs if key in plain}

    @property
    def property_dependencies(self) -> dict[str, list[str]]:
        """By property, the URNs that its value comes from, sorted; properties that come from none are left out."""
        given = self.request.propertyDependencies
        return {key: sorted(given[key].urns) for key in sorted(given) if given[key].urns}

    @property
    def aliases(self) -> tuple[str, ...]:
        """The URNs that it had before."""
        return alias_urns(self.request, self.urn)

    @property
    def provider_urn(self) -> str | None:
        """The URN of its provider, None for a component or a default provider."""
        return self.request.provider.rpartition("::")[0] or None


def _unpickled(urn: str, request: bytes, outputs: bytes, is_configured: bool) -> RenderedResource:  # noqa: FBT001 - as pickled
    return RenderedResource(
        urn, resource_pb2.RegisterResourceRequest.FromString(request), struct_pb2.Struct.FromString(outputs), is_configured
    )


@dataclass(frozen=True)
class Rendering:
    """A stack's resources, sorted by URN, its outputs, and the configuration that they come from."""

    project: str
    stack: str
    configuration: Mapping[str, str]
    resources: tuple[RenderedResource, ...]

    @property
    def outputs(self) -> dict[str, Any]:
        """What the stack exports, as plain JSON, secrets masked."""
        root = next((resource for resource in self.resources if resource.request.type == ROOT_TYPE), None)
        return plain_properties(root.outputs) if root is not None else {}

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Every text that a secret consists of: what no report may show."""
        texts: set[str] = set()
        for resource in self.resources:
            texts |= secret_texts(resource.request.object, set(resource.request.additionalSecretOutputs))
            texts |= secret_texts(resource.outputs, set())
        return frozenset(texts)


class DuplicateUrnError(Exception):
    """A program declares two resources of one name, which the engine refuses."""


@own_environment()
def render(project: Project, stack: str, configuration: Mapping[str, str]) -> Rendering:
    """Run the project's program for a stack. Whatever the program raises is raised.

    The SDK keeps its settings in module state; all of it is set anew, so that renderings do not see each other, nor the caller's
    environment.
    """
    monitor = RecordingMonitor(project.name, stack)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    ROOT.set(None)
    set_all_config(dict(configuration), [])
    mocks.set_mocks(monitor.mocks, project=project.name, stack=stack, preview=True, monitor=monitor, organization=ORGANIZATION)
    exports = struct_pb2.Struct()
    try:
        with started_in(project.program), _unchanging_sources():
            _run(project.program / "__main__.py", exports)
    except BaseException:
        loop.set_exception_handler(lambda *_: None)  # what else failed follows from this, and would be logged at any later time
        raise
    finally:
        close_worker_loop()
        ROOT.set(None)
    if monitor.duplicates:
        raise DuplicateUrnError(f"declared twice: {', '.join(sorted(monitor.duplicates))}")
    outputs = {**monitor.component_outputs, **_root_outputs(monitor, exports)}
    resources = tuple(
        RenderedResource(urn, request, outputs.get(urn, struct_pb2.Struct()), urn not in monitor.unconfigured)
        for urn, request in sorted(monitor.registrations.items())
    )
    return Rendering(project.name, stack, dict(configuration), resources)


@contextmanager
def stack_settings(rendering: Rendering) -> Iterator[None]:
    """What `pulumi.get_stack()`, `get_project()`, `is_dry_run()` and `Config` answer to a policy that judges the rendering."""
    set_all_config(dict(rendering.configuration), [])
    configure(Settings(project=rendering.project, stack=rendering.stack, dry_run=True, organization=ORGANIZATION))
    try:
        yield
    finally:
        set_all_config({}, [])


@contextlib.contextmanager
def _unchanging_sources() -> Iterator[None]:
    """For each resource the SDK notes the lines that made it, dozens of calls deep and mostly the same ones.

    It would ask the disk each time whether a file has changed, and make the address of every line anew.
    """
    check, position = linecache.checkcache, sdk._get_source_position_for_frame
    known: dict[tuple[str, int | None], source_pb2.SourcePosition | None] = {}

    def known_position(frame: traceback.FrameSummary) -> source_pb2.SourcePosition | None:
        place = frame.filename, frame.lineno
        if place not in known:
            known[place] = position(frame)
        return known[place]

    vars(linecache)["checkcache"] = lambda *_: None
    vars(sdk)["_get_source_position_for_frame"] = known_position
    try:
        yield
    finally:
        vars(linecache)["checkcache"] = check
        vars(sdk)["_get_source_position_for_frame"] = position


def _run(file: Path, exports: struct_pb2.Struct) -> None:
    def run() -> pulumi.Output[None]:
        run_program(file)
        root = get_root_resource()
        exported = getattr(root, "outputs", {}) if root is not None else {}

        async def collect() -> None:
            exports.CopyFrom(await rpc.serialize_properties(dict(exported), {}))

        return pulumi.Output.from_input(collect())

    mocks.test(run)()  # type: ignore[no-untyped-call]  # the SDK's mocks are untyped


def _root_outputs(monitor: RecordingMonitor, exports: struct_pb2.Struct) -> dict[str, struct_pb2.Struct]:
    """The stack's exports under its URN: under mocks the SDK registers them before the program runs, when there are none."""
    return {urn: exports for urn, request in monitor.registrations.items() if request.type == ROOT_TYPE}
