"""The catalogue of instance classes holds published names and consistent figures, and says where they are from."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import pairwise

import pytest

from model.instance_types import SERVICES, InstanceType, UnknownInstanceTypeError, family, find, names

DERIVED = [(service, name) for service in ("rds", "elasticache") for name in names(service)]
FAMILIES = sorted({(service, find(service, name).family) for service in SERVICES for name in names(service)})


@pytest.mark.parametrize(
    ("service", "name", "vcpu", "gib", "architecture", "aurora"),
    [
        ("ec2", "m7g.medium", 1, 4, "arm64", False),
        ("ec2", "m6i.32xlarge", 128, 512, "x86_64", False),
        ("ec2", "t4g.nano", 2, 0.5, "arm64", False),
        ("rds", "db.r7g.16xlarge", 64, 512, "arm64", True),
        ("rds", "db.m7g.large", 2, 8, "arm64", False),
        ("rds", "db.t4g.medium", 2, 4, "arm64", True),
        ("rds", "db.t4g.small", 2, 2, "arm64", False),
        ("elasticache", "cache.r7g.large", 2, 13.07, "arm64", False),
        ("elasticache", "cache.m6g.16xlarge", 64, 209.55, "arm64", False),
        ("elasticache", "cache.t4g.small", 2, 1.37, "arm64", False),
    ],
)
def test_a_class_has_its_published_figures(
    service: str, name: str, vcpu: int, gib: float, architecture: str, aurora: bool
) -> None:
    found = find(service, name)

    assert (found.vcpu, round(found.memory_mib / 1024, 2), found.architecture, found.aurora) == (
        vcpu,
        gib,
        architecture,
        aurora,
    )


@pytest.mark.parametrize(("service", "name"), DERIVED)
def test_a_managed_class_has_the_processors_of_the_ec2_type_it_is_named_after(service: str, name: str) -> None:
    managed, machine = find(service, name), find("ec2", name.split(".", 1)[1])

    assert (managed.vcpu, managed.architecture) == (machine.vcpu, machine.architecture)
    if service == "rds":
        assert managed.memory_mib == machine.memory_mib
    else:
        assert machine.memory_mib / 2 <= managed.memory_mib < machine.memory_mib


@pytest.mark.parametrize(("service", "name"), FAMILIES)
def test_a_family_is_one_ascending_ladder_of_one_architecture(service: str, name: str) -> None:
    ladder = family(service, name)

    assert len({member.architecture for member in ladder}) == 1
    for smaller, larger in pairwise(ladder):
        assert smaller.vcpu <= larger.vcpu
        assert smaller.memory_mib < larger.memory_mib


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_names_its_sources(service: str) -> None:
    data = json.loads(files("model").joinpath("instance_types_data", f"{service}.json").read_text(encoding="utf-8"))

    assert data["verified"]
    assert data["verified_on"]
    assert all(source["document"] and source["page"] and source["url"].startswith("https://") for source in data["sources"])


@pytest.mark.parametrize("name", ["db.r7g.medium", "db.r7g.3xlarge", "cache.r7g.medium", "m7g.3xlarge"])
def test_an_invented_class_is_refused_with_the_nearest_real_one(name: str) -> None:
    service = {"db": "rds", "cache": "elasticache"}.get(name.split(".", maxsplit=1)[0], "ec2")

    with pytest.raises(UnknownInstanceTypeError, match="did you mean"):
        find(service, name)


def test_an_invented_family_is_refused() -> None:
    with pytest.raises(UnknownInstanceTypeError, match="did you mean"):
        family("rds", "db.r7gx")


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(ValueError, match="no service with instance classes"):
        names("memorydb")


def test_an_instance_type_cannot_be_changed() -> None:
    found: InstanceType = find("ec2", "m7g.large")

    with pytest.raises(AttributeError):
        found.vcpu = 4  # type: ignore[misc]
