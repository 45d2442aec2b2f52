"""Containers of other formats become services, stores and what a person has to look at; no secret is ever taken over."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.errors import ConfigurationError
from understudy.start.compose import read_compose
from understudy.start.containers import Container, sketch
from understudy.start.documents import mebibytes, millicores, whole
from understudy.start.manifests import read_manifests
from understudy.start.sketch import Neighbours, Sketch, SketchedService, image_parts, model_name, store_kind, variable

SYSTEMS = Path(__file__).parent / "systems"


def service(found: Sketch, name: str) -> SketchedService:
    return next(one for one in found.services if one.name == name)


@pytest.fixture(scope="module")
def composed() -> Sketch:
    return read_compose(SYSTEMS / "docker-compose.yml")


@pytest.fixture(scope="module")
def manifested() -> Sketch:
    return read_manifests(SYSTEMS / "manifests")


def test_a_compose_file_gives_services_stores_and_what_is_left_out(composed: Sketch) -> None:
    assert [one.name for one in composed.services] == ["web-front", "orders"]
    assert composed.stores == {"db": "postgres", "cache": "redis"}
    assert "broker (rabbitmq:3-management) is left out: the model has no part for it" in composed.notes


def test_a_compose_service_keeps_its_size_port_health_and_publication(composed: Sketch) -> None:
    front = service(composed, "web-front")

    assert (front.port, front.liveness_path, front.replicas, front.cpu_millicores, front.memory_mib) == (
        3000,
        "/healthz",
        4,
        500,
        256,
    )
    assert (front.published, service(composed, "orders").published) == (True, False)


def test_variables_say_in_the_models_words_where_they_come_from(composed: Sketch) -> None:
    assert service(composed, "web-front").environment == {
        "CACHE_URL": {"secret_of": "cache", "key": "url"},
        "LOG_LEVEL": "info",
        "ORDERS_ADDRESS": {"service": "orders", "form": "host_port"},
        "ORDERS_URL": {"service": "orders"},
    }
    assert service(composed, "orders").environment == {
        "DB_ADDRESS": {"store": "db", "attribute": "endpoint"},
        "DB_HOST": {"store": "db", "attribute": "address"},
        "DB_NAME": {"store": "db", "attribute": "name"},
        "DB_PASSWORD": {"secret_of": "db", "key": "password"},
        "DB_USER": {"secret_of": "db", "key": "username"},
        "MODE": "live",
    }


def test_no_secret_is_taken_over_or_told(composed: Sketch) -> None:
    assert "hunter2" not in repr(composed)
    assert any("SESSION_SECRET" in note for note in composed.notes)


def test_manifests_give_bounds_probes_names_and_the_entry(manifested: Sketch) -> None:
    front, prices = manifested.services

    assert (front.name, front.published, front.liveness_path, front.readiness_path) == ("front", True, "/live", "/ready")
    assert (prices.name, prices.protocol, prices.replicas, prices.max_replicas) == ("price-service", "grpc", 2, 7)
    assert manifested.stores == {"prices-db": "mysql"}


def test_a_manifests_service_is_found_by_the_name_that_others_call_it(manifested: Sketch) -> None:
    front, prices = manifested.services

    assert front.environment["PRICES_ADDR"] == {"service": "price-service", "form": "host_port"}
    assert (front.calls, prices.stores) == (("price-service",), ("prices-db",))


def test_what_manifests_keep_elsewhere_or_cannot_be_modelled_is_told(manifested: Sketch) -> None:
    notes = "\n".join(manifested.notes)

    assert "API_TOKEN" in notes
    assert "CronJob nightly is left out" in notes


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("nginx", ("docker.io/library/nginx", "unset")),
        ("nginx:latest", ("docker.io/library/nginx", "unset")),
        ("org/app:1.2", ("docker.io/org/app", "1.2")),
        ("registry.example.com:5000/app", ("registry.example.com:5000/app", "unset")),
        ("ghcr.io/a/b:3@sha256:abc", ("ghcr.io/a/b", "3")),
    ],
)
def test_an_image_is_taken_apart(image: str, parts: tuple[str, str]) -> None:
    assert image_parts(image) == parts


@pytest.mark.parametrize(
    ("image", "kind"),
    [("postgres:17", "postgres"), ("bitnami/mysql", "mysql"), ("valkey/valkey:8", "redis"), ("my-postgres-ui", None)],
)
def test_a_store_is_told_by_its_image(image: str, kind: str | None) -> None:
    assert store_kind(image) == kind


@pytest.mark.parametrize(
    ("text", "name"), [("Web_Front", "web-front"), ("3scale", "s-3scale"), ("a" * 40, "a" * 30), ("ü-x", "x"), ("--a--", "a")]
)
def test_a_name_becomes_one_that_the_model_takes(text: str, name: str) -> None:
    assert model_name(text) == name


def test_two_names_that_come_to_the_same_are_told_apart() -> None:
    found = sketch([Container("a_b", "x/a:1"), Container("a-b", "x/b:1")], "here")

    assert [one.name for one in found.services] == ["a-b", "a-b-2"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("URL", "http://user:word@other.example.com/", None),
        ("URL", "https://other.example.com/path", "https://other.example.com/path"),
        ("URL", "http://api/path", None),
        ("URL", "http://[bad", None),
        ("DSN", "mysql://u:p@db/x", None),
        ("STRIPE_API_KEY", "sk_live_x", None),
        ("not a name", "x", None),
        ("TZ", "UTC", "UTC"),
    ],
)
def test_a_variable_that_cannot_be_taken_over_is_left(name: str, value: str, expected: object) -> None:
    near = Neighbours({"api": "api"}, {"db": ("db", "mysql"), "other-db": ("other-db", "mysql")})

    assert variable(name, value, near) == expected


@pytest.mark.parametrize(
    ("text", "figure"), [("256M", 256), ("1g", 1024), ("512Mi", 512), (268435456, 256), ("much", None), (None, None)]
)
def test_memory_comes_out_in_mebibytes(text: object, figure: int | None) -> None:
    assert mebibytes(text) == figure


@pytest.mark.parametrize(("text", "figure"), [("250m", 250), ("0.5", 500), (2, 2000), ("2x", None)])
def test_processors_come_out_in_thousandths(text: object, figure: int | None) -> None:
    assert millicores(text) == figure


@pytest.mark.parametrize(("value", "figure"), [(3, 3), ("8080", 8080), (0, None), (-1, None), ("²", None), ("9" * 40, None)])
def test_a_whole_number_is_one_above_nothing(value: object, figure: int | None) -> None:
    assert whole(value) == figure


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no service that could be modelled"),
        ("services: [1]", "services: must be a mapping"),
        ("services: {a: 1}", "services.a: must be a mapping"),
        ("services: {db: {image: 'postgres:17'}}", r"has no service that could be modelled \(found: db\)"),
        ("services: {a: {image: x, deploy: 3}}", "services.a.deploy: must be a mapping"),
        ("a: [", r"compose.yml:1: is no valid YAML|compose.yml:2: is no valid YAML"),
        ("a: !!python/object:os.system {}", "is no valid YAML"),
        ("\x00", "is no valid YAML"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_message(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "compose.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=says):
        read_compose(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind: Deployment\nmetadata: {name: a}", "Deployment a: spec.template.spec.containers: must be a list"),
        ("kind: Deployment\nmetadata: 3", "metadata: must be a mapping"),
        ("- 1", "has no service that could be modelled"),
    ],
)
def test_manifests_that_cannot_be_used_are_one_message(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=says):
        read_manifests(tmp_path)


def test_a_folder_without_manifests_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"found no \*.yaml"):
        read_manifests(tmp_path)
