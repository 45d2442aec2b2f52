"""The SDK's policies for a pack of checks: of the whole stack, and of each resource as an update makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pulumi_policy
from pulumi.runtime import is_dry_run
from pulumi.runtime.config import CONFIG, get_config_env

from policies.engine import configuration as config
from policies.engine.adapter.reporting import SEVERITIES, report_all
from policies.engine.adapter.resources import Report, Witness, single_resource, stack_snapshot
from policies.engine.finding import Finding
from policies.engine.session import Told
from policies.engine.stack_check import CheckSession, ResourceJudge, StackCheck
from policies.engine.verdict import Verdict


def check_policies(pack: str, checks: Sequence[StackCheck]) -> list[pulumi_policy.Policy]:
    """The SDK's policies for a pack's checks, and one that judges nothing and sees what the stack's policies are not shown.

    The engine asks about the stack after everything is made, which is too late where an update skipped its preview. So a check
    may judge each resource by itself as well: in an update, before it is made. Each carries the pack's `session`.
    """
    session, witness = CheckSession(checks=tuple(checks)), Witness()
    policies: list[pulumi_policy.Policy] = [_witness_policy(f"{pack}-witness", witness)]
    policies += [_check_policy(check, session, witness) for check in checks]
    policies += [_update_policy(check, check.judge_resource, session) for check in checks if check.judge_resource is not None]
    for policy in policies:
        vars(policy)["session"] = session
    return policies


def _witness_policy(name: str, witness: Witness) -> pulumi_policy.Policy:
    return pulumi_policy.ResourceValidationPolicy(
        name=name,
        description="Judges nothing; sees what the engine plans without properties.",
        validate=witness.look,
        enforcement_level=pulumi_policy.EnforcementLevel.ADVISORY,
    )


def _check_policy(check: StackCheck, session: CheckSession, witness: Witness) -> pulumi_policy.Policy:
    """The SDK's policy for a check of the whole stack."""

    def validate(args: Any, report: Report) -> None:
        options = args.get_config()

        def judged() -> Iterable[Finding]:
            return check.judge(stack_snapshot(args.resources, witness, as_declared=True), options, _stack_configuration())

        _tell(check, judged, options, report, session, check.name)

    return pulumi_policy.StackValidationPolicy(
        name=check.name,
        description=check.description,
        validate=validate,
        config_schema=pulumi_policy.PolicyConfigSchema(
            properties={
                "strict": {**config.STRICT, "default": False},
                **{key: dict(value) for key, value in check.options.items()},
            }
        ),
        **_about(check),
    )


def _update_policy(check: StackCheck, judge: ResourceJudge, session: CheckSession) -> pulumi_policy.Policy:
    """The SDK's policy that stops an update at a resource that a preview would have refused.

    It is configured with its check: by the options of the policy of the check's own name.
    """

    name = f"{check.name}-update"

    def validate(args: Any, report: Report) -> None:
        if is_dry_run():
            args.not_applicable("judged with the stack as a whole")
        options = session.options.get(check.name, {})
        resource = single_resource(args)
        _tell(check, lambda: judge(resource, options, _stack_configuration()), options, report, session, name)

    policy = pulumi_policy.ResourceValidationPolicy(
        name=name,
        description=f"Before an update makes a resource: {check.description[:1].lower()}{check.description[1:]}",
        validate=validate,
        **_about(check),
    )
    vars(policy)["applies_to"] = lambda _: not is_dry_run()
    return policy


def _tell(
    check: StackCheck,
    judged: Callable[[], Iterable[Finding]],
    options: Mapping[str, Any],
    report: Report,
    session: CheckSession,
    policy: str,
) -> None:
    """Tell what a check found. One that crashes is a violation, and not the end of the pack."""
    try:
        findings = list(judged())
    except Exception as crash:  # noqa: BLE001 - fails closed; its text is left out, for it may hold a value
        report(f"{check.name} crashed with {type(crash).__name__}; nothing it would have said is known")
        return
    doubts = [] if options.get("strict") else [each for each in findings if each.verdict is Verdict.INCONCLUSIVE]
    violations = [each for each in findings if each not in doubts]
    for told, is_doubt in ((violations, False), (doubts, True)):
        session.told += [Told(finding, check.rules[finding.rule], is_doubt, policy, check.is_mandatory) for finding in told]
    report_all(violations, doubts, report, check.label)


def _stack_configuration() -> dict[str, str]:
    return {**get_config_env(), **CONFIG.get()}


def _about(check: StackCheck) -> dict[str, Any]:
    levels = pulumi_policy.EnforcementLevel
    return {
        "enforcement_level": levels.MANDATORY if check.is_mandatory else levels.ADVISORY,
        "severity": SEVERITIES[check.severity],
    }
