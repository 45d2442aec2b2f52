"""Serving a pack to the engine: the SDK's servicer, with its configuration checked and its answers accounted for."""

from __future__ import annotations

import copy
import json
import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import pulumi_policy
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as sdk

from model.errors import ConfigurationError
from policies.engine import configuration as config
from policies.engine.account import Diagnostic, account_of
from policies.engine.adapter.check_policies import check_policies
from policies.engine.adapter.rule_policies import OTHER_TYPE, policies_of
from policies.engine.collector import collect_rarely
from policies.engine.rule import Rule
from policies.engine.session import Session
from policies.engine.stack_check import CheckSession, StackCheck

_INVALID_ARGUMENT = grpc.StatusCode.INVALID_ARGUMENT
_LEVELS = {
    analyzer_pb2.ADVISORY: config.ADVISORY,
    analyzer_pb2.MANDATORY: config.MANDATORY,
    analyzer_pb2.DISABLED: config.DISABLED,
    analyzer_pb2.REMEDIATE: "remediate",
}
_SEVERITY_WORDS = {
    analyzer_pb2.POLICY_SEVERITY_LOW: "low",
    analyzer_pb2.POLICY_SEVERITY_MEDIUM: "medium",
    analyzer_pb2.POLICY_SEVERITY_HIGH: "high",
    analyzer_pb2.POLICY_SEVERITY_CRITICAL: "critical",
}
_SERVICER: Any = sdk._PolicyAnalyzerServicer


def serve(name: str, rules: Sequence[Rule]) -> None:
    """Be a policy pack. Does not return: the engine ends the process."""
    _serve(name, policies_of(rules, name))


def serve_checks(name: str, checks: Sequence[StackCheck]) -> None:
    """Be a policy pack of checks over the whole stack. Does not return: the engine ends the process."""
    _serve(name, check_policies(name, checks))


def _serve(name: str, policies: list[pulumi_policy.Policy]) -> None:
    collect_rarely()
    session: Session | CheckSession = vars(policies[0])["session"]
    account = account_of(name, len(policies), session)
    lock = threading.Lock()

    class Servicer(_SERVICER):  # type: ignore[misc]  # the SDK's is untyped
        """The SDK's, with an account of what it answers, and a configuration that is checked.

        The engine accepts names and properties that do not exist.
        """

        def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
            try:
                session.configure({policy: given(entry) for policy, entry in request.policyConfig.items()})
            except ConfigurationError as error:
                context.abort(_INVALID_ARGUMENT, f"the configuration of {name} cannot be used: {error}")
            return super().Configure(request, context)

        def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802
            _keep(request)
            return super().ConfigureStack(request, context)

        def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
            return self._accounted(request.urn, (), lambda: _analyzed(self, policies, request, context))

        def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
            return self._accounted("", request.resources, lambda: super(Servicer, self).AnalyzeStack(request, context))

        def _accounted(self, urn: str, resources: Sequence[Any], answer: Callable[[], Any]) -> Any:
            """Answer one call at a time, for the session is the pack's and not the call's."""
            if account is None:
                return answer()
            with lock:
                session.start()
                response = answer()
                account.note(urn, [diagnostic_of(each, urn) for each in response.diagnostics], map(_relations, resources))
                return response

    vars(sdk)["_PolicyAnalyzerServicer"] = Servicer
    try:
        pulumi_policy.PolicyPack(name=name, policies=policies)
    finally:
        vars(sdk)["_PolicyAnalyzerServicer"] = _SERVICER


def _analyzed(servicer: Any, policies: Sequence[pulumi_policy.Policy], request: Any, context: Any) -> Any:
    """The SDK's answer about a resource by those policies that apply to its type, and that the others do not.

    The SDK would convert the resource's properties anew for each policy, before it asks.
    """
    narrowed = copy.copy(servicer)
    narrowed._PolicyAnalyzerServicer__policies = [policy for policy in policies if applies(policy, request.type)]
    response = _SERVICER.Analyze(narrowed, request, context)
    for policy in policies:
        if isinstance(policy, pulumi_policy.ResourceValidationPolicy) and not applies(policy, request.type):
            response.not_applicable.add(policy_name=policy.name, reason=OTHER_TYPE)
    return response


def applies(policy: pulumi_policy.Policy, resource_type: str) -> bool:
    """Whether a policy wants to see resources of a type: all of them, unless it says otherwise by an `applies_to`."""
    applies_to = getattr(policy, "applies_to", None)
    return applies_to is None or bool(applies_to(resource_type))


def _keep(request: Any) -> None:
    """Keep what the engine says of the stack where the SDK looks for it before each call.

    The engine sends it by this call to a pack that a language host runs, and the SDK drops it; others get it by these variables.
    """
    os.environ |= {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_PROJECT": request.project,
        "PULUMI_STACK": request.stack,
        "PULUMI_ORGANIZATION": request.organization,
        "PULUMI_DRY_RUN": str(request.dry_run).lower(),
    }


def diagnostic_of(diagnostic: Any, urn: str) -> Diagnostic:
    """What a diagnostic of the SDK carries, in an answer to a call about a resource, or, without a URN, about the stack."""
    return Diagnostic(
        policy=diagnostic.policyName,
        urn=diagnostic.urn or urn,
        message=diagnostic.message,
        description=diagnostic.description,
        level=_LEVELS.get(diagnostic.enforcementLevel, config.ADVISORY),
        severity=_SEVERITY_WORDS.get(diagnostic.severity, ""),
    )


def _relations(resource: Any) -> dict[str, Any]:
    """What a resource of a stack has to do with others, as the engine tells policies."""
    return {
        "urn": resource.urn,
        "dependencies": sorted(resource.dependencies),
        "property_dependencies": {
            key: sorted(some.urns) for key, some in sorted(resource.propertyDependencies.items()) if some.urns
        },
        "aliases": sorted(resource.options.aliases),
        "ignore_changes": sorted(resource.options.ignoreChanges),
    }


def given(entry: Any) -> config.Given:
    """What a request to configure a pack says of one policy."""
    level = analyzer_pb2.EnforcementLevel.Name(entry.enforcementLevel).lower()
    return config.Given(level, json_format.MessageToDict(entry.properties))
