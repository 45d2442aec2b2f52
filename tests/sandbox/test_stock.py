"""What exists in the sandbox behaves as the real services do: names are taken, used things stay, secrets are not kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from understudy.sandbox.account import drift, records
from understudy.sandbox.difference import differences
from understudy.sandbox.places import Place, configuration_failures, place_of
from understudy.sandbox.stock import ExistsAlreadyError, InUseError, NotFoundError, Stock
from understudy.sandbox.values import UNKNOWN, Secret, packed, unpacked

PLACE = Place("aws/111122223333/eu-west-1", "111122223333", "eu-west-1")
QUEUE, VPC, SUBNET = "aws:sqs/queue:Queue", "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
NAMESPACE, CONFIG = "kubernetes:core/v1:Namespace", "kubernetes:core/v1:ConfigMap"


@pytest.fixture
def stock(tmp_path: Path) -> Stock:
    return Stock(PLACE, tmp_path)


def test_a_resource_has_the_identifier_and_arn_of_its_service(stock: Stock) -> None:
    made = stock.create(QUEUE, "urn::orders", {"name": "orders"})

    assert made.id == "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
    assert made.properties["arn"] == "arn:aws:sqs:eu-west-1:111122223333:orders"


def test_a_resource_in_another_region_says_so_in_its_arn(stock: Stock) -> None:
    made = stock.create("aws:backup/vault:Vault", "urn::vault", {"name": "copies", "region": "eu-central-1"})

    assert made.properties["arn"] == "arn:aws:backup:eu-central-1:111122223333:backup-vault:copies"


def test_a_name_that_is_taken_is_refused(stock: Stock) -> None:
    stock.create(QUEUE, "urn::orders", {"name": "orders"})

    with pytest.raises(ExistsAlreadyError):
        stock.create(QUEUE, "urn::others", {"name": "orders"})


def test_a_resource_without_a_name_gets_one_of_its_own(stock: Stock) -> None:
    first, second = (stock.create(QUEUE, "urn::orders", {}) for _ in range(2))

    assert first.properties["name"].startswith("orders-")
    assert first.id != second.id


def test_what_something_else_uses_cannot_be_deleted(stock: Stock) -> None:
    vpc = stock.create(VPC, "urn::vpc", {"cidrBlock": "10.0.0.0/16"})
    subnet = stock.create(SUBNET, "urn::subnet", {"vpcId": vpc.id})

    with pytest.raises(InUseError, match="DependencyViolation"):
        stock.delete(VPC, vpc.id, vpc.properties)
    stock.delete(SUBNET, subnet.id, subnet.properties)
    stock.delete(VPC, vpc.id, vpc.properties)


def test_what_exists_outlives_the_provider(tmp_path: Path, stock: Stock) -> None:
    made = stock.create(QUEUE, "urn::orders", {"name": "orders"})

    assert Stock(PLACE, tmp_path).read(QUEUE, made.id, {}) == made.properties


def test_a_secret_is_kept_as_a_digest_and_read_as_what_the_engine_knows(tmp_path: Path, stock: Stock) -> None:
    made = stock.create(QUEUE, "urn::orders", {"name": "orders", "tags": {"token": Secret("canary-hunter2")}})

    assert all("canary-hunter2" not in file.read_text(encoding="utf-8") for file in tmp_path.iterdir())
    known = {"tags": {"token": Secret("canary-hunter2")}}
    assert Stock(PLACE, tmp_path).read(QUEUE, made.id, known)["tags"] == known["tags"]  # type: ignore[index]
    other = Stock(PLACE, tmp_path).read(QUEUE, made.id, {"tags": {"token": Secret("another")}})
    assert other is not None
    assert other["tags"]["token"] != Secret("another")


def test_a_change_behind_the_engines_back_is_read(tmp_path: Path, stock: Stock) -> None:
    made = stock.create(QUEUE, "urn::orders", {"name": "orders", "delaySeconds": 5})

    drift(tmp_path, QUEUE, made.id, {"delaySeconds": 60})
    assert Stock(PLACE, tmp_path).read(QUEUE, made.id, {})["delaySeconds"] == 60  # type: ignore[index]
    drift(tmp_path, QUEUE, made.id, None)
    assert Stock(PLACE, tmp_path).read(QUEUE, made.id, {}) is None
    with pytest.raises(KeyError):
        drift(tmp_path, QUEUE, made.id, None)


def test_an_update_of_what_is_gone_is_refused(stock: Stock) -> None:
    with pytest.raises(NotFoundError):
        stock.update(QUEUE, "gone", "urn::orders", {}, {}, ())


def test_an_update_takes_out_what_is_no_longer_given(stock: Stock) -> None:
    made = stock.create(QUEUE, "urn::orders", {"name": "orders", "delaySeconds": 5})

    updated = stock.update(QUEUE, made.id, "urn::orders", made.properties, {"name": "orders"}, {"delaySeconds"})
    assert "delaySeconds" not in updated
    assert updated["arn"] == made.properties["arn"]


def test_a_launch_template_has_a_new_version_after_each_update(stock: Stock) -> None:
    template = "aws:ec2/launchTemplate:LaunchTemplate"
    made = stock.create(template, "urn::template", {"name": "nodes"})

    assert stock.planned(template, made.properties, {"name": "nodes"}, ())["latestVersion"] is UNKNOWN
    assert stock.update(template, made.id, "urn::template", made.properties, {"name": "nodes"}, ())["latestVersion"] == 2


def test_an_object_needs_its_namespace_and_goes_with_it(tmp_path: Path) -> None:
    cluster = Stock(Place("kubernetes/x"), tmp_path)
    inputs = {"metadata": {"name": "settings", "namespace": "shop"}}

    with pytest.raises(NotFoundError, match='namespaces "shop" not found'):
        cluster.create(CONFIG, "urn::settings", inputs)
    cluster.create(NAMESPACE, "urn::shop", {"metadata": {"name": "shop"}})
    assert cluster.create(CONFIG, "urn::settings", inputs).id == "shop/settings"
    cluster.delete(NAMESPACE, "shop", {})
    assert list(records(tmp_path)) == []


@pytest.mark.parametrize(
    ("package", "configuration", "folder"),
    [
        ("aws", {"region": "eu-west-1", "allowedAccountIds": '["111122223333"]'}, "aws/111122223333/eu-west-1"),
        ("aws", {"region": "eu-west-1"}, "aws/000000000000/eu-west-1"),
        ("random", {}, "random"),
    ],
)
def test_a_provider_works_where_its_configuration_says(package: str, configuration: dict[str, Any], folder: str) -> None:
    assert place_of(package, configuration).folder == folder


def test_two_clusters_are_two_places() -> None:
    first, second = (place_of("kubernetes", {"kubeconfig": f'{{"server": "https://{name}.example"}}'}) for name in "ab")

    assert first != second


@pytest.mark.parametrize(
    ("configuration", "wrong"),
    [
        ({"region": "eu-west-1", "allowedAccountIds": '["111122223333"]'}, []),
        ({}, ["region"]),
        ({"region": "r", "allowedAccountIds": '["1"]'}, ["allowedAccountIds"]),
        ({"region": "r", "allowedAccountIds": '["111122223333"]', "forbiddenAccountIds": '["2"]'}, ["allowedAccountIds"]),
    ],
)
def test_a_configuration_that_the_real_provider_refuses_is_refused(configuration: dict[str, Any], wrong: list[str]) -> None:
    assert [name for name, _ in configuration_failures("aws", configuration)] == wrong


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", "update")]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3, 4]}}, [("a.b[1]", "update"), ("a.b[2]", "add")]),
        ({"a": [1, 2]}, {"a": [1]}, [("a[1]", "delete")]),
        ({"a": 1}, {"b": 1}, [("a", "delete"), ("b", "add")]),
        ({"a": Secret("x")}, {"a": "x"}, []),
        ({"a": "x"}, {"a": UNKNOWN}, [("a", "update")]),
    ],
)
def test_a_difference_is_told_by_its_paths(old: Any, new: Any, paths: list[tuple[str, str]]) -> None:
    assert list(differences(old, new)) == paths


def test_unknowns_and_secrets_survive_the_wire() -> None:
    properties = {"a": UNKNOWN, "b": Secret({"c": ["d", 1]}), "e": 1.5, "f": [True, None]}

    assert unpacked(packed(properties)) == properties
    assert "canary" not in repr(Secret("canary"))
