"""The demonstration's strategy, with fields changed."""

from __future__ import annotations

from typing import Any

from model.staging_data import StagingDataStrategy
from understudy.data.demo import demo_strategy


def nasty(**changes: Any) -> StagingDataStrategy:
    """The strategy that classifies every column of the nasty schema, with fields changed."""
    raw = demo_strategy().model_dump(mode="json")
    return StagingDataStrategy.model_validate({**raw, **changes}, strict=False)
