"""Releases: staging may be ahead by the declared candidate, and by nothing else."""

from __future__ import annotations

import pytest

from policies.engine.snapshot import Resource
from tests.policies.parity.stacks import changed, judged, reference, resource, told, with_staging_file

TAG = reference().production.services["carts"].image.tag
REPOSITORY = reference().production.services["carts"].image.repository
VIOLATION = ("PAR-06", "services/carts/deployment", "spec.template.spec.containers[carts].image")


def _running(image: str) -> Resource:
    return changed(resource("retail-store-carts-deployment"), "spec/template/spec/containers/0/image", image)


@pytest.mark.parametrize(
    ("candidate", "running", "is_well"),
    [
        ("99.0.0", f"{REPOSITORY}:99.0.0", True),
        ("99.0.0-rc.1", f"{REPOSITORY}:99.0.0-rc.1", True),
        ("99.0.0", f"{REPOSITORY}:{TAG}", False),
        ("99.0.0", f"{REPOSITORY}:98.0.0", False),
        ("0.0.1", f"{REPOSITORY}:0.0.1", False),
        ("nightly", f"{REPOSITORY}:nightly", False),
        ("99.0.0", "localhost:5000/carts:99.0.0", False),
        ("99.0.0", REPOSITORY, False),
    ],
)
def test_only_the_declared_and_newer_candidate_runs_in_staging(candidate: str, running: str, is_well: bool) -> None:
    against = with_staging_file(releases={"carts": candidate})

    assert (VIOLATION not in told(judged(_running(running), against=against))) is is_well


def test_without_a_candidate_staging_runs_what_production_runs() -> None:
    assert VIOLATION in told(judged(_running(f"{REPOSITORY}:99.0.0")))
