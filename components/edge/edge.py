"""The edge as a whole: what the internet reaches, and what stands between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.base import Component
from components.bucket import Bucket
from components.edge.cdn import Cdn, CdnArgs
from components.edge.certificate import Certificates, CertificatesArgs
from components.edge.firewall import Firewall, FirewallArgs
from components.edge.load_balancer import LoadBalancer, LoadBalancerArgs
from components.edge.zone import Zone, ZoneArgs
from components.keys import Keys
from components.log_bucket import LogBucket
from components.network import Network
from model.environment import Environment


@dataclass(frozen=True)
class EdgeArgs:
    """What the edge is made from."""

    environment: Environment
    network: Network
    load_balancer_security_group_id: pulumi.Output[str]
    log_bucket: LogBucket
    keys: Keys
    buckets: Mapping[str, Bucket]
    """Every bucket of the environment, by its name in the model."""


class Edge(Component):
    """Visitor, firewall, CDN, and from there privately: load balancer with a firewall of its own, pods."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:edge:Edge", name, opts)
        environment, keys = args.environment, args.keys
        zone = Zone(self.child("dns"), ZoneArgs(environment, keys), self.below())
        certificates = Certificates(self.child("certificates"), CertificatesArgs(environment, zone.zone_id), self.below())
        regional = Firewall(self.child("load-balancer-firewall"), FirewallArgs(environment, "REGIONAL", keys.logs), self.below())
        balancer = LoadBalancer(
            self.child("load-balancer"),
            LoadBalancerArgs(
                environment=environment,
                network=args.network,
                security_group_id=args.load_balancer_security_group_id,
                certificate_arn=certificates.load_balancer_arn,
                web_acl_arn=regional.arn,
                log_bucket=args.log_bucket,
            ),
            self.below(),
        )
        everywhere = Firewall(self.child("cdn-firewall"), FirewallArgs(environment, "CLOUDFRONT", keys.edge_logs), self.below())
        cdn = Cdn(
            self.child("cdn"),
            CdnArgs(
                environment=environment,
                zone_id=zone.zone_id,
                certificate_arn=certificates.cdn_arn,
                web_acl_arn=everywhere.arn,
                load_balancer=balancer,
                log_bucket=args.log_bucket,
                buckets=args.buckets,
            ),
            self.below(),
        )
        self.domain = environment.identity.domain
        self.zone_id, self.name_servers, self.ds_record = zone.zone_id, zone.name_servers, zone.ds_record
        self.certificate_arn, self.web_acl_arn = certificates.load_balancer_arn, regional.arn
        self.load_balancer_arn, self.load_balancer_arn_suffix = balancer.arn, balancer.arn_suffix
        self.target_group_arns = balancer.target_group_arns
        self.target_group_suffixes = balancer.target_group_suffixes
        self.distribution_id = cdn.distribution_id
        self.register_outputs({"name_servers": self.name_servers, "distribution_id": self.distribution_id})
