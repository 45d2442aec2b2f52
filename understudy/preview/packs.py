"""Policy packs: loaded as the engine loads them, and fed through the SDK's real analyzer in this process."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi_policy
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as sdk

from model.errors import ConfigurationError, Problem, nearest
from understudy.preview.rendering import RenderedResource, Rendering
from understudy.preview.yaml_file import read_yaml

MANDATORY = "mandatory"
_LEVELS = {
    analyzer_pb2.ADVISORY: "advisory",
    analyzer_pb2.MANDATORY: MANDATORY,
    analyzer_pb2.DISABLED: "disabled",
    analyzer_pb2.REMEDIATE: "remediate",
}
_WORDS = tuple(word.upper() for word in _LEVELS.values())
_SEVERITIES = {
    analyzer_pb2.POLICY_SEVERITY_LOW: "low",
    analyzer_pb2.POLICY_SEVERITY_MEDIUM: "medium",
    analyzer_pb2.POLICY_SEVERITY_HIGH: "high",
    analyzer_pb2.POLICY_SEVERITY_CRITICAL: "critical",
}


@dataclass(frozen=True, order=True)
class Violation:
    """What one policy says of one resource, or of the stack."""

    pack: str
    policy: str
    urn: str
    message: str
    level: str
    severity: str


@dataclass(frozen=True)
class Pack:
    """A loaded policy pack, ready to judge."""

    name: str
    policies: tuple[Any, ...]
    servicer: Any


class _Declared(Exception):  # noqa: N818 - no error: it ends the pack's program where the real constructor would serve
    """Carries what a pack's program passed to PolicyPack."""

    def __init__(self, name: str, policies: list[Any], enforcement_level: Any, initial_config: Any) -> None:
        super().__init__(name)
        self.pack_name, self.policies = name, policies
        self.level, self.initial = enforcement_level, initial_config


class _DeclaringPack:
    """Stands for PolicyPack, whose constructor would serve and never return."""

    def __init__(
        self, name: str, policies: list[Any], enforcement_level: Any = None, initial_config: Any = None, **_: Any
    ) -> None:
        raise _Declared(name, policies, enforcement_level, initial_config)


def find_packs(directory: Path) -> tuple[Path, ...]:
    """The policy packs in a folder, by name: every folder that has a PulumiPolicy.yaml."""
    return tuple(sorted(path.parent for path in directory.glob("*/PulumiPolicy.yaml")))


def load_pack(directory: Path, config: Mapping[str, Any] | None = None) -> Pack:
    """Run a pack's program up to its PolicyPack, and configure it. Raises ConfigurationError where that cannot be done."""
    if not (directory / "PulumiPolicy.yaml").is_file():
        raise ConfigurationError([Problem("--policy-pack", f"{str(directory)!r} has no PulumiPolicy.yaml")])
    declared = _declared(directory)
    level = declared.level or pulumi_policy.EnforcementLevel.ADVISORY
    servicer: Any = sdk._PolicyAnalyzerServicer(declared.pack_name, "1", declared.policies, level, declared.initial)
    pack = Pack(declared.pack_name, tuple(declared.policies), servicer)
    servicer.Configure(_configuration(pack, config or {}), None)
    return pack


def read_pack_config(path: Path) -> Mapping[str, Any]:
    """A pack's configuration from a JSON or YAML file, by policy name."""
    content = read_yaml(path).content
    if not isinstance(content, Mapping):
        raise ConfigurationError([Problem(path.name, "must map policy names to their configuration")])
    return content


def judge(pack: Pack, rendering: Rendering) -> Iterator[Violation]:
    """Everything the pack says of a rendering: each resource, then the stack as a whole. A crash is a mandatory finding."""
    by_urn = {resource.urn: resource for resource in rendering.resources}
    for resource in rendering.resources:
        request = analyzer_pb2.AnalyzeRequest(
            type=resource.request.type,
            properties=resource.request.object,
            urn=resource.urn,
            name=resource.request.name,
            options=_options(resource),
            provider=_provider(resource, by_urn),
        )
        yield from _call(pack, pack.servicer.Analyze, request, resource.urn)
    stack = analyzer_pb2.AnalyzeStackRequest(resources=[_snapshot(resource, by_urn) for resource in rendering.resources])
    yield from _call(pack, pack.servicer.AnalyzeStack, stack, "")


def _declared(directory: Path) -> _Declared:
    with _as_the_engine_starts_it(directory):
        try:
            runpy.run_path(str(directory), run_name="__main__")
        except _Declared as declared:
            return declared
        except Exception as error:
            message = f"{str(directory)!r} cannot be loaded: {type(error).__name__}: {error}"
            raise ConfigurationError([Problem("--policy-pack", message)]) from error
    raise ConfigurationError([Problem("--policy-pack", f"{str(directory)!r} makes no PolicyPack")])


