"""The network: zones, subnet tiers, endpoints and flow logs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.base import LogRetentionDays, Model

PrefixLength = Annotated[int, Field(ge=16, le=28)]


class Network(Model):
    """A VPC with a public, a private and a database subnet in every zone."""

    zones: Annotated[int, Field(ge=2, le=4)]
    """How many availability zones. Topology: no ratio touches it."""
    public_prefix_length: PrefixLength
    """Size of each public subnet, as a prefix length; load balancers and NAT gateways live there."""
    private_prefix_length: PrefixLength
    """Size of each private subnet; nodes and pods live there."""
    database_prefix_length: PrefixLength
    """Size of each database subnet; no route leads from it to the internet."""
    flow_log_retention_days: LogRetentionDays
    """Days that flow logs are kept."""
    gateway_endpoints: tuple[Literal["s3", "dynamodb"], ...] = ()
    """AWS services that are reached through a gateway endpoint."""
    interface_endpoints: tuple[str, ...] = ()
    """AWS services reached privately, by the last part of their endpoint's name: `ecr.api`, `sts`, `kms`."""
