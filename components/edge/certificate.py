"""Certificates: the hosts' own in the environment's region, and the same for the CDN where that looks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws.acm as acm
import pulumi_aws.route53 as route53

from components.base import Component
from components.edge.hosts import Host, hosts
from components.edge.zone import RECORD_SECONDS
from model.environment import Environment
from model.identity import GLOBAL_REGION


@dataclass(frozen=True)
class CertificatesArgs:
    """What the certificates are made from."""

    environment: Environment
    zone_id: pulumi.Output[str]


class Certificates(Component):
    """Certificates that name each host, proven by records in the zone; their ARNs are known once they are issued.

    One record a host proves both: what ACM asks for depends on the account and the host, not on the region.
    """

    def __init__(self, name: str, args: CertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:edge:Certificates", name, opts)
        self._hosts, self._zone_id = hosts(args.environment), args.zone_id
        regional = self._certificate("load-balancer", None)
        records = [self._record(host, regional) for host in self._hosts]
        self.load_balancer_arn = self._issued("load-balancer", regional, records, None)
        self.cdn_arn = self._issued("cdn", self._certificate("cdn", GLOBAL_REGION), records, GLOBAL_REGION)
        self.register_outputs({"load_balancer_arn": self.load_balancer_arn, "cdn_arn": self.cdn_arn})

    def _certificate(self, suffix: str, region: str | None) -> acm.Certificate:
        first, *others = (host.name for host in self._hosts)
        return acm.Certificate(
            self.child(suffix),
            domain_name=first,
            subject_alternative_names=others,
            validation_method="DNS",
            options=acm.CertificateOptionsArgs(certificate_transparency_logging_preference="ENABLED"),
            region=region,
            tags={"Name": first},
            opts=self.below(),
        )

    def _record(self, host: Host, certificate: acm.Certificate) -> route53.Record:
        # ACM lists what it asks for in no particular order.
        wanted = certificate.domain_validation_options.apply(
            lambda options: next(option for option in options if option.domain_name == host.name)
        )
        return route53.Record(
            self.child(host.slug),
            zone_id=self._zone_id,
            name=wanted.apply(lambda option: option.resource_record_name or ""),
            type=wanted.apply(lambda option: option.resource_record_type or ""),
            records=[wanted.apply(lambda option: option.resource_record_value or "")],
            ttl=RECORD_SECONDS,
            opts=self.below(),
        )

    def _issued(
        self, suffix: str, certificate: acm.Certificate, records: Sequence[route53.Record], region: str | None
    ) -> pulumi.Output[str]:
        validation = acm.CertificateValidation(
            self.child(suffix),
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn for record in records],
            region=region,
            opts=self.below(),
        )
        return validation.certificate_arn
