"""Isolation: nothing in staging shares an account, key, bucket, address range or domain with production."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from model.environment import Environment
from policies.engine.snapshot import Resource
from policies.parity.difference import Difference, shown
from policies.parity.paths import found

ISOLATION = "PAR-10"
UNIQUE = {
    "aws:acm/certificate:Certificate": ("domainName",),
    "aws:cloudfront/distribution:Distribution": ("aliases[*]",),
    "aws:ec2/vpc:Vpc": ("cidrBlock",),
    "aws:route53/zone:Zone": ("name",),
    "aws:s3/bucket:Bucket": ("bucket",),
    "pulumi:providers:aws": ("allowedAccountIds",),
}
"""Names that the whole world shares, and what an account is told apart by: they differ, or one environment is the other."""


def isolation_differences(production: Resource, staging: Resource, place: str) -> Iterator[Difference]:
    """The values of a pair that must differ and do not."""
    for path in UNIQUE.get(staging.type, ()):
        theirs = {str(value) for _, value in found(production.properties, path) if isinstance(value, str)}
        for where, value in found(staging.properties, path):
            if isinstance(value, str) and value in theirs:
                message = f"is {shown(value)} here and in production: the two environments share it"
                fix = "give staging one of its own through `identity` in the staging file"
                yield Difference(ISOLATION, staging.urn, place, where, message, fix)


def shared_identity(production: Environment, staging: Environment) -> Iterator[str]:
    """What of their identity the two environments share, in words."""
    ours, theirs = staging.identity, production.identity
    for field in ("environment", "account_id", "regions", "domain"):
        if getattr(ours, field) == getattr(theirs, field):
            yield f"identity.{field} is the same in both environments"
    if IPv4Network(ours.address_range).overlaps(IPv4Network(theirs.address_range)):
        yield "identity.address_range overlaps production's"
