"""Exemptions: what they cover, and that none outlives its need or its day."""

from __future__ import annotations

import pytest

from policies.engine.checks import is_true
from policies.engine.node import Node
from policies.engine.rule import At, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from tests.policies.servicer import UNKNOWN, analyze, analyze_stack, said, servicer
from tests.policies.stacks import urn

THING = "aws:rds/instance:Instance"


def _relation(root: Node, _: Resource, __: Snapshot) -> list[object]:
    return [] if root["flag"].flag() else [root["flag"].fails("must be true")]


def _rule(id_: str, **more: object) -> Rule:
    fields: dict[str, object] = {
        "severity": Severity.HIGH,
        "types": (THING,),
        "reads": "flag",
        "rationale": "r.",
        "fix": "f",
        **more,
    }
    return Rule(id=id_, title=id_, **fields)  # type: ignore[arg-type]


RULES = [_rule("ONE", checks=(At("flag", is_true()),)), _rule("MANY", relation=_relation)]


def _config(**changes: str) -> dict[str, dict[str, object]]:
    entry = {
        "rule": "ONE",
        "resource": "thing",
        "reason": "it is a canary",
        "owner": "platform",
        "expires": "2030-01-31",
        **changes,
    }
    return {"pack": {"exemptions": [entry], "date": "2030-01-31"}}


def _of_resource(config: dict[str, dict[str, object]], flag: object = False) -> list[str]:
    return [message for _, _, message in said(analyze(servicer(RULES, config), THING, "thing", {"flag": flag}))]


def _of_stack(config: dict[str, dict[str, object]], flag: object = False) -> list[str]:
    response = analyze_stack(servicer(RULES, config), (THING, "thing", {"flag": flag}, {}))
    return [message for _, _, message in said(response)]


@pytest.mark.parametrize("resource", ["thing", urn(THING, "thing")])
def test_a_resource_is_exempted_by_its_name_or_its_urn(resource: str) -> None:
    assert _of_resource(_config(resource=resource)) == []


@pytest.mark.parametrize("changes", [{"resource": "other"}, {"rule": "MANY"}, {"expires": "2030-01-30"}, {"stack": "production"}])
def test_nothing_else_is_exempted(changes: dict[str, str]) -> None:
    assert len(_of_resource(_config(**changes))) == 1


def test_an_exemption_covers_what_cannot_be_told_yet() -> None:
    assert _of_resource(_config(), UNKNOWN) == []


def test_an_exemption_does_not_cover_a_rule_that_could_not_be_carried_out() -> None:
    assert "could not be judged" in _of_resource(_config(), "perhaps")[0]


def test_a_relation_is_exempted_as_well() -> None:
    assert _of_stack(_config(rule="MANY")) == []


def test_a_needed_exemption_is_no_violation() -> None:
    assert [message for message in _of_stack(_config()) if "exemption" in message] == []


@pytest.mark.parametrize(
    ("changes", "flag", "says"),
    [
        ({"expires": "2030-01-30"}, False, "has expired on 2030-01-30"),
        ({}, True, "is not needed: the resource keeps the rule"),
        ({"resource": "thingy"}, False, "names no resource that the rule judges"),
    ],
)
def test_an_exemption_that_has_expired_or_is_not_used_is_a_violation(changes: dict[str, str], flag: bool, says: str) -> None:
    response = analyze_stack(servicer(RULES, _config(**changes)), (THING, "thing", {"flag": flag}, {}))
    ((level, message),) = [(level, message) for policy, level, message in said(response) if policy == "pack"]
    assert level == "mandatory"
    assert "exemptions[0]: the exemption of thing" in message
    assert says in message
    assert "platform" in message


def test_an_exemption_for_another_stack_is_neither_used_nor_unused() -> None:
    assert [message for message in _of_stack(_config(stack="production"), flag=True) if "exemption" in message] == []
