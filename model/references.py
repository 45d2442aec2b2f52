"""Cross-references: a field that names an item declared elsewhere in the model.

The mark stands on the field (`Annotated[str, Refers("services")]`, also on the key of a mapping) and is checked on the raw
configuration, so that a wrong reference is reported together with wrong types and unknown keys, all at once.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from model.base import Name
from model.errors import Problem, nearest, quoted


@dataclass(frozen=True)
class Refers:
    """The value must be a key of the mapping at this dotted path of the environment, such as `services`."""

    to: str


ServiceRef = Annotated[Name, Refers("services")]
StoreRef = Annotated[Name, Refers("stores")]
QueueRef = Annotated[Name, Refers("queues")]
TopicRef = Annotated[Name, Refers("topics")]
BucketRef = Annotated[Name, Refers("buckets")]
DataClassRef = Annotated[Name, Refers("data_classes")]
NodeGroupRef = Annotated[Name, Refers("cluster.node_groups")]
RunbookRef = Annotated[Name, Refers("operations.runbooks")]
RouteRef = Annotated[Name, Refers("operations.oncall")]


def check_references(model: type[BaseModel], raw: object, path: str = "") -> Iterator[Problem]:
    """Yield a problem for each reference in `raw` that names nothing; parts of the wrong shape are passed over."""
    yield from _check(model, (), raw, path, raw)


def _check(annotation: Any, marks: Sequence[Any], value: object, path: str, root: object) -> Iterator[Problem]:
    refers = next((mark for mark in marks if isinstance(mark, Refers)), None)
    if refers is not None and isinstance(value, str):
        declared = _keys(root, refers.to)
        if value not in declared:
            yield Problem(path, f"{quoted(value)} is not declared under `{refers.to}`{nearest(value, declared)}")
        return
    for below, inner_marks, item, where in _parts(annotation, value, path):
        yield from _check(below, inner_marks, item, where, root)


def _parts(annotation: Any, value: object, path: str) -> Iterator[tuple[Any, Sequence[Any], object, str]]:
    """What an annotated value consists of: annotation, marks, value and path of each part that can be looked into."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield args[0], args[1:], value, path
    elif origin in (Union, types.UnionType):
        yield from ((option, (), value, path) for option in args if _fits(option, value))
    elif origin is tuple and isinstance(value, list):
        yield from ((args[0], (), item, f"{path}[{index}]") for index, item in enumerate(value))
    elif origin in (dict, Mapping) and isinstance(value, Mapping):
        for key, item in value.items():
            yield args[0], (), key, f"{path}.{key}"
            yield args[1], (), item, f"{path}.{key}"
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel) and isinstance(value, Mapping):
        for name, field in annotation.model_fields.items():
            if name in value:
                yield field.annotation, field.metadata, value[name], f"{path}.{name}" if path else name


def _fits(option: Any, value: object) -> bool:
    """Whether a member of a union is the one that the raw value means: by its `kind`, or by its keys."""
    while get_origin(option) is Annotated:
        option = get_args(option)[0]
    if not (isinstance(option, type) and issubclass(option, BaseModel)):
        return get_origin(option) is not None
    if not isinstance(value, Mapping):
        return False
    kind = option.model_fields.get("kind")
    if kind is not None:
        return value.get("kind") in typing.get_args(kind.annotation)
    return set(value) <= set(option.model_fields)


def _keys(root: object, path: str) -> list[str]:
    for part in path.split("."):
        root = root.get(part) if isinstance(root, Mapping) else None
    return sorted(str(key) for key in root) if isinstance(root, Mapping) else []
