"""An update that skipped its preview: the pack judges each resource before it is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.config import set_all_config
from pulumi.runtime.settings import Settings, configure

from policies.engine.snapshot import Resource
from policies.parity import reference as references
from policies.parity.counterpart import ROOT as STACK
from policies.parity.pack import NAME
from tests.conftest import ROOT
from tests.policies.parity.messages import resource_message, stack_message
from tests.policies.parity.stacks import changed, document, reference, resource
from understudy.preview.project import read_project
from understudy.testing import PolicyHarness, Told, policy_harness, told

__all__ = ["policy_harness"]
Make = Callable[..., PolicyHarness]
UPDATE = f"{NAME}-update"
DATABASE = "retail-store-orders-instance"


@pytest.fixture(autouse=True)
def an_update(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    reference()  # rendered in this process, before it takes itself for a pack's
    monkeypatch.setattr(references, "_GIVEN", {})
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(read_project(ROOT).stack_configuration("staging")))
    set_all_config({}, [])
    configure(Settings(project="retail-store", stack="staging", dry_run=False))
    yield
    configure(Settings(project="retail-store", stack="staging", dry_run=True))


@pytest.fixture
def harness(policy_harness: Make, tmp_path: Path) -> PolicyHarness:
    return _harness(policy_harness, tmp_path, document())


def _harness(make: Make, folder: Path, content: dict[str, Any]) -> PolicyHarness:
    file = folder / "reference.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return make(ROOT / "policies" / "parity", {NAME: {"reference": str(file), "date": "2026-01-01"}})


def _said(harness: PolicyHarness, each: Resource) -> list[Told]:
    return told(harness.servicer.Analyze(resource_message(each), None))


def test_every_resource_of_the_shipped_staging_may_be_made(harness: PolicyHarness) -> None:
    assert [each for one in reference().own.resources for each in _said(harness, one)] == []


def test_a_component_may_be_made_though_it_has_no_outputs_yet(harness: PolicyHarness) -> None:
    components = [each for each in reference().own.resources if not each.provider]

    assert components
    assert [each for one in components for each in _said(harness, replace(one, properties={}))] == []


def test_a_component_that_production_lacks_is_not_made(harness: PolicyHarness) -> None:
    network = resource("retail-store-network")

    (said,) = _said(harness, replace(network, urn=f"{network.urn}-copy", properties={}))

    assert "exists here and not in production" in said.message


@pytest.mark.parametrize(
    ("name", "path", "value", "words"),
    [
        (DATABASE, "storageEncrypted", False, "storageEncrypted: is false here and true in production"),
        (DATABASE, "allocatedStorage", 100, "is 100 here, and the ledger says 200 for stores.orders.storage_gib"),
        (DATABASE, "publiclyAccessible", True, "publiclyAccessible: is true here"),
    ],
)
def test_a_resource_that_a_preview_would_refuse_is_not_made(
    harness: PolicyHarness, name: str, path: str, value: object, words: str
) -> None:
    (said,) = _said(harness, changed(resource(name), path, value))

    assert (said.policy, said.level) == (UPDATE, "mandatory")
    assert words in said.message


def test_a_resource_that_production_lacks_is_not_made(harness: PolicyHarness) -> None:
    database = resource(DATABASE)

    (said,) = _said(harness, replace(database, urn=f"{database.urn}-copy"))

    assert "exists here and not in production" in said.message


def test_a_deviation_lets_pass_what_it_names(policy_harness: Make, tmp_path: Path) -> None:
    deviation = {
        "resource": "stores/orders/instance",
        "property": "deletionProtection",
        "reason": "The instance is restored every night",
        "owner": "shop-platform",
        "expires": "2026-06-30",
    }
    content = {**document(), "staging": {**document()["staging"], "deviations": [deviation]}}
    harness = _harness(policy_harness, tmp_path, content)

    assert _said(harness, changed(resource(DATABASE), "deletionProtection", False)) == []
    assert len(_said(harness, changed(resource(DATABASE), "storageEncrypted", False))) == 1


def test_a_secret_in_the_clear_is_not_repeated(harness: PolicyHarness) -> None:
    group = changed(resource("retail-store-checkout-group"), "authToken", {"nested": "hunter2-canary"})

    assert "hunter2" not in str(_said(harness, group))


def test_without_a_reference_the_stack_itself_is_not_made(policy_harness: Make) -> None:
    harness = policy_harness(ROOT / "policies" / "parity", {NAME: {"reference": "there/is/none.json"}})
    root = next(each for each in reference().own.resources if each.type == STACK)

    assert [(each.policy, each.level) for each in _said(harness, root)] == [(UPDATE, "mandatory")]
    assert _said(harness, resource(DATABASE)) == []


def test_what_is_deployed_is_judged_as_a_whole_alone(harness: PolicyHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG")

    assert _said(harness, changed(resource(DATABASE), "storageEncrypted", False)) == []


def test_a_preview_tells_it_of_the_stack_alone(harness: PolicyHarness) -> None:
    configure(Settings(project="retail-store", stack="staging", dry_run=True))
    broken = changed(resource(DATABASE), "storageEncrypted", False)
    others = tuple(broken if each.urn == broken.urn else each for each in reference().own.resources)

    assert _said(harness, broken) == []
    assert {each.policy for each in harness.told_of_stack(stack_message(others))} == {NAME}
