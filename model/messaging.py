"""Messaging: queues with their dead-letter queues, and topics."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.base import Model
from model.references import DataClassRef, QueueRef


class Queue(Model):
    """An SQS queue and the dead-letter queue behind it."""

    data_class: DataClassRef
    fifo: bool = False
    visibility_timeout_seconds: Annotated[int, Field(ge=0, le=43_200)]
    retention_days: Annotated[int, Field(ge=1, le=14)]
    max_receives: Annotated[int, Field(ge=1, le=1000)]
    """Deliveries before a message is moved to the dead-letter queue."""


class Topic(Model):
    """An SNS topic and the queues that receive it."""

    data_class: DataClassRef
    subscribers: tuple[QueueRef, ...] = ()
