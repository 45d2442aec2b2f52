"""From raw configuration to a validated model: every mistake found is reported, at once, with its path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from model.base import Model
from model.consistency import consistency_problems, data_problems, isolation_problems
from model.environment import Environment
from model.errors import ConfigurationError, Problem, nearest, quoted_at
from model.references import check_references
from model.staging import Staging
from model.staging_data import StagingDataStrategy

MODEL_KEY = "environment"
"""The key of the model in the project's configuration."""
STAGING_KEYS = tuple(Staging.model_fields)
"""The keys that a staging stack's file may hold."""

M = TypeVar("M", bound=Model)


def load_environment(raw: object) -> Environment:
    """Validate the production model. Raises ConfigurationError with every problem."""
    environment, problems = _validated(Environment, raw, MODEL_KEY)
    problems += _below(MODEL_KEY, check_references(Environment, raw))
    if environment is not None and not problems:
        problems += _below(MODEL_KEY, consistency_problems(environment))
    if environment is None or problems:
        raise ConfigurationError(problems)
    return environment


def load_staging(raw: Mapping[str, object], production: Environment) -> Staging:
    """Validate a staging stack's own configuration against the model. Raises ConfigurationError with every problem."""
    staging, problems = _validated(Staging, dict(raw), "")
    declared = production.model_dump(mode="json")
    problems += _references_to(declared, raw)
    if staging is not None and not problems:
        problems += [*isolation_problems(production, staging), *data_problems(production, staging)]
    if staging is None or problems:
        raise ConfigurationError(problems)
    return staging


def load_strategy(raw: object, path: str) -> StagingDataStrategy:
    """Validate a data strategy that stands on its own. Raises ConfigurationError with every problem, as paths below `path`."""
    strategy, problems = _validated(StagingDataStrategy, raw, path)
    if strategy is None or problems:
        raise ConfigurationError(problems)
    return strategy


def revalidated(environment: Environment, changes: Mapping[str, Any]) -> Environment:
    """The environment with figures replaced by path, validated anew. Raises ConfigurationError where the result is invalid."""
    raw = environment.model_dump(mode="json", exclude_none=True)
    for path, value in changes.items():
        target: Any = raw
        *parents, last = path.split(".")
        for part in parents:
            target = target[part]
        target[last] = value
    return load_environment(raw)


def _references_to(declared: Mapping[str, Any], raw: Mapping[str, object]) -> list[Problem]:
    """Problems of references in a stack file; the names they refer to are the model's."""
    combined = {**declared, **raw}
    return [problem for problem in check_references(Staging, combined) if problem.path.split(".")[0] in raw]


def _below(prefix: str, problems: Any) -> list[Problem]:
    return [Problem(f"{prefix}.{problem.path}", problem.message) for problem in problems]


def _validated(model: type[M], raw: object, prefix: str) -> tuple[M | None, list[Problem]]:
    """Validate strictly, as JSON: enumeration words and lists are then what YAML can write."""
    try:
        return model.model_validate_json(json.dumps(raw)), []
    except ValidationError as error:
        return None, [_problem(model, raw, prefix, details) for details in error.errors(include_url=False)]


def _problem(model: type[BaseModel], raw: object, prefix: str, details: ErrorDetails) -> Problem:
    found, kind = details["input"], details["type"]
    path, container = _locate(raw, prefix, details["loc"], absent=kind in ("missing", "extra_forbidden"))
    if kind == "extra_forbidden":
        allowed = _allowed_keys(model, raw, details["loc"])
        return Problem(path, f"unknown key{nearest(str(details['loc'][-1]), allowed)}")
    if kind == "missing":
        return Problem(path, f"is required, and missing (found: {_keys(container)})")
    if kind == "value_error":
        return Problem(path, f"found {quoted_at(path, found)}: {details['ctx']['error']}")
    if kind in ("literal_error", "enum"):
        return Problem(path, f"found {quoted_at(path, found)}{_words(found, details['ctx']['expected'])}")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _no_member(path, found, details["ctx"])
    message = details["msg"].removeprefix("Value error, ")
    return Problem(path, f"found {quoted_at(path, found)}: {message[0].lower()}{message[1:]}")


