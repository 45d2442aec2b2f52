"""Data classes: what kind of data a store holds, and the key that encrypts it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.base import Model, Text


class DataClass(Model):
    """One KMS key encrypts everything of one class in one environment."""

    description: Text
    personal: bool
    """Whether the data is about people; such data never leaves production unmasked."""
    rotation_days: Annotated[int, Field(ge=90, le=2560)] = 365
    deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
