"""A staging stack whose orders are refreshed by a job."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from policies.parity.reference import Reference, read_reference
from tests.policies.parity.stacks import document

EXPORT = {
    "bucket": "retail-store-production-archives-111122223333",
    "prefix": "orders",
    "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
}
JOB: dict[str, Any] = {
    "image": {"repository": "registry.example.com/understudy", "digest": f"sha256:{'0' * 64}"},
    "export": EXPORT,
    "node_group": "transactions",
    "late_hours": 30,
    "runbook": "https://runbooks.example.com/data-refresh",
}
STRATEGY: dict[str, Any] = {
    "source_type": "masked",
    "refresh_frequency": "0 3 * * *",
    "privacy_level": "rotated",
    "volume_scale": 1.0,
    "job": JOB,
}


@cache
def refreshed(frequency: str = "0 3 * * *") -> Reference:
    """Both stacks of the retail store, where staging's file asks for a job."""
    data = {"orders": {**STRATEGY, "refresh_frequency": frequency}}
    return read_reference(document("retail-store", own=json.dumps({"data": data})))
