"""Durations as programs write them, `1h30m`, as the seconds that the engine makes of them."""

from __future__ import annotations

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9.]+)(ns|us|µs|ms|s|m|h)")


def seconds(duration: str) -> float:
    """The seconds of a duration; 0 of none."""
    return sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(duration))
