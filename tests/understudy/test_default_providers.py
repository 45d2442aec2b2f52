"""What the engine adds by itself, and what it cannot plan: found by comparison with the real one, and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format

from understudy.preview.default_providers import with_default_providers
from understudy.preview.packs import resource_request, stack_request
from understudy.preview.project import read_project
from understudy.preview.rendering import Rendering, render
from understudy.preview.timeouts import seconds

PROGRAM = Path(__file__).parent / "programs" / "unplanned"
STACK = "urn:pulumi:staging::unplanned::"


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    project = read_project(PROGRAM)
    return render(project, "staging", project.configuration)


def asked(rendering: Rendering, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What packs are asked about a resource: alone, and as a member of the stack."""
    by_urn = {resource.urn: resource for resource in with_default_providers(rendering)}
    resource = next(resource for resource in by_urn.values() if resource.request.name == name)
    members = json_format.MessageToDict(stack_request(by_urn))["resources"]
    single = json_format.MessageToDict(resource_request(resource, by_urn))
    return single, next(member for member in members if member["urn"] == resource.urn)


def test_a_resource_without_a_provider_has_the_one_that_the_engine_makes(rendering: Rendering) -> None:
    single, _ = asked(rendering, "token")

    version = single["provider"]["properties"]["version"]
    assert single["provider"]["urn"] == f"{STACK}pulumi:providers:random::default_{version.replace('.', '_')}"


def test_a_provider_carries_the_version_that_the_sdk_asks_for(rendering: Rendering) -> None:
    single, member = asked(rendering, "cluster")

    assert single["properties"]["version"] == member["properties"]["version"]


def test_nothing_is_planned_of_a_resource_whose_provider_is_not_configured_yet(rendering: Rendering) -> None:
    single, member = asked(rendering, "settings")

    assert single["properties"]["data"] == {"a": "b"}
    assert member.get("properties", {}) == {}


def test_what_follows_from_such_a_resource_is_unknown(rendering: Rendering) -> None:
    assert rendering.outputs == {"namespace": {"$unknown": True}, "queue": "known"}


def test_empty_dependencies_are_left_out_and_options_are_the_engines(rendering: Rendering) -> None:
    single, member = asked(rendering, "queue")

    assert "propertyDependencies" not in member
    assert single["options"]["customTimeouts"] == {"create": 5400.0}
    assert "aliases" not in single["options"]


@pytest.mark.parametrize(("duration", "expected"), [("", 0), ("90s", 90), ("1h30m", 5400), ("1.5m", 90), ("250ms", 0.25)])
def test_a_duration_is_its_seconds(duration: str, expected: float) -> None:
    assert seconds(duration) == expected
