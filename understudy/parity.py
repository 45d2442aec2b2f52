"""Parity in a preview: what each stack is held against is given to the pack, and what the pack makes of it is reported."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from policies.parity.assessment import ParityAssessment
from policies.parity.deployed import read_state
from policies.parity.deviation import expiring
from policies.parity.difference import Difference
from policies.parity.pack import assessment_of
from policies.parity.reference import Given, NoReferenceError, give, read_reference
from policies.parity.score import RowScore
from scaling.resolve import Resolution
from understudy.preview.rendering import Rendering
from understudy.reference import reference_document


def compare(
    production: Rendering, staging: Rendering, resolution: Resolution, *, today: date, deployed: Path | None
) -> ParityAssessment:
    """Hold a stack against the lead, and let the parity pack do the same. Raises ConfigurationError for an unusable state."""
    held = Given(read_reference(reference_document(production, staging, resolution)), today)
    if deployed is not None:
        try:
            held = replace(held, deployed=read_state(deployed))
        except NoReferenceError as error:
            raise ConfigurationError([Problem("--deployed", str(error))]) from error
    give(staging.project, staging.stack, held)
    return assessment_of(held.reference.own, held)


def parity_section(assessment: ParityAssessment, resolution: Resolution, today: date) -> dict[str, Any]:
    """What the report says of one stack's parity. The violations themselves stand among the stack's policies."""
    explained = Counter(each.explained for each in assessment.differences if each.explained)
    return {
        "verdict": "clean" if assessment.is_clean else "violation",
        "violations": len(assessment.violations) + len(assessment.stated),
        "explained": dict(sorted(explained.items())),
        "rows": [_row(row) for row in assessment.scores],
        "differences": [_difference(each) for each in assessment.differences if each.explained],
        "unknowable": [{"place": each.place, "property": each.path} for each in assessment.unknowable],
        "deviations": _deviations(resolution, today),
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "urn": each.urn,
        "place": each.place,
        "property": each.path or None,
        "explained": each.explained,
        "figure": each.figure or None,
        "message": each.message,
    }


def _row(row: RowScore) -> dict[str, Any]:
    return {
        "row": row.row,
        "score": round(row.share, 6),
        "resources": row.resources,
        "compared": row.compared,
        "equal": row.equal,
        "explained": row.explained,
        "unexplained": row.unexplained,
        "compared_by_source": row.unknown,
        "costs": [{"place": place, "unexplained": count} for place, count in row.costs],
    }


def _deviations(resolution: Resolution, today: date) -> list[dict[str, Any]]:
    if resolution.staging is None:
        return []
    soon = {path for path, _ in expiring(resolution.staging.deviations, today)}
    return [
        {**deviation.model_dump(mode="json", exclude_none=True), "ends_soon": f"deviations[{index}]" in soon}
        for index, deviation in enumerate(resolution.staging.deviations)
    ]
