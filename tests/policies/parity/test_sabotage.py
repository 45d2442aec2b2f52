"""Sabotage in code: a program that asks which stack it is in, and behaves otherwise there, is found by its rendering alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from policies.parity.assessment import assess
from policies.parity.reference import read_reference
from tests.conftest import ROOT
from tests.policies.parity.stacks import TODAY
from understudy.preview.lead import LEAD
from understudy.preview.project import read_project
from understudy.reference import rendered_reference

PROGRAM = """
import runpy
import pulumi
import {module} as sabotaged

original = sabotaged.{name}


def changed(*args):
{body}


if pulumi.get_stack() == "staging":
    sabotaged.{name} = changed
try:
    runpy.run_path({program!r})
finally:
    sabotaged.{name} = original
"""
SABOTAGES = {
    "a service without its alarm": (
        "components.operations.alarms",
        "Alarms._alarm",
        '    if (args[1], args[3].name) != ("service-memory", "carts"):\n        original(*args)',
        ("PAR-01", "operations/alarms/service-memory-carts", ""),
    ),
    "a component that reads the stack's name": (
        "components.service",
        "disruption_budget",
        '    return original(*args) if args[1].service_name != "carts" else None',
        ("PAR-01", "services/carts/disruption-budget", ""),
    ),
    "another checksum": (
        "components.service",
        "checksum",
        "    return pulumi.Output.from_input('0' * 64)",
        ("PAR-02", "services/carts/deployment", "spec.template.metadata.annotations.understudy/configuration"),
    ),
}


@pytest.mark.parametrize("what", SABOTAGES)
def test_what_a_program_does_in_staging_alone_is_found(what: str, tmp_path: Path) -> None:
    module, name, body, expected = SABOTAGES[what]
    text = PROGRAM.format(module=module, name=name, body=body, program=str(ROOT / "__main__.py"))
    (tmp_path / "__main__.py").write_text(text, encoding="utf-8")
    project = replace(read_project(ROOT), program=tmp_path)

    held = read_reference(rendered_reference(project, "staging", LEAD, project.stack_configuration("staging")))

    assert expected in [(each.rule, each.place, each.path) for each in assess(held.own, held, TODAY).violations]
