"""The one place that touches the policy SDK: its proxies become a snapshot, our rules its policies.

The SDK turns the reading of an unknown into an advisory and drops the rest of the policy, lets an exception stop the
pack, and hands out secrets as plain text. So every property is converted before a rule sees it; a rule's own doubt is
raised as the SDK's unknown-value error after everything else has been reported; and messages hold no text values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi_policy
from pulumi_policy import deserialize, proxy

from policies.engine.aliases import canonical
from policies.engine.evaluate import evaluate, judge
from policies.engine.finding import Finding
from policies.engine.node import UNKNOWN, Secret
from policies.engine.rule import Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.engine.verdict import Verdict

Report = Callable[..., None]
_CREDENTIALS = {
    "adminPassword",
    "authToken",
    "kubeconfig",
    "masterPassword",
    "password",
    "passwords",
    "privateKey",
    "secretBinary",
    "secretString",
    "secretStringWo",
    "token",
}
"""Properties that hold a credential by their schema: nothing on this path marks secrets, so they are told by name."""
_CREDENTIAL_KIND = "kubernetes:core/v1:Secret"
_SEVERITIES = {
    Severity.LOW: pulumi_policy.Severity.LOW,
    Severity.MEDIUM: pulumi_policy.Severity.MEDIUM,
    Severity.HIGH: pulumi_policy.Severity.HIGH,
    Severity.CRITICAL: pulumi_policy.Severity.CRITICAL,
}
_STRICT = {"type": "boolean", "default": False, "description": "Whether what cannot be told yet is a violation."}
_DISABLED = {"type": "array", "items": {"type": "string"}, "default": [], "description": "IDs of rules to leave out."}


class _CannotTellError(proxy.UnknownValueError):
    """Makes the SDK emit an advisory in our words, whatever the policy's level."""

    def __init__(self, message: str) -> None:
        super().__init__(proxy.UNKNOWN_STRING_VALUE, [])
        self.message = message


def serve(name: str, rules: Sequence[Rule]) -> None:
    """Be a policy pack. Does not return: the engine ends the process."""
    pulumi_policy.PolicyPack(name=name, policies=policies_of(rules, name))


def policies_of(rules: Sequence[Rule], pack: str) -> list[pulumi_policy.Policy]:
    """The SDK's policies for a pack's rules.

    One policy each for rules on one resource: these stop the resource itself. Two for all relations, one a level, named
    after the pack, because each such policy costs the SDK a conversion of the whole stack.
    """
    single = [_resource_policy(rule) for rule in rules if rule.relation is None]
    related = [rule for rule in rules if rule.relation is not None]
    return single + [
        _relation_policy(f"{pack}-relations{suffix}", [rule for rule in related if rule.blocks is blocks], level)
        for suffix, blocks, level in (
            ("", True, pulumi_policy.EnforcementLevel.MANDATORY),
            ("-advisory", False, pulumi_policy.EnforcementLevel.ADVISORY),
        )
        if any(rule.blocks is blocks for rule in related)
    ]


def stack_snapshot(resources: Sequence[Any]) -> Snapshot:
    """A stack as the SDK hands it out."""
    return Snapshot.of(
        Resource(
            token=resource.resource_type,
            urn=resource.urn,
            properties=plain(resource.resource_type, resource.props),
            dependencies={
                key: tuple(sorted({other.urn for other in others})) for key, others in resource.property_dependencies.items()
            },
            parent=resource.parent.urn if resource.parent is not None else "",
            protect=resource.opts.protect,
        )
        for resource in resources
    )


def plain(token: str, props: Mapping[str, Any]) -> dict[str, object]:
    """Properties as plain values: unknowns as UNKNOWN, whole numbers whole, credentials as Secret."""
    is_secret = canonical(token).type == _CREDENTIAL_KIND
    raw = deserialize.serialize_properties(props)
    return {
        key: _plain(value, is_secret=key in _CREDENTIALS or (is_secret and key in ("data", "stringData")))
        for key, value in raw.items()
    }


def _plain(value: Any, *, is_secret: bool) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item, is_secret=is_secret or key in _CREDENTIALS) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, is_secret=is_secret) for item in value]
    if isinstance(value, str) and proxy._is_unknown(value):
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Secret(value) if is_secret and value is not None else value


def _resource_policy(rule: Rule) -> pulumi_policy.ResourceValidationPolicy:
    def applies_to(resource_type: str) -> bool:
        return canonical(resource_type).type in rule.types

    def validate(args: Any, report: Report) -> None:
        if not applies_to(args.resource_type):
            args.not_applicable("not of this rule's resource types")
        resource = Resource(args.resource_type, args.urn, plain(args.resource_type, args.props), protect=args.opts.protect)
        _tell(judge(rule, resource).findings, report, lambda finding: finding.text, is_strict=_is_strict(args))

    policy = pulumi_policy.ResourceValidationPolicy(validate=validate, config_schema=_schema(strict=_STRICT), **_about(rule))
    # The SDK asks every policy about every resource. Whoever can ask first saves the conversion of its properties.
    vars(policy)["applies_to"] = applies_to
    return policy


def _relation_policy(name: str, rules: Sequence[Rule], level: Any) -> pulumi_policy.StackValidationPolicy:
    by_id = {rule.id: rule for rule in rules}

    def label(finding: Finding) -> str:
        rule = by_id[finding.rule]
        return f"{rule.id} [{rule.severity.word}] {rule.title}: {finding.text}"

    def validate(args: Any, report: Report) -> None:
        disabled = set(args.get_config().get("disabled", ()))
        for unknown in sorted(disabled - set(by_id)):
            report(f"the configuration disables {unknown}, which is no rule of {name}")
        assessment = evaluate([rule for rule in rules if rule.id not in disabled], stack_snapshot(args.resources))
        _tell(assessment.findings, report, label, is_strict=_is_strict(args))

    return pulumi_policy.StackValidationPolicy(
        name=name,
        description=f"What resources owe each other: {', '.join(by_id)}.",
        validate=validate,
        enforcement_level=level,
        severity=_SEVERITIES[max(rule.severity for rule in rules)],
        config_schema=_schema(strict=_STRICT, disabled=_DISABLED),
    )


def _schema(**properties: Any) -> pulumi_policy.PolicyConfigSchema:
    return pulumi_policy.PolicyConfigSchema(properties=properties)


def _about(rule: Rule) -> dict[str, Any]:
    level = pulumi_policy.EnforcementLevel.MANDATORY if rule.blocks else pulumi_policy.EnforcementLevel.ADVISORY
    control = rule.controls[0] if rule.controls else None
    return {
        "name": rule.id,
        "description": f"{rule.title}.",
        "enforcement_level": level,
        "severity": _SEVERITIES[rule.severity],
        "framework": control
        and pulumi_policy.PolicyComplianceFramework(name=control.framework, version=control.version, specification=control.id),
        "tags": sorted({control.text for control in rule.controls}),
        "remediation_steps": rule.fix,
    }


def _is_strict(args: Any) -> bool:
    return args.get_config().get("strict", False) is True


def _tell(findings: Sequence[Finding], report: Report, text: Callable[[Finding], str], *, is_strict: bool) -> None:
    """Report everything, doubts last: as violations where the configuration is strict, else as the SDK's advisory."""
    doubts = []
    for finding in findings:
        if finding.verdict is Verdict.INCONCLUSIVE and not is_strict:
            doubts.append(finding)
        else:
            report(text(finding), finding.urn)
    if doubts:
        raise _CannotTellError("; ".join(f"{finding.urn.rpartition('::')[2]}: {text(finding)}" for finding in doubts))
