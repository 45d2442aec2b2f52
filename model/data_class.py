"""Data classes: what kind of data a store holds, and the key that encrypts it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.base import Model, Text


class DataClass(Model):
    """One KMS key encrypts everything of one class in one environment."""

    description: Text
    """What belongs to it."""
    personal: bool
    """Whether the data is about people; such data never leaves production unmasked."""
    rotation_days: Annotated[int, Field(ge=90, le=2560)] = 365
    """Days between rotations of its key."""
    deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
    """Days in which a deletion of its key can still be taken back."""
