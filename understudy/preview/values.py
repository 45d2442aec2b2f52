"""Property values as the engine sends them, turned into plain JSON in which unknowns and secrets are values of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

UNKNOWN = {"$unknown": True}
"""Stands for a value that a preview cannot know."""
SECRET = {"$secret": True}
"""Stands for a secret, whatever it is."""

_SENTINELS = {
    rpc.UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}


def plain_properties(properties: struct_pb2.Struct) -> dict[str, Any]:
    """A resource's properties with sorted keys, secrets masked, unknowns marked, whole numbers whole."""
    values: dict[str, Any] = json_format.MessageToDict(properties)
    return {key: plain_value(values[key]) for key in sorted(values)}


def plain_value(value: Any) -> Any:
    """One property value as plain JSON."""
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, str) and value in _SENTINELS:
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _plain_mapping(value: Mapping[str, Any]) -> Any:
    signature = value.get(rpc._special_sig_key)
    if signature == rpc._special_secret_sig:
        return SECRET
    if signature == rpc._special_resource_sig:
        return {"$resource": value.get("urn")}
    return {str(key): plain_value(value[key]) for key in sorted(value) if key != rpc._special_sig_key}


def holds_unknown(properties: struct_pb2.Struct) -> bool:
    """Whether any value, at any depth, is unknown."""
    return any(sentinel.encode() in properties.SerializeToString() for sentinel in _SENTINELS)


def secret_texts(properties: struct_pb2.Struct, secret_keys: Collection[str]) -> set[str]:
    """The texts inside secrets, and inside properties of these names: each that could be recognised in a message."""
    values: dict[str, Any] = json_format.MessageToDict(properties)
    return {text for key, value in values.items() for text in _texts(value, is_secret=key in secret_keys)}


def _texts(value: Any, *, is_secret: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        inside = is_secret or value.get(rpc._special_sig_key) == rpc._special_secret_sig
        for key, item in value.items():
            if key != rpc._special_sig_key:
                yield from _texts(item, is_secret=inside)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, is_secret=is_secret)
    elif is_secret and isinstance(value, str) and value and value not in _SENTINELS:
        yield value


def analyzable(properties: struct_pb2.Struct) -> struct_pb2.Struct:
    """Properties as the engine hands them to policies: a reference to a resource as its identifier, no keys of its own (`__`)."""
    if not any(key.startswith("__") for key in properties.fields) and _RESOURCE_BYTES not in properties.SerializeToString():
        return properties
    values: dict[str, Any] = json_format.MessageToDict(properties)
    plain = struct_pb2.Struct()
    json_format.ParseDict({key: _referred(value) for key, value in values.items() if not key.startswith("__")}, plain)
    return plain


_RESOURCE_BYTES = rpc._special_resource_sig.encode()


def _referred(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get(rpc._special_sig_key) == rpc._special_resource_sig:
            return (value["id"] or rpc.UNKNOWN) if "id" in value else value.get("urn")
        return {key: _referred(item) for key, item in value.items()}
    return [_referred(item) for item in value] if isinstance(value, list) else value
