"""Figures: the fields of a model that a ratio may touch, found by reflection over what the fields declare of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from model.environment import Environment
from model.parity import Ladder, ParityClass, Scaled, parity_of


@dataclass(frozen=True)
class Figure:
    """A scalable value of a model: its dotted path, the value, and how the field says that it scales."""

    path: str
    value: int | str
    scale: Scaled | Ladder


def figures(environment: Environment) -> Iterator[Figure]:
    """The figures of an environment, in the model's own order."""
    for path, value, parity in leaves(environment):
        if isinstance(parity, Scaled | Ladder) and isinstance(value, int | str):
            yield Figure(path, value, parity)


def leaves(model: BaseModel) -> Iterator[tuple[str, object, ParityClass]]:
    """Path, value and parity class of every field that holds no further model, in the model's own order."""
    yield from _walk(model, "")


def _walk(model: BaseModel, prefix: str) -> Iterator[tuple[str, object, ParityClass]]:
    for name, field in type(model).model_fields.items():
        yield from _value(getattr(model, name), f"{prefix}{name}", parity_of(field))


def _value(value: object, path: str, parity: ParityClass) -> Iterator[tuple[str, object, ParityClass]]:
    if isinstance(value, BaseModel):
        yield from _walk(value, f"{path}.")
    elif isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _value(item, f"{path}.{key}", parity)
    elif isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
        for index, item in enumerate(value):
            yield from _value(item, f"{path}[{index}]", parity)
    else:
        yield path, value, parity
