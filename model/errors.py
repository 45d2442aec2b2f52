"""Mistakes in configuration, as data: where, what was found, what is allowed, the nearest valid word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

_VARIABLE = re.compile(r"(?:^|\.)services\.[^.]+\.environment\.")
_PASSWORD = re.compile(r"(?<=://)[^\s/@]+(?=@)")


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake. `path` is the dotted YAML path below the file's `config`; `message` says the rest.

    `at` is the file and line it comes from, as `Pulumi.yaml:12`; empty where no file is known.
    """

    path: str
    message: str
    at: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.at, self.path, self.message) if part)


class ConfigurationError(Exception):
    """The configuration cannot be used. Carries every mistake found, sorted by path."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, allowed: Sequence[str]) -> str:
    """A clause that names the valid word nearest to a mistyped one, or lists the valid ones, or says that none exist."""
    if not allowed:
        return "; none are declared"
    close = difflib.get_close_matches(word, allowed, n=8, cutoff=0.6)
    if close:
        return f"; did you mean {min(close, key=lambda each: _distance(each, word))!r}?"
    shown = ", ".join(sorted(allowed)[:12])
    return f"; allowed: {shown}{', …' if len(allowed) > 12 else ''}"


def _distance(each: str, word: str) -> tuple[float, int, str]:
    """Orders words by how near they are to one: of equally like ones that which begins alike comes first."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(each, word, strict=False)))
    return -difflib.SequenceMatcher(None, each, word).ratio(), -alike, each


def quoted(value: object, limit: int = 60) -> str:
    """A value as it is shown in a message, cut to `limit` characters.

    Of what holds others only the keys or the number, and of an address not who enters it: what stands there may be a secret.
    """
    if isinstance(value, Mapping) and value:
        text = f"a mapping with {', '.join(repr(str(key)) for key in value)}"
    elif isinstance(value, list) and value:
        text = f"a list of {len(value)} {'item' if len(value) == 1 else 'items'}"
    else:
        text = _PASSWORD.sub("…", repr(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def is_variable(path: str) -> bool:
    """Whether a path is that of a service's variable, whose value may be a password."""
    return _VARIABLE.search(path) is not None


def quoted_at(path: str, value: object) -> str:
    """A value as a message about its path shows it: of a service's variable its kind alone."""
    if not is_variable(path) or isinstance(value, Mapping | list):
        return quoted(value)
    kinds = {bool: "a truth value", int: "a number", float: "a number", str: "a text"}
    return kinds.get(type(value), "nothing")
