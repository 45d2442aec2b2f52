"""A shipped system's two stacks, rendered once, of which a test changes exactly one thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from policies.engine.snapshot import Resource, Snapshot
from policies.parity.assessment import ParityAssessment, assess
from policies.parity.difference import Difference
from policies.parity.reference import Reference, read_reference
from tests.conftest import PROJECTS
from understudy.preview.lead import LEAD
from understudy.preview.project import read_project
from understudy.reference import rendered_reference

TODAY = date(2026, 1, 1)


@cache
def document(system: str = "retail-store", scaling: str = "", own: str = "") -> dict[str, Any]:
    """The reference document of a shipped system; with another scaling, or more keys in the staging file, as JSON."""
    project = read_project(PROJECTS[system])
    configuration = project.stack_configuration("staging")
    if scaling:
        configuration[f"{project.name}:scaling"] = scaling
    for key, value in json.loads(own or "{}").items():
        configuration[f"{project.name}:{key}"] = json.dumps(value)
    return rendered_reference(project, "staging", LEAD, configuration)


@cache
def reference(system: str = "retail-store") -> Reference:
    return read_reference(document(system))


def with_staging_file(**changes: Any) -> Reference:
    """The reference with other entries in the staging file, of which no resource follows."""
    content = document()
    return read_reference({**content, "staging": {**content["staging"], **changes}})


def resource(name: str, type_: str = "", system: str = "retail-store") -> Resource:
    """The resource of staging of this name, and of this type where several share it."""
    (found,) = (
        each for each in reference(system).own.resources if each.name == name and (not type_ or each.type.endswith(type_))
    )
    return found


def changed(original: Resource, path: str, value: Any) -> Resource:
    """The resource with another value at a path of names and positions."""
    steps: list[str | int] = [int(step) if step.isdigit() else step for step in path.split("/")]
    return replace(original, properties=_with(original.properties, steps, value))


def _with(value: Any, steps: list[str | int], new: Any) -> Any:
    head, rest = steps[0], steps[1:]
    if isinstance(head, int):
        return [
            _with(item, rest, new) if index == head and rest else new if index == head else item
            for index, item in enumerate(value)
        ]
    inside: Mapping[str, Any] = value
    return {**inside, head: _with(inside.get(head, {}), rest, new) if rest else new}


def judged(*others: Resource, without: str = "", against: Reference | None = None, today: date = TODAY) -> ParityAssessment:
    """Parity of the staging stack in which these resources stand for those of the same URN, or are new."""
    held = against or reference()
    replaced = {each.urn: each for each in others}
    kept = [replaced.pop(each.urn, each) for each in held.own.resources if each.name != without or not without]
    return assess(Snapshot.of([*kept, *replaced.values()]), held, today)


def told(assessment: ParityAssessment) -> list[tuple[str, str, str]]:
    """Rule, place and property of everything that is wrong."""
    violations: list[Difference] = list(assessment.violations)
    return [(each.rule, each.place, each.path) for each in violations] + [
        (each.rule, each.where, "") for each in assessment.stated
    ]
