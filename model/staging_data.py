"""The data of a staging database: where it comes from, how it is masked, how much of it there is and when it is renewed.

It stands in the staging file, below `data`, by the name of the store that it fills.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from model.base import Model, Text
from model.errors import nearest
from model.mask import Mask
from model.refresh_job import RefreshJob

POSTGRESQL = ("aurora-postgresql", "postgres")
"""Engines whose data can be refreshed."""
EVENTS = ("on-demand", "on-release")
"""What may start a refresh beside a clock."""

Share = Annotated[float, Field(ge=0, le=1)]
VolumeScale = Annotated[float, Field(gt=0, le=1)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[^.]+$")]


class SourceType(StrEnum):
    """Where staging's rows come from."""

    MASKED = "masked"
    """Every row of production, with its personal and secret values replaced."""
    SYNTHETIC = "synthetic"
    """No row of production: rows are made up from the schema and from statistics of the columns that may be kept."""
    SUBSET = "subset"
    """A part of production's rows, closed under foreign keys; nothing in it may be personal or secret."""
    MASKED_SUBSET = "masked_subset"
    """A part of production's rows, closed under foreign keys, with their personal and secret values replaced."""


class PrivacyLevel(StrEnum):
    """How far a masked value is from the person that it was about."""

    STABLE = "stable"
    """One key: the same value has the same mask in each refresh, so that what testers note down stays findable."""
    ROTATED = "rotated"
    """A new key for each refresh: nothing can be joined with an earlier one."""
    K_ANONYMOUS = "k_anonymous"
    """A new key for each refresh, and each combination of the declared quasi-identifiers in at least `k` rows."""


def _column_path(path: str) -> str:
    parts = path.split(".")
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise ValueError("a column is named `table.column`, or `schema.table.column`")
    return path


def _table_path(path: str) -> str:
    parts = path.split(".")
    if not 1 <= len(parts) <= 2 or not all(parts):
        raise ValueError("a table is named `table`, or `schema.table`")
    return path


def _frequency(text: str) -> str:
    if text in EVENTS:
        return text
    fields = text.split()
    if len(fields) != 5:
        hint = nearest(text, EVENTS)
        raise ValueError(f"neither five cron fields (minute hour day month weekday, UTC) nor an event{hint}")
    limits = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
    for field, (name, low, high) in zip(fields, limits, strict=True):
        for part in field.split(","):
            _cron_part(part, name, low, high)
    return text


def _cron_part(part: str, name: str, low: int, high: int) -> None:
    span, _, step = part.partition("/")
    ends = span.split("-")
    numbers = [] if span == "*" else ends
    if (
        len(numbers) > 2
        or not all(number.isascii() and number.isdigit() and low <= int(number) <= high for number in numbers)
        or ("/" in part and not (step.isascii() and step.isdigit() and int(step) > 0))
    ):
        raise ValueError(f"cron's {name} is {part!r}; allowed: *, numbers from {low} to {high}, ranges a-b, steps /n, and lists")


ColumnPath = Annotated[Text, AfterValidator(_column_path)]
TablePath = Annotated[Text, AfterValidator(_table_path)]
RefreshFrequency = Annotated[Text, AfterValidator(_frequency)]


class ColumnRule(Model):
    """What becomes of one column."""

    mask: Mask
    """The transformer; a column that references another has that one's."""
    domain: Text | None = None
    """Columns of one domain and mask give equal values equal masks, so that they can be joined: masks that all of them can hold.
    Without one they agree where they have the same length and are unique alike."""
    paths: dict[Text, Mask] = {}
    """With `json`: the mask of each path, such as `contact.email`, `items[].sku` or `*.ip`."""
    reason: Text | None = None
    """Why a column that is kept may be kept."""

    @model_validator(mode="after")
    def _complete(self) -> ColumnRule:
        if self.mask is Mask.KEEP and self.reason is None:
            raise ValueError("a column that is kept says why in `reason`")
        if self.paths and self.mask is not Mask.JSON:
            raise ValueError("`paths` belongs to the mask `json`")
        if any(mask is Mask.JSON for mask in self.paths.values()):
            raise ValueError("a path's mask cannot be `json` again")
        return self


