"""The reference document: what the parity pack holds a stack against, as data. `understudy reference` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
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
