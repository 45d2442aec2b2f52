"""Critical paths: the business workflows that staging must be able to rehearse."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from model.base import Model, Text
from model.references import QueueRef, ServiceRef, StoreRef


class Step(Model):
    """A service, store or queue that the workflow passes, and how often for each request at its entry."""

    service: ServiceRef | None = None
    """The service that is passed."""
    store: StoreRef | None = None
    """The store that is passed."""
    queue: QueueRef | None = None
    """The queue that is passed."""
    calls_per_request: Annotated[float, Field(gt=0, le=1000)] = 1.0
    """How often, for each request at the path's entry."""

    @model_validator(mode="after")
    def _one_target(self) -> Step:
        if sum(target is not None for target in (self.service, self.store, self.queue)) != 1:
            raise ValueError("a step names exactly one of `service`, `store`, `queue`")
        return self


class CriticalPath(Model):
    """A named workflow with its peak rate in production."""

    description: Text
    """What somebody does on it."""
    peak_requests_per_second: Annotated[float, Field(gt=0, le=10_000_000)]
    """Requests a second at the entry, at production's peak."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """What each request at its entry passes."""
