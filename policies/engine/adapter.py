"""The one place that touches the policy SDK: its proxies become a snapshot, our rules its policies.

The SDK turns the reading of an unknown into an advisory and drops the rest of the policy, lets an exception stop the
pack, and hands out secrets as plain text. So every property is converted before a rule sees it; a rule's own doubt is
raised as the SDK's unknown-value error after everything else has been reported; and messages hold no text values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi_policy
from pulumi.runtime.config import CONFIG, get_config_env
from pulumi_policy import deserialize, proxy

from policies.engine import configuration as config
from policies.engine.aliases import canonical
from policies.engine.evaluate import evaluate, judge
from policies.engine.exemption import complaints
from policies.engine.finding import Finding
from policies.engine.node import UNKNOWN, Secret
from policies.engine.remedy import carry_out
from policies.engine.rule import Rule, Severity
from policies.engine.session import Session, Told
from policies.engine.snapshot import Resource, Snapshot
from policies.engine.stack_check import CheckSession, StackCheck
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
_RELATION_LEVELS = (("", pulumi_policy.EnforcementLevel.MANDATORY), ("-advisory", pulumi_policy.EnforcementLevel.ADVISORY))
OTHER_TYPE = "not of this rule's resource types"
_CREDENTIAL_KIND = "kubernetes:core/v1:Secret"
_SEVERITIES = {
    Severity.LOW: pulumi_policy.Severity.LOW,
    Severity.MEDIUM: pulumi_policy.Severity.MEDIUM,
    Severity.HIGH: pulumi_policy.Severity.HIGH,
    Severity.CRITICAL: pulumi_policy.Severity.CRITICAL,
}


class _CannotTellError(proxy.UnknownValueError):
    """Makes the SDK emit an advisory in our words, whatever the policy's level."""

    def __init__(self, message: str) -> None:
        super().__init__(proxy.UNKNOWN_STRING_VALUE, [])
        self.message = message


class _DeclaredPolicy(pulumi_policy.ResourceValidationPolicy):
    """A relation's level and configuration under the rule's own name. Another policy carries it out."""


def check_policies(pack: str, checks: Sequence[StackCheck]) -> list[pulumi_policy.Policy]:
    """The SDK's policies for a pack's checks, and one that judges nothing and sees what the stack's policies are not shown.

    Each carries the pack's `session`.
    """
    session, witness = CheckSession(checks=tuple(checks)), Witness()
    policies: list[pulumi_policy.Policy] = [_witness_policy(f"{pack}-witness", witness)]
    policies += [_check_policy(check, session, witness) for check in checks]
    for policy in policies:
        vars(policy)["session"] = session
    return policies


def policies_of(rules: Sequence[Rule], pack: str) -> list[pulumi_policy.Policy]:
    """The SDK's policies for a pack's rules. Each carries the pack's `session`.

    One policy each for rules on one resource: these stop the resource itself. Relations are declared one by one, and carried
    out by two policies, one a level, because each that sees the stack costs the SDK a conversion of all of it. One more, of
    the pack's own name, takes what is configured for all, and judges exemptions.
    """
    session = Session(pack, tuple(rules))
    witness = Witness()
    related = tuple(rule for rule in rules if rule.relation is not None)
    policies = [
        _declared_policy(rule, witness if related[0] is rule else None)
        if rule.relation is not None
        else _resource_policy(rule, session)
        for rule in rules
    ]
    if related:
        for suffix, level in _RELATION_LEVELS:
            policies.append(_relation_policy(f"{pack}-relations{suffix}", related, level, session, witness))
    policies.append(_pack_policy(session, witness))
    session.policies = tuple(policy.name for policy in policies)
    for policy in policies:
        vars(policy)["session"] = session
    return policies


def stack_snapshot(resources: Sequence[Any], witness: Witness | None = None, *, as_declared: bool = False) -> Snapshot:
    """A stack as the SDK hands it out, and where it hands out nothing of a resource, as a witness saw that resource before.

    What the SDK hands out of a resource that exists is its state, in which a provider has filled in what it pleases;
    `as_declared` asks for what the program gives it.
    """
    return Snapshot.of(_member(resource, witness or Witness(), as_declared=as_declared) for resource in resources)


