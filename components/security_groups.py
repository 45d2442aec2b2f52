"""Security groups: which service may reach which store and which other service, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws.ec2 as ec2
import pulumi_aws.vpc as vpc

from components.base import Component
from model.environment import Environment
from model.store import store_port

HTTPS = 443
DNS = 53
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class SecurityGroupsArgs:
    """What the groups are made from."""

    environment: Environment
    vpc_id: pulumi.Output[str]
    gateway_prefix_lists: Mapping[str, pulumi.Output[str]] = field(default_factory=dict[str, pulumi.Output[str]])
    """Addresses behind the network's gateway endpoints, by service (`s3`, `dynamodb`): they are public ones."""


class SecurityGroups(Component):
    """A group for each service's pods, each store with a port, and the load balancer, with a rule for each allowed edge."""

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:network:SecurityGroups", name, opts)
        self._environment, self._vpc_id, self._gateways = args.environment, args.vpc_id, args.gateway_prefix_lists
        self.services = {name: self._group(f"service-{name}", f"Pods of service {name}") for name in args.environment.services}
        self._ports = {name: port for name, store in args.environment.stores.items() if (port := store_port(store)) is not None}
        self.stores = {name: self._group(f"store-{name}", f"Store {name}") for name in self._ports}
        self.load_balancer = self._group("load-balancer", "The internal load balancer behind the CDN")
        for service in args.environment.services:
            self._build_service_edges(service)
            self._build_https(service)
        self._build_load_balancer_edges()
        self.register_outputs({})

    def _group(self, suffix: str, description: str) -> pulumi.Output[str]:
        tags = {"Name": f"{self._environment.name}-{suffix}"}
        group = ec2.SecurityGroup(self.child(suffix), vpc_id=self._vpc_id, description=description, tags=tags, opts=self.below())
        return group.id

    def _build_service_edges(self, name: str) -> None:
        service, group = self._environment.services[name], self.services[name]
        for store in sorted(set(service.stores) & set(self._ports)):
            suffix, description = f"service-{name}-to-store-{store}", f"service {name} to store {store}"
            allow_edge(self, suffix, description, group, self.stores[store], self._ports[store])
        for callee in service.calls:
            suffix, description = f"service-{name}-to-service-{callee}", f"service {name} to service {callee}"
            port = self._environment.services[callee].port
            allow_edge(self, suffix, description, group, self.services[callee], port)

    def _build_https(self, name: str) -> None:
        """Ways out to AWS services, in the network or behind a gateway, and to third parties only where the model names some."""
        services = self._gateway_services(name)
        if self._environment.services[name].external_hosts or services - set(self._gateways):
            self._https(name, "anywhere", "AWS services and third parties", cidr=ANYWHERE)
            return
        self._https(name, "endpoints", "AWS services in the network", cidr=self._environment.identity.address_range)
        for service in sorted(services):
            self._https(name, service, f"AWS service {service}", prefix_list=self._gateways[service])

    def _gateway_services(self, name: str) -> set[str]:
        """The services with gateway endpoints that a service uses."""
        service, stores = self._environment.services[name], self._environment.stores
        used = {"dynamodb"} if any(stores[store].kind == "dynamodb" for store in service.stores) else set[str]()
        return used | {"s3"} if service.buckets else used

    def _https(
        self, name: str, suffix: str, target: str, cidr: str | None = None, prefix_list: pulumi.Output[str] | None = None
    ) -> None:
        vpc.SecurityGroupEgressRule(
            self.child(f"service-{name}-https-{suffix}"),
            security_group_id=self.services[name],
            description=f"service {name} over HTTPS to {target}",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=cidr,
            prefix_list_id=prefix_list,
            opts=self.below(),
        )

    def _build_load_balancer_edges(self) -> None:
        # The CDN reaches the load balancer through a VPC origin, whose interfaces are inside the network.
        vpc.SecurityGroupIngressRule(
            self.child("cdn-to-load-balancer"),
            security_group_id=self.load_balancer,
            description="HTTPS from interfaces of the CDN inside the network",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=self._environment.identity.address_range,
            opts=self.below(),
        )
        for name in sorted({route.service for route in self._environment.edge.routes}):
            suffix, description = f"load-balancer-to-service-{name}", f"load balancer to service {name}"
            port = self._environment.services[name].port
            allow_edge(self, suffix, description, self.load_balancer, self.services[name], port)


def allow_edge(
    owner: Component,
    suffix: str,
    description: str,
    source: pulumi.Output[str],
    target: pulumi.Output[str],
    port: int,
    protocol: str = "tcp",
) -> None:
    """Both halves of an allowed edge: an egress rule on the source and an ingress rule on the target."""
    vpc.SecurityGroupEgressRule(
        owner.child(suffix),
        security_group_id=source,
        description=description,
        ip_protocol=protocol,
        from_port=port,
        to_port=port,
        referenced_security_group_id=target,
        opts=owner.below(),
    )
    vpc.SecurityGroupIngressRule(
        owner.child(suffix),
        security_group_id=target,
        description=description,
        ip_protocol=protocol,
        from_port=port,
        to_port=port,
        referenced_security_group_id=source,
        opts=owner.below(),
    )


@dataclass(frozen=True)
class ClusterAccessArgs:
    """What the rules between pods and cluster are made from."""

    environment: Environment
    groups: SecurityGroups
    cluster_security_group_id: pulumi.Output[str]


class ClusterAccess(Component):
    """What pods with groups of their own need of the cluster: name resolution, and the kubelet's probes."""

    def __init__(self, name: str, args: ClusterAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:network:ClusterAccess", name, opts)
        cluster = args.cluster_security_group_id
        for service, group in args.groups.services.items():
            for protocol in ("tcp", "udp"):
                allow_edge(self, f"{service}-dns-{protocol}", f"service {service} to DNS", group, cluster, DNS, protocol)
            port = args.environment.services[service].port
            vpc.SecurityGroupIngressRule(
                self.child(f"{service}-probes"),
                security_group_id=group,
                description=f"probes of service {service}",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=cluster,
                opts=self.below(),
            )
        self.register_outputs({})
