"""Identity: the values in which environments must differ, and do so by nothing else."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from model.base import Model
from model.parity import Isolated

Cidr = Annotated[str, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
Domain = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$", max_length=253)]


def checked_network(text: str) -> str:
    """The text, when it is an IPv4 network without host bits. Raises ValueError otherwise."""
    IPv4Network(text)
    return text


GLOBAL_REGION = "us-east-1"
"""Where AWS keeps what belongs to no region, such as the CDN's certificates and metrics."""


class Regions(Model):
    """The region pair of an environment."""

    primary: Region
    """Where everything runs."""
    recovery: Region
    """Where backups are copied to; another region than the primary."""


class Identity(Model):
    """Who an environment is. Production's stands in the model, staging's in its stack file."""

    environment: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,14}$"), Isolated()]
    """Goes into names and tags: `production`, `staging`."""
    account_id: Annotated[str, StringConstraints(pattern=r"^\d{12}$"), Isolated()]
    """The AWS account, twelve digits in quotes. The provider refuses to act in any other."""
    regions: Annotated[Regions, Isolated()]
    """The region pair; the pair must differ between environments, so that no regional fault or quota is shared."""
    domain: Annotated[Domain, Isolated()]
    """The public DNS zone that the environment owns."""
    address_range: Annotated[Cidr, Isolated()]
    """The VPC's IPv4 range; overlaps with no other environment's, so that the two can never be mistaken for each other."""

    _network = field_validator("address_range")(checked_network)


PublicRanges = Annotated[tuple[Cidr, ...], Field(max_length=40)]