def _member(resource: Any, witness: Witness, *, as_declared: bool) -> Resource:
    properties: Mapping[str, Any] | None = None
    if as_declared and resource.provider is not None:  # a component has none, and declares nothing but its outputs
        properties = witness.seen(resource.urn)
    if properties is None:
        properties = plain(resource.resource_type, resource.props)
    if not properties and is_unplanned(resource):
        properties = witness.seen(resource.urn)
    return Resource(
        token=resource.resource_type,
        urn=resource.urn,
        properties=properties or {},
        dependencies={
            key: tuple(sorted({other.urn for other in others})) for key, others in resource.property_dependencies.items()
        },
        parent=resource.parent.urn if resource.parent is not None else "",
        protect=resource.opts.protect,
        is_seen=properties is not None,
        depends_on=tuple(sorted({other.urn for other in resource.dependencies})),
        provider=resource.provider.urn if resource.provider is not None else "",
        ignore_changes=tuple(sorted(resource.opts.ignore_changes)),
    )


def is_unplanned(resource: Any) -> bool:
    """Whether the engine could not plan a resource, because something of its provider's configuration is not known yet.

    In a first preview that is so for everything in a cluster which does not exist. The stack's policies then get such a resource
    without any property, while those of single resources get what the program gave it.
    """
    return resource.provider is not None and _holds_unknown(plain(resource.provider.resource_type, resource.provider.props))


def _holds_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, value.values()))
    return any(map(_holds_unknown, value)) if isinstance(value, list) else value is UNKNOWN


class Witness:
    """Remembers resources from the calls about each of them, which come first, for the call about the stack."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, Any]] = {}

    def look(self, args: Any, _report: Report) -> None:
        """Keep a resource's properties, as they came; as a policy's validation it judges nothing."""
        self._seen[args.urn] = (args.resource_type, args.props)
        args.not_applicable("judged with the stack as a whole")

    def seen(self, urn: str) -> dict[str, object] | None:
        """A resource's properties, None where it was never seen."""
        return plain(*self._seen[urn]) if urn in self._seen else None


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
    if _is_unknown(value):
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Secret(value) if is_secret and value is not None else value


def _is_unknown(value: object) -> bool:
    return isinstance(value, str) and bool(proxy._is_unknown(value))


def _resource_policy(rule: Rule, session: Session) -> pulumi_policy.Policy:
    def applies_to(resource_type: str) -> bool:
        return canonical(resource_type).type in rule.types

    def outcome_of(args: Any) -> Any:
        if not applies_to(args.resource_type):
            args.not_applicable(OTHER_TYPE)
        resource = Resource(args.resource_type, args.urn, plain(args.resource_type, args.props), protect=args.opts.protect)
        return judge(rule, resource, settings=session.configuration.settings.get(rule.id))

    def validate(args: Any, report: Report) -> None:
        _tell(session.account([outcome_of(args)]), report, session, rule.id, lambda finding: finding.text)

    def remediate(args: Any) -> Any:
        is_broken = any(finding.verdict is Verdict.FAIL for finding in outcome_of(args).findings)
        if not is_broken or session.configuration.exemption(rule.id, args.urn):
            return None
        type_ = canonical(args.resource_type).type
        remedies = [remedy for remedy in rule.remedies if not remedy.types or type_ in remedy.types]
        # Every remedy is carried out, and what was changed is the proxy itself: a copy of it would lose what is secret.
        return args.props if sum(carry_out(remedy, args.props, _is_unknown) for remedy in remedies) else None

    policy = pulumi_policy.ResourceValidationPolicy(
        validate=validate, remediate=remediate if rule.remedies else None, **_about(rule)
    )
    # The SDK asks every policy about every resource. Whoever can ask first saves the conversion of its properties.
    vars(policy)["applies_to"] = applies_to
    return policy


def _declared_policy(rule: Rule, witness: Witness | None) -> pulumi_policy.Policy:
    policy = _DeclaredPolicy(validate=witness.look if witness is not None else None, **_about(rule))
    vars(policy)["applies_to"] = lambda _: witness is not None
    return policy


