"""Policy packs: loaded as the engine loads them, and fed through the SDK's real analyzer in this process."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pulumi_policy
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as sdk

from model.errors import ConfigurationError, Problem
from policies.engine.account import Diagnostic, statements
from policies.engine.serving import applies, diagnostic_of, given
from understudy.preview.aliases import ROOT_TYPE
from understudy.preview.default_providers import default_provider_urn, is_provider, provider_inputs, with_default_providers
from understudy.preview.pack_config import configuration
from understudy.preview.programs import own_environment, run_program, started_in
from understudy.preview.rendering import RenderedResource, Rendering, stack_settings
from understudy.preview.source import ConfigurationFiles
from understudy.preview.timeouts import seconds
from understudy.preview.values import analyzable
from understudy.preview.yaml_file import read_yaml

MANDATORY = "mandatory"
MASK = "[secret]"
SHORT = 4
"""A secret of fewer characters is masked as a whole word only; it would otherwise be found inside other words."""
_UNDECIDED = re.compile(r"can't run policy '[^']*' from policy pack '[^']*' during preview: ")
_LOCATED = re.compile(r"`([^`\n]+)`: ")


@dataclass(frozen=True, order=True)
class Violation:
    """What one policy says of one resource, or of the stack."""

    pack: str
    policy: str
    urn: str
    message: str
    level: str
    severity: str
    property: str = ""
    """The path of the property that it is about, as far as the pack tells."""
    inconclusive: bool = False
    """Whether it only says that the policy cannot tell."""
    rule_level: str = ""
    """The level at which its rule is enforced; empty where a pack does not tell of what it cannot tell."""


@dataclass(frozen=True)
class Examined:
    """What one rule of a pack examined of a stack, as far as the pack keeps account of it."""

    pack: str
    rule: Any
    """The rule itself: its ID, title, severity, controls and the rest."""
    level: str
    verdict: str
    judged: Mapping[str, str]
    """Its verdict on each resource that it judged, by URN."""
    exempted: Mapping[str, Any]
    """The exemption of each resource that is exempted from it, by URN."""
    properties: int
    """How many property readings its verdicts rest on."""


@dataclass(frozen=True)
class Pack:
    """A loaded policy pack, ready to judge. Each policy has an analyzer of its own, so that a crash stops that one alone."""

    name: str
    policies: tuple[sdk.Policy, ...]
    analyzers: Mapping[str, Any]
    session: Any = field(default=None, compare=False)
    """The account that a pack on this project's policy engine keeps of its judgements (`policies/engine/session.py`)."""


class _Declared(BaseException):
    """Carries what a pack's program passed to PolicyPack; no Exception, so that no handler of the program catches it."""

    def __init__(self, name: str, policies: list[Any], enforcement_level: Any, initial_config: Any) -> None:
        super().__init__(name)
        self.pack_name, self.policies = name, policies
        self.level = enforcement_level or pulumi_policy.EnforcementLevel.ADVISORY
        self.initial = initial_config or {}


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
    """Run a pack's program up to its PolicyPack, and configure it. Raises ConfigurationError where that cannot be done.

    The program runs once for all stacks: a policy may ask for the stack when it is called, not when it is imported.
    """
    if not (directory / "PulumiPolicy.yaml").is_file():
        raise ConfigurationError([Problem("--policy-pack", f"{str(directory)!r} has no PulumiPolicy.yaml")])
    declared = _declared(directory)
    if not declared.policies or not all(isinstance(policy, sdk.Policy) for policy in declared.policies):
        raise ConfigurationError([Problem("--policy-pack", f"{str(directory)!r} must give PolicyPack a list of policies")])
    request = configuration(declared.pack_name, declared.policies, declared.level, declared.initial, config or {})
    analyzers: dict[str, Any] = {}
    for policy in declared.policies:
        analyzer: Any = sdk._PolicyAnalyzerServicer(declared.pack_name, "0.0.1", [policy], declared.level)
        analyzer.Configure(request, None)
        analyzers[policy.name] = analyzer
    session = next((found for policy in declared.policies if (found := getattr(policy, "session", None)) is not None), None)
    if session is not None:
        session.configure({name: given(entry) for name, entry in request.policyConfig.items()})
    return Pack(declared.pack_name, tuple(declared.policies), analyzers, session)


