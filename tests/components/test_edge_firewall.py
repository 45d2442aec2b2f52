from __future__ import annotations

from typing import Any, Literal

import pytest

from components.edge.firewall import Firewall, FirewallArgs
from model.environment import Environment
from tests.components.rendering import Rendering, render
from tests.components.stores import LOGS_KEY, environment_with, known

ACL = "aws:wafv2/webAcl:WebAcl"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
SCOPES: tuple[Literal["CLOUDFRONT", "REGIONAL"], ...] = ("CLOUDFRONT", "REGIONAL")
Scope = Literal["CLOUDFRONT", "REGIONAL"]


def rendered(environment: Environment, scope: Scope) -> Rendering:
    return render(lambda: Firewall("firewall", FirewallArgs(environment, scope, known(LOGS_KEY))))


def rules(firewall: Rendering) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = firewall.one(ACL).properties["rules"]
    return sorted(listed, key=lambda rule: rule["priority"])


@pytest.mark.parametrize("scope", SCOPES)
def test_managed_rules_act_in_the_models_order_and_are_not_merely_counted(production: Environment, scope: Scope) -> None:
    managed = [rule for rule in rules(rendered(production, scope)) if "managedRuleGroupStatement" in rule["statement"]]

    assert [rule["statement"]["managedRuleGroupStatement"] for rule in managed] == [
        {"vendorName": "AWS", "name": name} for name in production.edge.firewall.managed_rules
    ]
    assert all(rule["overrideAction"] == {"none": {}} for rule in managed)


def test_the_cdn_blocks_an_address_that_asks_too_often_before_anything_else() -> None:
    environment = environment_with("edge.firewall", requests_per_five_minutes=700)
    first = rules(rendered(environment, "CLOUDFRONT"))[0]

    assert first["action"] == {"block": {}}
    assert first["statement"]["rateBasedStatement"] == {"aggregateKeyType": "IP", "limit": 700, "evaluationWindowSec": 300}


def test_the_load_balancer_whose_visitors_share_the_cdns_addresses_has_no_limit(production: Environment) -> None:
    assert not [rule for rule in rules(rendered(production, "REGIONAL")) if "rateBasedStatement" in rule["statement"]]


@pytest.mark.parametrize(("scope", "region"), [("CLOUDFRONT", "us-east-1"), ("REGIONAL", None)])
def test_list_log_and_logging_stand_in_the_scopes_region(production: Environment, scope: Scope, region: str | None) -> None:
    firewall = rendered(production, scope)

    assert {firewall.one(token).properties.get("region") for token in (ACL, GROUP, LOGGING)} == {region}
    assert firewall.one(ACL).properties["scope"] == scope


@pytest.mark.parametrize("scope", SCOPES)
def test_requests_are_logged_encrypted_and_without_credentials(production: Environment, scope: Scope) -> None:
    firewall = rendered(production, scope)
    group = firewall.one(GROUP).properties
    redacted = firewall.one(LOGGING).properties["redactedFields"]

    assert group["name"].startswith("aws-waf-logs-retail-store-production-")
    assert (group["kmsKeyId"], group["retentionInDays"]) == (LOGS_KEY, production.operations.log_retention_days)
    assert [field["singleHeader"]["name"] for field in redacted] == ["authorization", "cookie"]
