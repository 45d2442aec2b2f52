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
    assert rendering.outputs == {"arn": {"$unknown": True}, "name": "staging-shelf", "password": {"$secret": True}}


def test_renderings_do_not_see_each_other(project: Project, rendering: Rendering) -> None:
    other = render(project, "production", project.configuration)
    again = render(project, "staging", project.configuration)

    assert by_name(other, "shelf-bucket").inputs["bucket"] == "production-shelf"
    assert [(r.urn, r.inputs) for r in again.resources] == [(r.urn, r.inputs) for r in rendering.resources]


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
