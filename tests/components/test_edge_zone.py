from __future__ import annotations

import pytest

from components.edge.zone import Zone, ZoneArgs
from components.keys import Keys, KeysArgs
from model.environment import Environment
from tests.components.rendering import Rendering, render


@pytest.fixture(scope="module")
def zone(production: Environment) -> Rendering:
    def build() -> None:
        Zone("dns", ZoneArgs(production, Keys("keys", KeysArgs(production))))

    return Rendering(resource for resource in render(build) if resource.parent == "dns")


def test_the_environment_owns_the_zone_of_its_domain(zone: Rendering) -> None:
    assert zone.one("aws:route53/zone:Zone").properties["name"] == "shop.example.com"


def test_the_zone_is_signed_by_a_key_of_its_own(zone: Rendering) -> None:
    key = zone.one("aws:route53/keySigningKey:KeySigningKey")
    signing = zone.one("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec")

    assert key.property_dependencies["keyManagementServiceArn"] == ("keys-dnssec",)
    assert set(key.properties["name"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert signing.properties["signingStatus"] == "SIGNING"
    assert key.name in signing.dependencies


def test_queries_are_logged_to_an_encrypted_group_where_the_service_can_write(zone: Rendering) -> None:
    group = zone.one("aws:cloudwatch/logGroup:LogGroup")
    permission = zone.one("aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
    log = zone.one("aws:route53/queryLog:QueryLog")

    assert group.properties["name"] == "/aws/route53/shop.example.com"
    assert group.properties["region"] == permission.properties["region"] == "us-east-1"
    assert group.property_dependencies["kmsKeyId"] == ("keys-edge-logs",)
    assert permission.property_dependencies["policyDocument"] == ("dns-queries", "dns-zone")
    assert log.property_dependencies["cloudwatchLogGroupArn"] == ("dns-queries",)


def test_one_authority_alone_may_issue_certificates(zone: Rendering) -> None:
    record = zone.one("aws:route53/record:Record").properties

    assert (record["type"], record["records"]) == ("CAA", ['0 issue "amazon.com"'])
