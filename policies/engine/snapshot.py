"""Resources as rules see them: plain values, in which unknown is a value, and what depends on what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

from policies.engine.aliases import canonical
from policies.engine.node import UNKNOWN, Node, NotKnownError, Reading

Properties = Mapping[str, object]
T = TypeVar("T")
_IDENTIFIERS = ("id", "arn", "name", "bucket")


@dataclass(frozen=True)
class Resource:
    """One resource of a stack. Properties are JSON values, UNKNOWN or Secret, by their names in the provider's schema."""

    token: str
    """The type token as declared."""
    urn: str
    properties: Properties
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """URNs that each property's value came from. Empty where only one resource is seen."""
    parent: str = ""
    protect: bool = False
    is_seen: bool = True
    """Whether its properties are there to be read: the engine plans none while its provider's configuration is unknown."""
    depends_on: tuple[str, ...] = ()
    """URNs of everything that must exist before it, sorted. Empty where only one resource is seen."""
    provider: str = ""
    """The URN of its provider."""
    ignore_changes: tuple[str, ...] = ()

    @cached_property
    def type(self) -> str:
        """The type token without its twins' differences."""
        return canonical(self.token).type

    @cached_property
    def is_partial(self) -> bool:
        """Whether it only names what it changes of an object."""
        return canonical(self.token).is_partial

    @cached_property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]

    def read(self, reading: Reading | None = None) -> Node:
        """The root of its properties. Read for the sake of another resource, its paths begin with its name."""
        properties: object = self.properties if self.is_seen else UNKNOWN
        if reading is None:
            return Node(properties, self.name, Reading(self.is_partial))
        return Node(properties, "", reading)


@dataclass(frozen=True)
class Snapshot:
    """The resources of a stack, in order of URN."""

    resources: tuple[Resource, ...]
    _indexes: dict[Callable[[Snapshot], object], object] = field(default_factory=dict, compare=False, repr=False)
    _referring: dict[tuple[str, str], tuple[Mapping[str, Mapping[str, Resource]], str]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, resources: Iterable[Resource]) -> Snapshot:
        """A snapshot in the one order that makes results comparable."""
        return cls(tuple(sorted(resources, key=lambda resource: resource.urn)))

    def index(self, build: Callable[[Snapshot], T]) -> T:
        """What a function makes of the snapshot, made once: so that a relation need not search the stack for each resource."""
        if build not in self._indexes:
            self._indexes[build] = build(self)
        return cast("T", self._indexes[build])

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """Each resource by its URN."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        grouped: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            grouped[resource.type].append(resource)
        return {type_: tuple(members) for type_, members in grouped.items()}

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """The resources of these types."""
        return tuple(resource for type_ in types for resource in self._by_type.get(type_, ()))

    def _references(self, type_: str, name: str) -> tuple[Mapping[str, Mapping[str, Resource]], str]:
        """Who of a type refers by a property to what: by the URN or the value that it refers to.

        And the name of one, if any, that refers to something of which nothing is known.
        """
        known = self._referring.get((type_, name))
        if known is not None:
            return known
        found: dict[str, dict[str, Resource]] = defaultdict(dict)
        unclear = ""
        for resource in self.of_type(type_):
            urns, value = resource.dependencies.get(name, ()), resource.properties.get(name)
            for key in (*urns, value) if isinstance(value, str) else urns:
                found[key][resource.urn] = resource
            if value is UNKNOWN and not urns:
                unclear = resource.name
        self._referring[type_, name] = found, unclear
        return found, unclear

    def referring(self, target: Resource, type_: str, name: str) -> tuple[Resource, ...]:
        """The resources of a type whose property refers to the target: by dependency, or by its name, ID or ARN.

        Raises NotKnownError when there is none but one of them refers to something that cannot be told.
        """
        references, unclear = self._references(type_, name)
        keys = [target.urn, *(v for key in _IDENTIFIERS if isinstance(v := target.properties.get(key), str))]
        found = {urn: member for key in keys for urn, member in references.get(key, {}).items()}
        if not found and unclear:
            raise NotKnownError("", f"{unclear} refers by {name} to something that is not known")
        return tuple(found[urn] for urn in sorted(found))

    def targets(self, source: Resource, name: str, *types: str) -> tuple[Resource, ...]:
        """The resources of these types that a property's value came from."""
        known = self.by_urn
        members = (known[urn] for urn in source.dependencies.get(name, ()) if urn in known)
        return tuple(member for member in members if not types or member.type in types)
