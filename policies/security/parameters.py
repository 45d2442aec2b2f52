"""What of rules can be configured, in the forms that several rules share."""

from __future__ import annotations

from policies.engine.node import Parameter


def whole_number(name: str, default: int, description: str, *, least: int = 0) -> Parameter:
    """A number without a fraction, of at least `least`."""
    return Parameter(name, default, description, {"type": "integer", "minimum": least})


def words(name: str, default: tuple[str, ...], description: str) -> Parameter:
    """A list of words, which replaces the default as a whole."""
    return Parameter(name, list(default), description, {"type": "array", "items": {"type": "string"}})


def numbers(name: str, default: tuple[int, ...], description: str) -> Parameter:
    """A list of whole numbers, which replaces the default as a whole."""
    return Parameter(name, list(default), description, {"type": "array", "items": {"type": "integer"}})
