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

    @cached_property
    def type(self) -> str:
        """The type token without its twins' differences."""
        return canonical(self.token).type

    @cached_property
    def is_partial(self) -> bool:
        """Whether it only names what it changes of an object."""
        return canonical(self.token).is_partial

    @property
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

    @cached_property
    def _references(self) -> Mapping[tuple[str, str, str], tuple[Resource, ...]]:
        """Who refers to a resource or a name: by type, property, and the URN or value that the property refers to."""
        found: dict[tuple[str, str, str], dict[str, Resource]] = defaultdict(dict)
        for resource in self.resources:
            for name, urns in resource.dependencies.items():
                for urn in urns:
                    found[resource.type, name, urn][resource.urn] = resource
            for name, value in resource.properties.items():
                if isinstance(value, str):
                    found[resource.type, name, value][resource.urn] = resource
        return {key: tuple(members.values()) for key, members in found.items()}

    @cached_property
    def _unclear_references(self) -> Mapping[tuple[str, str], str]:
        """By type and property, the name of a resource that refers to something of which nothing is known."""
        return {
            (resource.type, name): resource.name
            for resource in self.resources
            for name, value in resource.properties.items()
            if value is UNKNOWN and not resource.dependencies.get(name)
        }

    def referring(self, target: Resource, type_: str, name: str) -> tuple[Resource, ...]:
        """The resources of a type whose property refers to the target: by dependency, or by its name, ID or ARN.

        Raises NotKnownError when there is none but one of them refers to something that cannot be told.
        """
        keys = [target.urn, *(v for key in _IDENTIFIERS if isinstance(v := target.properties.get(key), str))]
        found = {member.urn: member for key in keys for member in self._references.get((type_, name, key), ())}
        unclear = self._unclear_references.get((type_, name))
        if not found and unclear is not None:
            raise NotKnownError("", f"{unclear} refers by {name} to something that is not known")
        return tuple(found[urn] for urn in sorted(found))

    def targets(self, source: Resource, name: str, *types: str) -> tuple[Resource, ...]:
        """The resources of these types that a property's value came from."""
        known = self.by_urn
        members = (known[urn] for urn in source.dependencies.get(name, ()) if urn in known)
        return tuple(member for member in members if not types or member.type in types)