def _no_member(path: str, found: object, context: Mapping[str, Any]) -> Problem:
    """None of a union's members is meant, since the key that tells them apart is missing or mistyped."""
    key = context["discriminator"].strip("'")
    if "tag" not in context:
        return Problem(f"{path}.{key}", f"is required, and missing (found: {_keys(found)})")
    return Problem(f"{path}.{key}", f"found {quoted_at(path, context['tag'])}{_words(context['tag'], context['expected_tags'])}")


def _words(found: object, expected: str) -> str:
    """A clause with the nearest and all of the words that are allowed, out of pydantic's own list of them."""
    words = [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")]
    hint = nearest(str(found), words)
    return hint if hint.startswith("; allowed") else f"{hint}; allowed: {', '.join(words)}"


def _keys(container: object) -> str:
    present = ", ".join(sorted(map(str, container))) if isinstance(container, Mapping) else ""
    return present or "nothing"


def _locate(raw: object, prefix: str, location: tuple[int | str, ...], *, absent: bool) -> tuple[str, object]:
    """The YAML path of an error's location, without the tags of unions, and the container that holds its last part.

    `absent` says that the last part is a key that need not be there.
    """
    path, value, container = prefix, raw, raw
    for index, part in enumerate(location):
        last = index == len(location) - 1
        if isinstance(value, list) and isinstance(part, int):
            path, container = f"{path}[{part}]", value
            value = value[part] if part < len(value) else None
        elif isinstance(value, Mapping) and (part in value or (last and absent)) and part != "[key]":
            path, container = (f"{path}.{part}" if path else str(part)), value
            value = value.get(part)
    return path, container


def _allowed_keys(model: type[BaseModel], raw: object, location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed where an unknown one was found, read from the JSON Schema along the location."""
    schema = _json_schema(model)
    definitions = schema.get("$defs", {})
    node: Any = schema
    value: Any = raw
    for part in location[:-1]:
        node = _resolved(node, definitions)
        if isinstance(value, list) and isinstance(part, int):
            node, value = node.get("items", {}), value[part]
        elif isinstance(value, Mapping) and part in value:
            node, value = _below_key(_choose(node, definitions, value), str(part)), value[part]
    chosen = _choose(node, definitions, value)
    return sorted(chosen.get("properties", {}))


@cache
def _json_schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _below_key(node: Any, key: str) -> Any:
    """The schema of the value at a key: a field's own, or the one that all items of a mapping share."""
    items = (*node.get("patternProperties", {}).values(), node.get("additionalProperties", {}))
    return node.get("properties", {}).get(key, items[0])


def _resolved(node: Any, definitions: Mapping[str, Any]) -> Any:
    while isinstance(node, Mapping) and "$ref" in node:
        node = definitions[node["$ref"].rsplit("/", 1)[-1]]
    return node if isinstance(node, Mapping) else {}


def _choose(node: Any, definitions: Mapping[str, Any], value: object) -> Any:
    """The member of a union that the value means: the one whose `kind` agrees, else the one that shares most keys."""
    node = _resolved(node, definitions)
    options = [_resolved(option, definitions) for option in (*node.get("oneOf", ()), *node.get("anyOf", ()))]
    if not options:
        return node
    keys = set(value) if isinstance(value, Mapping) else set[str]()
    kind = value.get("kind") if isinstance(value, Mapping) else None

    def agreement(option: Mapping[str, Any]) -> tuple[bool, int]:
        properties = option.get("properties", {})
        return (kind is not None and properties.get("kind", {}).get("const") == kind, len(keys & set(properties)))

    return max(options, key=agreement)
