"""The pack as an engine runs it: through the SDK's analyzer, with a reference by file or of its own, and never without one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import set_all_config

from policies.engine.snapshot import Resource
from policies.parity import reference as references
from policies.parity.pack import NAME
from policies.parity.reference import Reference
from policies.parity.rule_pages import page
from policies.parity.rules import RULES
from tests.conftest import ROOT
from tests.policies.parity.messages import stack_message
from tests.policies.parity.stacks import changed, document, reference, resource
from understudy.testing import Declared, PolicyHarness, Told, policy_harness

PACK = ROOT / "policies" / "parity"
__all__ = ["policy_harness"]
Make = Callable[..., PolicyHarness]


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    reference()  # rendered in this process, before the environment is an engine's
    monkeypatch.setattr(references, "_GIVEN", {})
    monkeypatch.delenv("PULUMI_CONFIG", raising=False)
    set_all_config({}, [])
    references.ask.cache_clear()


@pytest.fixture
def reference_file(tmp_path: Path) -> str:
    file = tmp_path / "reference.json"
    file.write_text(json.dumps(document()), encoding="utf-8")
    return str(file)


def _judged(harness: PolicyHarness, *others: Resource, held: Reference | None = None) -> list[Told]:
    replaced = {each.urn: each for each in others}
    resources = tuple(replaced.get(each.urn, each) for each in (held or reference()).own.resources)
    return harness.told_of_stack(stack_message(resources))


def test_the_shipped_staging_passes_as_an_engine_sends_it(policy_harness: Make, reference_file: str) -> None:
    harness = policy_harness(PACK, {NAME: {"reference": reference_file, "date": "2026-01-01"}})

    assert _judged(harness) == []


def test_a_violation_is_mandatory_and_names_rule_resource_and_property(policy_harness: Make, reference_file: str) -> None:
    harness = policy_harness(PACK, {NAME: {"reference": reference_file}})
    database = resource("retail-store-orders-instance")

    found = _judged(harness, changed(database, "storageEncrypted", False))
    (told,) = (each for each in found if "Properties are equal" in each.message)

    assert (told.policy, told.level, told.urn) == (NAME, "mandatory", database.urn)
    assert "storageEncrypted: is false here and true in production" in told.message


def test_a_secret_in_the_clear_is_not_repeated(policy_harness: Make, reference_file: str) -> None:
    harness = policy_harness(PACK, {NAME: {"reference": reference_file}})
    group = changed(resource("retail-store-checkout-group"), "authToken", {"nested": "hunter2-canary"})

    assert "hunter2" not in str(_judged(harness, group))


def test_the_pack_renders_production_itself_from_the_stacks_configuration(
    policy_harness: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from understudy.preview.project import read_project

    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(read_project(ROOT).stack_configuration("staging")))

    started: list[Any] = []
    run = subprocess.run

    def counted(*args: Any, **kwargs: Any) -> Any:
        started.append(args)
        return run(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", counted)

    assert _judged(policy_harness(PACK)) == []
    assert len(started) == 1, "both policies are answered by one rendering"


def test_the_lead_is_compared_with_nothing(policy_harness: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from understudy.preview.project import read_project

    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(read_project(ROOT).stack_configuration("production")))

    assert policy_harness(PACK).told_of_stack(stack_message(reference().declared.resources)) == []


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "there is no configuration to render production from"),
        ({"reference": "nowhere.json"}, "cannot be read"),
        ({"reference": str(ROOT / "docs" / "report.schema.json")}, "is no document of schema"),
        ({"date": "2026-13-01", "reference": "x"}, "cannot be read"),
    ],
)
def test_without_a_reference_nothing_passes(policy_harness: Make, config: dict[str, str], words: str) -> None:
    told = _judged(policy_harness(PACK, {NAME: config}))

    assert [each.level for each in told] == ["mandatory"]
    assert words in told[0].message


def test_a_stack_of_nothing_is_no_pass(policy_harness: Make) -> None:
    (told,) = policy_harness(PACK).told_of_stack(stack_message(()))

    assert (told.level, "PAR-15" in told.message) == ("mandatory", True)


def test_a_crash_is_a_violation(policy_harness: Make, reference_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("hunter2-canary")

    monkeypatch.setattr("policies.parity.pack.assess", crash)
    (told,) = _judged(policy_harness(PACK, {NAME: {"reference": reference_file}}))

    assert told.level == "mandatory"
    assert "crashed with RuntimeError" in told.message
    assert "hunter2" not in told.message


def test_a_deviation_that_ends_soon_is_an_advice(policy_harness: Make, tmp_path: Path) -> None:
    deviation = {
        "resource": "stores/orders/instance",
        "property": "storageEncrypted",
        "reason": "an older snapshot is restored",
        "owner": "shop-platform",
        "expires": "2026-01-10",
    }
    content = {**document(), "staging": {**document()["staging"], "deviations": [deviation]}}
    file = tmp_path / "reference.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    options = {"reference": str(file), "date": "2026-01-01"}
    harness = policy_harness(PACK, {NAME: options, f"{NAME}-advisory": options})

    told = _judged(harness, changed(resource("retail-store-orders-instance"), "storageEncrypted", False))

    assert [(each.policy, each.level) for each in told if "ends within" in each.message] == [(f"{NAME}-advisory", "advisory")]
    assert not [each for each in told if "Properties are equal" in each.message]


def test_a_resource_of_another_kit_is_no_counterpart(policy_harness: Make, reference_file: str) -> None:
    harness = policy_harness(PACK, {NAME: {"reference": reference_file}})

    told = harness.analyze_stack(Declared("aws:s3/bucket:Bucket", "alone"))

    assert any("exists here and not in production" in each.message for each in told)
    assert any("exists in production and not here" in each.message for each in told)


def test_the_rules_page_is_in_step_with_the_rules() -> None:
    written = (ROOT / "docs" / "policies" / "parity.md").read_text(encoding="utf-8")

    assert written == page()
    assert len({rule.id for rule in RULES}) == len(RULES)
