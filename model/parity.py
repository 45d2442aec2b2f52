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


class Written(StrEnum):
    """How a figure is written in a resource's property."""

    PLAIN = "plain"
    """As it is: a number, or the name of an instance class."""
    TEXT = "text"
    """As text."""
    MEBIBYTES = "mebibytes"
    """As a Kubernetes quantity of memory: `512Mi`."""
    MILLICORES = "millicores"
    """As a Kubernetes quantity of processors: `250m`."""
    HEAP = "heap"
    """Inside a text, as the Java option that limits the heap: `-Xmx384m`."""


@dataclass(frozen=True)
class Shapes:
    """A resource property that a figure becomes: parity demands there what the ledger says, no less and no more.

    `{item}` stands for the name of the model item that the field belongs to, `[*]` for any item of a list.
    """

    type: str
    """The resource's type token."""
    property: str
    component: str = "{item}"
    """The component that the resource is below, by its name without the system's."""
    name: str = "*"
    """The resource's own name below that component; `*` for any text."""
    of: str = ""
    """On a field that holds a model: the field inside it that is the figure."""
    written: Written = Written.PLAIN


@dataclass(frozen=True)
class Numbers:
    """Resources that exist once for each member that a figure counts, such as a cluster's instances and what watches them.

    `{member}` stands for a member's name, which the item's model tells by `member_names`; `{alarm}` for each alarm that watches
    items of its kind.
    """

    type: str
    name: str
    component: str = "{item}"


@dataclass(frozen=True)
class Carries:
    """The releases of an image: the one property in which staging may be ahead."""

    type: str
    property: str


@dataclass(frozen=True)
class Adds:
    """On a field of the staging file: a component, and all below it, that staging alone has where the field is given."""

    component: str


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
