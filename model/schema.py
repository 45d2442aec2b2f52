"""JSON Schemas of the two YAML files, for editors: completion, hover and early errors."""

from __future__ import annotations

from typing import Any

from model.environment import Environment
from model.staging import Staging

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def project_schema() -> dict[str, Any]:
    """The schema of a project's `Pulumi.yaml`: Pulumi's own keys are left open, `config.environment.value` is the model."""
    environment = Environment.model_json_schema()
    definitions = environment.pop("$defs")
    environment["description"] = "Production as it should be, and so the model of every environment."
    value = {
        "type": "object",
        "description": "The model, below `value`: every stack shares it and none restates it.",
        "properties": {"value": environment},
        "required": ["value"],
        "additionalProperties": False,
    }
    return {
        "$schema": DIALECT,
        "title": "Understudy project",
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "The project's name, which begins the keys of each stack's file."},
            "config": {
                "type": "object",
                "description": "What every stack shares.",
                "properties": {"environment": value},
                "required": ["environment"],
                "additionalProperties": False,
            },
        },
        "required": ["name", "config"],
        "$defs": definitions,
    }


def stack_schema(project: str) -> dict[str, Any]:
    """The schema of a staging stack's `Pulumi.<stack>.yaml`, whose keys carry the project's name."""
    staging = Staging.model_json_schema()
    properties = {f"{project}:{key}": value for key, value in staging["properties"].items()}
    return {
        "$schema": DIALECT,
        "title": f"Understudy stack of {project}",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "description": "What is the stack's own: who it is, how much smaller, what it rehearses and may cost.",
                "properties": properties,
                "patternProperties": {"^pulumi:": {}},
                "required": [f"{project}:{key}" for key in staging["required"]],
                "additionalProperties": False,
            },
        },
        "required": ["config"],
        "$defs": staging["$defs"],
    }
