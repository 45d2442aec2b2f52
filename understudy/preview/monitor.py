"""A resource monitor that records what a program declares, and answers as a first preview would."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from understudy.preview.aliases import ROOT_TYPE, make_urn
from understudy.preview.values import holds_unknown


class UnplannedInvokeError(Exception):
    """The program asked a provider a question that nobody can answer offline."""


class PreviewMocks(mocks.Mocks):
    """What the SDK asks its mocks: only provider functions, since the monitor answers for resources itself."""

    def new_resource(self, args: mocks.MockResourceArgs) -> NoReturn:
        """Never asked."""
        raise NotImplementedError(args.typ)

    def call(self, args: mocks.MockCallArgs) -> NoReturn:
        """Refuse: an environment must not depend on what happens to exist in an account."""
        raise UnplannedInvokeError(f"the program invokes {args.token}, which an offline preview cannot answer")


class RecordingMonitor(mocks.MockMonitor):
    """Keeps each registration as the engine would receive it: parent, dependencies, options, secrets and unknowns."""

    def __init__(self, project: str, stack: str) -> None:
        super().__init__(PreviewMocks())
        self._project, self._stack = project, stack
        self.registrations: dict[str, resource_pb2.RegisterResourceRequest] = {}
        self.component_outputs: dict[str, struct_pb2.Struct] = {}
        self.duplicates: list[str] = []
        self.unconfigured: set[str] = set()

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802 - the protocol's name
        """Record, then answer: no identifier yet, and the inputs as the state, as they came.

        The SDK's mock would read and write every value again, on an event loop of its own for each resource.
        """
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self.registrations:
            self.duplicates.append(urn)
        self.registrations[urn] = request
        if request.type == ROOT_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if request.provider and self._is_unconfigured(request.provider):
            self.unconfigured.add(urn)
            return resource_pb2.RegisterResourceResponse(urn=urn, object=struct_pb2.Struct())
        return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)

    def _is_unconfigured(self, provider: str) -> bool:
        """Whether something of a provider's configuration is not known yet, so that the engine cannot ask it.

        It then plans the resource without any property, and whatever is made of its outputs is unknown.
        """
        request = self.registrations.get(provider.rpartition("::")[0])
        return request is not None and holds_unknown(request.object)

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> NoReturn:  # noqa: N802
        """Refuse: what exists already is not known here, and the engine would read it from the account or a backend."""
        raise UnplannedInvokeError(f"the program reads {request.type} {request.id!r}, which an offline preview cannot do")

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> Any:  # noqa: N802
        """Record a component's outputs."""
        self.component_outputs[request.urn] = request.outputs
        return empty_pb2.Empty()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN as the engine makes it; the SDK's mock knows only the nearest ancestor's type."""
        return make_urn(self._stack, self._project, parent, type_, name)


def close_worker_loop() -> None:
    """Finish what still waits on this thread's idle event loop and close it: the SDK opens one per thread, and leaves it."""
    try:
        loop = asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        return
    if loop.is_running():
        return
    while not loop.is_closed() and (pending := asyncio.all_tasks(loop)):
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()
    asyncio.set_event_loop(None)
