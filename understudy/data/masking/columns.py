"""What becomes of each column of a database: its rule, and the mask that comes of it under a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from model.mask import Mask
from understudy.data.catalogue import Catalogue, Column, Table
from understudy.data.masking.choose import Limits, Rule, masking_of
from understudy.data.masking.copy_text import to_null
from understudy.data.masking.keys import MaskingKey
from understudy.data.masking.together import Value


@dataclass(frozen=True)
class PlannedColumn:
    """What becomes of a column."""

    rule: Rule
    domain: str
    limits: Limits
    shape: Column
    """The column whose type the mask is made for: of all that must mask alike the narrowest, so that all agree."""

    def mask(self, key: MaskingKey) -> Value | None:
        """The mask of the column's values; None where they are kept."""
        if self.rule.mask is Mask.NULL:
            return to_null
        return masking_of(self.shape, self.rule, key.for_domain(self.domain), self.limits)


@dataclass(frozen=True)
class PlannedColumns:
    """A catalogue, and what becomes of its columns: all that whoever copies rows needs to know."""

    catalogue: Catalogue
    columns: Mapping[str, PlannedColumn]
    """By `schema.table.column`, for tables that are no partitions."""

    def column(self, table: Table, name: str) -> PlannedColumn:
        """The plan of a table's or a partition's column."""
        return self.columns[f"{self.catalogue.root_of(table).full_name}.{name}"]

    def masks(self, table: Table, key: MaskingKey) -> dict[int, Value]:
        """The masks of a table's written columns, by their place among these."""
        made = {place: self.column(table, column.name).mask(key) for place, column in enumerate(table.stored)}
        return {place: mask for place, mask in made.items() if mask is not None}

    def sensitive(self, table: Table) -> list[str]:
        """The columns whose values must not reach staging."""
        return [column.name for column in table.stored if self.column(table, column.name).rule.mask is not Mask.KEEP]
