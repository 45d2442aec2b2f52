"""Every rule on a stack that keeps it, on what breaks it, and on what a preview cannot know."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from policies.engine.evaluate import Outcome, evaluate
from policies.engine.node import UNKNOWN
from policies.engine.verdict import Verdict
from policies.security.pack import RULES
from tests.policies.security.cases import data, edge, exposure, identity, kubernetes, network, separation
from tests.policies.stacks import Case, Declared, Stack

AREAS = (network, data, identity, exposure, edge, kubernetes, separation)
BY_ID = {rule.id: rule for rule in RULES}
CASES: dict[str, tuple[Stack, Case]] = {id_: (area.STACK, case) for area in AREAS for id_, case in area.CASES.items()}
SQS_OF_ANOTHER_ACCOUNT = json.dumps(
    {
        "Statement": {
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": f"arn:aws:sqs:eu-west-1:{separation.OTHER}:orders",
        }
    }
)
NEVER_FAILS = {"K8S-25"}
JUDGES_EXISTENCE = {"IAM-05"}


def _judged(id_: str, stack: Stack) -> Outcome:
    return evaluate([BY_ID[id_]], stack.snapshot()).outcomes[0]


def _edits(kind: str) -> list[object]:
    return [
        pytest.param(id_, edit(stack), id=f"{id_}-{number}")
        for id_, (stack, case) in CASES.items()
        for number, edit in enumerate(getattr(case, kind))
    ]


def test_every_rule_has_a_violating_a_passing_and_an_unknown_case() -> None:
    assert sorted(CASES) == sorted(BY_ID)
    assert {id_ for id_, (_, case) in CASES.items() if not case.violating} == NEVER_FAILS
    assert {id_ for id_, (_, case) in CASES.items() if not (case.unknown or case.decided)} == JUDGES_EXISTENCE


def test_ids_are_unique() -> None:
    assert [id_ for id_, count in Counter(rule.id for rule in RULES).items() if count > 1] == []


@pytest.mark.parametrize("id_", sorted(CASES))
def test_a_stack_that_keeps_the_rule_passes(id_: str) -> None:
    stack, case = CASES[id_]
    outcome = _judged(id_, stack)
    assert outcome.findings == ()
    assert outcome.verdict is (Verdict.NOT_APPLICABLE if case.is_kept_by_absence else Verdict.PASS)


@pytest.mark.parametrize(("id_", "stack"), _edits("passing"))
def test_what_is_allowed_passes(id_: str, stack: Stack) -> None:
    assert _judged(id_, stack).findings == ()


@pytest.mark.parametrize(("id_", "stack"), _edits("violating"))
def test_what_breaks_the_rule_fails(id_: str, stack: Stack) -> None:
    outcome = _judged(id_, stack)
    assert outcome.verdict is Verdict.FAIL, outcome.findings
    assert {finding.verdict for finding in outcome.findings} == {Verdict.FAIL}
    if BY_ID[id_].relation is None and id_ not in JUDGES_EXISTENCE:
        assert all(finding.path for finding in outcome.findings), "says which property is wrong"


@pytest.mark.parametrize(("id_", "stack"), _edits("unknown"))
def test_what_is_not_known_is_neither_passed_nor_failed(id_: str, stack: Stack) -> None:
    outcome = _judged(id_, stack)
    assert outcome.verdict is Verdict.INCONCLUSIVE, outcome.findings


@pytest.mark.parametrize(("id_", "stack"), _edits("decided"))
def test_a_value_that_only_has_to_be_given_may_be_unknown(id_: str, stack: Stack) -> None:
    assert _judged(id_, stack).verdict is Verdict.PASS


@pytest.mark.parametrize("id_", sorted(id_ for id_, rule in BY_ID.items() if rule.relation is None))
def test_an_unknown_elsewhere_hides_no_violation(id_: str) -> None:
    stack, case = CASES[id_]
    for edit in case.violating:
        broken = edit(stack)
        for name, member in broken.members.items():
            unknown = broken.change(name, "somethingElse", UNKNOWN)
            assert _judged(id_, unknown).verdict is Verdict.FAIL, (name, member.token)


def test_a_statement_that_is_not_known_hides_no_violation_in_another() -> None:
    stack, _ = CASES["IAM-01"]
    unknown, everything = ({"Effect": "Allow", "Action": "*", "Resource": resource} for resource in (UNKNOWN, "*"))
    outcome = _judged("IAM-01", stack.change("policy", "policy", {"Statement": [unknown, everything]}))
    assert [(finding.path, finding.verdict) for finding in outcome.findings] == [
        ("policy.Statement[0].Resource", Verdict.INCONCLUSIVE),
        ("policy.Statement[1]", Verdict.FAIL),
    ]


def test_a_subnet_whose_routes_are_not_known_hides_no_public_one() -> None:
    stack, case = CASES["NET-08"]
    public = case.violating[0](stack)
    lone = Declared("aws:ec2/subnet:Subnet", {"vpcId": UNKNOWN})
    both = replace(public.members["subnets"], refers={"subnetIds": "aside subnet"})
    outcome = _judged("NET-08", Stack({**public.members, "aside": lone, "subnets": both}))
    assert {finding.verdict for finding in outcome.findings} == {Verdict.INCONCLUSIVE, Verdict.FAIL}


def test_a_destination_that_is_not_known_hides_no_foreign_one() -> None:
    stack, _ = CASES["SEP-07"]
    outcome = _judged("SEP-07", stack.change("group", "egress[0].cidrBlocks", [UNKNOWN, "10.40.0.0/16"]))
    assert {finding.verdict for finding in outcome.findings} == {Verdict.INCONCLUSIVE, Verdict.FAIL}


def test_a_resource_is_no_refresh_jobs_for_its_name_alone() -> None:
    foreign = Declared("aws:iam/policy:Policy", {"policy": SQS_OF_ANOTHER_ACCOUNT})
    stack = Stack({**CASES["SEP-02"][0].members, "a$understudy:data:RefreshJob$b": foreign})
    assert _judged("SEP-02", stack).verdict is Verdict.FAIL
