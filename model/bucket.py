"""Buckets: object storage."""

from __future__ import annotations

from model.base import Days, Model, Text
from model.references import DataClassRef


class Bucket(Model):
    """A versioned, private bucket with a TLS-only policy, access logs and a lifecycle."""

    description: Text
    """What it keeps."""
    data_class: DataClassRef
    """The class of its data; names its key."""
    noncurrent_expire_days: Days
    """Days that replaced versions are kept."""
    infrequent_access_days: Days | None = None
    """Days until objects move to the infrequent-access class."""
    expire_days: Days | None = None
    """Days until current objects expire. None: never."""
    served_by_cdn: bool = False
    """Whether the CDN serves its objects; at most one bucket's."""
