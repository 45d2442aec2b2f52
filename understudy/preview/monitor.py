"""A resource monitor that records what a program declares, and answers as a first preview would."""

from __future__ import annotations

from typing import Any

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_project, get_stack


class UnplannedInvokeError(Exception):
    """The program asked a provider a question that nobody can answer offline."""


class PreviewMocks(mocks.Mocks):
    """Outputs of a first preview: the inputs are known, everything computed is not."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """No identifier yet, and the inputs as the state."""
        return None, args.inputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        """Refuse: an environment must not depend on what happens to exist in an account."""
        raise UnplannedInvokeError(f"the program invokes {args.token}, which an offline preview cannot answer")


class RecordingMonitor(mocks.MockMonitor):
    """Keeps each registration as the engine would receive it: parent, dependencies, options, secrets and unknowns."""

    def __init__(self) -> None:
        super().__init__(PreviewMocks())
        self.registrations: dict[str, resource_pb2.RegisterResourceRequest] = {}
        self.component_outputs: dict[str, struct_pb2.Struct] = {}
        self.duplicates: list[str] = []

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802 - the protocol's name
        """Record, then answer."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self.registrations:
            self.duplicates.append(urn)
        self.registrations[urn] = request
        answer: Any = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's mocks are untyped
        return answer

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> Any:  # noqa: N802
        """Record a component's outputs."""
        self.component_outputs[request.urn] = request.outputs
        return empty_pb2.Empty()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The engine's URN: types of the ancestors, without the stack's own."""
        stack, project = get_stack(), get_project()
        above = parent.split("::")[2] if parent else ""
        qualified = type_ if above in ("", "pulumi:pulumi:Stack") else f"{above}${type_}"
        return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"
