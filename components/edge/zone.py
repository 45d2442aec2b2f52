"""The environment's public DNS zone: signed, its queries logged, and open to one certificate authority."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws.cloudwatch as cloudwatch
import pulumi_aws.route53 as route53

from components.base import Component
from components.keys import Keys
from components.log_group import log_group
from components.policy_document import policy_document
from model.environment import Environment
from model.identity import GLOBAL_REGION

RECORD_SECONDS = 300
"""How long resolvers may keep a record."""


@dataclass(frozen=True)
class ZoneArgs:
    """What the zone is made from."""

    environment: Environment
    keys: Keys


class Zone(Component):
    """A hosted zone with DNSSEC. Whoever owns the parent domain delegates by `name_servers`, and signs by `ds_record`."""

    def __init__(self, name: str, args: ZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:edge:Zone", name, opts)
        self._environment, self._keys = args.environment, args.keys
        domain = args.environment.identity.domain
        zone = route53.Zone(
            self.child("zone"), name=domain, comment=f"Public names of {args.environment.name}", opts=self.below()
        )
        self.zone_id, self.name_servers = zone.zone_id, zone.name_servers
        self._zone_arn = pulumi.Output.concat("arn:aws:route53:::hostedzone/", self.zone_id)
        route53.Record(
            self.child("certificate-authority"),
            zone_id=self.zone_id,
            name=domain,
            type="CAA",
            ttl=RECORD_SECONDS,
            records=['0 issue "amazon.com"'],
            opts=self.below(),
        )
        self.ds_record = self._sign()
        self._log_queries()
        self.register_outputs({"name_servers": self.name_servers, "ds_record": self.ds_record})

    def _sign(self) -> pulumi.Output[str]:
        """Sign the zone. The result is what the parent zone publishes to vouch for the key."""
        key = route53.KeySigningKey(
            self.child("signing-key"),
            name=self._environment.name.replace("-", "_"),  # Route 53 allows no hyphen
            hosted_zone_id=self.zone_id,
            key_management_service_arn=self._keys.dnssec,
            status="ACTIVE",
            opts=self.below(),
        )
        route53.HostedZoneDnsSec(
            self.child("signing"), hosted_zone_id=self.zone_id, signing_status="SIGNING", opts=self.below(depends_on=[key])
        )
        return key.ds_record

    def _log_queries(self) -> None:
        environment = self._environment
        # Route 53 writes to this region and to groups of this prefix alone.
        group = log_group(
            self,
            "queries",
            f"/aws/route53/{environment.identity.domain}",
            environment.operations.log_retention_days,
            self._keys.edge_logs,
            region=GLOBAL_REGION,
        )
        permission = cloudwatch.LogResourcePolicy(
            self.child("queries"),
            policy_name=f"{environment.name}-dns-queries",
            policy_document=policy_document(
                {
                    "Sid": "DnsQueries",
                    "Effect": "Allow",
                    "Principal": {"Service": "route53.amazonaws.com"},
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": pulumi.Output.concat(group.arn, ":*"),
                    "Condition": {
                        "ArnEquals": {"aws:SourceArn": self._zone_arn},
                        "StringEquals": {"aws:SourceAccount": environment.identity.account_id},
                    },
                }
            ),
            region=GLOBAL_REGION,
            opts=self.below(),
        )
        route53.QueryLog(
            self.child("queries"),
            cloudwatch_log_group_arn=group.arn,
            zone_id=self.zone_id,
            opts=self.below(depends_on=[permission]),
        )
