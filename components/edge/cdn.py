"""The CDN: the only way in from the internet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws.cloudfront as cloudfront
import pulumi_aws.cloudwatch as cloudwatch
import pulumi_aws.route53 as route53

from components.base import Component
from components.bucket import Bucket
from components.edge.hosts import hosts
from components.edge.load_balancer import LoadBalancer
from components.log_bucket import LogBucket
from model.environment import Environment
from model.identity import GLOBAL_REGION

# Policies that CloudFront keeps ready; their ids are the same in every account.
# Source: Amazon CloudFront Developer Guide, "Use managed cache policies" and "Use managed origin request policies".
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"

READING = ("GET", "HEAD", "OPTIONS")
EVERY_METHOD = (*READING, "PUT", "POST", "PATCH", "DELETE")
CACHED_METHODS = ("GET", "HEAD")
STRICT_TRANSPORT_SECONDS = 31_536_000
"""A year: how long browsers refuse plain HTTP."""
LOAD_BALANCER = "load-balancer"


@dataclass(frozen=True)
class CdnArgs:
    """What the CDN is made from."""

    environment: Environment
    zone_id: pulumi.Output[str]
    certificate_arn: pulumi.Output[str]
    """In us-east-1."""
    web_acl_arn: pulumi.Output[str]
    """Of scope CLOUDFRONT."""
    load_balancer: LoadBalancer
    log_bucket: LogBucket
    buckets: Mapping[str, Bucket]


class Cdn(Component):
    """A distribution that passes everything to the load balancer, and answers the cached paths from the bucket it serves."""

    def __init__(self, name: str, args: CdnArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:edge:Cdn", name, opts)
        self._args = args
        self._headers = self._security_headers()
        self._bucket = self._served_bucket()
        origins, behaviors = [self._load_balancer_origin()], list[cloudfront.DistributionOrderedCacheBehaviorArgs]()
        if self._bucket is not None:
            origins.append(self._bucket_origin(*self._bucket))
        if args.environment.edge.cdn.cached_paths:
            behaviors = self._cached_paths()
        distribution = self._build_distribution(origins, behaviors)
        self.distribution_id, self.domain_name = distribution.id, distribution.domain_name
        self._log(distribution)
        self._resolve_hosts(distribution)
        self.register_outputs({"distribution_id": self.distribution_id, "domain_name": self.domain_name})

    def _served_bucket(self) -> tuple[str, Bucket] | None:
        """The bucket behind the cached paths; the model has one at most."""
        declared = self._args.environment.buckets
        name = next((name for name, bucket in declared.items() if bucket.served_by_cdn), None)
        return None if name is None else (name, self._args.buckets[name])

    def _load_balancer_origin(self) -> cloudfront.DistributionOriginArgs:
        balancer = self._args.load_balancer
        origin = cloudfront.VpcOrigin(
            self.child("origin"),
            vpc_origin_endpoint_config=cloudfront.VpcOriginVpcOriginEndpointConfigArgs(
                name=self._args.environment.name,
                arn=balancer.arn,
                http_port=80,
                https_port=443,
                origin_protocol_policy="https-only",
                origin_ssl_protocols=cloudfront.VpcOriginVpcOriginEndpointConfigOriginSslProtocolsArgs(
                    items=["TLSv1.2"], quantity=1
                ),
            ),
            tags={"Name": self._args.environment.name},
            opts=self.below(),
        )
        return cloudfront.DistributionOriginArgs(
            origin_id=LOAD_BALANCER,
            domain_name=balancer.dns_name,
            vpc_origin_config=cloudfront.DistributionOriginVpcOriginConfigArgs(vpc_origin_id=origin.id),
        )

    def _bucket_origin(self, name: str, bucket: Bucket) -> cloudfront.DistributionOriginArgs:
        access = cloudfront.OriginAccessControl(
            self.child(name),
            name=f"{self._args.environment.name}-{name}"[:64],
            description=f"Reads bucket {name}",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.below(),
        )
        return cloudfront.DistributionOriginArgs(
            origin_id=f"bucket-{name}", domain_name=bucket.regional_domain_name, origin_access_control_id=access.id
        )

    def _cached_paths(self) -> list[cloudfront.DistributionOrderedCacheBehaviorArgs]:
        """From the bucket, else from the load balancer; there the host, which chooses the service, is part of the key."""
        cache: pulumi.Input[str]
        if self._bucket is not None:
            target, cache, request = f"bucket-{self._bucket[0]}", CACHING_OPTIMIZED, None
        else:
            target, cache, request = LOAD_BALANCER, self._cache_by_host(), ALL_VIEWER
        return [
            cloudfront.DistributionOrderedCacheBehaviorArgs(
                path_pattern=path,
                target_origin_id=target,
                allowed_methods=READING,
                cached_methods=CACHED_METHODS,
                viewer_protocol_policy="redirect-to-https",
                cache_policy_id=cache,
                origin_request_policy_id=request,
                response_headers_policy_id=self._headers,
                compress=True,
            )
            for path in self._args.environment.edge.cdn.cached_paths
        ]

    def _cache_by_host(self) -> pulumi.Output[str]:
        key = cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs(
            cookies_config=cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs(
                cookie_behavior="none"
            ),
            headers_config=cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs(
                header_behavior="whitelist",
                headers=cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigHeadersArgs(items=["Host"]),
            ),
            query_strings_config=cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs(
                query_string_behavior="all"
            ),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )
        policy = cloudfront.CachePolicy(
            self.child("by-host"),
            name=f"{self._args.environment.name}-by-host",
            parameters_in_cache_key_and_forwarded_to_origin=key,
            min_ttl=1,
            opts=self.below(),
        )
        return policy.id

    def _security_headers(self) -> pulumi.Output[str]:
        policy = cloudfront.ResponseHeadersPolicy(
            self.child("security-headers"),
            name=f"{self._args.environment.name}-security-headers",
            security_headers_config=cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs(
                strict_transport_security=cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs(
                    access_control_max_age_sec=STRICT_TRANSPORT_SECONDS, include_subdomains=True, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs(override=True),
                frame_options=cloudfront.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs(
                    frame_option="SAMEORIGIN", override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs(
                    referrer_policy="strict-origin-when-cross-origin", override=True
                ),
            ),
            opts=self.below(),
        )
        return policy.id

    def _build_distribution(
        self,
        origins: list[cloudfront.DistributionOriginArgs],
        behaviors: list[cloudfront.DistributionOrderedCacheBehaviorArgs],
    ) -> cloudfront.Distribution:
        environment, cdn = self._args.environment, self._args.environment.edge.cdn
        return cloudfront.Distribution(
            self.child("distribution"),
            enabled=True,
            comment=environment.name,
            aliases=[host.name for host in hosts(environment)],
            origins=origins,
            default_cache_behavior=cloudfront.DistributionDefaultCacheBehaviorArgs(
                target_origin_id=LOAD_BALANCER,
                allowed_methods=EVERY_METHOD,
                cached_methods=CACHED_METHODS,
                viewer_protocol_policy="redirect-to-https",
                cache_policy_id=CACHING_DISABLED,
                origin_request_policy_id=ALL_VIEWER,  # with the host, which the load balancer routes by
                response_headers_policy_id=self._headers,
                compress=True,
            ),
            ordered_cache_behaviors=behaviors,
            viewer_certificate=cloudfront.DistributionViewerCertificateArgs(
                acm_certificate_arn=self._args.certificate_arn,
                minimum_protocol_version=cdn.minimum_tls,
                ssl_support_method="sni-only",
            ),
            restrictions=cloudfront.DistributionRestrictionsArgs(
                geo_restriction=cloudfront.DistributionRestrictionsGeoRestrictionArgs(restriction_type="none")
            ),
            web_acl_id=self._args.web_acl_arn,
            price_class=cdn.price_class,
            http_version="http2and3",
            is_ipv6_enabled=True,
            tags={"Name": environment.name},
            opts=self.below(),
        )

    def _log(self, distribution: cloudfront.Distribution) -> None:
        """Deliver access logs. The distribution's own logging setting would need a bucket with access control lists."""
        name = f"{self._args.environment.name}-cdn"
        source = cloudwatch.LogDeliverySource(
            self.child("access-logs"),
            name=name,
            log_type="ACCESS_LOGS",
            resource_arn=distribution.arn,
            region=GLOBAL_REGION,
            opts=self.below(),
        )
        destination = cloudwatch.LogDeliveryDestination(
            self.child("access-logs"),
            name=name,
            output_format="json",
            delivery_destination_configuration=cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs(
                destination_resource_arn=self._args.log_bucket.bucket_arn
            ),
            region=GLOBAL_REGION,
            opts=self.below(),
        )
        cloudwatch.LogDelivery(
            self.child("access-logs"),
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            region=GLOBAL_REGION,
            opts=self.below(depends_on=[self._args.log_bucket]),  # whose policy lets the logs in
        )

    def _resolve_hosts(self, distribution: cloudfront.Distribution) -> None:
        for host in hosts(self._args.environment):
            for kind in ("A", "AAAA"):
                route53.Record(
                    self.child(f"{host.slug}-{kind.lower()}"),
                    zone_id=self._args.zone_id,
                    name=host.name,
                    type=kind,
                    aliases=[
                        route53.RecordAliasArgs(
                            name=distribution.domain_name, zone_id=distribution.hosted_zone_id, evaluate_target_health=False
                        )
                    ],
                    opts=self.below(),
                )
