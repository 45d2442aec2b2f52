"""Who somebody's environments are: what nothing but a person can say of a new project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Answers:
    """The identity of production and of its staging environment, and who answers for them."""

    system: str
    owner: str
    domain: str
    account: str
    staging_account: str
    region: str
    staging_region: str


RECOVERY: Mapping[str, str] = {
    "ap-northeast-1": "ap-northeast-3",
    "ap-southeast-1": "ap-southeast-2",
    "ap-southeast-2": "ap-southeast-1",
    "ca-central-1": "us-east-2",
    "eu-central-1": "eu-west-1",
    "eu-north-1": "eu-west-3",
    "eu-west-1": "eu-central-1",
    "eu-west-2": "eu-west-1",
    "eu-west-3": "eu-central-1",
    "us-east-1": "us-west-1",
    "us-east-2": "us-west-2",
    "us-west-1": "us-east-1",
    "us-west-2": "us-east-2",
}
"""Where backups of a region are copied to, unless somebody decides otherwise: on the same continent."""
