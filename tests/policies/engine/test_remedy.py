"""Remediations, through the SDK's own analyzer: off unless asked for, and gentle to what they do not understand."""

from __future__ import annotations

from typing import Any

import pytest

from policies.engine.evaluate import judge
from policies.engine.snapshot import Resource
from policies.security.pack import RULES
from tests.policies.security.test_rules import CASES
from tests.policies.servicer import UNKNOWN, remediate, secret, servicer
from tests.policies.stacks import urn

DATABASE = "aws:rds/instance:Instance"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
REMEDIED = [rule for rule in RULES if rule.remedies]
_ON = {rule.id: {"enforcementLevel": "remediate"} for rule in REMEDIED}
_EXPOSED = {"publiclyAccessible": True, "copyTagsToSnapshot": True}


def test_nothing_is_remedied_unless_it_is_asked_for() -> None:
    assert remediate(servicer(RULES), DATABASE, "db", _EXPOSED) is None


def test_a_remedy_changes_the_one_property_alone() -> None:
    assert remediate(servicer(RULES, _ON), DATABASE, "db", _EXPOSED) == {"publiclyAccessible": False, "copyTagsToSnapshot": True}


def test_what_keeps_the_rule_is_left_alone() -> None:
    assert remediate(servicer(RULES, _ON), DATABASE, "db", {**_EXPOSED, "publiclyAccessible": False}) is None


def test_what_is_not_known_is_left_alone() -> None:
    assert remediate(servicer(RULES, _ON), DATABASE, "db", {**_EXPOSED, "publiclyAccessible": UNKNOWN}) is None


def test_what_is_secret_stays_secret() -> None:
    made = remediate(servicer(RULES, _ON), DATABASE, "db", {**_EXPOSED, "password": secret("hunter2")})
    assert made is not None
    assert made["password"] == secret("hunter2")


def test_a_remedy_reaches_every_container_and_spares_what_is_not_known() -> None:
    spec: dict[str, Any] = {
        "containers": [{"name": "a"}, {"name": "b", "securityContext": {"allowPrivilegeEscalation": True, "runAsUser": 7}}],
        "initContainers": UNKNOWN,
    }
    made = remediate(servicer(RULES, _ON), DEPLOYMENT, "web", {"spec": {"template": {"spec": spec}}})
    assert made is not None
    assert made["spec"]["template"]["spec"] == {
        "containers": [
            {"name": "a", "securityContext": {"allowPrivilegeEscalation": False}},
            {"name": "b", "securityContext": {"allowPrivilegeEscalation": False, "runAsUser": 7}},
        ],
        "initContainers": UNKNOWN,
    }


@pytest.mark.parametrize("rule", REMEDIED, ids=lambda rule: rule.id)
def test_a_remedied_resource_keeps_the_rule(rule: Any) -> None:
    stack, case = CASES[rule.id]
    remedied = 0
    for edit in case.violating:
        changed = edit(stack)
        for name, member in changed.members.items():
            resource = changed.resource(name)
            if resource.type not in rule.types or judge(rule, resource).findings == ():
                continue
            made = remediate(servicer([rule], _ON), member.token, name, _wire(member.properties))
            if made is not None and judge(rule, Resource(member.token, urn(member.token, name), made)).findings == ():
                remedied += 1
    assert remedied


def _wire(value: Any) -> Any:
    """Properties with unknowns as the protocol writes them."""
    if isinstance(value, dict):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return UNKNOWN if type(value).__name__ == "Unknown" else value
