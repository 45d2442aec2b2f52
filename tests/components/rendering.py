"""Render components without an engine: what they would register, with unknown and secret values told apart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs

PROJECT = "retail-store"
STACK = "production"
STACK_TYPE = "pulumi:pulumi:Stack"
UNKNOWN = "<unknown>"
"""Stands for a value that is known only once its resource exists."""

Outputs = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Secret:
    """A value that the engine would encrypt and never print."""

    value: Any


@dataclass(frozen=True)
class Recorded:
    """A registered resource; property names are the wire's."""

    type: str
    name: str
    parent: str
    """The parent's name; empty at the top."""
    properties: dict[str, Any]
    dependencies: tuple[str, ...]
    """Names of the resources that it waits for."""
    property_dependencies: dict[str, tuple[str, ...]]
    """Names of the resources that each property is made from."""
    ignore_changes: tuple[str, ...]

    def document(self, key: str) -> dict[str, Any]:
        """A property that is JSON text."""
        document: dict[str, Any] = json.loads(self.properties[key])
        return document


class Rendering(list[Recorded]):
    """Recorded resources, in order of name and type."""

    def of(self, token: str) -> list[Recorded]:
        """The resources of one type, such as `aws:rds/cluster:Cluster`."""
        return [resource for resource in self if resource.type == token]

    def one(self, token: str) -> Recorded:
        """The only resource of its type."""
        [resource] = self.of(token)
        return resource

    def named(self, token: str, name: str) -> Recorded:
        """The resource of a type with this logical name."""
        [resource] = [resource for resource in self.of(token) if resource.name == name]
        return resource


class _NothingExists(mocks.Mocks):
    """Outputs are the inputs, ids are unknown as in a first preview, and every look-up is refused."""

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} was invoked: nothing may be looked up in a first preview")

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return None, {**args.inputs, **self._outputs.get(args.typ, {})}


class _Recorder(MockMonitor):
    def __init__(self, outputs: Outputs) -> None:
        super().__init__(_NothingExists(outputs))
        self.requests: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the monitor's own name
        if request.type == STACK_TYPE:
            return super().RegisterResource(request)  # type: ignore[no-untyped-call]
        self.requests.append(request)
        try:
            return super().RegisterResource(request)  # type: ignore[no-untyped-call]
        finally:
            _close_event_loop()  # the monitor opens one in each worker thread, and leaves it


def render(build: Callable[[], object], outputs: Outputs | None = None) -> Rendering:
    """The resources that `build` registers, in a first preview of an empty account.

    `outputs` adds what resources of a type give once they exist, by type and the wire's property name.
    """
    recorder = _Recorder(outputs or {})
    asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.set_mocks(recorder.mocks, project=PROJECT, stack=STACK, preview=True, monitor=recorder)

    def program() -> None:
        build()

    try:
        mocks.test(program)()  # type: ignore[no-untyped-call]
    finally:
        _close_event_loop()
    return Rendering(sorted(map(_recorded, recorder.requests), key=lambda resource: (resource.name, resource.type)))


def _close_event_loop() -> None:
    """Finish what nothing waited for, such as outputs that no resource took, and close this thread's loop."""
    loop = asyncio.get_event_loop()
    while pending := asyncio.all_tasks(loop):
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()
    asyncio.set_event_loop(None)


def _recorded(request: Any) -> Recorded:
    return Recorded(
        type=request.type,
        name=request.name,
        parent=_name(request.parent),
        properties=_plain(json_format.MessageToDict(request.object)),
        dependencies=_names(request.dependencies),
        property_dependencies={key: _names(value.urns) for key, value in request.propertyDependencies.items()},
        ignore_changes=tuple(request.ignoreChanges),
    )


def _names(urns: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({_name(urn) for urn in urns}))


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
            return Secret(_plain(value["value"]))
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if value == rpc.UNKNOWN else value
