"""The pack as a whole: its documentation, the SDKs' names in it, and how it takes nonsense."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from model.errors import ConfigurationError
from policies.engine.evaluate import evaluate
from policies.engine.node import UNKNOWN
from policies.engine.verdict import Verdict
from policies.security.catalogue import catalogue, schema
from policies.security.pack import NAME, RULES
from tests.policies.stacks import Declared, Stack
from tools.checkov.differential import NOT_JUDGED, page
from tools.checkov.explanations import EXPLANATIONS
from understudy.preview.packs import load_pack

ROOT = Path(__file__).parents[3]
TYPES = sorted({token for rule in RULES for token in rule.types})


@cache
def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@cache
def _source(token: str) -> str:
    """The SDK's code of a type."""
    provider, module, kind = token.split(":")
    if module == "providers":
        return (_package(f"pulumi_{kind}") / "provider.py").read_text(encoding="utf-8")
    if provider == "aws":
        area, file = module.replace("lambda/", "lambda_/").split("/")
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", file).lower()
        return (_package("pulumi_aws") / area / f"{snake}.py").read_text(encoding="utf-8")
    group, version = module.split("/")
    return (_package("pulumi_kubernetes") / group.partition(".")[0] / version / f"{kind}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("token", TYPES)
def test_every_type_exists_in_the_sdk(token: str) -> None:
    declared = token.removeprefix("pulumi:providers:")  # a provider is declared by its own name
    assert f'"{declared}"' in _source(token) or f"'{declared}'" in _source(token)


def _aws_properties() -> Iterator[object]:
    for rule in RULES:
        for place in rule.checks:
            name = place.path.partition(".")[0].removesuffix("[*]")
            for token in place.types or rule.types:
                if name and token.startswith("aws:"):
                    yield pytest.param(token, name, id=f"{rule.id}-{token.rpartition(':')[2]}-{name}")


# A check at a path that only one of its rule's types has is no mistake: absent there, it has nothing to say.
ONLY_SOME_TYPES = {
    ("aws:iam/role:Role", "policyArn"),
}


@pytest.mark.parametrize(("token", "name"), list(_aws_properties()))
def test_every_property_exists_in_the_sdk(token: str, name: str) -> None:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    has = re.search(rf"^    def {snake}\(self\)|getter\(name=\"{name}\"\)", _source(token), re.MULTILINE) is not None
    assert has is ((token, name) not in ONLY_SOME_TYPES)


def test_the_documentation_is_in_step_with_the_rules() -> None:
    assert (ROOT / "docs/policies/security.md").read_text(encoding="utf-8") == catalogue(), (
        "run: python -m policies.security.catalogue docs/policies/security.md"
    )


def test_the_configurations_schema_is_in_step_with_the_rules() -> None:
    assert (ROOT / "docs/policies/security.config.schema.json").read_text(encoding="utf-8") == schema()


def test_the_explanations_of_what_another_scanner_says_are_in_step() -> None:
    assert (ROOT / "docs/policies/checkov.md").read_text(encoding="utf-8") == page()
    known = {check for rule in RULES for check in rule.equivalents}
    assert {check for check, own, _ in EXPLANATIONS if own != NOT_JUDGED} <= known


@pytest.mark.parametrize(
    ("config", "is_valid"),
    [
        ({"RDS-04": {"minDays": 14}, "S3-07": "advisory", "all": "advisory"}, True),
        ({NAME: {"strict": True, "exemptions": []}}, True),
        ({"RDS-04": {"minDay": 14}}, False),
        ({"RDS-99": "advisory"}, False),
        ({"RDS-04": {"minDays": 0}}, False),
        ({NAME: {"exemptions": [{"rule": "RDS-04"}]}}, False),
    ],
)
def test_the_schema_accepts_what_the_pack_accepts(config: dict[str, object], is_valid: bool) -> None:
    assert Draft202012Validator(json.loads(schema())).is_valid(config) is is_valid
    try:
        load_pack(ROOT / "policies/security", config)
    except ConfigurationError:
        assert not is_valid
    else:
        assert is_valid


def test_every_default_is_a_value_that_its_parameter_allows() -> None:
    for rule in RULES:
        for parameter in rule.parameters:
            assert Draft202012Validator(parameter.schema).is_valid(parameter.default), f"{rule.id}.{parameter.name}"


def test_no_module_of_a_pack_hides_one_of_the_standard_library() -> None:
    packs = [path.parent for path in (ROOT / "policies").glob("*/PulumiPolicy.yaml")]
    names = {module.stem for pack in packs for module in pack.glob("*.py")}
    assert names & (set(sys.stdlib_module_names) - {"__main__"}) == set()


def test_every_rule_explains_itself() -> None:
    for rule in RULES:
        assert (rule.relation is None) is bool(rule.checks), rule.id
        assert rule.rationale.endswith("."), rule.id
        assert not rule.title.endswith("."), rule.id
        assert not rule.fix.endswith("."), rule.id


_NONSENSE: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=8)
    | st.just(UNKNOWN)
    | st.sampled_from(["*", "{}", "[", "0.0.0.0/0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["spec", "template", "containers", "policy", "Statement", "Principal", "Action", "metadata", "rules", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
_NAMES = sorted({place.path.partition(".")[0].removesuffix("[*]") for rule in RULES for place in rule.checks} - {""})
_OF_RELATIONS = sorted(
    {"allowedAccountIds", "annotations", "bucket", "cidrBlock", "cidrIpv4", "egress", "environment", "fromPort", "toPort"}
    | {"ingress", "kmsKeyId", "peerVpcId", "principal", "protocol", "roleArn", "snapshotIdentifier", "type", "vpcConfig"}
    | {"data", "metadata", "name", "path", "spec", "tags", "rules", "inlinePolicies", "assumeRolePolicy", "policy"}
)
_DEEP: Any = "arn:aws:iam::444455556666:role/x"
for depth in range(2000):
    _DEEP = {("spec", "Statement", "metadata")[depth % 3]: _DEEP} if depth % 2 else [_DEEP]
_EXTREMES = {
    "deep": _DEEP,
    "long": "a" * 20_000,
    "wide": ["*"] * 500,
    "many": {f"key-{number}": UNKNOWN for number in range(300)},
    "infinite": float("inf"),
    "negative": -(10**400),
    "document": json.dumps({"Statement": [{"Effect": "Allow", "Action": "*" * 100, "Resource": "*"}] * 5}),
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(sorted({*_NAMES, *_OF_RELATIONS})), _NONSENSE, max_size=6))
def test_nonsense_never_crashes_a_rule(token: str, properties: dict[str, Any]) -> None:
    assessment = evaluate(RULES, Stack({"it": Declared(token, properties)}).snapshot())
    assert [finding for finding in assessment.findings if "crashed" in finding.message] == []
    assert assessment.verdict in Verdict


@pytest.mark.parametrize("extreme", _EXTREMES)
def test_what_is_deep_huge_or_out_of_range_never_crashes_a_rule(extreme: str) -> None:
    names = {*_NAMES, *_OF_RELATIONS}
    stack = {str(number): Declared(token, dict.fromkeys(names, _EXTREMES[extreme])) for number, token in enumerate(TYPES)}
    assessment = evaluate(RULES, Stack(stack).snapshot())
    assert sorted({(finding.rule, finding.message) for finding in assessment.findings if "crashed" in finding.message}) == []
