"""Reading other tools' files: whatever is malformed is one message with its file, and quantities come out as whole units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from model.errors import ConfigurationError, Problem, quoted

_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)\Z")
_MEBIBYTES = {
    "": Decimal(1) / 2**20,
    "b": Decimal(1) / 2**20,
    "k": Decimal(1) / 2**10,
    "kb": Decimal(1) / 2**10,
    "ki": Decimal(1) / 2**10,
    "m": Decimal(1),
    "mb": Decimal(1),
    "mi": Decimal(1),
    "g": Decimal(2**10),
    "gb": Decimal(2**10),
    "gi": Decimal(2**10),
}


def documents(path: Path) -> list[Any]:
    """The YAML documents of a file. Raises ConfigurationError that names the file."""
    try:
        return list(yaml.safe_load_all(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise ConfigurationError([Problem(path.name, f"cannot be read: {error.strerror}")]) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ConfigurationError([Problem(f"{path.name}{line}", f"is no valid YAML: {said}")]) from error


def mapping(value: object, where: str) -> Mapping[str, Any]:
    """A mapping; nothing is an empty one. Raises ConfigurationError for anything else."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ConfigurationError([Problem(where, f"must be a mapping, found {quoted(value)}")])
    return value


def mebibytes(value: object) -> int | None:
    """A quantity of memory in MiB, rounded up; None for what is none."""
    found = _QUANTITY.match(str(value))
    if found is None or found[2].lower() not in _MEBIBYTES:
        return None
    return int(-(-Decimal(found[1]) * _MEBIBYTES[found[2].lower()] // 1))


def millicores(value: object) -> int | None:
    """A quantity of processors in thousandths; None for what is none."""
    found = _QUANTITY.match(str(value))
    if found is None or found[2] not in ("", "m"):
        return None
    return int(Decimal(found[1]) * (1 if found[2] == "m" else 1000))


def whole(value: object) -> int | None:
    """A whole number above nothing; None for what is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 9 else None
