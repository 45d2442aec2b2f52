from __future__ import annotations

from typing import Any

import pytest

from model.environment import Environment
from tests.components.edges import rendered_edge
from tests.components.rendering import Rendering
from tests.components.stores import environment_with

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
RECORD = "aws:route53/record:Record"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


@pytest.fixture(scope="module")
def cdn(production: Environment) -> Rendering:
    return rendered_edge(production)


@pytest.fixture(scope="module")
def without_buckets() -> Rendering:
    return rendered_edge(environment_with("", buckets={}))


def distribution(cdn: Rendering) -> dict[str, Any]:
    return cdn.one(DISTRIBUTION).properties


def behaviors(cdn: Rendering) -> list[dict[str, Any]]:
    made = distribution(cdn)
    return [made["defaultCacheBehavior"], *made.get("orderedCacheBehaviors", [])]


def test_the_load_balancer_is_reached_privately_and_over_tls(cdn: Rendering) -> None:
    origin = cdn.one("aws:cloudfront/vpcOrigin:VpcOrigin")
    endpoint = origin.properties["vpcOriginEndpointConfig"]

    assert origin.property_dependencies["vpcOriginEndpointConfig"] == ("shop-edge-load-balancer-balancer",)
    assert (endpoint["originProtocolPolicy"], endpoint["httpsPort"]) == ("https-only", 443)
    assert endpoint["originSslProtocols"]["items"] == ["TLSv1.2"]
    assert not any("customOriginConfig" in origin for origin in distribution(cdn)["origins"])


def test_everything_else_than_the_cached_paths_reaches_the_load_balancer_uncached_with_its_host(cdn: Rendering) -> None:
    default = distribution(cdn)["defaultCacheBehavior"]

    assert default["targetOriginId"] == "load-balancer"
    assert default["cachePolicyId"] == CACHING_DISABLED
    assert default["originRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"
    assert "POST" in default["allowedMethods"]


def test_cached_paths_are_read_from_the_bucket_by_signed_requests(cdn: Rendering) -> None:
    [cached] = distribution(cdn)["orderedCacheBehaviors"]
    [origin] = [origin for origin in distribution(cdn)["origins"] if origin["originId"] == "bucket-assets"]
    access = cdn.one("aws:cloudfront/originAccessControl:OriginAccessControl").properties

    assert (cached["pathPattern"], cached["targetOriginId"]) == ("/assets/*", "bucket-assets")
    assert cached["allowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert "originAccessControlId" in origin
    assert (access["signingBehavior"], access["signingProtocol"]) == ("always", "sigv4")


def test_without_a_bucket_cached_paths_come_from_the_load_balancer_and_hosts_are_kept_apart(without_buckets: Rendering) -> None:
    [cached] = distribution(without_buckets)["orderedCacheBehaviors"]
    key = without_buckets.one("aws:cloudfront/cachePolicy:CachePolicy").properties["parametersInCacheKeyAndForwardedToOrigin"]

    assert cached["targetOriginId"] == "load-balancer"
    assert key["headersConfig"] == {"headerBehavior": "whitelist", "headers": {"items": ["Host"]}}
    assert key["cookiesConfig"] == {"cookieBehavior": "none"}
    assert without_buckets.of("aws:cloudfront/originAccessControl:OriginAccessControl") == []


def test_plain_http_is_redirected_and_every_answer_carries_the_security_headers(cdn: Rendering) -> None:
    headers = cdn.one("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").properties["securityHeadersConfig"]

    assert {behavior["viewerProtocolPolicy"] for behavior in behaviors(cdn)} == {"redirect-to-https"}
    assert all("responseHeadersPolicyId" in behavior for behavior in behaviors(cdn))
    assert headers["strictTransportSecurity"] == {
        "accessControlMaxAgeSec": 31_536_000,
        "includeSubdomains": True,
        "override": True,
    }
    assert headers["contentTypeOptions"] == {"override": True}


def test_visitors_meet_the_models_tls_the_issued_certificate_and_the_firewall(cdn: Rendering, production: Environment) -> None:
    made = cdn.one(DISTRIBUTION)
    certificate = made.properties["viewerCertificate"]

    assert certificate["minimumProtocolVersion"] == production.edge.cdn.minimum_tls
    assert certificate["sslSupportMethod"] == "sni-only"
    assert made.property_dependencies["viewerCertificate"] == ("shop-edge-certificates-cdn",)
    assert made.property_dependencies["webAclId"] == ("shop-edge-cdn-firewall-acl",)
    assert made.properties["restrictions"] == {"geoRestriction": {"restrictionType": "none"}}


def test_every_host_resolves_to_the_distribution_for_both_families(cdn: Rendering) -> None:
    aliases = [record for record in cdn.of(RECORD) if "aliases" in record.properties]

    assert sorted((record.properties["name"], record.properties["type"]) for record in aliases) == [
        ("shop.example.com", "A"),
        ("shop.example.com", "AAAA"),
        ("www.shop.example.com", "A"),
        ("www.shop.example.com", "AAAA"),
    ]
    assert distribution(cdn)["aliases"] == ["shop.example.com", "www.shop.example.com"]
    assert {record.property_dependencies["aliases"] for record in aliases} == {("shop-edge-cdn-distribution",)}


def test_accesses_are_delivered_to_the_log_bucket(cdn: Rendering) -> None:
    source = cdn.one("aws:cloudwatch/logDeliverySource:LogDeliverySource")
    destination = cdn.one("aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination").properties
    delivery = cdn.one("aws:cloudwatch/logDelivery:LogDelivery")

    assert source.property_dependencies["resourceArn"] == ("shop-edge-cdn-distribution",)
    assert source.properties["logType"] == "ACCESS_LOGS"
    assert destination["deliveryDestinationConfiguration"] == {
        "destinationResourceArn": "arn:aws:s3:::retail-store-production-access-logs-111122223333"
    }
    assert {made["region"] for made in (source.properties, destination, delivery.properties)} == {"us-east-1"}
    assert "shop-logs-policy" in delivery.dependencies
