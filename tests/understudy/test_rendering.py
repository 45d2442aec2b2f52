"""A rendering holds what the engine would receive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from understudy.preview.project import Project, read_project
from understudy.preview.rendering import Rendering, render

PROGRAM = Path(__file__).parent / "programs" / "small"
STACK = "urn:pulumi:staging::small::"


@pytest.fixture(scope="module")
def project() -> Project:
    return read_project(PROGRAM)


@pytest.fixture(scope="module")
def rendering(project: Project) -> Rendering:
    return render(project, "staging", project.configuration)


def by_name(rendering: Rendering, name: str) -> Any:
    return next(resource for resource in rendering.resources if resource.request.name == name)


def test_every_resource_is_there_under_the_engines_urn_in_order(rendering: Rendering) -> None:
    assert [resource.urn for resource in rendering.resources] == sorted(
        [
            f"{STACK}kubernetes:core/v1:ConfigMap::settings",
            f"{STACK}pulumi:providers:aws::provider",
            f"{STACK}pulumi:pulumi:Stack::small-staging",
            f"{STACK}understudy:test:Shelf$aws:s3/bucket:Bucket::shelf-bucket",
            f"{STACK}understudy:test:Shelf$aws:s3/bucketVersioning:BucketVersioning::shelf-versioning",
            f"{STACK}understudy:test:Shelf::shelf",
        ]
    )


def test_a_child_keeps_its_parent_provider_options_and_dependencies(rendering: Rendering) -> None:
    bucket, versioning = by_name(rendering, "shelf-bucket"), by_name(rendering, "shelf-versioning")

    assert bucket.request.parent == f"{STACK}understudy:test:Shelf::shelf"
    assert bucket.provider_urn == f"{STACK}pulumi:providers:aws::provider"
    assert bucket.request.protect
    assert list(versioning.request.dependencies) == [bucket.urn]
    assert list(versioning.request.propertyDependencies["bucket"].urns) == [bucket.urn]


def test_known_secret_and_unknown_values_are_told_apart(rendering: Rendering) -> None:
    assert by_name(rendering, "shelf-bucket").inputs == {"bucket": "staging-shelf", "tags": {"password": {"$secret": True}}}
    assert by_name(rendering, "shelf-versioning").inputs["bucket"] == {"$unknown": True}
    assert by_name(rendering, "shelf-versioning").inputs["expectedBucketOwner"] == {"$secret": True}
    assert rendering.outputs == {"arn": {"$unknown": True}, "name": "staging-shelf", "password": {"$secret": True}}


def test_aliases_are_completed_to_urns(rendering: Rendering) -> None:
    aliases = by_name(rendering, "shelf-bucket").aliases

    assert f"{STACK}understudy:test:Shelf$aws:s3/bucket:Bucket::old-bucket" in aliases
    assert f"{STACK}aws:s3/bucket:Bucket::shelf-bucket" in aliases
    assert "urn:pulumi:staging::former::aws:s3/bucket:Bucket::b" in aliases


def test_a_component_and_the_stack_keep_what_they_registered(rendering: Rendering) -> None:
    assert set(by_name(rendering, "shelf").outputs) == {"arn", "bucket"}
    assert set(by_name(rendering, "small-staging").outputs) == {"arn", "name", "password"}


def test_what_a_program_prints_stays_off_standard_output(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    render(project, "staging", project.configuration)

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("raises", "boom"),
        ("exits", r"ended itself with sys.exit\(0\)"),
        ("invokes", "invokes aws:index/getAvailabilityZones:getAvailabilityZones"),
        ("reads", "reads aws:s3/bucket:Bucket 'some-bucket'"),
        ("refers", "reads pulumi:pulumi:StackReference"),
        ("duplicates", "declared twice: .*::bucket"),
        ("computes", "division by zero"),
        ("refuses", "services.web: is refused by the model"),
    ],
)
def test_a_failing_program_says_why_and_the_next_rendering_is_sound(how: str, says: str) -> None:
    failing = read_project(PROGRAM.parent / "failing")

    with pytest.raises(Exception, match=says):
        render(failing, "production", {"failing:how": how})

    assert len(render(failing, "production", {"failing:how": "not"}).resources) == 2


def test_renderings_do_not_see_each_other(project: Project, rendering: Rendering) -> None:
    other = render(project, "production", project.configuration)
    again = render(project, "staging", project.configuration)

    assert by_name(other, "shelf-bucket").inputs["bucket"] == "production-shelf"
    assert [(r.urn, r.inputs) for r in again.resources] == [(r.urn, r.inputs) for r in rendering.resources]
    assert [r.urn.replace("production", "staging") for r in other.resources] == [r.urn for r in again.resources]


SCRIPT = """
import json, sys
from pathlib import Path
from understudy.preview.project import read_project
from understudy.preview.rendering import render
project = read_project(Path(sys.argv[1]))
print(json.dumps([(r.urn, r.inputs) for r in render(project, "staging", project.configuration).resources]))
"""


def test_a_rendering_does_not_depend_on_the_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(PROGRAM)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1
    assert "canary" not in json.dumps(list(outputs))
