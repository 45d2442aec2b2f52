"""The edge: what the internet reaches, and what stands between."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from model.base import Days, Model, Text
from model.parity import Concern, Scaled, Shapes
from model.references import ServiceRef

HostLabel = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$")]


class Route(Model):
    """A host and path prefix, and the service that answers."""

    host: HostLabel
    """The label in front of the environment's domain; empty for the domain itself."""
    path: Annotated[str, StringConstraints(pattern=r"^/\S*$")] = "/"
    """The beginning of the paths that it answers."""
    service: ServiceRef
    """The service that answers."""


class Firewall(Model):
    """AWS WAF in front of the CDN and of the load balancer."""

    managed_rules: Annotated[tuple[Text, ...], Field(min_length=1)]
    """AWS managed rule groups, in the order in which they are evaluated."""
    requests_per_five_minutes: Annotated[
        int,
        Field(ge=10, le=2_000_000_000),
        Scaled(Concern.THROUGHPUT, minimum=10),
        Shapes("aws:wafv2/webAcl:WebAcl", "rules[*].statement.rateBasedStatement.limit", component="edge"),
    ]
    """Requests that one address may make in five minutes."""


class Cdn(Model):
    """The CloudFront distribution."""

    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"]
    """The edge locations that answer."""
    minimum_tls: Literal["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"]
    """The least security policy that visitors may use."""
    cached_paths: tuple[Text, ...] = ()
    """Path patterns whose answers are cached; everything else goes to the origin."""


class Edge(Model):
    """DNS zone, certificates, CDN, firewall, load balancer and routes."""

    routes: Annotated[tuple[Route, ...], Field(min_length=1)]
    """Which service answers which host and path."""
    firewall: Firewall
    cdn: Cdn
    load_balancer_tls_policy: Text
    """The load balancer's TLS policy, as AWS names it."""
    access_log_retention_days: Days
    """Days that access logs are kept."""
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=4000)] = 60
    """Seconds without traffic after which a connection is closed."""
