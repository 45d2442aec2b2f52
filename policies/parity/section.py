"""What a report says of one stack's parity, as data. The violations themselves stand among the stack's policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from model.staging import Deviation
from policies.parity.assessment import ParityAssessment
from policies.parity.deviation import expiring
from policies.parity.difference import Difference
from policies.parity.score import RowScore

NAME = "parity"
"""The section's name in a report."""


def parity_section(assessment: ParityAssessment, deviations: Sequence[Deviation], today: date) -> dict[str, Any]:
    """The section of a stack, by the deviations that its file declares, on a day."""
    explained = Counter(each.explained for each in assessment.differences if each.explained)
    return {
        "verdict": "clean" if assessment.is_clean else "violation",
        "violations": len(assessment.violations) + len(assessment.stated),
        "explained": dict(sorted(explained.items())),
        "rows": [_row(row) for row in assessment.scores],
        "differences": [_difference(each) for each in assessment.differences if each.explained],
        "unknowable": [{"place": each.place, "property": each.path} for each in assessment.unknowable],
        "deviations": _deviations(deviations, today),
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


def _deviations(deviations: Sequence[Deviation], today: date) -> list[dict[str, Any]]:
    soon = {path for path, _ in expiring(deviations, today)}
    return [
        {**deviation.model_dump(mode="json", exclude_none=True), "ends_soon": f"deviations[{index}]" in soon}
        for index, deviation in enumerate(deviations)
    ]
