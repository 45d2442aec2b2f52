"""What only staging has by design: asked for by its file, and just as the model declares it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from policies.engine.snapshot import Resource, Snapshot
from policies.parity.assessment import assess
from policies.parity.counterpart import role
from policies.parity.reference import read_reference
from tests.policies.parity.stacks import TODAY, changed, document, judged, told
from tests.refreshed import refreshed
from tools.mutants.__main__ import hunted_at

JOB = "retail-store-data-refresh-orders-job"


def _resource(name: str, type_: str = "") -> Resource:
    (found,) = (each for each in refreshed().own.resources if each.name == name and each.type.endswith(type_))
    return found


def test_what_the_staging_file_asks_for_is_no_difference() -> None:
    assert told(judged(against=refreshed())) == []


def test_without_the_staging_files_asking_it_is_extra() -> None:
    ours, plain = refreshed(), read_reference(document(own=json.dumps({"data": {}})))

    found = told(assess(ours.own, replace(plain, _made={}), TODAY))

    assert ("PAR-01", "data/data-refresh/orders/job", "") in found


@pytest.mark.parametrize(
    ("path", "value", "property_"),
    [
        ("spec/suspend", True, "spec.suspend"),
        ("spec/schedule", "* * * * *", "spec.schedule"),
        ("metadata/labels/planted", "value", "metadata.labels.planted"),
    ],
)
def test_what_is_not_as_the_model_declares_it_is_a_violation(path: str, value: object, property_: str) -> None:
    broken = changed(_resource(JOB), path, value)

    assert told(judged(broken, against=refreshed())) == [("PAR-02", "data/data-refresh/orders/job", property_)]


def test_what_the_model_declares_must_be_there() -> None:
    assert told(judged(without="retail-store-data-refresh-orders-late", against=refreshed())) == [
        ("PAR-01", "data/data-refresh/orders/late", "")
    ]


def test_nothing_else_hides_below_the_component() -> None:
    job = _resource(JOB)
    planted = replace(job, urn=f"{job.urn}-planted")

    assert ("PAR-01", "data/data-refresh/orders/job-planted", "") in told(judged(planted, against=refreshed()))


def test_an_engine_may_know_more_and_add_defaults() -> None:
    filled = replace(_resource(JOB), properties={**_resource(JOB).properties, "status": {}})
    others = [each for each in refreshed().own.resources if each.urn != filled.urn]

    assert told(assess(Snapshot.of([*others, filled]), refreshed(), TODAY, is_filled=True)) == []


def test_a_mutant_of_what_only_staging_has_is_caught() -> None:
    production = {role(each.urn) for each in refreshed().declared.resources}
    alone = [at for at, each in enumerate(refreshed().own.resources) if role(each.urn) not in production]

    made, escaped = hunted_at(refreshed(), alone, step=7)

    assert escaped == []
    assert sum(made.values()) > 200
