"""Property values as the engine sends them, turned into plain JSON in which unknowns and secrets are values of their own."""

from __future__ import annotations

from collections.abc import Mapping
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
