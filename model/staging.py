"""The staging stack's own file: who it is, how much smaller, which release it rehearses. It never restates the model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from model.base import Model, Text
from model.identity import Identity
from model.parity import Adds, Concern
from model.references import ServiceRef, StoreRef
from model.staging_data import StagingDataStrategy

Ratio = Annotated[float, Field(gt=0, le=1)]


class Override(Model):
    """Another ratio for one item or one figure."""

    ratio: Ratio
    """The ratio in place of the concern's."""
    reason: Text
    """Why it is another."""


class Scaling(Model):
    """Ratios by concern, and overrides by path; the longest path wins."""

    ratios: dict[Concern, Ratio]
    """Ratios by concern; a concern without one is not scaled."""
    overrides: dict[Text, Override] = {}
    """Other ratios by model path."""


class Deviation(Model):
    """A declared, reasoned, owned, expiring exception to parity."""

    path: Text | None = None
    """A model path, such as `services.ui.health`. Either this, or `resource` and `property`."""
    resource: Text | None = None
    """A resource's component path, such as `stores/orders/instance`."""
    property: Text | None = None
    """The property of the resource that may differ."""
    reason: Text
    """Why it may differ."""
    owner: Text
    """Who answers for it."""
    expires: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    """The last day on which it holds, as YYYY-MM-DD."""

    @model_validator(mode="after")
    def _one_target(self) -> Deviation:
        if (self.path is None) == (self.resource is None) or (self.resource is None) != (self.property is None):
            raise ValueError("a deviation names either `path`, or `resource` and `property`")
        return self


class CostBudget(Model):
    """What staging may cost beside production."""

    max_cost_ratio: Ratio
    """The most that staging's priced monthly cost may be of production's; usually more than the ratios of size, since the control
    plane, NAT gateways and whatever else does not scale cost staging as much as production."""


class Staging(Model):
    """What `Pulumi.staging.yaml` may hold."""

    identity: Identity
    scaling: Scaling
    releases: dict[ServiceRef, Text] = {}
    """Image tags of release candidates, by service."""
    deviations: tuple[Deviation, ...] = ()
    """Declared exceptions to parity."""
    budget: CostBudget | None = None
    """What staging may cost; without it only the monthly budget of `operations` limits it."""
    data: Annotated[dict[StoreRef, StagingDataStrategy], Adds("understudy:data:DataRefresh")] = {}
    """Where the data of staging's databases comes from, by store."""
