"""Property values between the engine's wire form and Python: unknowns and secrets are values of their own, and stay so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc


class _Unknown(Enum):
    """The kind of the one value that a preview cannot know."""

    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN
_SIGNATURE: str = rpc._special_sig_key
_SECRET: str = rpc._special_secret_sig


@dataclass(frozen=True)
class Secret:
    """A value that the engine marked as secret. It never shows itself."""

    value: Any

    def __repr__(self) -> str:
        return "Secret([secret])"


def unpacked(properties: struct_pb2.Struct) -> dict[str, Any]:
    """Properties as the engine sent them."""
    return {key: _unpacked(value) for key, value in json_format.MessageToDict(properties).items()}


def packed(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Properties as the engine wants them."""
    message = struct_pb2.Struct()
    json_format.ParseDict({key: _packed(value) for key, value in properties.items()}, message)
    return message


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return Secret(_unpacked(value.get("value")))
        return {key: _unpacked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unpacked(item) for item in value]
    if value == rpc.UNKNOWN:
        return UNKNOWN
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _packed(value: Any) -> Any:
    if isinstance(value, Secret):
        return {_SIGNATURE: _SECRET, "value": _packed(value.value)}
    if value is UNKNOWN:
        return rpc.UNKNOWN
    if isinstance(value, Mapping):
        return {key: _packed(item) for key, item in value.items()}
    return [_packed(item) for item in value] if isinstance(value, list) else value


def revealed(value: Any) -> Any:
    """A value without its secret marks."""
    if isinstance(value, Secret):
        return revealed(value.value)
    if isinstance(value, Mapping):
        return {key: revealed(item) for key, item in value.items()}
    return [revealed(item) for item in value] if isinstance(value, list) else value


def texts(value: Any) -> Iterator[str]:
    """Every text inside a value."""
    if isinstance(value, Secret):
        yield from texts(value.value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value
