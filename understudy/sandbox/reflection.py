"""What a resource type takes and gives, read from the SDK's own classes: no type is described here by hand."""

from __future__ import annotations

import enum
import functools
import importlib
import inspect
import re
import sys
from collections.abc import Awaitable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pulumi
from pulumi import _types
from pulumi.runtime import rpc

SCALARS = {bool: "boolean", int: "integer", float: "number", str: "string"}
ANY = "any"
_FORCES = re.compile(
    r"forc(?:es?|ing) (?:a |the )?(?:new|replacement|recreation|creation of a new)|(?:creates|recreate) a new resource",
    re.IGNORECASE,
)
"""How the SDK's documentation says that a change replaces the resource."""
_OBJECTS_BY_CONDITION = re.compile(r"\bif\b|\bunless\b|\bwhen (?!chang|modif|updat)|in-place|destructive only", re.IGNORECASE)
"""Words that make such a sentence hold in some cases alone; the tables of `replacement.py` decide these."""


class UnknownTypeError(Exception):
    """The SDK has no resource of this type."""


def describe(token: str) -> dict[str, Any]:
    """A resource type's inputs, the required among them, its outputs, and which inputs are said to replace it when changed.

    `types` holds the nested objects by name. Raises UnknownTypeError for a type that the SDK does not have.
    """
    resource = _resource_class(token)
    arguments = _arguments_class(resource)
    types: dict[str, Any] = {}
    members = _object(arguments, types)
    return {
        "inputs": members["properties"],
        "required": members["required"],
        "outputs": {name: _kind(hint) for name, hint in sorted(_types.resource_types(resource).items())},
        "replaced_by": sorted(_said_to_replace(arguments)),
        "types": types,
    }


def is_known(token: str) -> bool:
    """Whether the SDK has a resource of this type."""
    return token in _classes(token.partition(":")[0])


def package_version(package: str) -> str:
    """The SDK's version."""
    return str(importlib.import_module(f"pulumi_{package}._utilities").get_version())


@functools.cache
def _classes(package: str) -> Mapping[str, tuple[str, str]]:
    """The module and the class of each resource type of a package."""
    importlib.import_module(f"pulumi_{package}")
    infos = [getattr(module, "mod_info", {}) for modules in vars(rpc)["_RESOURCE_MODULES"].values() for module in modules]
    return {token: (info["fqn"], name) for info in infos if info.get("pkg") == package for token, name in info["classes"].items()}


def _resource_class(token: str) -> Any:
    try:
        module, name = _classes(token.partition(":")[0])[token]
    except (KeyError, ModuleNotFoundError) as error:
        raise UnknownTypeError(token) from error
    return getattr(importlib.import_module(module), name)


def _arguments_class(resource: Any) -> Any:
    """The class beside the resource's own that holds its inputs."""
    module = vars(sys.modules[resource.__module__])
    for name in (f"{resource.__name__}InitArgs", f"{resource.__name__}Args"):  # the first where a nested type has the other name
        if name in module:
            return module[name]
    raise UnknownTypeError(f"{resource.__module__}.{resource.__name__} has no class of arguments")


def _object(class_: Any, types: dict[str, Any]) -> dict[str, Any]:
    names = _types.input_type_py_to_pulumi_names(class_)
    parameters = inspect.signature(class_.__init__).parameters
    required = [
        names[key] for key, parameter in parameters.items() if key in names and parameter.default is inspect.Parameter.empty
    ]
    hints = _types.input_type_types(class_)
    return {
        "properties": {name: _specification(hint, types) for name, hint in sorted(hints.items())},
        "required": sorted(required),
    }


def _specification(hint: Any, types: dict[str, Any]) -> Any:  # noqa: PLR0911 - a case a kind
    """A type hint as plain data: a word for a scalar, or a mapping of one key."""
    hint = _bare(hint)
    if hint in SCALARS:
        return SCALARS[hint]
    if _is_kind_of(hint, enum.Enum):
        return {"enum": sorted((member.value for member in hint), key=str)}
    if isinstance(hint, type) and _types.is_input_type(hint):
        name = f"{hint.__module__}.{hint.__qualname__}"
        if name not in types:
            types[name] = {}
            types[name].update(_object(hint, types))
        return {"object": name}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if _is_kind_of(origin, Mapping):
        return {"map": _specification(arguments[1], types)}
    if _is_kind_of(origin, Sequence):
        return {"list": _specification(arguments[0], types)}
    if origin in (Union, UnionType):
        return {"one_of": [_specification(argument, types) for argument in _members(hint)]}
    return ANY


def _members(hint: Any) -> list[Any]:
    """A union without the SDK's plumbing: nothing, awaitables and outputs."""
    return [
        argument
        for argument in get_args(hint)
        if argument is not NoneType and get_origin(argument) not in (Awaitable, pulumi.Output)
    ]


def _bare(hint: Any) -> Any:
    """A hint without its plumbing. Of a text or a word of an enumeration, the enumeration."""
    while get_origin(hint) in (Union, UnionType):
        members = _members(hint)
        words = [member for member in members if _is_kind_of(member, enum.Enum)]
        if len(words) == 1 and len(members) == 2 and set(members) & set(SCALARS):
            return words[0]
        if len(members) != 1:
            return hint if members else Any
        hint = members[0]
    return hint


def _is_kind_of(hint: Any, kind: type) -> bool:
    return isinstance(hint, type) and issubclass(hint, kind)


def _kind(hint: Any) -> str:
    bare = _bare(hint)
    if bare in SCALARS:
        return SCALARS[bare]
    return "list" if _is_kind_of(get_origin(bare), Sequence) else "object"


def _said_to_replace(arguments: Any) -> set[str]:
    """The inputs whose documentation says, without a condition, that a change replaces the resource."""
    names = _types.input_type_py_to_pulumi_names(arguments)
    found: set[str] = set()
    for line in (inspect.getdoc(arguments.__init__) or "").split(":param ")[1:]:
        head, _, text = line.partition(": ")
        name = names.get(head.rpartition(" ")[2])
        sentences = [sentence for sentence in re.split(r"(?<=\.)\s", text) if _FORCES.search(sentence)]
        if name and sentences and not any(_OBJECTS_BY_CONDITION.search(sentence) for sentence in sentences):
            found.add(name)
    return found
