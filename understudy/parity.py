"""Parity in a preview: what each stack is held against is given to the pack, and what the pack makes of it is reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from model.errors import ConfigurationError, Problem
from policies.engine.snapshot import Snapshot
from policies.parity.assessment import ParityAssessment
from policies.parity.deployed import read_state
from policies.parity.pack import assessment_of
from policies.parity.reference import Given, NoReferenceError, give, read_reference
from scaling.resolve import Resolution
from understudy.preview.rendering import Rendering
from understudy.reference import reference_document


def compare(
    production: Rendering, staging: Rendering, resolution: Resolution, *, today: date, deployed: Snapshot | None
) -> ParityAssessment:
    """Hold a stack against the lead, and let the parity pack do the same. `deployed` is production's state as it runs."""
    held = Given(read_reference(reference_document(production, staging, resolution)), today, deployed=deployed)
    give(staging.project, staging.stack, held)
    return assessment_of(held.reference.own, held)


def deployed_state(path: Path) -> Snapshot:
    """Production's state in an exported stack. Raises ConfigurationError for a file that is none."""
    try:
        return read_state(path)
    except NoReferenceError as error:
        raise ConfigurationError([Problem("--deployed", str(error))]) from error
