"""The life of both stacks on the real engine: deployed, changed, drifted from, interrupted, and taken away."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.engine.deployed import STACKS, Deployed, whole
from understudy.engine.events import of_kind
from understudy.engine.judgement import violations
from understudy.sandbox.account import drift

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lifecycle")]


def add_service(model: dict[str, Any]) -> None:
    like = copy.deepcopy(model["services"]["api"])
    model["services"]["extra"] = {**like, "port": 8090, "service_port": 8090, "pools": {"db": {"connections": 2}}}


def remove_service(model: dict[str, Any]) -> None:
    del model["services"]["api"], model["services"]["web"]["calls"], model["services"]["web"]["environment"]["API_URL"]
    model["critical_paths"]["main"]["steps"] = [{"service": "web"}, {"store": "cache"}]


def upgrade(model: dict[str, Any]) -> None:
    model["stores"]["db"]["engine_version"] = "17.7"


def rescale(staging: dict[str, Any]) -> None:
    staging["scaling"]["ratios"] |= {"compute": 0.25, "database": 1}


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_deployed_is_what_the_engine_knows_each_once(base: Deployed, stack: str) -> None:
    assert whole(base, stack)
    assert len(base.existing(stack)) > 200


@pytest.mark.parametrize("stack", STACKS)
def test_a_preview_of_what_is_deployed_changes_nothing(base: Deployed, stack: str) -> None:
    assert base.changed(stack) == []


def test_the_stacks_share_nothing_that_exists(base: Deployed) -> None:
    production, staging = (
        {(each.type, each.id) for each in base.existing(stack) if each.type.startswith("aws:")} for stack in STACKS
    )

    assert {type_ for type_, _ in production & staging} <= GLOBAL_BY_NAME


GLOBAL_BY_NAME: set[str] = set()
"""Types of which an identifier is the name alone, in an account of its own."""


def test_a_ratio_changes_capacity_alone_and_replaces_nothing(system: Deployed) -> None:
    system.edit(staging=rescale)

    changed = system.changed("staging")

    assert {change.operation for change in changed} == {"update"}
    touched = {(change.urn.split("::")[2].rpartition("$")[2], path) for change in changed for path in change.properties}
    assert touched <= CAPACITY, touched - CAPACITY
    assert ("aws:rds/instance:Instance", "instanceClass") in touched
    assert system.up("staging").exit_code == 0
    assert system.changed("staging") == []
    assert system.changed("production") == []


CAPACITY: set[tuple[str, str]] = {
    ("aws:cloudwatch/dashboard:Dashboard", "dashboardBody"),  # draws the thresholds
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "threshold"),
    ("aws:eks/nodeGroup:NodeGroup", "scalingConfig.maxSize"),
    ("aws:eks/nodeGroup:NodeGroup", "scalingConfig.minSize"),
    ("aws:rds/instance:Instance", "instanceClass"),
    ("aws:rds/parameterGroup:ParameterGroup", "parameters[2].value"),  # how many connections the instance's memory allows
    ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.maxReplicas"),
    ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.minReplicas"),
    ("kubernetes:core/v1:ResourceQuota", "spec.hard.limits.memory"),
    ("kubernetes:core/v1:ResourceQuota", "spec.hard.pods"),
    ("kubernetes:core/v1:ResourceQuota", "spec.hard.requests.cpu"),
    ("kubernetes:core/v1:ResourceQuota", "spec.hard.requests.memory"),
}
"""What follows a ratio of compute or of databases."""


def test_an_engine_version_is_changed_in_place(system: Deployed) -> None:
    system.edit(model=upgrade)

    (change,) = system.changed("staging")

    assert (change.operation, change.properties, change.replaced_by) == ("update", ("engineVersion",), ())
    assert system.up("staging").exit_code == 0
    assert whole(system, "staging")


def test_a_service_that_is_removed_takes_along_what_is_its_own(system: Deployed) -> None:
    system.edit(model=remove_service)

    assert system.up("staging").exit_code == 0

    left = {record.urn.rpartition("::")[2] for record in system.existing("staging")}
    assert not [name for name in left if name.startswith("shop-api")]
    assert [name for name in left if name.startswith("shop-web")]
    assert whole(system, "staging")


def test_a_drift_is_found_by_a_refresh_and_cured_by_the_next_deployment(system: Deployed) -> None:
    (database,) = [each for each in system.existing("staging") if each.type == "aws:rds/instance:Instance"]
    (zone, *_) = [each for each in system.existing("staging") if each.type == "aws:sns/topic:Topic"]
    drift(system.workspace.resources, database.type, database.id, {"backupRetentionPeriod": 1})
    drift(system.workspace.resources, zone.type, zone.id, None)

    assert system.run("staging", "refresh", "--yes", "--skip-preview").exit_code == 0

    operations = {change.urn: change.operation for change in system.changed("staging")}
    assert operations[database.urn] == "update"
    assert operations[zone.urn] == "create"
    assert system.up("staging").exit_code == 0
    assert system.changed("staging") == []
    assert whole(system, "staging")


def test_a_deployment_that_violates_a_mandatory_policy_changes_nothing(system: Deployed, tmp_path: Path) -> None:
    system.edit(model=upgrade)
    stricter = tmp_path / "stricter.json"
    stricter.write_text(json.dumps({"SEC-02": {"enforcementLevel": "mandatory"}}), encoding="utf-8")
    before, known = system.existing(), system.state("staging")
    pack = ("--policy-pack", str(ROOT / "policies" / "security"), "--policy-pack-config", str(stricter))

    outcome = system.run("staging", "up", "--yes", *pack)

    assert outcome.exit_code != 0
    assert "mandatory" in {found.level for found in violations(outcome.events)}
    assert system.existing() == before
    assert system.state("staging") == known


@pytest.mark.parametrize(
    ("kind", "nth"),
    [("fail", 1), ("fail", 9), ("die-before", 4), ("half-done", 6), ("throttle", 3)],
    ids=str,
)
def test_a_fault_at_a_creation_is_recovered_by_the_next_deployment(system: Deployed, kind: str, nth: int) -> None:
    system.edit(model=add_service)
    fault = {"kind": kind, "method": "create", "nth": nth, "package": "aws" if kind == "die-before" else ""}

    first = system.up("staging", faults=[fault])
    assert (first.exit_code == 0) is (kind == "throttle")
    assert system.up("staging").exit_code == 0

    assert whole(system, "staging")
    assert system.changed("staging") == []


@pytest.mark.parametrize("method", ["update", "delete"])
def test_a_fault_at_a_change_is_recovered_by_the_next_deployment(system: Deployed, method: str) -> None:
    system.edit(model=remove_service)

    assert system.up("staging", faults=[{"kind": "fail", "method": method, "nth": 2}]).exit_code != 0
    assert system.up("staging").exit_code == 0

    assert whole(system, "staging")


def test_an_engine_that_was_killed_is_recovered_by_the_next_deployment(system: Deployed) -> None:
    """Killed while a provider has not yet done what it was asked for: then nothing exists that nobody knows of."""
    system.edit(model=add_service)
    faults = system.workspace.root / "planned.json"
    faults.write_text(json.dumps([{"kind": "time-out", "method": "create", "nth": 5, "seconds": 600}]), encoding="utf-8")
    system.workspace.prepare(system.project, "staging")
    command: list[str | Path] = [
        system.workspace.engine,
        "up",
        "--yes",
        "--skip-preview",
        "--parallel",
        "1",
        "--stack",
        "staging",
        "--non-interactive",
    ]
    workspace = system.workspace.plan_faults(faults)
    before = len(system.existing("staging"))
    with subprocess.Popen(
        command,
        cwd=workspace.folder(system.project),
        env=workspace.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        _await(lambda: len(system.existing("staging")) > before, process)
        time.sleep(3)  # the next creations are a matter of milliseconds; the one that hangs is then under way
        os.killpg(process.pid, signal.SIGKILL)

    assert system.up("staging").exit_code == 0

    assert whole(system, "staging")
    assert system.changed("staging") == []


def _await(is_reached: Any, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 240
    while not is_reached():
        assert process.poll() is None, "the engine ended by itself"
        assert time.monotonic() < end, "the engine did not come to the call at which it is killed"
        time.sleep(0.5)


def test_no_secret_stands_in_state_logs_or_what_exists(system: Deployed) -> None:
    """The secrets are those that the providers made up, and the passphrase that encrypts them."""
    system.edit(staging=rescale)
    outcome = system.run("staging", "up", "--yes", with_packs=True)
    assert outcome.exit_code == 0, outcome.output[-3000:]
    secrets = {system.workspace.passphrase}
    for stack in STACKS:
        secrets |= set(_revealed(system.state(stack, "--show-secrets")))
    assert len(secrets) > 2

    told = {"output": outcome.output, "events": json.dumps(outcome.events)}
    told |= {str(path): text for path, text in system.texts()}

    assert [name for name, text in told.items() if any(secret in text for secret in secrets)] == []


def _revealed(value: Any) -> Any:
    """Every text that the engine holds as a secret."""
    if isinstance(value, dict):
        if "plaintext" in value:
            yield json.loads(value["plaintext"])
        for item in value.values():
            yield from _revealed(item)
    elif isinstance(value, list):
        for item in value:
            yield from _revealed(item)


def test_destroying_staging_leaves_production_and_nothing_of_staging(system: Deployed) -> None:
    production = system.existing("production")

    assert system.run("staging", "destroy", "--yes", "--skip-preview").exit_code == 0

    assert system.existing("staging") == []
    assert system.state("staging") == []
    assert system.existing("production") == production


def test_every_step_of_a_deployment_is_told(base: Deployed) -> None:
    summary = next(of_kind(base.run("staging", "preview").events, "summaryEvent"))

    assert set(summary["resourceChanges"]) == {"same"}
