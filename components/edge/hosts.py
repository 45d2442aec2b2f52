"""The host names that the edge answers to."""

from __future__ import annotations

from dataclasses import dataclass

from model.edge import Route
from model.environment import Environment


@dataclass(frozen=True)
class Host:
    """A host name of the edge."""

    label: str
    """What stands in front of the environment's domain; empty for the domain itself."""
    name: str
    """The full name: `www.shop.example.com`."""

    @property
    def slug(self) -> str:
        """Names resources of the host: the same in every environment, whatever its domain."""
        return f"host-{self.label}" if self.label else "domain"


def host(environment: Environment, label: str) -> Host:
    """The host of a label."""
    domain = environment.identity.domain
    return Host(label, f"{label}.{domain}" if label else domain)


def hosts(environment: Environment) -> tuple[Host, ...]:
    """The distinct hosts of all routes, the domain itself first."""
    return tuple(host(environment, label) for label in sorted({route.host for route in environment.edge.routes}))


def routes_by_precedence(environment: Environment) -> tuple[Route, ...]:
    """The routes in the order in which they must be tried: of a host's paths the longest first."""
    return tuple(sorted(environment.edge.routes, key=lambda route: (route.host, -len(route.path), route.path)))
