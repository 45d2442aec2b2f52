"""The published schemas accept what ships and refuse what the model refuses."""

from __future__ import annotations

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


def test_fields_of_a_service_carry_their_meaning() -> None:
    service = project_schema()["$defs"]["Service"]["properties"]

    assert sum("description" in field for field in service.values()) >= 9
