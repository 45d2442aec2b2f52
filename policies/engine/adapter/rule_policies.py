"""The SDK's policies for a pack of rules: one a rule, and two that carry out the relations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pulumi_policy

from policies.engine import configuration as config
from policies.engine.adapter.reporting import SEVERITIES, report_all
from policies.engine.adapter.resources import Report, Witness, is_unknown, single_resource, stack_snapshot
from policies.engine.aliases import canonical
from policies.engine.evaluate import evaluate, judge
from policies.engine.exemption import complaints
from policies.engine.finding import Finding
from policies.engine.remedy import carry_out
from policies.engine.rule import Rule
from policies.engine.session import Session
from policies.engine.verdict import Verdict

OTHER_TYPE = "not of this rule's resource types"
_RELATION_LEVELS = (("", pulumi_policy.EnforcementLevel.MANDATORY), ("-advisory", pulumi_policy.EnforcementLevel.ADVISORY))


class _DeclaredPolicy(pulumi_policy.ResourceValidationPolicy):
    """A relation's level and configuration under the rule's own name. Another policy carries it out."""


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


def _resource_policy(rule: Rule, session: Session) -> pulumi_policy.Policy:
    def applies_to(resource_type: str) -> bool:
        return canonical(resource_type).type in rule.types

    def outcome_of(args: Any) -> Any:
        if not applies_to(args.resource_type):
            args.not_applicable(OTHER_TYPE)
        return judge(rule, single_resource(args), settings=session.configuration.settings.get(rule.id))

    def validate(args: Any, report: Report) -> None:
        _tell(session.account([outcome_of(args)]), report, session, rule.id, lambda finding: finding.text)

    def remediate(args: Any) -> Any:
        is_broken = any(finding.verdict is Verdict.FAIL for finding in outcome_of(args).findings)
        if not is_broken or session.configuration.exemption(rule.id, args.urn):
            return None
        type_ = canonical(args.resource_type).type
        remedies = [remedy for remedy in rule.remedies if not remedy.types or type_ in remedy.types]
        # Every remedy is carried out, and what was changed is the proxy itself: a copy of it would lose what is secret.
        return args.props if sum(carry_out(remedy, args.props, is_unknown) for remedy in remedies) else None

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
        severity=SEVERITIES[max(rule.severity for rule in rules)],
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


def _about(rule: Rule) -> dict[str, Any]:
    level = pulumi_policy.EnforcementLevel.MANDATORY if rule.blocks else pulumi_policy.EnforcementLevel.ADVISORY
    control = rule.controls[0] if rule.controls else None
    return {
        "name": rule.id,
        "description": f"{rule.title}.",
        "enforcement_level": level,
        "severity": SEVERITIES[rule.severity],
        "framework": control
        and pulumi_policy.PolicyComplianceFramework(name=control.framework, version=control.version, specification=control.id),
        "tags": sorted({control.text for control in rule.controls}),
        "remediation_steps": rule.fix,
        "config_schema": pulumi_policy.PolicyConfigSchema(properties=config.rule_schema(rule)),
    }


def _tell(findings: Sequence[Finding], report: Report, session: Session, policy: str, text: Callable[[Finding], str]) -> None:
    """Report everything, doubts last: as violations where the configuration is strict, else as the SDK's advisory."""
    violations, doubts = session.tell(findings, policy)
    report_all(violations, doubts, report, text)
