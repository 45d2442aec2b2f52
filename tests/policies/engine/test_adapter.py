"""Rules through the SDK's real analyzer: what is unknown, secret or broken in one place stays there."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_policy
import pytest

from policies.engine.adapter.resources import plain
from policies.engine.adapter.rule_policies import policies_of
from policies.engine.checks import is_true
from policies.engine.finding import Judgement
from policies.engine.node import UNKNOWN as OUR_UNKNOWN
from policies.engine.node import Node, Secret
from policies.engine.rule import At, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.pack import NAME, RULES
from tests.policies.servicer import UNKNOWN, analyze, analyze_stack, said, secret, servicer
from tests.policies.stacks import urn

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
DATABASE = "aws:rds/instance:Instance"
CANARY = "hunter2-canary"


def _crash(_: Node) -> Iterator[Judgement]:
    raise RuntimeError(CANARY)


def _rule(id_: str, severity: Severity = Severity.HIGH, **more: object) -> Rule:
    fields: dict[str, object] = {"checks": (At("flag", is_true()),), **more}
    return Rule(id=id_, title=id_, severity=severity, types=(DATABASE,), reads="flag", rationale="r", fix="set it", **fields)  # type: ignore[arg-type]


def test_a_violation_is_mandatory_for_high_severity_and_advisory_for_medium() -> None:
    made = servicer([_rule("HIGH"), _rule("MEDIUM", Severity.MEDIUM), _rule("RAISED", Severity.LOW, is_mandatory=True)])
    levels = {name: level for name, level, _ in said(analyze(made, DATABASE, "db", {"flag": False}))}
    assert levels == {"HIGH": "mandatory", "MEDIUM": "advisory", "RAISED": "mandatory"}


def test_a_message_names_the_property_and_the_fix() -> None:
    (_, _, message), *_ = said(analyze(servicer([_rule("R")]), DATABASE, "db", {"flag": False}))
    assert message == "R.\nflag: must be true. Fix: set it"


def test_another_type_of_resource_is_not_applicable() -> None:
    response = analyze(servicer([_rule("R")]), BUCKET, "bucket", {})
    assert [entry.policy_name for entry in response.not_applicable] == ["R"]
    assert said(response) == []


def test_an_unknown_is_an_advisory_that_names_the_property() -> None:
    ((name, level, message),) = said(analyze(servicer([_rule("R")]), DATABASE, "db", {"flag": UNKNOWN}))
    assert (name, level) == ("R", "advisory")
    assert "flag: cannot tell yet" in message


@pytest.mark.parametrize("config", [{"R": {"strict": True}}, {"pack": {"strict": True}}])
def test_strict_for_a_rule_or_for_its_pack_makes_an_unknown_a_violation(config: dict[str, dict[str, object]]) -> None:
    made = servicer([_rule("R")], config)
    ((_, level, message),) = said(analyze(made, DATABASE, "db", {"flag": UNKNOWN}))
    assert level == "mandatory"
    assert "flag: cannot tell yet" in message


def test_a_rule_can_be_taken_out_of_a_packs_strictness() -> None:
    made = servicer([_rule("R")], {"R": {"strict": False}, "pack": {"strict": True}})
    assert [level for _, level, _ in said(analyze(made, DATABASE, "db", {"flag": UNKNOWN}))] == ["advisory"]


def test_strict_leaves_an_advisory_rule_advisory() -> None:
    made = servicer([_rule("R", Severity.LOW)], {"pack": {"strict": True}})
    assert [level for _, level, _ in said(analyze(made, DATABASE, "db", {"flag": UNKNOWN}))] == ["advisory"]


def test_an_unknown_of_a_rule_hides_no_violation_of_the_same_rule() -> None:
    rule = _rule("R", checks=(At("first", is_true()), At("second", is_true())))
    messages = said(analyze(servicer([rule]), DATABASE, "db", {"first": UNKNOWN, "second": False}))
    assert [level for _, level, _ in messages] == ["mandatory", "advisory"]


def test_an_unknown_on_one_resource_hides_no_violation_on_another() -> None:
    names = ("block", "other")
    buckets: list[tuple[str, str, dict[str, object], dict[str, list[str]]]] = [
        (BUCKET, f"bucket-{name}", {}, {}) for name in names
    ]
    flags = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)
    undecided = (BLOCK, "block", {**flags, "blockPublicAcls": UNKNOWN}, {"bucket": [urn(BUCKET, "bucket-block")]})
    response = analyze_stack(servicer([rule for rule in RULES if rule.id == "S3-01"]), *buckets, undecided)
    assert [level for _, level, _ in said(response)] == ["mandatory", "advisory"]
    assert response.diagnostics[0].urn == urn(BUCKET, "bucket-other")
    assert "has no BucketPublicAccessBlock" in response.diagnostics[0].message
    assert "bucket-block" in response.diagnostics[1].message


def test_a_crash_fails_closed_and_the_other_rules_still_run() -> None:
    made = servicer([_rule("BROKEN", checks=(At("", _crash),)), _rule("R")])
    first, second = said(analyze(made, DATABASE, "db", {"flag": False}))
    assert first[:2] == ("BROKEN", "mandatory")
    assert "crashed with RuntimeError" in first[2]
    assert second[:2] == ("R", "mandatory")


def test_a_crash_in_a_relation_fails_closed_and_the_other_relations_still_run() -> None:
    def relation(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
        del resource, stack
        return _crash(root)

    broken = _rule("BROKEN", checks=(), relation=relation)
    made = servicer([broken, *(rule for rule in RULES if rule.id == "S3-01")])
    messages = [message for _, _, message in said(analyze_stack(made, (DATABASE, "db", {}, {}), (BUCKET, "bucket", {}, {})))]
    assert any("BROKEN" in message and "crashed with RuntimeError" in message for message in messages)
    assert any("S3-01" in message for message in messages)


def test_relations_are_two_policies_by_level() -> None:
    names = {policy.name: policy.enforcement_level for policy in policies_of(RULES, NAME) if "relations" in policy.name}
    assert names == {
        f"{NAME}-relations": pulumi_policy.EnforcementLevel.MANDATORY,
        f"{NAME}-relations-advisory": pulumi_policy.EnforcementLevel.ADVISORY,
    }


@pytest.mark.parametrize(
    ("level", "expected"),
    [("mandatory", ["mandatory", "mandatory"]), ("advisory", ["mandatory", "advisory"]), ("disabled", ["mandatory"])],
)
def test_a_relation_is_configured_under_its_own_id(level: str, expected: list[str]) -> None:
    rules = [rule for rule in RULES if rule.id in ("S3-01", "S3-04")]
    made = servicer(rules, {"S3-01": {"enforcementLevel": level}})
    messages = said(analyze_stack(made, (BUCKET, "bucket", {}, {})))
    assert [level for _, level, _ in messages] == expected
    assert ("S3-01" in "".join(message for _, _, message in messages)) is (level != "disabled")


@pytest.mark.parametrize(
    ("token", "properties"),
    [
        (DATABASE, {"password": secret(CANARY), "engine": CANARY, "storageEncrypted": CANARY, "kmsKeyId": secret(CANARY)}),
        (DATABASE, {"multiAz": {"nested": CANARY}, "backupRetentionPeriod": CANARY}),
        ("aws:iam/role:Role", {"assumeRolePolicy": CANARY, "inlinePolicies": [{"policy": CANARY}], "managedPolicyArns": CANARY}),
        ("kubernetes:core/v1:Secret", {"metadata": {"namespace": "default"}, "stringData": {"password": secret(CANARY)}}),
        (
            "kubernetes:core/v1:Pod",
            {
                "spec": {
                    "containers": [{"image": CANARY, "env": [{"name": "PASSWORD", "value": secret(CANARY)}]}],
                    "volumes": CANARY,
                }
            },
        ),
        ("kubernetes:core/v1:ConfigMap", {"data": {"TOKEN": CANARY}}),
    ],
)
def test_no_message_holds_a_value(token: str, properties: dict[str, object]) -> None:
    made = servicer(RULES)
    responses = [analyze(made, token, "it", properties), analyze_stack(made, (token, "it", properties, {}))]
    messages = [message for response in responses for _, _, message in said(response)]
    assert messages
    assert not [message for message in messages if CANARY in message]


def test_proxies_become_plain_values() -> None:
    properties = plain(DATABASE, {"port": 5432.0, "ratio": 0.5, "name": UNKNOWN, "list": [1.0, UNKNOWN], "none": None})
    assert properties == {"port": 5432, "ratio": 0.5, "name": OUR_UNKNOWN, "list": [1, OUR_UNKNOWN], "none": None}
    assert isinstance(properties["port"], int)


@pytest.mark.parametrize(
    ("token", "properties", "path"),
    [
        (DATABASE, {"password": CANARY}, ("password",)),
        ("aws:secretsmanager/secretVersion:SecretVersion", {"secretString": CANARY}, ("secretString",)),
        ("kubernetes:core/v1:Secret", {"stringData": {"key": CANARY}}, ("stringData", "key")),
    ],
)
def test_credentials_are_readable_and_never_printed(token: str, properties: dict[str, object], path: tuple[str, ...]) -> None:
    value: object = plain(token, properties)
    for key in path:
        assert isinstance(value, dict)
        value = value[key]
    assert isinstance(value, Secret)
    assert value.reveal() == CANARY
    assert CANARY not in f"{value} {value!r} {[value]}"