def configured_pack(directory: Path, config: Path | None) -> Pack:
    """A pack with its configuration from a JSON or YAML file, by policy name. Raises ConfigurationError that names the line."""
    if config is None:
        return load_pack(directory)
    file = read_yaml(config)
    if not isinstance(file.content, Mapping):
        raise ConfigurationError([Problem(config.name, "must map policy names to their configuration")])
    with ConfigurationFiles("", file).locating():
        return load_pack(directory, file.content)


def judge(pack: Pack, rendering: Rendering) -> list[Violation]:
    """Everything the pack says of a rendering: each resource, then the stack as a whole. A crash is a mandatory finding.

    Secrets reach a policy as plain text, as they do in the engine; where one stands in a message, it is masked.
    """
    if pack.session is not None:
        pack.session.start()
    with own_environment(), stack_settings(rendering), _converted_once(), contextlib.redirect_stdout(sys.stderr):
        found = list(_verdicts(pack, rendering))
    return [replace(violation, message=masked(violation.message, rendering.secrets)) for violation in found]


def examined(pack: Pack) -> list[Examined]:
    """What each rule examined of the stack that was judged last; nothing of a pack that keeps no account."""
    if pack.session is None:
        return []
    return [
        Examined(
            pack.name,
            entry.rule,
            pack.session.configuration.level(entry.rule),
            entry.verdict.word,
            {urn: entry.judged[urn].word for urn in sorted(entry.judged)},
            dict(sorted(entry.exempted.items())),
            entry.properties,
        )
        for entry in pack.session.coverage.values()
    ]


def sections(pack: Pack) -> dict[str, Any]:
    """What the pack says of the stack that was judged last beside its findings, by the section of a report."""
    return {} if pack.session is None else dict(pack.session.sections())


