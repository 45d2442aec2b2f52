"""The real instance classes of EC2, RDS and ElastiCache, from data that names its sources (`instance_types_data/`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from model.errors import nearest, quoted

SERVICES = ("ec2", "elasticache", "rds")


@dataclass(frozen=True)
class InstanceType:
    """One published size.

    `memory_mib` is what the instance has; on ElastiCache it is what a node offers to data (`maxmemory`). `architecture`
    is "arm64" or "x86_64". `aurora` says whether Aurora offers the size; it is False outside RDS.
    """

    service: str
    name: str
    family: str
    size: str
    vcpu: int
    memory_mib: int
    architecture: str
    aurora: bool = False


class UnknownInstanceTypeError(ValueError):
    """No published class has this name."""


@cache
def _catalogue(service: str) -> dict[str, InstanceType]:
    if service not in SERVICES:
        raise ValueError(f"{quoted(service)} is no service with instance classes{nearest(service, SERVICES)}")
    data = json.loads(files("model").joinpath("instance_types_data", f"{service}.json").read_text(encoding="utf-8"))
    return {
        f"{family}.{size}": InstanceType(
            service,
            f"{family}.{size}",
            family,
            size,
            figures["vcpu"],
            figures["memory_mib"],
            entry["architecture"],
            size in entry.get("aurora", ()),
        )
        for family, entry in data["families"].items()
        for size, figures in entry["sizes"].items()
    }


def find(service: str, name: str) -> InstanceType:
    """A class by name. Raises UnknownInstanceTypeError, naming the nearest real one."""
    known = _catalogue(service)
    if name not in known:
        raise UnknownInstanceTypeError(f"{quoted(name)} is no known {service} class{nearest(name, names(service))}")
    return known[name]


@cache
def names(service: str) -> tuple[str, ...]:
    """The names of all classes of a service, sorted."""
    return tuple(sorted(_catalogue(service)))


@cache
def family(service: str, name: str) -> tuple[InstanceType, ...]:
    """The sizes of a family, smallest first. Raises UnknownInstanceTypeError, naming the nearest real family."""
    members = [instance for instance in _catalogue(service).values() if instance.family == name]
    if not members:
        families = sorted({instance.family for instance in _catalogue(service).values()})
        raise UnknownInstanceTypeError(f"{quoted(name)} is no known {service} family{nearest(name, families)}")
    return tuple(sorted(members, key=lambda instance: (instance.vcpu, instance.memory_mib)))
