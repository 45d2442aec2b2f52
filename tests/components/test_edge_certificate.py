from __future__ import annotations

from typing import Any

import pytest

from components.edge.certificate import Certificates, CertificatesArgs
from model.environment import Environment
from tests.components.rendering import Rendering, render
from tests.components.stores import known

CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
RECORD = "aws:route53/record:Record"


def rendered(environment: Environment, outputs: dict[str, dict[str, Any]] | None = None) -> Rendering:
    return render(lambda: Certificates("tls", CertificatesArgs(environment, known("Z1"))), outputs)


@pytest.fixture(scope="module")
def certificates(production: Environment) -> Rendering:
    return rendered(production)


def option(host: str) -> dict[str, str]:
    return {
        "domainName": host,
        "resourceRecordName": f"_proof.{host}",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"proof-of-{host}",
    }


def test_the_load_balancers_and_the_cdns_certificate_name_every_host_and_no_wildcard(certificates: Rendering) -> None:
    for certificate in certificates.of(CERTIFICATE):
        assert certificate.properties["domainName"] == "shop.example.com"
        assert certificate.properties["subjectAlternativeNames"] == ["www.shop.example.com"]
        assert certificate.properties["validationMethod"] == "DNS"
        assert certificate.properties["options"] == {"certificateTransparencyLoggingPreference": "ENABLED"}


@pytest.mark.parametrize(("name", "region"), [("tls-cdn", "us-east-1"), ("tls-load-balancer", None)])
def test_each_certificate_and_its_validation_stand_where_it_is_looked_for(
    certificates: Rendering, name: str, region: str | None
) -> None:
    assert certificates.named(CERTIFICATE, name).properties.get("region") == region
    assert certificates.named(VALIDATION, name).properties.get("region") == region


def test_one_record_a_host_proves_both_certificates(certificates: Rendering) -> None:
    records = ("tls-domain", "tls-host-www")

    assert tuple(record.name for record in certificates.of(RECORD)) == records
    for validation in certificates.of(VALIDATION):
        assert validation.property_dependencies["validationRecordFqdns"] == records


def test_each_host_gets_what_was_asked_for_it_in_whatever_order_it_is_listed(production: Environment) -> None:
    options = [option("www.shop.example.com"), option("shop.example.com")]
    certificates = rendered(production, {CERTIFICATE: {"domainValidationOptions": options}})

    assert [(record.properties["name"], record.properties["records"]) for record in certificates.of(RECORD)] == [
        ("_proof.shop.example.com", ["proof-of-shop.example.com"]),
        ("_proof.www.shop.example.com", ["proof-of-www.shop.example.com"]),
    ]