def _relation_policy(name: str, rules: Sequence[Rule], level: Any, session: Session, witness: Witness) -> pulumi_policy.Policy:
    by_id = {rule.id: rule for rule in rules}

    def label(finding: Finding) -> str:
        rule = by_id[finding.rule]
        return f"{rule.id} [{rule.severity.word}] {rule.title}: {finding.text}"

    def validate(args: Any, report: Report) -> None:
        configuration = session.configuration
        levels = (config.ADVISORY,) if level is pulumi_policy.EnforcementLevel.ADVISORY else (config.MANDATORY, "remediate")
        chosen = [rule for rule in rules if configuration.level(rule) in levels]
        if not chosen:
            args.not_applicable("the configuration gives no relation this level")
        assessment = evaluate(chosen, stack_snapshot(args.resources, witness), configuration.settings)
        _tell(session.account(assessment.outcomes), report, session, name, label)

    return pulumi_policy.StackValidationPolicy(
        name=name,
        description=f"What resources owe each other, as far as it is {level.value}.",
        validate=validate,
        enforcement_level=level,
        severity=_SEVERITIES[max(rule.severity for rule in rules)],
    )


def _pack_policy(session: Session, witness: Witness) -> pulumi_policy.Policy:
    def validate(args: Any, report: Report) -> None:
        configuration = session.configuration
        if not configuration.exemptions:
            args.not_applicable("the configuration grants no exemption")
        snapshot = stack_snapshot(args.resources, witness)
        found = complaints(
            configuration.exemptions, session.rules, snapshot, configuration.today, session.pack, configuration.settings
        )
        _tell(list(found), report, session, session.pack, lambda finding: finding.text)

    return pulumi_policy.StackValidationPolicy(
        name=session.pack,
        description="Exemptions are needed, and have not expired.",
        validate=validate,
        enforcement_level=pulumi_policy.EnforcementLevel.MANDATORY,
        severity=pulumi_policy.Severity.HIGH,
        config_schema=pulumi_policy.PolicyConfigSchema(properties=config.PACK_SCHEMA),
    )


def _witness_policy(name: str, witness: Witness) -> pulumi_policy.Policy:
    return pulumi_policy.ResourceValidationPolicy(
        name=name,
        description="Judges nothing; sees what the engine plans without properties.",
        validate=witness.look,
        enforcement_level=pulumi_policy.EnforcementLevel.ADVISORY,
    )


def _check_policy(check: StackCheck, session: CheckSession, witness: Witness) -> pulumi_policy.Policy:
    """The SDK's policy for a check of the whole stack. A check that crashes is a violation, and not the end of the pack."""

    def validate(args: Any, report: Report) -> None:
        options = args.get_config()
        try:
            snapshot = stack_snapshot(args.resources, witness, as_declared=True)
            findings = list(check.judge(snapshot, options, {**get_config_env(), **CONFIG.get()}))
        except Exception as crash:  # noqa: BLE001 - fails closed; its text is left out, for it may hold a value
            report(f"{check.name} crashed with {type(crash).__name__}; nothing it would have said is known")
            return
        doubts = [] if options.get("strict") else [each for each in findings if each.verdict is Verdict.INCONCLUSIVE]
        violations = [each for each in findings if each not in doubts]
        for told, is_doubt in ((violations, False), (doubts, True)):
            session.told += [
                Told(finding, check.rules[finding.rule], is_doubt, check.name, check.is_mandatory) for finding in told
            ]
        _report(violations, doubts, report, check.label)

    levels = pulumi_policy.EnforcementLevel
    return pulumi_policy.StackValidationPolicy(
        name=check.name,
        description=check.description,
        validate=validate,
        enforcement_level=levels.MANDATORY if check.is_mandatory else levels.ADVISORY,
        severity=_SEVERITIES[check.severity],
        config_schema=pulumi_policy.PolicyConfigSchema(
            properties={
                "strict": {**config.STRICT, "default": False},
                **{key: dict(value) for key, value in check.options.items()},
            }
        ),
    )


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
        "config_schema": pulumi_policy.PolicyConfigSchema(properties=config.rule_schema(rule)),
    }


def _tell(findings: Sequence[Finding], report: Report, session: Session, policy: str, text: Callable[[Finding], str]) -> None:
    """Report everything, doubts last: as violations where the configuration is strict, else as the SDK's advisory."""
    violations, doubts = session.tell(findings, policy)
    _report(violations, doubts, report, text)


def _report(violations: Sequence[Finding], doubts: Sequence[Finding], report: Report, text: Callable[[Finding], str]) -> None:
    for finding in violations:
        report(text(finding), finding.urn)
    if doubts:
        raise _CannotTellError("; ".join(f"{finding.urn.rpartition('::')[2]}: {text(finding)}" for finding in doubts))
