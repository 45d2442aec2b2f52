"""A saved report: what `understudy preview --format json` wrote, read and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from model.errors import ConfigurationError, Problem

OPTION = "--base"


@dataclass(frozen=True)
class Report:
    """A report that another is held against, and what it is: of a revision, or saved in a file."""

    document: Mapping[str, Any]
    told: Mapping[str, Any]


def saved(path: Path) -> Report:
    """A report in a file. Raises ConfigurationError for a file that is none."""
    return Report(read_report(path), {"kind": "report", "name": path.name, "commit": None})


def read_report(path: Path) -> dict[str, Any]:
    """Read a report and hold it against the published schema; one of an older release may lack what was added since."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_finite, parse_float=_finite)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError([Problem(OPTION, f"{path.name} is no report in JSON: {_first_line(error)}")]) from error
    wrong = best_match(_validator().iter_errors(content))
    if wrong is not None:
        where = wrong.json_path.removeprefix("$").removeprefix(".") or "the whole"
        raise ConfigurationError(
            [
                Problem(
                    OPTION,
                    f"{path.name} is no report of `understudy preview --format json`: {where}: {_first_line(wrong.message)}",
                )
            ]
        )
    return dict(content)


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        message = f"{number} is no number that a report holds"
        raise ValueError(message)
    return value


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((files("understudy.report") / "report.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _first_line(error: object) -> str:
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
