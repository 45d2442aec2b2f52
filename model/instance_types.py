"""The real instance classes of EC2, RDS and ElastiCache, from data with a source (`instance_types.json`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from model.errors import nearest, quoted


@dataclass(frozen=True)
class InstanceType:
    """One published size. `aurora` says whether Aurora offers it; it is False outside RDS."""

    service: str
    name: str
    family: str
    size: str
    vcpu: int
    memory_mib: int
    architecture: str
    aurora: bool = False


class UnknownInstanceType(ValueError):
    """No published class has this name."""


@cache
def _catalogue() -> dict[str, dict[str, InstanceType]]:
    data = json.loads(files("model").joinpath("instance_types.json").read_text(encoding="utf-8"))
    return {
        service: {
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
            for family, entry in content["families"].items()
            for size, figures in entry["sizes"].items()
        }
        for service, content in data["services"].items()
    }


def find(service: str, name: str) -> InstanceType:
    """A class by name. Raises UnknownInstanceType, naming the nearest real one."""
    known = _catalogue()[service]
    if name not in known:
        raise UnknownInstanceType(f"{quoted(name)} is no known {service} class{nearest(name, names(service))}")
    return known[name]


@cache
def names(service: str) -> tuple[str, ...]:
    """The names of all classes of a service, sorted."""
    return tuple(sorted(_catalogue()[service]))


@cache
def family(service: str, name: str) -> tuple[InstanceType, ...]:
    """The sizes of a family, smallest first."""
    members = (instance for instance in _catalogue()[service].values() if instance.family == name)
    return tuple(sorted(members, key=lambda instance: (instance.vcpu, instance.memory_mib)))
