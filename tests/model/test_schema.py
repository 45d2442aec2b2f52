"""The published schemas accept what ships and refuse what the model refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from model.schema import project_schema, stack_schema
from tests.conftest import PROJECTS


def document(project: str, name: str) -> Any:
    return yaml.safe_load((PROJECTS[project] / name).read_text(encoding="utf-8"))


def test_the_shipped_project_file_is_valid() -> None:
    jsonschema.validate(document("retail-store", "Pulumi.yaml"), project_schema())


def test_the_shipped_staging_file_is_valid() -> None:
    jsonschema.validate(document("retail-store", "Pulumi.staging.yaml"), stack_schema("retail-store"))


@pytest.mark.parametrize("schema", [project_schema(), stack_schema("retail-store")], ids=["project", "stack"])
def test_a_schema_is_itself_valid(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)


def test_an_unknown_key_is_refused() -> None:
    project = document("retail-store", "Pulumi.yaml")
    project["config"]["environment"]["value"]["services"]["ui"]["replcas"] = 1

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(project, project_schema())


def undescribed(node: Any, definitions: dict[str, Any], path: str) -> Iterator[str]:
    """The paths of properties that an editor could say nothing of: neither they nor what they refer to is described."""
    if isinstance(node, list):
        for item in node:
            yield from undescribed(item, definitions, path)
    if not isinstance(node, dict):
        return
    for name, value in node.get("properties", {}).items():
        target = definitions.get(value.get("$ref", "").rsplit("/", 1)[-1], {})
        if "description" not in value and "description" not in target:
            yield f"{path}.{name}"
    for key, value in node.items():
        if key == "properties":
            for name, item in value.items():
                yield from undescribed(item, definitions, f"{path}.{name}")
        elif key in ("$defs", "patternProperties"):
            for name, item in value.items():
                yield from undescribed(item, definitions, name)
        elif key in ("anyOf", "oneOf", "items", "additionalProperties"):
            yield from undescribed(value, definitions, path)


@pytest.mark.parametrize("schema", [project_schema(), stack_schema("retail-store")], ids=["project", "stack"])
def test_every_field_carries_its_meaning(schema: dict[str, Any]) -> None:
    assert list(undescribed(schema, schema["$defs"], "")) == []


def test_a_field_without_a_meaning_is_noticed() -> None:
    schema = project_schema()
    del schema["$defs"]["Service"]["properties"]["calls"]["description"]

    assert list(undescribed(schema, schema["$defs"], "")) == ["Service.calls"]
