"""Messaging: queues with their dead-letter queues, and topics."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.base import Model
from model.references import DataClassRef, QueueRef


class Queue(Model):
    """An SQS queue and the dead-letter queue behind it."""

    data_class: DataClassRef
    """The class of its data; names its key."""
    fifo: bool = False
    """Whether messages keep their order."""
    visibility_timeout_seconds: Annotated[int, Field(ge=0, le=43_200)]
    """Seconds that a received message is hidden from others."""
    retention_days: Annotated[int, Field(ge=1, le=14)]
    """Days that a message waits."""
    max_receives: Annotated[int, Field(ge=1, le=1000)]
    """Deliveries before a message is moved to the dead-letter queue."""


class Topic(Model):
    """An SNS topic and the queues that receive it."""

    data_class: DataClassRef
    """The class of its data; names its key."""
    subscribers: tuple[QueueRef, ...] = ()
    """Queues that receive it."""