class _Conversion:
    """Stands for `google.protobuf.json_format` in the SDK, which converts the same properties again for each policy.

    A policy gets a copy of the result all the same, since the SDK builds its values from it.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, dict[str, Any]]] = {}

    def MessageToDict(self, message: Any) -> dict[str, Any]:  # noqa: N802 - the name that the SDK calls
        """The message as a dictionary. Kept with the message itself, so that no other can take its place in memory."""
        if id(message) not in self._known:
            self._known[id(message)] = message, json_format.MessageToDict(message)
        return self._known[id(message)][1]


@contextlib.contextmanager
def _converted_once() -> Iterator[None]:
    vars(sdk)["json_format"] = _Conversion()
    try:
        yield
    finally:
        vars(sdk)["json_format"] = json_format


def masked(message: str, secrets: Collection[str]) -> str:
    """A message without secrets. Longer ones first, since one may hold another; short ones as whole words only."""
    for secret in sorted(secrets, key=lambda text: (-len(text), text)):
        if len(secret) >= SHORT:
            message = message.replace(secret, MASK)
        elif secret in message:
            message = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, message)
    return message


def resource_request(resource: RenderedResource, by_urn: Mapping[str, RenderedResource]) -> analyzer_pb2.AnalyzeRequest:
    """What the engine asks a pack about one resource."""
    return analyzer_pb2.AnalyzeRequest(
        type=resource.request.type,
        properties=given_inputs(resource),
        urn=resource.urn,
        name=resource.request.name,
        options=_options(resource),
        provider=_provider(resource, by_urn),
    )


def stack_request(by_urn: Mapping[str, RenderedResource]) -> analyzer_pb2.AnalyzeStackRequest:
    """What the engine asks a pack about the stack as a whole."""
    return analyzer_pb2.AnalyzeStackRequest(resources=[_snapshot(resource, by_urn) for resource in by_urn.values()])


def _verdicts(pack: Pack, rendering: Rendering) -> Iterator[Violation]:
    analyzed = with_default_providers(rendering)
    by_urn = {resource.urn: resource for resource in analyzed}
    single = [policy for policy in pack.policies if not isinstance(policy, sdk.StackValidationPolicy)]
    related = [policy.name for policy in pack.policies if isinstance(policy, sdk.StackValidationPolicy)]
    if single:
        for resource in analyzed:
            request = resource_request(resource, by_urn)
            for policy in single:
                if applies(policy, resource.request.type):
                    yield from _call(pack, policy.name, pack.analyzers[policy.name].Analyze, request, resource.urn)
    if related:
        stack = stack_request(by_urn)
        root = next((resource.urn for resource in rendering.resources if resource.request.type == ROOT_TYPE), "")
        for name in related:
            for violation in _call(pack, name, pack.analyzers[name].AnalyzeStack, stack, root):
                yield violation if violation.urn in by_urn else replace(violation, urn=root)


def _declared(directory: Path) -> _Declared:
    real, folder = pulumi_policy.PolicyPack, directory.resolve()
    vars(pulumi_policy)["PolicyPack"] = vars(sdk)["PolicyPack"] = _DeclaringPack
    try:
        with own_environment(), started_in(folder):
            run_program(folder / "__main__.py")
    except _Declared as declared:
        return declared
    except Exception as error:
        message = f"{str(directory)!r} cannot be loaded: {type(error).__name__}: {error}"
        raise ConfigurationError([Problem("--policy-pack", message)]) from error
    finally:
        vars(pulumi_policy)["PolicyPack"] = vars(sdk)["PolicyPack"] = real
    raise ConfigurationError([Problem("--policy-pack", f"{str(directory)!r} makes no PolicyPack")])


def _call(pack: Pack, policy: str, method: Any, request: Any, urn: str) -> Iterator[Violation]:
    if pack.session is not None:
        pack.session.told.clear()
    try:
        response = method(request, None)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a policy is somebody's program; whatever it raises is a finding
        message = f"the policy stopped with {type(error).__name__}; nothing it would have said here is known"
        yield Violation(pack.name, policy, urn, message, MANDATORY, "")
        return
    diagnostics = [diagnostic_of(each, urn) for each in response.diagnostics]
    if pack.session is not None and pack.session.told:
        for _, statement in statements(diagnostics, pack.session.told):
            yield Violation(pack.name, **statement)
        return
    for diagnostic in diagnostics:
        yield plainly_said(pack.name, diagnostic)


def plainly_said(pack: str, diagnostic: Diagnostic) -> Violation:
    """What a pack that keeps no account of its findings said, as far as its words tell."""
    is_undecided = bool(_UNDECIDED.match(diagnostic.message))
    return Violation(
        pack,
        diagnostic.policy,
        diagnostic.urn,
        diagnostic.message,
        diagnostic.level,
        diagnostic.severity,
        _property(diagnostic.message.removeprefix(f"{diagnostic.description}\n")),
        is_undecided,
        "" if is_undecided else diagnostic.level,
    )


def _property(message: str) -> str:
    """The property that a message is about: the path in backquotes that it begins with, before a colon, and nothing else."""
    match = _LOCATED.match(message)
    return match[1] if match else ""


def _options(resource: RenderedResource) -> analyzer_pb2.AnalyzerResourceOptions:
    """A resource's options. Of its aliases the engine names those under which it found the resource: in a first preview, none."""
    request = resource.request
    timeouts = request.customTimeouts
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=request.protect,
        ignoreChanges=request.ignoreChanges,
        deleteBeforeReplace=request.deleteBeforeReplace,
        deleteBeforeReplaceDefined=request.deleteBeforeReplaceDefined,
        additionalSecretOutputs=request.additionalSecretOutputs,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(
            create=seconds(timeouts.create), update=seconds(timeouts.update), delete=seconds(timeouts.delete)
        ),
        parent=request.parent,
    )


def _provider(resource: RenderedResource, by_urn: Mapping[str, RenderedResource]) -> analyzer_pb2.AnalyzerProviderResource | None:
    provider = by_urn.get(resource.provider_urn or default_provider_urn(resource))
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.request.type,
        properties=given_inputs(provider),
        urn=provider.urn,
        name=provider.request.name,
    )


def given_inputs(resource: RenderedResource) -> struct_pb2.Struct:
    """What a resource was given; to a provider's the engine adds the version that the program asked for."""
    return analyzable(provider_inputs(resource.request) if is_provider(resource.request) else resource.request.object)


def _snapshot(resource: RenderedResource, by_urn: Mapping[str, RenderedResource]) -> analyzer_pb2.AnalyzerResource:
    """A resource as AnalyzeStack gets it in a preview: planned state, which is its inputs; of a component, only its outputs."""
    dependencies = {
        key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns) for key, urns in resource.property_dependencies.items()
    }
    return analyzer_pb2.AnalyzerResource(
        type=resource.request.type,
        properties=given_inputs(resource) if is_provider(resource.request) else analyzable(resource.planned),
        urn=resource.urn,
        name=resource.request.name,
        options=_options(resource),
        provider=_provider(resource, by_urn),
        parent=resource.request.parent,
        dependencies=sorted(resource.request.dependencies),
        propertyDependencies=dependencies,
    )
