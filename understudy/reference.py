"""The reference document: what the parity pack holds a stack against, as data. `understudy reference` prints it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from model.errors import ConfigurationError, Problem, quoted
from model.load import STAGING_KEYS
from model.stack_configuration import stack_configuration
from policies.parity.reference import SCHEMA
from scaling.resolve import Resolution, resolve_stack
from understudy.preview.default_providers import default_provider_urn, with_default_providers
from understudy.preview.packs import given_inputs
from understudy.preview.project import Project
from understudy.preview.rendering import RenderedResource, Rendering, render
from understudy.preview.values import SECRET, analyzable, plain_properties
from understudy.preview.yaml_file import YamlFile


def reference_document(production: Rendering, staging: Rendering, resolution: Resolution) -> dict[str, Any]:
    """The document of a stack that follows the lead. Raises ConfigurationError for the lead itself."""
    if resolution.staging is None:
        raise ConfigurationError([Problem("--stack", f"{staging.stack!r} is the lead; it is held against nothing")])
    return {
        "schema": SCHEMA,
        "project": staging.project,
        "stack": staging.stack,
        "model": resolution.production.model_dump(mode="json", exclude_none=True),
        "staging": resolution.staging.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        "ledger": [asdict(line) for line in resolution.ledger],
        "resources": {"production": _resources(production), "staging": _resources(staging)},
    }


def rendered_reference(project: Project, stack: str, lead: str, configuration: Mapping[str, str]) -> dict[str, Any]:
    """Render both stacks of a project and put the document together. Raises ConfigurationError for every mistake."""
    resolution = resolve_stack(stack_configuration(project.name, stack, configuration))
    shared = {key: value for key, value in configuration.items() if key not in _own_keys(project.name)}
    return reference_document(render(project, lead, shared), render(project, stack, configuration), resolution)


def read_request(file: TextIO) -> tuple[str, dict[str, str]]:
    """A project's name and a stack's flat configuration from JSON. Raises ConfigurationError for anything else."""
    option = "--configuration"
    try:
        content = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError([Problem(option, f"{file.name} is no JSON: {str(error).splitlines()[0]}")]) from error
    if not isinstance(content, Mapping):
        raise ConfigurationError(
            [Problem(option, f"must be an object with `project` and `configuration`, found {quoted(content)}")]
        )
    name, values = content.get("project"), content.get("configuration")
    problems = []
    if not isinstance(name, str) or not name:
        problems.append(Problem(f"{option}: project", f"must be the project's name, found {quoted(name)}"))
    if not isinstance(values, Mapping):
        problems.append(Problem(f"{option}: configuration", f"must map `namespace:key` to texts, found {quoted(values)}"))
    else:
        wrong = {key: value for key, value in values.items() if not isinstance(value, str)}
        problems += [Problem(f"{option}: configuration.{key}", f"must be a text, found {quoted(wrong[key])}") for key in wrong]
    if problems:
        raise ConfigurationError(problems)
    return str(name), dict(values or {})


def program_project(name: str, program: Path, configuration: Mapping[str, str]) -> Project:
    """A project known by its program and its configuration alone, as a policy pack knows it: none of its files is read."""
    unread = YamlFile(program / "Pulumi.yaml", "Pulumi.yaml", {}, {})
    return Project(
        name=name, directory=program, program=program.resolve(), stack_directory=program, file=unread, configuration=configuration
    )


def _own_keys(project: str) -> set[str]:
    return {f"{project}:{key}" for key in STAGING_KEYS}


def _resources(rendering: Rendering) -> list[dict[str, Any]]:
    return [_resource(resource) for resource in with_default_providers(rendering)]


def _resource(resource: RenderedResource) -> dict[str, Any]:
    """A resource as the parity pack sees it: of a component, only its outputs."""
    request = resource.request
    properties = plain_properties(given_inputs(resource) if request.custom else analyzable(resource.outputs))
    return {
        "urn": resource.urn,
        "type": request.type,
        "parent": request.parent,
        "provider": resource.provider_urn or default_provider_urn(resource),
        "properties": properties | {key: SECRET for key in request.additionalSecretOutputs if key in properties},
        "dependencies": sorted(set(request.dependencies)),
        "property_dependencies": resource.property_dependencies,
        "protect": request.protect,
        "ignore_changes": sorted(request.ignoreChanges),
    }
