"""The parity class of a model field, declared on the field itself.

A field without a mark is *identical*: staging carries production's value and no ratio can touch it. The other classes:

- `Scaled`: a count or a size that follows a ratio, within floors that keep availability's shape;
- `Ladder`: an instance class that steps down to a real smaller size of the same family;
- `Recomputed`: follows from scaled figures that it must stay consistent with;
- `Isolated`: must differ between environments;
- `Release`: may be newer where staging rehearses a release.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from pydantic.fields import FieldInfo


class Concern(StrEnum):
    """What a ratio in `Pulumi.staging.yaml` is about. A concern without a ratio is not scaled."""

    COMPUTE = "compute"
    """Replicas of services and the nodes that carry them."""
    POD_MEMORY = "pod_memory"
    """Memory of a single pod, and the heap inside it."""
    DATABASE = "database"
    """The instance class of relational databases."""
    DATABASE_REPLICAS = "database_replicas"
    """Writer and readers of a relational database."""
    CACHE = "cache"
    """The node type of caches."""
    CACHE_NODES = "cache_nodes"
    """Shards of caches, and replicas in each."""
    STORAGE = "storage"
    """Allocated disk."""
    THROUGHPUT = "throughput"
    """Provisioned capacity units and rate limits."""
    BUDGET = "budget"
    """Money a month."""


@dataclass(frozen=True)
class Identical:
    """The default class: equal in every environment."""


@dataclass(frozen=True)
class Scaled:
    """A whole figure that follows the ratio of `by`, rounded up to a multiple of `step`.

    `minimum` is the provider's own lower limit. `redundant` keeps at least two of what production has two or more of.
    `quorum` keeps an odd number, three at the least, of what production has an odd number of, three or more.
    """

    by: Concern
    minimum: int = 1
    step: int = 1
    redundant: bool = False
    quorum: bool = False


@dataclass(frozen=True)
class Ladder:
    """An instance class that steps down by the ratio of `by` within its family, in the catalogue of `service`."""

    by: Concern
    service: Literal["rds", "elasticache"]


@dataclass(frozen=True)
class Recomputed:
    """No ratio of its own: it is recomputed from scaled figures that it must stay consistent with."""


@dataclass(frozen=True)
class Isolated:
    """Must differ between production and staging."""


@dataclass(frozen=True)
class Release:
    """A version: staging may run a newer one, and only where it declares a release candidate."""


ParityClass = Identical | Scaled | Ladder | Recomputed | Isolated | Release

_MARKS = (Identical, Scaled, Ladder, Recomputed, Isolated, Release)


def parity_of(field: FieldInfo) -> ParityClass:
    """The parity class that a field declares; `Identical` where it declares none.

    Raises TypeError where a field declares more than one.
    """
    marks: list[Any] = [mark for mark in field.metadata if isinstance(mark, _MARKS)]
    if len(marks) > 1:
        raise TypeError(f"a field declares {len(marks)} parity classes: {marks}")
    return marks[0] if marks else Identical()
