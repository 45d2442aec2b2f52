"""Verdicts and coverage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policies.engine.aliases import canonical
from policies.engine.checks import is_given, is_true
from policies.engine.evaluate import evaluate, judge
from policies.engine.finding import Judgement
from policies.engine.node import UNKNOWN, Node, Reading
from policies.engine.rule import At, Rule, Severity
from policies.engine.snapshot import Snapshot
from policies.engine.verdict import Verdict, worst
from tests.policies.stacks import Declared, Stack

THING = "test:index:Thing"


def _rule(*checks: At) -> Rule:
    return Rule(id="R", title="R", severity=Severity.HIGH, types=(THING,), reads="x", rationale="r", fix="f", checks=checks)


def _stack(**properties: object) -> Snapshot:
    return Stack({"thing": Declared(THING, properties)}).snapshot()


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], Verdict.NOT_APPLICABLE),
        ([Verdict.NOT_APPLICABLE, Verdict.PASS], Verdict.PASS),
        ([Verdict.PASS, Verdict.INCONCLUSIVE], Verdict.INCONCLUSIVE),
        ([Verdict.FAIL, Verdict.INCONCLUSIVE], Verdict.FAIL),
        ([Verdict.FAIL, Verdict.ERROR, Verdict.PASS], Verdict.ERROR),
    ],
)
def test_the_worst_verdict_wins(verdicts: list[Verdict], expected: Verdict) -> None:
    assert worst(verdicts) is expected


def test_judging_nothing_is_no_pass() -> None:
    assessment = evaluate([_rule(At("x", is_true()))], Snapshot(()))
    assert (assessment.verdict, assessment.outcomes[0].subjects) == (Verdict.NOT_APPLICABLE, 0)


def test_subjects_and_properties_are_counted() -> None:
    rule = _rule(At("x", is_true()), At("list[*].y", is_given))
    outcome = evaluate([rule], _stack(x=True, list=[{"y": 1}, {"y": 2}])).outcomes[0]
    assert (outcome.subjects, outcome.properties, outcome.verdict) == (1, 4, Verdict.PASS)


def test_an_unknown_item_hides_no_other_item() -> None:
    rule = _rule(At("list[*].y", is_true()))
    findings = evaluate([rule], _stack(list=[UNKNOWN, {"y": False}, {"y": UNKNOWN}])).findings
    assert [(finding.path, finding.verdict) for finding in findings] == [
        ("list[0]", Verdict.INCONCLUSIVE),
        ("list[1].y", Verdict.FAIL),
        ("list[2].y", Verdict.INCONCLUSIVE),
    ]


@pytest.mark.parametrize("value", ["text", 7, ["list"], {"an": "object"}])
def test_a_value_of_the_wrong_shape_is_an_error_that_names_it(value: object) -> None:
    (finding,) = evaluate([_rule(At("x", is_true()))], _stack(x=value)).findings
    assert (finding.path, finding.verdict) == ("x", Verdict.ERROR)


def test_a_crash_is_an_error_and_keeps_what_was_said_before() -> None:
    def check(node: Node) -> Iterator[Judgement]:
        yield node.fails("is wrong")
        raise ZeroDivisionError

    findings = evaluate([_rule(At("x", check), At("x", is_true()))], _stack(x=False)).findings
    assert sorted(finding.verdict for finding in findings) == [Verdict.FAIL, Verdict.FAIL, Verdict.ERROR]


def test_an_unknown_has_no_truth() -> None:
    with pytest.raises(TypeError):
        bool(UNKNOWN)


def test_what_a_patch_leaves_out_is_not_judged_as_absent() -> None:
    stack = Stack({"patch": Declared("kubernetes:core/v1:ServiceAccountPatch", {"flag": False})})
    rule = Rule(
        id="R",
        title="R",
        severity=Severity.LOW,
        types=("kubernetes:core/v1:ServiceAccount",),
        reads="x",
        rationale="r",
        fix="f",
        checks=(At("x", is_true()), At("flag", is_true())),
    )
    verdicts = {finding.path: finding.verdict for finding in judge(rule, stack.resource("patch")).findings}
    assert verdicts == {"x": Verdict.INCONCLUSIVE, "flag": Verdict.FAIL}


@pytest.mark.parametrize(
    ("token", "type_", "is_partial"),
    [
        ("aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket", False),
        ("aws:s3/bucketVersioningV2:BucketVersioningV2", "aws:s3/bucketVersioning:BucketVersioning", False),
        ("aws:alb/loadBalancer:LoadBalancer", "aws:lb/loadBalancer:LoadBalancer", False),
        ("kubernetes:apps/v1:DeploymentPatch", "kubernetes:apps/v1:Deployment", True),
        ("kubernetes:extensions/v1beta1:Ingress", "kubernetes:networking.k8s.io/v1:Ingress", False),
        ("kubernetes:batch/v1beta1:CronJob", "kubernetes:batch/v1:CronJob", False),
        ("aws:sqs/queue:Queue", "aws:sqs/queue:Queue", False),
    ],
)
def test_twins_have_one_type(token: str, type_: str, is_partial: bool) -> None:
    assert (canonical(token).type, canonical(token).is_partial) == (type_, is_partial)


@pytest.mark.parametrize(("raw", "flag"), [(True, True), ("true", True), (False, False), ("False", False), (None, True)])
def test_flags_are_read_as_providers_write_them(raw: object, flag: bool) -> None:
    assert Node(raw, "x", Reading()).flag(default=True) is flag
