"""Key-value tables: DynamoDB."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.base import Model, Text
from model.parity import Concern, Scaled, Shapes
from model.references import DataClassRef

TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
CapacityUnits = Annotated[int, Field(ge=1, le=40_000)]


class Key(Model):
    """A key attribute."""

    attribute: Text
    """The attribute's name."""
    type: Literal["S", "N", "B"]
    """Text, number or bytes."""


class Capacity(Model):
    """Provisioned capacity units, between which the autoscaler moves."""

    min_units: Annotated[CapacityUnits, Scaled(Concern.THROUGHPUT)]
    """Units at rest."""
    max_units: Annotated[CapacityUnits, Scaled(Concern.THROUGHPUT)]
    """Units at the peak."""
    target_percent: Annotated[int, Field(ge=20, le=90)] = 70
    """Utilisation that the autoscaler aims at."""


class Index(Model):
    """A global secondary index; its capacity follows the table's."""

    hash_key: Key
    range_key: Key | None = None
    """The sort key."""
    projection: Literal["ALL", "KEYS_ONLY"] = "ALL"
    """The attributes that it holds."""


class DynamoDb(Model):
    """A provisioned table with autoscaling and point-in-time recovery."""

    kind: Literal["dynamodb"]
    """A DynamoDB table."""
    data_class: DataClassRef
    """The class of its data; names its key."""
    hash_key: Key
    range_key: Key | None = None
    """The sort key."""
    indexes: dict[Text, Index] = {}
    """Global secondary indexes by name."""
    read_capacity: Annotated[
        Capacity,
        Shapes(TABLE, "readCapacity", of="min_units"),
        Shapes(TABLE, "globalSecondaryIndexes[*].readCapacity", of="min_units"),
        Shapes(TARGET, "minCapacity", name="*-read", of="min_units"),
        Shapes(TARGET, "maxCapacity", name="*-read", of="max_units"),
    ]
    write_capacity: Annotated[
        Capacity,
        Shapes(TABLE, "writeCapacity", of="min_units"),
        Shapes(TABLE, "globalSecondaryIndexes[*].writeCapacity", of="min_units"),
        Shapes(TARGET, "minCapacity", name="*-write", of="min_units"),
        Shapes(TARGET, "maxCapacity", name="*-write", of="max_units"),
    ]
    recovery_days: Annotated[int, Field(ge=1, le=35)] = 35
    """Days that can be gone back to."""
    expiry_attribute: Text | None = None
    """The attribute that says when an item may be deleted."""
