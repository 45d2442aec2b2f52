"""Providers that the engine makes by itself: one for each package and version of which the program names no provider."""

from __future__ import annotations

from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2

from understudy.preview.aliases import make_urn
from understudy.preview.rendering import RenderedResource, Rendering

PREFIX = "pulumi:providers:"
VERSION = "version"


def with_default_providers(rendering: Rendering) -> tuple[RenderedResource, ...]:
    """A rendering's resources and the providers that the engine adds to them, sorted by URN. No report lists these."""
    made = {
        urn: RenderedResource(urn, _registration(resource.request), struct_pb2.Struct())
        for resource in rendering.resources
        if (urn := default_provider_urn(resource))
    }
    return tuple(sorted((*rendering.resources, *made.values()), key=lambda resource: resource.urn))


def default_provider_urn(resource: RenderedResource) -> str:
    """The URN of the provider that the engine makes for a resource; empty where it needs none."""
    request = resource.request
    if not request.custom or request.provider or request.type.startswith("pulumi:"):
        return ""
    stack, project = resource.urn.removeprefix("urn:pulumi:").split("::")[:2]
    registration = _registration(request)
    return make_urn(stack, project, "", registration.type, registration.name)


def is_provider(request: resource_pb2.RegisterResourceRequest) -> bool:
    """Whether a resource is a provider."""
    return request.type.startswith(PREFIX)


def provider_inputs(request: resource_pb2.RegisterResourceRequest) -> struct_pb2.Struct:
    """A provider's inputs as the engine keeps them: with the version that the program's SDK asks for."""
    inputs = struct_pb2.Struct()
    inputs.CopyFrom(request.object)
    if request.version:
        inputs[VERSION] = request.version
    return inputs


def _registration(request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceRequest:
    """What the engine would register: the name tells the version, with every sign but letters and digits as `_`."""
    package = request.type.partition(":")[0]
    suffix = "".join(sign if sign.isalnum() else "_" for sign in request.version)
    name = f"default_{suffix}" if suffix else "default"
    return resource_pb2.RegisterResourceRequest(type=f"{PREFIX}{package}", name=name, custom=True, version=request.version)
