"""Stores: the union of everything that keeps data, told apart by `kind`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.cache import Redis
from model.database import Aurora, Rds
from model.table import DynamoDb

Store = Annotated[Aurora | Rds | DynamoDb | Redis, Field(discriminator="kind")]

ENGINE_PORTS = {
    "aurora-mysql": 3306,
    "mysql": 3306,
    "aurora-postgresql": 5432,
    "postgres": 5432,
    "redis": 6379,
    "valkey": 6379,
}


def store_port(store: Aurora | Rds | DynamoDb | Redis) -> int | None:
    """The TCP port of a store inside the network; None for DynamoDB, which is reached through its endpoint."""
    return None if isinstance(store, DynamoDb) else ENGINE_PORTS[store.engine]
