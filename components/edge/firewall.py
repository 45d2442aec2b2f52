"""The web application firewalls: one before the CDN, one before the load balancer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws.wafv2 as wafv2

from components.base import Component
from components.log_group import log_group
from model.environment import Environment
from model.identity import GLOBAL_REGION

REDACTED_HEADERS = ("authorization", "cookie")
RATE_WINDOW_SECONDS = 300


@dataclass(frozen=True)
class FirewallArgs:
    """What a firewall is made from."""

    environment: Environment
    scope: Literal["CLOUDFRONT", "REGIONAL"]
    logs_key_arn: pulumi.Output[str]
    """The key of the log group, in the region of the scope."""


class Firewall(Component):
    """AWS's managed rules, and before the CDN a limit for each address; what they see is logged without credentials.

    Before the load balancer there is no limit: all requests come from a few addresses of the CDN there, and the visitor's is
    a header that anybody can forge, so that a limit would stop everybody, or whomever a forger names.
    """

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:edge:Firewall", name, opts)
        self._args = args
        at_cdn = args.scope == "CLOUDFRONT"
        self._region = GLOBAL_REGION if at_cdn else None
        limits = [self._rate_limit()] if at_cdn else []
        managed = [
            _managed(group, position) for position, group in enumerate(args.environment.edge.firewall.managed_rules, start=1)
        ]
        acl = wafv2.WebAcl(
            self.child("acl"),
            scope=args.scope,
            description=f"Requests to {args.environment.name}",
            default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
            rules=[*limits, *managed],
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name="acl", sampled_requests_enabled=True
            ),
            region=self._region,
            opts=self.below(),
        )
        self.arn = acl.arn
        self._log()
        self.register_outputs({"arn": self.arn})

    def _rate_limit(self) -> wafv2.WebAclRuleArgs:
        return wafv2.WebAclRuleArgs(
            name="rate",
            priority=0,
            action=wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs()),
            statement=wafv2.WebAclRuleStatementArgs(
                rate_based_statement=wafv2.WebAclRuleStatementRateBasedStatementArgs(
                    aggregate_key_type="IP",
                    limit=self._args.environment.edge.firewall.requests_per_five_minutes,
                    evaluation_window_sec=RATE_WINDOW_SECONDS,
                )
            ),
            visibility_config=_visible("rate"),
        )

    def _log(self) -> None:
        args = self._args
        group = log_group(
            self,
            "log",
            f"aws-waf-logs-{args.environment.name}-{args.scope.lower()}",  # the prefix is the service's own demand
            args.environment.operations.log_retention_days,
            args.logs_key_arn,
            region=self._region,
        )
        wafv2.WebAclLoggingConfiguration(
            self.child("log"),
            resource_arn=self.arn,
            log_destination_configs=[group.arn],
            redacted_fields=[
                wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
                    single_header=wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(name=header)
                )
                for header in REDACTED_HEADERS
            ],
            region=self._region,
            opts=self.below(),
        )


def _managed(group: str, priority: int) -> wafv2.WebAclRuleArgs:
    """A managed rule group, with the actions that AWS gave its rules."""
    return wafv2.WebAclRuleArgs(
        name=group,
        priority=priority,
        override_action=wafv2.WebAclRuleOverrideActionArgs(none=wafv2.WebAclRuleOverrideActionNoneArgs()),  # type: ignore[no-untyped-call]  # as the SDK has it
        statement=wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(vendor_name="AWS", name=group)
        ),
        visibility_config=_visible(group),
    )


def _visible(name: str) -> wafv2.WebAclRuleVisibilityConfigArgs:
    return wafv2.WebAclRuleVisibilityConfigArgs(cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True)
