"""Every mistake in a model gets one message that names its path, what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from model.errors import ConfigurationError
from model.load import load_environment, load_staging, revalidated
from tests.conftest import raw_model, raw_staging

Change = Callable[[dict[str, Any]], object]


def problems_of(raw: object) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_environment(raw)
    return [str(problem) for problem in caught.value.problems]


def put(path: str, value: object) -> Change:
    """A change that sets the value at a dotted path."""

    def change(raw: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for part in parents:
            raw = raw[part]
        raw[last] = value

    return change


def both(*changes: Change) -> Change:
    def change(raw: dict[str, Any]) -> None:
        for one in changes:
            one(raw)

    return change


def copied(kind: str, name: str, new: str) -> Change:
    """One more item, with the content of another."""

    def change(raw: dict[str, Any]) -> None:
        raw[kind][new] = dict(raw[kind][name])

    return change


LONG = "a-name-of-thirty-characters-ab"

MISTAKES: list[tuple[str, Change, str, str]] = [
    ("a mistyped key", put("services.ui.replcas", 3), "environment.services.ui.replcas", "did you mean 'replicas'?"),
    (
        "a mistyped key of a store",
        put("stores.orders.storag_gib", 3),
        "environment.stores.orders.storag_gib",
        "did you mean 'storage_gib'?",
    ),
    ("a text for a number", put("services.ui.replicas", "12"), "environment.services.ui.replicas", "found '12'"),
    (
        "a number for a text",
        put("services.ui.environment.PORT", 8080),
        "environment.services.ui.environment.PORT",
        "found a number",
    ),
    (
        "a region of another partition",
        put("identity.regions.recovery", "cn-north-1"),
        "environment.identity.regions.recovery",
        "partition of its own",
    ),
    (
        "a bucket's name that S3 refuses",
        both(put("system", "a" * 20), copied("buckets", "exports", LONG)),
        f"environment.buckets.{LONG}",
        "makes a name of 75 characters for S3, which takes 63",
    ),
    (
        "a cache's name that ElastiCache refuses",
        copied("stores", "checkout", LONG),
        f"environment.stores.{LONG}",
        "for ElastiCache, which takes 40",
    ),
    (
        "a queue's name that SQS refuses",
        both(
            put("system", "a" * 20),
            put("identity.environment", "p" * 15),
            copied("queues", "order-events", LONG),
            put(f"queues.{LONG}.fifo", True),
        ),
        f"environment.queues.{LONG}",
        "for SQS, which takes 80",
    ),
    ("a fraction for a count", put("services.ui.replicas", 2.5), "environment.services.ui.replicas", "found 2.5"),
    ("a boolean for a count", put("services.ui.replicas", True), "environment.services.ui.replicas", "found True"),
    ("nothing", put("services.ui.replicas", None), "environment.services.ui.replicas", "found None"),
    (
        "a mistyped word",
        put("stores.orders.engine", "postgress"),
        "environment.stores.orders.engine",
        "did you mean 'postgres'?",
    ),
    ("an unknown kind", put("stores.orders.kind", "mongodb"), "environment.stores.orders.kind", "allowed: aurora, dynamodb, rds"),
    ("a mistyped kind", put("stores.orders.kind", "rsd"), "environment.stores.orders.kind", "did you mean 'rds'?"),
    (
        "no kind",
        put("stores.orders", {"engine": "postgres"}),
        "environment.stores.orders.kind",
        "is required, and missing (found: engine)",
    ),
    (
        "an unknown store",
        put("services.ui.stores", {"catalogue": "read"}),
        "environment.services.ui.stores.catalogue",
        "did you mean 'catalog'?",
    ),
    (
        "an unknown runbook",
        put("operations.alarms.rds-cpu.runbook", "databse"),
        "environment.operations.alarms.rds-cpu.runbook",
        "did you mean 'database'?",
    ),
    (
        "an unknown node group",
        put("services.ui.node_group", "webb"),
        "environment.services.ui.node_group",
        "did you mean 'web'?",
    ),
    (
        "an invented instance class",
        put("stores.orders.instance_class", "db.r7g.3xlarge"),
        "environment.stores.orders.instance_class",
        "no known rds class",
    ),
    (
        "a class of the wrong architecture",
        put("cluster.node_groups.web.ami_type", "BOTTLEROCKET_x86_64"),
        "environment.cluster.node_groups.web.ami_type",
        "arm64",
    ),
    (
        "a range without room",
        put("identity.address_range", "10.20.0.0/20"),
        "environment.identity.address_range",
        "no room",
    ),
    (
        "a range with host bits",
        put("identity.address_range", "10.20.0.1/16"),
        "environment.identity.address_range",
        "host bits",
    ),
    (
        "overlapping ranges",
        put("cluster.service_range", "10.20.128.0/20"),
        "environment.cluster.service_range",
        "overlaps",
    ),
    (
        "the whole internet let in",
        put("cluster.public_access_ranges", ["0.0.0.0/0"]),
        "environment.cluster.public_access_ranges[0]",
        "whole internet",
    ),
    ("no time of day", put("stores.orders.backup_window", "25:00-02:00"), "environment.stores.orders.backup_window", "25:00"),
    (
        "no minute",
        put("stores.orders.maintenance_window", "sun:03:60-sun:04:00"),
        "environment.stores.orders.maintenance_window",
        "03:60",
    ),
    (
        "one region as a pair",
        put("identity.regions.recovery", "eu-west-1"),
        "environment.identity.regions.recovery",
        "primary region",
    ),
    (
        "a drain that is an outage",
        put("services.checkout.max_unavailable", 4),
        "environment.services.checkout.max_unavailable",
        "below `replicas`",
    ),
    (
        "bounds out of order",
        put("services.ui.max_replicas", 2),
        "environment.services.ui.max_replicas",
        "fewer than `replicas`",
    ),
    (
        "pods without room",
        put("cluster.node_groups.web.max_nodes", 7),
        "environment.cluster.node_groups.web.max_nodes",
        "at the peak",
    ),
    (
        "pools without room",
        put("services.orders.pools.orders.connections", 1000),
        "environment.stores.orders.instance_class",
        "pooled connections",
    ),
    (
        "growth below a tenth",
        put("stores.orders.max_storage_gib", 810),
        "environment.stores.orders.max_storage_gib",
        "a tenth more",
    ),
    (
        "a variable of a service not called",
        put("services.catalog.environment.X", {"service": "ui"}),
        "environment.services.catalog.environment.X",
        "not among `calls`",
    ),
    (
        "a secret that the store has not",
        put("services.checkout.environment.X", {"secret_of": "checkout", "key": "username"}),
        "environment.services.checkout.environment.X",
        "does not give",
    ),
    (
        "a second bucket for the CDN",
        put("buckets.exports.served_by_cdn", True),
        "environment.buckets.exports.served_by_cdn",
        "'assets' already",
    ),
    (
        "a step with two targets",
        put("critical_paths.browse.steps", [{"service": "ui", "store": "orders"}]),
        "environment.critical_paths.browse.steps[0]",
        "exactly one",
    ),
    (
        "not a number",
        put("critical_paths.browse.peak_requests_per_second", float("nan")),
        "environment.critical_paths.browse.peak_requests_per_second",
        "finite",
    ),
    (
        "a threshold that follows nothing",
        put("operations.alarms.cache-cpu.threshold", {"percent": 10, "of": "memory"}),
        "environment.operations.alarms.cache-cpu.threshold",
        "scope aurora or rds",
    ),
]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("services.ui.environment.DB_PASSWORD", {"value": "planted-secret"}),
        ("services.ui.environment.DB_PASSWORD", ["planted-secret"]),
        ("services.ui.environment.DB_PIN", 901_355_427),
        ("operations.runbooks.database", "http://admin:planted-secret@runbooks.example.com/"),
        ("operations.runbooks.database", "http://planted-secret@runbooks.example.com/"),
        ("stores.orders", {"kind": "rsd", "password": "planted-secret"}),
    ],
)
def test_a_mistake_never_shows_what_may_be_a_secret(path: str, value: object) -> None:
    raw = raw_model()
    put(path, value)(raw)

    found = "\n".join(problems_of(raw))

    assert path in found
    assert "planted-secret" not in found
    assert "901355427" not in found


@pytest.mark.parametrize(("change", "path", "says"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_named_by_its_path_and_cause(change: Change, path: str, says: str) -> None:
    raw = raw_model()
    change(raw)

    found = problems_of(raw)

    assert [text for text in found if text.startswith(f"{path}:") and says in text], found


def test_all_mistakes_are_reported_at_once() -> None:
    raw = raw_model()
    raw["services"]["ui"]["replcas"] = 3
    raw["services"]["ui"]["node_group"] = "webb"
    raw["stores"]["orders"]["multi_az"] = "yes"
    del raw["operations"]["budget"]

    found = problems_of(raw)

    assert {text.split(":")[0] for text in found} == {
        "environment.operations.budget",
        "environment.services.ui.node_group",
        "environment.services.ui.replcas",
        "environment.stores.orders.multi_az",
    }


@pytest.mark.parametrize("raw", [None, [], "text", 3, {}], ids=repr)
def test_what_is_no_model_at_all_is_refused(raw: object) -> None:
    assert problems_of(raw)


def test_a_model_survives_its_own_raw_form() -> None:
    environment = load_environment(raw_model())

    assert revalidated(environment, {}) == environment


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("environment", "production"),
        ("account_id", "111122223333"),
        ("regions", {"primary": "eu-west-1", "recovery": "eu-central-1"}),
        ("domain", "shop.example.com"),
        ("address_range", "10.20.0.0/16"),
        ("address_range", "10.20.128.0/17"),
    ],
)
def test_staging_must_not_share_an_isolated_value_with_production(key: str, value: object) -> None:
    own = raw_staging()
    own["identity"][key] = value

    with pytest.raises(ConfigurationError) as caught:
        load_staging(own, load_environment(raw_model()))

    assert [problem.path for problem in caught.value.problems] == [f"identity.{key}"]


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        (put("scaling.ratios.computer", 0.5), "scaling.ratios.computer", "compute"),
        (put("scaling.ratios.compute", 0), "scaling.ratios.compute", "greater than 0"),
        (put("scaling.ratios.compute", 1.5), "scaling.ratios.compute", "less than or equal to 1"),
        (put("releases", {"uii": "2.0"}), "releases.uii", "did you mean 'ui'?"),
        (put("releases", {"ui": "1.6.2"}), "releases.ui", "production runs already"),
        (
            put("deviations", [{"path": "services.ui", "reason": "r", "owner": "o", "expires": "soon"}]),
            "deviations[0].expires",
            "soon",
        ),
    ],
)
def test_a_mistake_in_the_staging_file_is_named(change: Change, path: str, says: str) -> None:
    own = raw_staging()
    change(own)

    with pytest.raises(ConfigurationError) as caught:
        load_staging(own, load_environment(raw_model()))

    assert [text for text in map(str, caught.value.problems) if text.startswith(path) and says in text], caught.value.problems
