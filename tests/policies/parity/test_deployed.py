"""Production as deployed: drift from the model is found, and what a provider adds is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.engine.node import UNKNOWN, Secret
from policies.parity.assessment import assess
from policies.parity.deployed import read_state
from policies.parity.reference import NoReferenceError
from tests.policies.parity.stacks import TODAY, reference

DATABASE = "retail-store-orders-instance"
SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


def _exported() -> list[dict[str, Any]]:
    """Production as `pulumi stack export` writes it: inputs, with what a provider has added; of a component its outputs."""
    return [
        {
            "urn": each.urn,
            "type": each.token,
            "parent": each.parent,
            "custom": not _is_component(each.token),
            "inputs" if not _is_component(each.token) else "outputs": {"__defaults": [], "filledIn": True}
            | {key: _state(value) for key, value in each.properties.items()},
            "propertyDependencies": {key: list(urns) for key, urns in each.dependencies.items()},
        }
        for each in reference().declared.resources
    ]


def _is_component(token: str) -> bool:
    return token.startswith(("understudy:", "pulumi:pulumi:"))


def _state(value: Any) -> Any:
    if value is UNKNOWN:
        return "known-after-the-update"
    if isinstance(value, Secret):
        return SIGNATURE
    if isinstance(value, dict):
        return {key: _state(item) for key, item in value.items()} | {"__defaults": ["added"]}
    return [_state(item) for item in value] if isinstance(value, list) else value


def _found(tmp_path: Path, change: Callable[[list[dict[str, Any]]], None]) -> list[tuple[str, str, str]]:
    resources = _exported()
    change(resources)
    file = tmp_path / "production.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}), encoding="utf-8")
    assessment = assess(reference().own, reference(), TODAY, deployed=read_state(file))
    return [(each.rule, each.place, each.path) for each in assessment.violations]


def _inputs(resources: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (found,) = (each for each in resources if each["urn"].endswith(f"::{name}"))
    inputs: dict[str, Any] = found["inputs"]
    return inputs


def test_what_is_deployed_from_the_model_has_not_drifted(tmp_path: Path) -> None:
    assert _found(tmp_path, lambda _: None) == []


def test_a_property_changed_by_hand_is_drift(tmp_path: Path) -> None:
    found = _found(tmp_path, lambda resources: _inputs(resources, DATABASE).update(backupRetentionPeriod=1))

    assert found == [("PAR-12", "stores/orders/instance", "backupRetentionPeriod")]


def test_what_the_program_ignores_is_no_drift(tmp_path: Path) -> None:
    def scaled(resources: list[dict[str, Any]]) -> None:
        _inputs(resources, "retail-store-carts-deployment")["spec"]["replicas"] = 17

    assert _found(tmp_path, scaled) == []


def test_a_resource_that_is_not_deployed_puts_staging_ahead(tmp_path: Path) -> None:
    def without(resources: list[dict[str, Any]]) -> None:
        resources[:] = [each for each in resources if not each["urn"].endswith(f"::{DATABASE}")]

    assert _found(tmp_path, without) == [("PAR-12", "stores/orders/instance", "")]


def test_a_resource_that_the_model_does_not_declare_is_told(tmp_path: Path) -> None:
    def added(resources: list[dict[str, Any]]) -> None:
        resources.append({"urn": f"{resources[-1]['urn']}-by-hand", "type": resources[-1]["type"], "inputs": {}})

    ((rule, _, path),) = _found(tmp_path, added)

    assert (rule, path) == ("PAR-12", "")


def test_the_order_of_a_set_and_the_layout_of_a_document_are_no_drift(tmp_path: Path) -> None:
    def turned(resources: list[dict[str, Any]]) -> None:
        names = _inputs(resources, "retail-store-edge-cdn-distribution")["aliases"]
        names.reverse()
        policy = _inputs(resources, "retail-store-operations-audit-policy")
        policy["policy"] = json.dumps(json.loads(policy["policy"]), indent=2)

    assert _found(tmp_path, turned) == []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"deployment": {}}', '{"deployment": {"resources": 1}}'])
def test_a_file_that_is_no_state_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(NoReferenceError, match="is no stack that `pulumi stack export` wrote"):
        read_state(file)
