"""The second system holds what its published manifests demand, and says what its services do."""

from __future__ import annotations

import pytest

from model.environment import Environment
from model.load import load_environment, load_staging
from model.service import SecretValue, ServiceValue
from tests.conftest import raw_model, raw_staging

PORTS = {
    "adservice": (9555, 9555),
    "cartservice": (7070, 7070),
    "checkoutservice": (5050, 5050),
    "currencyservice": (7000, 7000),
    "emailservice": (8080, 5000),
    "frontend": (8080, 80),
    "paymentservice": (50051, 50051),
    "productcatalogservice": (3550, 3550),
    "recommendationservice": (8080, 8080),
    "shippingservice": (50051, 50051),
}
"""Container and service port by service, as the release's manifests have them."""


@pytest.fixture(scope="module")
def boutique() -> Environment:
    return load_environment(raw_model("online-boutique"))


def test_it_has_the_ten_services_that_serve_customers_on_their_published_ports(boutique: Environment) -> None:
    assert {name: (service.port, service.service_port) for name, service in boutique.services.items()} == PORTS


def test_all_services_are_of_one_release(boutique: Environment) -> None:
    assert {service.image.tag for service in boutique.services.values()} == {"v0.10.6"}
    assert all(service.image.repository.endswith(f"/{name}") for name, service in boutique.services.items())


def test_every_call_that_a_service_makes_is_declared_and_every_declared_one_is_made(boutique: Environment) -> None:
    for service in boutique.services.values():
        called = {value.service for value in service.environment.values() if isinstance(value, ServiceValue)}

        assert called == set(service.calls)


def test_carts_are_reached_by_a_connection_string_that_stays_secret(boutique: Environment) -> None:
    address = SecretValue.model_validate({"secret_of": "carts", "key": "stackexchange"})

    assert boutique.services["cartservice"].environment["REDIS_ADDR"] == address
    assert [name for name, service in boutique.services.items() if service.stores] == ["cartservice"]


def test_a_critical_path_passes_every_service(boutique: Environment) -> None:
    passed = {step.service for path in boutique.critical_paths.values() for step in path.steps} - {None}

    assert passed == set(boutique.services)


def test_its_staging_differs_in_identity_and_by_its_own_ratios(boutique: Environment) -> None:
    staging = load_staging(raw_staging("online-boutique"), boutique)

    assert staging.identity.domain != boutique.identity.domain
    assert staging.scaling.ratios != load_staging(raw_staging(), load_environment(raw_model())).scaling.ratios
