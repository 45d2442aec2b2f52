"""A policy pack's configuration, put together and checked as the engine does it, but strictly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi_policy
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from model.errors import ConfigurationError, Problem, nearest, quoted

ALL = "all"
"""In a configuration file: the level of every policy that has none of its own."""
LEVEL_KEY = "enforcementLevel"
_WORDS = tuple(level.value for level in pulumi_policy.EnforcementLevel)


def configuration(
    pack: str, policies: Sequence[Any], level: Any, initial: Mapping[str, Any], given: Mapping[str, Any]
) -> analyzer_pb2.ConfigureAnalyzerRequest:
    """What each policy of a pack is configured with: its schema's defaults, then the pack's own, then the file's.

    Raises ConfigurationError for names and levels that do not exist, and for values that a policy's schema refuses. The engine
    accepts unknown names, and makes a policy advisory that a pack configures without naming a level; here it keeps its level.
    """
    known = [policy.name for policy in policies]
    problems = [
        Problem(name, f"is no policy of pack {pack}{nearest(name, known)}")
        for name in sorted({*initial, *given} - {*known, ALL}, key=str)
    ]
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for policy in policies:
        schema = policy.config_schema
        word = (policy.enforcement_level or level).value
        properties = {key: entry["default"] for key, entry in _entries(schema) if "default" in entry}
        for layer in (initial, given):
            for name in (ALL, policy.name):
                chosen, more, wrong = _parted(layer.get(name, {}), name)
                problems += wrong
                problems += [_ignored(key) for key in more if name == ALL]
                word, properties = chosen or word, {**properties, **more}
        problems += _violations(policy.name, schema, properties)
        request.policyConfig[policy.name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(word.upper())
        json_format.ParseDict(properties, request.policyConfig[policy.name].properties)
    if problems:
        raise ConfigurationError(problems)
    return request


def _parted(entry: object, name: str) -> tuple[str | None, Mapping[str, Any], list[Problem]]:
    """An entry's level, if it names one, and its other properties."""
    if isinstance(entry, pulumi_policy.EnforcementLevel | str):
        entry = {LEVEL_KEY: entry}
    if not isinstance(entry, Mapping):
        return None, {}, [Problem(name, f"found {quoted(entry)}; a level or a mapping of properties is needed")]
    level = entry.get(LEVEL_KEY)
    word = level.value if isinstance(level, pulumi_policy.EnforcementLevel) else level
    more = {key: value for key, value in entry.items() if key != LEVEL_KEY}
    if word is None or word in _WORDS:
        return word, more, []
    return None, more, [Problem(f"{name}.{LEVEL_KEY}", f"found {quoted(word)}{nearest(str(word), _WORDS)}")]


def _ignored(key: str) -> Problem:
    return Problem(f"{ALL}.{key}", f"only a level can be given to {ALL!r}; the engine ignores the rest")


def _entries(schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from (schema.properties or {}).items() if schema else ()


def _violations(policy: str, schema: Any, properties: Mapping[str, Any]) -> Iterator[Problem]:
    """What the policy's own schema says of its properties; one that it does not know is refused, too."""
    known = [key for key, _ in _entries(schema)]
    for key in sorted(set(properties) - set(known)):
        yield Problem(f"{policy}.{key}", f"is no property of this policy{nearest(key, known)}")
    if schema is None:
        return
    from jsonschema import Draft7Validator  # noqa: PLC0415 - not needed by a pack without schemas, and slow to import

    rules = {"type": "object", "properties": dict(_entries(schema)), "required": list(schema.required or ())}
    for error in Draft7Validator(rules).iter_errors(dict(properties)):
        yield Problem(".".join((policy, *map(str, error.absolute_path))), error.message)
