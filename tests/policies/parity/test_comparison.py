"""Every kind of property: what may differ, by how much, and what is said of the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from policies.engine.node import UNKNOWN, Secret
from policies.engine.snapshot import Resource, Snapshot
from policies.parity.assessment import ParityAssessment
from policies.parity.comparison import Comparison
from tests.conftest import PROJECTS
from tests.policies.parity.stacks import changed, judged, reference, resource, told

DATABASE = "retail-store-orders-instance"


@pytest.mark.parametrize("system", sorted(PROJECTS))
def test_the_shipped_staging_stands_in_for_its_production(system: str) -> None:
    assessment = judged(against=reference(system))

    assert told(assessment) == []
    assert assessment.unknowable == ()
    assert {row.row: row.share for row in assessment.scores} == dict.fromkeys(
        ("application", "data", "infrastructure", "operational"), 1.0
    )


CHANGES: dict[str, tuple[str, str, str, Any, tuple[str, str, str]]] = {
    "encryption taken away": (DATABASE, "", "storageEncrypted", False, ("PAR-02", "stores/orders/instance", "storageEncrypted")),
    "a property that only staging has": (
        DATABASE,
        "",
        "caCertIdentifier",
        "rds-ca-2019",
        ("PAR-02", "stores/orders/instance", "caCertIdentifier"),
    ),
    "a version behind": (DATABASE, "", "engineVersion", "16.1", ("PAR-02", "stores/orders/instance", "engineVersion")),
    "one step more of a class": (
        DATABASE,
        "",
        "instanceClass",
        "db.r7g.xlarge",
        ("PAR-03", "stores/orders/instance", "instanceClass"),
    ),
    "production's size": (DATABASE, "", "allocatedStorage", 800, ("PAR-03", "stores/orders/instance", "allocatedStorage")),
    "one replica less": (
        "retail-store-carts-deployment",
        "",
        "spec/replicas",
        1,
        ("PAR-03", "services/carts/deployment", "spec.replicas"),
    ),
    "production's name": (
        DATABASE,
        "",
        "identifier",
        "retail-store-production-orders",
        ("PAR-05", "stores/orders/instance", "identifier"),
    ),
    "production's account in a grant": (
        "retail-store-operations-oncall-page",
        "TopicPolicy",
        "policy",
        '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sns:Publish"}]}',
        ("PAR-02", "operations/oncall/page", "policy.Statement[0]"),
    ),
    "production's region": (
        "retail-store-carts-config",
        "",
        "data/AWS_REGION",
        "eu-west-1",
        ("PAR-05", "services/carts/config", "data.AWS_REGION"),
    ),
    "an address of production": (
        "retail-store-network-database-a",
        "Subnet",
        "cidrBlock",
        "10.20.99.0/24",
        ("PAR-05", "network/database-a", "cidrBlock"),
    ),
    "a tag of production": (
        "retail-store-cluster-nodes-system-template",
        "",
        "tagSpecifications/0/tags/Environment",
        "production",
        ("PAR-05", "cluster/nodes-system/template", "tagSpecifications[instance].tags.Environment"),
    ),
    "the environment's name where none belongs": (
        "retail-store-carts-deployment",
        "",
        "spec/template/metadata/labels",
        {"environment": "retail-store-staging"},
        ("PAR-02", "services/carts/deployment", "spec.template.metadata.labels.environment"),
    ),
    "another release": (
        "retail-store-carts-deployment",
        "",
        "spec/template/spec/containers/0/image",
        "public.ecr.aws/aws-containers/retail-store-sample-cart:9.9.9",
        ("PAR-06", "services/carts/deployment", "spec.template.spec.containers[carts].image"),
    ),
    "another repository": (
        "retail-store-carts-deployment",
        "",
        "spec/template/spec/containers/0/image",
        "example.com/carts:1.0.0",
        ("PAR-06", "services/carts/deployment", "spec.template.spec.containers[carts].image"),
    ),
    "a probe taken away": (
        "retail-store-carts-deployment",
        "",
        "spec/template/spec/containers/0/readinessProbe",
        None,
        ("PAR-02", "services/carts/deployment", "spec.template.spec.containers[carts].readinessProbe"),
    ),
    "a digest of something else": (
        "retail-store-carts-deployment",
        "",
        "spec/template/metadata/annotations/understudy~configuration",
        "0" * 64,
        ("PAR-02", "services/carts/deployment", "spec.template.metadata.annotations.understudy/configuration"),
    ),
    "a value fixed that an update tells": (
        "retail-store-orders-instance",
        "",
        "kmsKeyId",
        "alias/aws/rds",
        ("PAR-02", "stores/orders/instance", "kmsKeyId"),
    ),
    "production's bucket": (
        "retail-store-assets-bucket",
        "Bucket",
        "bucket",
        "retail-store-production-assets-111122223333",
        ("PAR-10", "stores/assets/bucket", "bucket"),
    ),
}


def _changed(original: Resource, path: str, value: Any) -> Resource:
    if "~" in path:  # a name with a slash in it
        *parents, last = path.split("/")
        inside: Any = original.properties
        for step in parents:
            inside = inside[step]
        return changed(original, "/".join(parents), {**inside, last.replace("~", "/"): value})
    return changed(original, path, value)


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_told_with_its_rule_its_place_and_its_property(what: str) -> None:
    name, type_, path, value, expected = CHANGES[what]

    rules = told(judged(_changed(resource(name, type_), path, value)))

    assert any(
        rule == expected[0] and place == expected[1] and property_.startswith(expected[2]) for rule, place, property_ in rules
    ), rules


def test_a_message_says_what_where_both_values_why_and_how_to_go_on() -> None:
    (violation,) = (
        each for each in judged(changed(resource(DATABASE), "storageEncrypted", False)).violations if each.rule == "PAR-02"
    )

    assert (violation.place, violation.path) == ("stores/orders/instance", "storageEncrypted")
    assert violation.message.startswith("is false here and true in production: ")
    assert "deviation" in violation.fix


def test_a_value_that_is_secret_in_production_alone_is_told_and_never_shown() -> None:
    group = changed(resource("retail-store-checkout-group"), "authToken", "hunter2-canary")
    held = reference()
    declares_it_plain = replace(held, own=Snapshot.of(group if each.urn == group.urn else each for each in held.own.resources))

    assessment = judged(group, against=declares_it_plain)

    assert told(assessment) == [("PAR-08", "stores/checkout/group", "authToken")]
    assert "hunter2" not in str(assessment)


def test_a_secret_stays_sealed_where_an_engine_hands_it_out_in_the_clear() -> None:
    assessment = judged(changed(resource("retail-store-checkout-group"), "authToken", "hunter2-canary"))

    assert told(assessment) == []
    assert "hunter2" not in str(assessment)


def test_values_that_only_an_update_tells_are_compared_by_what_they_come_from() -> None:
    database = resource(DATABASE)
    other = resource("retail-store-keys-logs", "Key").urn
    turned = replace(database, dependencies={**database.dependencies, "kmsKeyId": (other,)})

    (violation,) = judged(turned).violations

    assert (violation.rule, violation.path) == ("PAR-07", "kmsKeyId")
    assert "retail-store-keys-logs (Key) here" in violation.message


def test_what_has_neither_value_nor_source_is_told_and_is_no_pass() -> None:
    database = resource(DATABASE)
    assert database.properties["kmsKeyId"] is UNKNOWN
    cut = replace(database, dependencies={key: urns for key, urns in database.dependencies.items() if key != "kmsKeyId"})

    assert [(each.place, each.path) for each in judged(cut).unknowable] == [("stores/orders/instance", "kmsKeyId")]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("parent", "urn:pulumi:staging::retail-store::understudy:system:System::other", "is below other (System) here"),
        ("provider", "urn:pulumi:staging::retail-store::pulumi:providers:aws::other", "is made by other (aws) here"),
        ("depends_on", (), "must wait for nothing else here"),
        ("protect", True, "is protected from deletion here"),
        ("ignore_changes", ("engineVersion",), "does not ignore changes of the same properties"),
    ],
)
def test_how_a_resource_stands_among_others_is_compared(field: str, value: Any, words: str) -> None:
    changes: dict[str, Any] = {field: value}

    violations = judged(replace(resource(DATABASE), **changes)).violations

    assert [each.message for each in violations if each.rule == "PAR-07" and each.message.startswith(words)]


def test_the_teams_runbooks_may_stand_under_productions_domain() -> None:
    alarm, text = "retail-store-operations-alarms-rds-cpu-orders", "Runbook: https://runbooks.shop.example.com/database"

    assert told(_pair(alarm, "alarmDescription", text, text)) == []


@pytest.mark.parametrize(("theirs", "ours"), [(True, 1), (0, False), ("1", 1), ([], {})])
def test_values_of_two_kinds_are_not_equal_though_python_may_say_so(theirs: Any, ours: Any) -> None:
    assert ("PAR-02", "stores/orders/instance", "extra") in told(_pair(DATABASE, "extra", theirs, ours))
    assert ("PAR-02", "stores/orders/instance", "extra[1]") in told(_pair(DATABASE, "extra", ["one", theirs], ["other", ours]))
    assert ("PAR-02", "stores/orders/instance", "extra.inner") in told(
        _pair(DATABASE, "extra", {"beside": "one", "inner": theirs}, {"beside": "other", "inner": ours})
    )


@pytest.mark.parametrize(("theirs", "ours"), [(True, 1), (0, False)])
def test_a_truth_and_a_number_are_not_equal_in_what_python_takes_for_equal(theirs: Any, ours: Any) -> None:
    unlike = _pair(DATABASE, "extra", {"list": ["", {"inner": theirs}], "one": 1}, {"one": 1, "list": ["", {"inner": ours}]})

    assert told(unlike) == [("PAR-02", "stores/orders/instance", "extra.list[1].inner")]


def test_a_text_that_another_class_has_judged_may_not_name_production_either() -> None:
    held = reference()
    theirs, ours = (
        replace(resource(DATABASE), properties={"options": f"-Xmx{size}m -Dhost=db.shop.example.com"}) for size in (512, 256)
    )
    comparison = Comparison(theirs, ours, "here", held.identity, handled=frozenset({"options"}))

    comparison.carry_out()

    assert [(each.rule, each.path) for each in comparison.differences] == [("PAR-05", "options")]


@pytest.mark.parametrize("around", [lambda value: {"inner": value}, lambda value: ["", {"inner": [value]}]])
def test_unknowns_and_secrets_inside_others_are_what_they_are(around: Callable[[object], object]) -> None:
    both_unknown = _pair(DATABASE, "extra", around(UNKNOWN), around(UNKNOWN))
    both_secret = _pair(DATABASE, "extra", around(Secret("a")), around(Secret("b")))
    (shown,) = _pair(DATABASE, "extra", around(Secret("a")), around("canary")).violations
    (known,) = _pair(DATABASE, "extra", around(UNKNOWN), around("canary")).violations

    assert told(both_unknown) == told(both_secret) == []
    assert [each.path for each in both_unknown.unknowable] == ["extra"]
    assert (shown.rule, known.rule) == ("PAR-08", "PAR-02")
    assert shown.path == known.path
    assert "canary" not in shown.message


def _pair(name: str, key: str, theirs: object, ours: object) -> ParityAssessment:
    """What parity says where a property of one resource is this in production and that in staging."""
    held = reference()
    production, staging = (
        next(replace(each, properties={**each.properties, key: value}) for each in snapshot.resources if each.name == name)
        for snapshot, value in ((held.declared, theirs), (held.own, ours))
    )
    declared = Snapshot.of(production if each.urn == production.urn else each for each in held.declared.resources)
    return judged(staging, against=replace(held, declared=declared))


def test_a_resource_that_staging_lacks_is_told() -> None:
    assert ("PAR-01", "operations/alarms/rds-cpu-orders", "") in told(
        judged(without="retail-store-operations-alarms-rds-cpu-orders")
    )


def test_a_resource_that_staging_has_alone_is_told() -> None:
    extra = replace(resource(DATABASE), urn=f"{resource(DATABASE).urn}-two")

    assert ("PAR-01", "stores/orders/instance-two", "") in told(judged(extra))


def test_fewer_instances_are_what_the_ledger_says_and_no_fewer() -> None:
    assert not [each for each in told(judged()) if each[0] == "PAR-01"]
    assert ("PAR-01", "stores/catalog/instance-2", "") in told(judged(without="retail-store-catalog-instance-2"))


def test_lists_are_compared_by_natural_keys_and_not_by_position() -> None:
    statement = json.loads(str(resource("retail-store-operations-oncall-page", "TopicPolicy").properties["policy"]))
    turned = json.dumps({**statement, "Statement": statement["Statement"][::-1]})

    assert told(judged(changed(resource("retail-store-operations-oncall-page", "TopicPolicy"), "policy", turned))) == []


def test_a_weaker_posture_is_told_by_the_security_rule() -> None:
    rules = [(each.rule, each.place) for each in judged(changed(resource(DATABASE), "publiclyAccessible", True)).violations]

    assert ("PAR-11", "stores/orders/instance") in rules
    assert ("PAR-02", "stores/orders/instance") in rules
