"""Key-value tables: DynamoDB."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.base import Model, Text
from model.parity import Concern, Scaled
from model.references import DataClassRef

CapacityUnits = Annotated[int, Field(ge=1, le=40_000)]


class Key(Model):
    """A key attribute."""

    attribute: Text
    type: Literal["S", "N", "B"]


class Capacity(Model):
    """Provisioned capacity units, between which the autoscaler moves."""

    min_units: Annotated[CapacityUnits, Scaled(Concern.THROUGHPUT)]
    max_units: Annotated[CapacityUnits, Scaled(Concern.THROUGHPUT)]
    target_percent: Annotated[int, Field(ge=20, le=90)] = 70


class Index(Model):
    """A global secondary index; its capacity follows the table's."""

    hash_key: Key
    range_key: Key | None = None
    projection: Literal["ALL", "KEYS_ONLY"] = "ALL"


class DynamoDb(Model):
    """A provisioned table with autoscaling and point-in-time recovery."""

    kind: Literal["dynamodb"]
    data_class: DataClassRef
    hash_key: Key
    range_key: Key | None = None
    indexes: dict[Text, Index] = {}
    read_capacity: Capacity
    write_capacity: Capacity
    recovery_days: Annotated[int, Field(ge=1, le=35)] = 35
    expiry_attribute: Text | None = None