@contextmanager
def _as_the_engine_starts_it(directory: Path) -> Iterator[None]:
    """The pack's folder as working directory, and PolicyPack replaced; both put back."""
    here, path, real = Path.cwd(), list(sys.path), pulumi_policy.PolicyPack
    os.chdir(directory)
    vars(pulumi_policy)["PolicyPack"] = vars(sdk)["PolicyPack"] = _DeclaringPack
    try:
        yield
    finally:
        vars(pulumi_policy)["PolicyPack"] = vars(sdk)["PolicyPack"] = real
        sys.path[:] = path
        os.chdir(here)


def _configuration(pack: Pack, config: Mapping[str, Any]) -> analyzer_pb2.ConfigureAnalyzerRequest:
    """Schema defaults, then the file: as the engine fills them, but unknown names are refused, which it accepts silently."""
    known = {policy.name: policy for policy in pack.policies}
    problems = [
        Problem(name, f"is no policy of pack {pack.name}{nearest(name, sorted(known))}") for name in set(config) - {*known, "all"}
    ]
    if problems:
        raise ConfigurationError(problems)
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for name, policy in known.items():
        given = config.get(name, config.get("all", {}))
        given = {"enforcementLevel": given} if isinstance(given, str) else dict(given)
        default = policy.enforcement_level or pack.servicer._PolicyAnalyzerServicer__policy_pack_enforcement_level
        level = str(given.pop("enforcementLevel", default.value)).upper()
        if level not in _WORDS:
            allowed = list(_LEVELS.values())
            raise ConfigurationError(
                [Problem(f"{name}.enforcementLevel", f"found {level.lower()!r}{nearest(level.lower(), allowed)}")]
            )
        schema = policy.config_schema
        defaults = {key: entry["default"] for key, entry in (schema.properties if schema else {}).items() if "default" in entry}
        request.policyConfig[name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(level)
        json_format.ParseDict({**defaults, **given}, request.policyConfig[name].properties)
    return request


def _call(pack: Pack, method: Any, request: Any, urn: str) -> Iterator[Violation]:
    try:
        response = method(request, None)
    except Exception as error:  # noqa: BLE001 - a pack is somebody's program; whatever it raises is a finding
        message = f"the pack stopped with {type(error).__name__}; nothing it would have said after that is known"
        yield Violation(pack.name, "(crash)", urn, message, MANDATORY, "")
        return
    for diagnostic in response.diagnostics:
        yield Violation(
            pack.name,
            diagnostic.policyName,
            diagnostic.urn or urn,
            diagnostic.message,
            _LEVELS.get(diagnostic.enforcementLevel, "advisory"),
            _SEVERITIES.get(diagnostic.severity, ""),
        )


def _options(resource: RenderedResource) -> analyzer_pb2.AnalyzerResourceOptions:
    request = resource.request
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=request.protect,
        ignoreChanges=request.ignoreChanges,
        deleteBeforeReplace=request.deleteBeforeReplace,
        deleteBeforeReplaceDefined=request.deleteBeforeReplaceDefined,
        additionalSecretOutputs=request.additionalSecretOutputs,
        aliases=request.aliasURNs,
        parent=request.parent,
    )


def _provider(resource: RenderedResource, by_urn: Mapping[str, RenderedResource]) -> analyzer_pb2.AnalyzerProviderResource | None:
    provider = by_urn.get(resource.provider_urn or "")
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.request.type,
        properties=provider.request.object,
        urn=provider.urn,
        name=provider.request.name,
    )


def _snapshot(resource: RenderedResource, by_urn: Mapping[str, RenderedResource]) -> analyzer_pb2.AnalyzerResource:
    """A resource as AnalyzeStack gets it in a preview: planned state, which is its inputs, and a component's outputs."""
    properties = struct_pb2.Struct()
    properties.CopyFrom(resource.request.object if resource.outputs is None else resource.outputs)
    dependencies = {
        key: analyzer_pb2.AnalyzerPropertyDependencies(urns=value.urns)
        for key, value in resource.request.propertyDependencies.items()
    }
    return analyzer_pb2.AnalyzerResource(
        type=resource.request.type,
        properties=properties,
        urn=resource.urn,
        name=resource.request.name,
        options=_options(resource),
        provider=_provider(resource, by_urn),
        parent=resource.request.parent,
        dependencies=resource.request.dependencies,
        propertyDependencies=dependencies,
    )