class SubsetRoot(Model):
    """A table that rows are chosen from; rows that reference a chosen one follow, and so does whatever a row references."""

    stratify_by: tuple[Identifier, ...] = ()
    """Columns whose combinations each keep at least one row, so that rare categories survive."""
    follow: Annotated[bool, Field(json_schema_extra={"default": True})] = True
    """Whether rows that reference a chosen row come with it."""


class Bounds(Model):
    """How far staging's statistics may be from production's."""

    null_share: Share = 0.02
    """The share of NULLs, at most this much apart."""
    distinct_share: Share = 0.1
    """The share of distinct values, at most this much apart."""
    distance: Share = 0.1
    """The Kolmogorov-Smirnov or total variation distance of the distribution, at most."""
    volume: Share = 0.05
    """The number of rows, at most this share away from what the volume scale asks for."""


class StagingDataStrategy(Model):
    """How one staging database gets its data."""

    source_type: SourceType
    """Where the rows come from."""
    refresh_frequency: RefreshFrequency
    """When: five cron fields (minute hour day month weekday, UTC), or `on-demand` or `on-release`."""
    privacy_level: PrivacyLevel
    """How far masked values are from whom they were about."""
    volume_scale: VolumeScale
    """Rows in staging for each row in production."""
    columns: dict[ColumnPath, ColumnRule] = {}
    """What becomes of columns, by `table.column` or `schema.table.column`. A column without a rule needs to be classified."""
    roots: dict[TablePath, SubsetRoot] = {}
    """Where a subset begins, by table."""
    whole: tuple[TablePath, ...] = ()
    """Tables that a subset takes whole, such as lists of countries."""
    rows: dict[TablePath, Annotated[int, Field(ge=0)]] = {}
    """Synthetic rows by table; others follow the volume scale."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Begins the choice of a subset's and the making of synthetic rows."""
    quasi_identifiers: dict[TablePath, tuple[Identifier, ...]] = {}
    """Columns that together may tell a person apart, by table."""
    k: Annotated[int, Field(ge=2)] = 5
    """The fewest rows that share a combination of quasi-identifiers."""
    bounds: Bounds = Bounds()
    """How far staging's statistics may be from production's."""
    key_queries: dict[Identifier, Text] = {}
    """Queries, by name, whose plans must have the same shape in staging."""
    job: RefreshJob | None = None
    """The job in staging's cluster that refreshes; without one, somebody runs `understudy data refresh`."""

    @property
    def is_clocked(self) -> bool:
        """Whether a clock starts the refresh, and no event."""
        return self.refresh_frequency not in EVENTS

    @model_validator(mode="after")
    def _agrees(self) -> StagingDataStrategy:
        subset = self.source_type in (SourceType.SUBSET, SourceType.MASKED_SUBSET)
        if self.source_type is SourceType.MASKED and self.volume_scale != 1:
            raise ValueError("`masked` copies every row, so `volume_scale` is 1; for fewer rows use `masked_subset`")
        if subset and not self.roots:
            raise ValueError("a subset begins at `roots`; name at least one table there")
        if not subset and (self.roots or self.whole):
            raise ValueError("`roots` and `whole` belong to `subset` and `masked_subset`")
        if self.rows and self.source_type is not SourceType.SYNTHETIC:
            raise ValueError("`rows` belongs to `synthetic`")
        if self.privacy_level is PrivacyLevel.K_ANONYMOUS and not self.quasi_identifiers:
            raise ValueError("`k_anonymous` needs `quasi_identifiers`; name the columns that together tell a person apart")
        if self.job is not None and self.privacy_level is PrivacyLevel.STABLE:
            raise ValueError("a `job` draws a new key for each run; its level is `rotated` or `k_anonymous`")
        masked = sorted(name for name, rule in self.columns.items() if rule.mask is not Mask.KEEP)
        if self.source_type is SourceType.SUBSET and masked:
            raise ValueError(f"`subset` masks nothing, and {masked[0]} has a mask; use `masked_subset`")
        return self
