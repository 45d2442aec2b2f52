"""A service's network policy: the edges that the model draws, and no other.

The namespace denies everything but name resolution; this policy adds the callers, the callees, the stores and what the
service calls over HTTPS. Security groups repeat the same edges a layer below, where address ranges are too wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pulumi_kubernetes.meta.v1 as meta
import pulumi_kubernetes.networking.v1 as networking

from components.base import Component
from components.service_args import NAME_LABEL, ServiceArgs
from components.service_role import aws_services
from model.address_plan import AddressPlan, address_plan
from model.environment import Environment
from model.store import store_port

IDENTITY_AGENT = "169.254.170.23/32"
"""Where pods get the credentials of their role: the Pod Identity agent on their own node."""
HTTP, HTTPS = 80, 443
ANYWHERE = "0.0.0.0/0"


def network_policy(owner: Component, args: ServiceArgs) -> networking.NetworkPolicy:
    """The policy of the service's pods."""
    return networking.NetworkPolicy(
        owner.child("network-policy"),
        metadata=args.metadata(),
        spec=networking.NetworkPolicySpecArgs(
            pod_selector=args.pods,
            policy_types=["Ingress", "Egress"],
            ingress=list(_ingress(args)),
            egress=list(_egress(args)),
        ),
        opts=owner.below(provider=args.cluster.provider, depends_on=[args.namespace]),
    )


def _ingress(args: ServiceArgs) -> Iterator[networking.NetworkPolicyIngressRuleArgs]:
    services = args.environment.services
    callers = [_pods_of(args.environment, name) for name in sorted(services) if args.service_name in services[name].calls]
    # The load balancer's interfaces are in the private subnets.
    routed = blocks(plan_of(args.environment).private) if args.target_group_arn is not None else []
    if callers or routed:
        yield networking.NetworkPolicyIngressRuleArgs(from_=[*callers, *routed], ports=_tcp(args.service.port))


def _egress(args: ServiceArgs) -> Iterator[networking.NetworkPolicyEgressRuleArgs]:
    environment, plan = args.environment, plan_of(args.environment)
    for callee in sorted(args.service.calls):
        yield egress_to([_pods_of(environment, callee)], environment.services[callee].port)
    ports = {store_port(environment.stores[store]) for store in args.service.stores}
    for port in sorted(port for port in ports if port is not None):
        yield egress_to(blocks(plan.database), port)
    called = aws_services(args)
    if called:
        yield egress_to(blocks([IDENTITY_AGENT]), HTTP)
    if called & set(environment.network.interface_endpoints):
        yield egress_to(blocks(plan.private), HTTPS)
    if called - set(environment.network.interface_endpoints) or args.service.external_hosts:
        yield https_outside(environment)


def https_outside(environment: Environment) -> networking.NetworkPolicyEgressRuleArgs:
    """HTTPS to everything but the network itself: gateway endpoints keep AWS's public addresses, which policies cannot name."""
    outside = networking.IPBlockArgs(cidr=ANYWHERE, except_=[environment.identity.address_range])
    return egress_to([networking.NetworkPolicyPeerArgs(ip_block=outside)], HTTPS)


def plan_of(environment: Environment) -> AddressPlan:
    """The address plan of an environment."""
    return address_plan(environment.identity.address_range, environment.network)


def egress_to(peers: Sequence[networking.NetworkPolicyPeerArgs], port: int) -> networking.NetworkPolicyEgressRuleArgs:
    """A way out to peers, on one port."""
    return networking.NetworkPolicyEgressRuleArgs(to=list(peers), ports=_tcp(port))


def _tcp(port: int) -> list[networking.NetworkPolicyPortArgs]:
    return [networking.NetworkPolicyPortArgs(port=port, protocol="TCP")]


def _pods_of(environment: Environment, service: str) -> networking.NetworkPolicyPeerArgs:
    namespace = environment.services[service].namespace
    return networking.NetworkPolicyPeerArgs(
        namespace_selector=meta.LabelSelectorArgs(match_labels={"kubernetes.io/metadata.name": namespace}),
        pod_selector=meta.LabelSelectorArgs(match_labels={NAME_LABEL: service}),
    )


def blocks(ranges: Sequence[str]) -> list[networking.NetworkPolicyPeerArgs]:
    """Peers by address range."""
    return [networking.NetworkPolicyPeerArgs(ip_block=networking.IPBlockArgs(cidr=block)) for block in ranges]
