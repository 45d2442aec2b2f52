"""The footprint: which resource properties each figure of an environment becomes, and how the figure is written there.

The fields themselves say so, by their marks; derived figures say so beside the function that derives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from model.environment import Environment
from model.parity import Carries, Numbers, Shapes, Written
from scaling.derived import derived_figures


@dataclass(frozen=True)
class Footprint:
    """A property that a figure becomes, of the resources of a type, a component and a name. `figure` is the model's path."""

    figure: str
    value: int | float | str
    type: str
    component: str
    """The component's name without the system's."""
    name: str
    """The resource's own name below the component; `*` stands for any text."""
    property: str
    """A path in which `[*]` stands for any item of a list."""
    written: Written


@dataclass(frozen=True)
class Membership:
    """Resources that exist once for each member that a figure counts; `names` are the names of all of them."""

    figure: str
    type: str
    component: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class ReleaseFootprint:
    """The property that carries the version of an item."""

    figure: str
    value: str
    type: str
    component: str
    property: str


def footprints(environment: Environment) -> Iterator[Footprint]:
    """Every property that a figure becomes, in the model's order, then the derived ones."""
    for place in _places(environment):
        for shape in place.marks(Shapes):
            holder = getattr(place.holder, place.field)
            value = getattr(holder, shape.of) if shape.of else holder
            path = f"{place.path}.{shape.of}" if shape.of else place.path
            words = {"item": place.item, "variable": getattr(place.holder, "variable", None)}
            if "{variable}" not in shape.property or words["variable"] is not None:
                yield _footprint(path, value, shape, words)
    for figure in derived_figures(environment):
        for shape in figure.shapes:
            yield _footprint(figure.path, figure.value, shape, {"item": figure.item, "variable": figure.variable})


def memberships(environment: Environment) -> Iterator[Membership]:
    """The resources that come and go with a count."""
    for place in _places(environment):
        for mark in place.marks(Numbers):
            members: tuple[str, ...] = getattr(place.holder, "member_names")  # noqa: B009 - told by the mark alone
            kind = getattr(place.holder, "kind", None)
            alarms = [name for name, alarm in environment.operations.alarms.items() if alarm.scope == kind]
            names = tuple(
                mark.name.format(item=place.item, member=member, alarm=alarm)
                for member in members
                for alarm in (alarms if "{alarm}" in mark.name else [""])
            )
            yield Membership(place.path, mark.type, mark.component.format(item=place.item), names)


def release_footprints(environment: Environment) -> Iterator[ReleaseFootprint]:
    """The properties in which staging may be ahead."""
    for place in _places(environment):
        for mark in place.marks(Carries):
            value = str(getattr(place.holder, place.field))
            yield ReleaseFootprint(place.path, value, mark.type, place.item, mark.property.format(item=place.item))


@dataclass(frozen=True)
class _Place:
    """A field of a model object, its path, and the name of the nearest named item that it belongs to."""

    holder: BaseModel
    field: str
    path: str
    item: str

    def marks(self, kind: type[Any]) -> list[Any]:
        return [mark for mark in type(self.holder).model_fields[self.field].metadata if isinstance(mark, kind)]


def _places(environment: Environment) -> Iterator[_Place]:
    yield from _walk(environment, "", "")


def _walk(holder: BaseModel, prefix: str, item: str) -> Iterator[_Place]:
    for field in type(holder).model_fields:
        path = f"{prefix}{field}"
        yield _Place(holder, field, path, item)
        value = getattr(holder, field)
        if isinstance(value, BaseModel):
            yield from _walk(value, f"{path}.", item)
        elif isinstance(value, Mapping):
            for key, entry in value.items():
                if isinstance(entry, BaseModel):
                    # A pool is part of its service: what it becomes is below the service's component.
                    yield from _walk(entry, f"{path}.{key}.", item if field == "pools" else str(key))


def _footprint(path: str, value: Any, shape: Shapes, words: Mapping[str, str | None]) -> Footprint:
    return Footprint(
        figure=path,
        value=value,
        type=shape.type,
        component=shape.component.format(**words),
        name=shape.name,
        property=shape.property.format(**words),
        written=shape.written,
    )
