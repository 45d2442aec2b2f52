"""Parity in a preview: what each stack is held against is given to the pack, and what the pack makes of it is reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from policies.engine.snapshot import Snapshot
from policies.parity.deployed import read_state
from policies.parity.pack import assessment_of
from policies.parity.reference import Given, NoReferenceError, give, read_reference
from policies.parity.section import NAME, parity_section
from scaling.resolve import Resolution
from understudy.preview.packs import Pack, sections
from understudy.preview.rendering import Rendering
from understudy.reference import reference_document


def give_reference(
    production: Rendering, staging: Rendering, resolution: Resolution, *, today: date, deployed: Snapshot | None
) -> Given:
    """Give the parity pack what it holds a stack against. `deployed` is production's state as it runs."""
    held = Given(read_reference(reference_document(production, staging, resolution)), today, deployed=deployed)
    give(staging.project, staging.stack, held)
    return held


def section(pack: Pack, held: Given) -> dict[str, Any]:
    """What a report says of the parity of the stack that the pack judged last: what it judged by.

    Where its policy crashed, is disabled or could not use its configuration, it told no such section; the stack is assessed here.
    """
    told: dict[str, Any] | None = sections(pack).get(NAME)
    if told is not None:
        return told
    return parity_section(assessment_of(held.reference.own, held), held.reference.staging_file.deviations, held.today)


def deployed_state(path: Path) -> Snapshot:
    """Production's state in an exported stack. Raises ConfigurationError for a file that is none."""
    try:
        return read_state(path)
    except NoReferenceError as error:
        raise ConfigurationError([Problem("--deployed", str(error))]) from error
