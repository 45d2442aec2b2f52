"""Each check of a verification passes on a good refresh, and fails where that which it looks for is there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.data.conftest import make_database, run
from tests.data.strategies import nasty
from understudy.data.connection import Place
from understudy.data.dump import Client
from understudy.data.evidence import canonical, is_authentic, signed
from understudy.data.masking.keys import MaskingKey
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager, verification_of
from understudy.data.server import Server
from understudy.data.target import last_result
from understudy.data.verify.texts import pieces

KEY = MaskingKey(b"k" * 32)
SIGNING = b"s" * 32


@pytest.fixture(scope="module")
def place(staging_server: Server) -> Place:
    return staging_server.place("target", "verified", "filler")


@pytest.fixture(scope="module", autouse=True)
def refreshed(production_server: Server, place: Place) -> DataRefreshResult:
    source = production_server.place("source", "nasty", "reader")
    settings = Settings(workers=1, client=Client(production_server.bin), signing_key=SIGNING)
    return StagingDataManager(source, place, "data.orders", KEY, settings).refresh_staging_data(nasty())


def test_a_good_refresh_passes_every_check_that_applies(refreshed: DataRefreshResult) -> None:
    states = {check["check"]: check["status"] for check in refreshed.verification["checks"]}

    assert refreshed.accepted
    assert {name for name, state in states.items() if state == "pass"} == {
        "structure", "foreign keys", "volume", "statistics", "no value survives",
    }  # fmt: skip


def test_the_result_travels_with_the_data_and_is_signed(refreshed: DataRefreshResult, place: Place) -> None:
    result = last_result(place)

    assert result is not None
    assert result["run"] == refreshed.run
    assert is_authentic(result, SIGNING)
    assert not is_authentic(result, b"t" * 32)


OUTSIDE = "(SELECT {} FROM shop.customer WHERE id = 7)"
BROKEN: list[tuple[str, str, str, str]] = [
    ("an index is gone", "DROP INDEX shop.orders_by_customer", "structure", "orders_by_customer was removed"),
    ("a table too many", "CREATE TABLE shop.extra (id int)", "structure", "shop.extra was added"),
    (
        "a row without what it references",
        "ALTER TABLE shop.order_line DISABLE TRIGGER ALL; INSERT INTO shop.order_line VALUES (99999, '2024-01-01', 1, 'x', 1)",
        "foreign keys",
        "1 rows reference nothing",
    ),
    ("rows are missing", "DELETE FROM shop.order_line WHERE line = 2", "volume", "shop.order_line: 1500 rows, and 3000"),
    ("NULLs", "UPDATE shop.customer SET born = NULL WHERE id % 3 = 0", "statistics", "customer.born"),
    ("another distribution", "UPDATE shop.orders SET amount = amount / 10", "statistics", "orders.amount"),
    ("an address as it was", "UPDATE shop.country SET name = 'Person8@mail1.org'", "no value survives", "shop.country.name"),
    ("a name in a text", "UPDATE shop.customer SET note = 'call GIVEN9-family9 now' WHERE id = 9", "no value survives", "customer.note"),
    ("a value in a document", """UPDATE shop.customer SET profile = '{"x": ["+49 (30) 5550011"]}' WHERE id = 9""", "no value survives", "profile"),
    ("a value in an array", "UPDATE shop.customer SET tags = ARRAY['person12@mail.org'] WHERE id = 9", "no value survives", "customer.tags"),
    ("a value in bytes", "UPDATE shop.customer SET avatar = 'Person13@mail6.org' WHERE id = 9", "no value survives", "customer.avatar"),
    ("raw bytes", "UPDATE shop.customer SET avatar = decode(md5('13'), 'hex') WHERE id = 9", "no value survives", "customer.avatar"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "check", "told"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_what_is_wrong_is_found_and_named_without_a_value(
    production_server: Server, staging_server: Server, place: Place, change: str, check: str, told: str
) -> None:
    source = production_server.place("source", "nasty", "reader")
    run(staging_server, "postgres", "CREATE DATABASE broken TEMPLATE verified OWNER filler")
    try:
        run(staging_server, "broken", change)
        document = verification_of(source, place.named("broken"), nasty(), "data.orders")
    finally:
        run(staging_server, "postgres", "DROP DATABASE broken WITH (FORCE)")

    failed = {one["check"]: " ".join(one["findings"]) for one in document["checks"] if one["status"] == "fail"}
    assert told in failed.get(check, ""), failed
    assert "mail.org" not in json.dumps(document)
    assert document["verdict"] == "violation"


def test_plans_and_anonymity_are_held_to_what_the_strategy_asks(production_server: Server, place: Place) -> None:
    source = production_server.place("source", "nasty", "reader")
    strategy = nasty(
        privacy_level="k_anonymous", quasi_identifiers={"shop.customer": ["country", "born"]},
        key_queries={"by_id": "SELECT * FROM shop.orders WHERE customer_id = 5 ORDER BY placed DESC LIMIT 3"},
    )  # fmt: skip

    checks = {one["check"]: one for one in verification_of(source, place, strategy, "data.orders")["checks"]}

    assert checks["key queries"]["status"] == "pass"
    assert checks["k-anonymity"]["status"] == "fail"
    assert checks["k-anonymity"]["figures"]["shop.customer"]["k"] == 1


DOCUMENT: dict[str, Any] = {"run": "1", "verification": {"verdict": "violation"}, "rows": {"a": 1}}


def test_every_changed_byte_of_a_signed_result_is_noticed() -> None:
    whole = canonical(signed(DOCUMENT, SIGNING))
    unnoticed = []
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        try:
            parsed = json.loads(changed)
        except ValueError:
            continue
        if not isinstance(parsed, dict) or is_authentic(parsed, SIGNING):
            unnoticed.append(place)

    assert is_authentic(json.loads(whole), SIGNING)
    assert unnoticed == []
    assert not is_authentic(signed(DOCUMENT, None), SIGNING)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", ["plain"]),
        ('{"a": {"b": "deep"}, "c": [1, "x"]}', ["deep", "x"]),
        ('{one,"two \\"quoted\\"",NULL}', ["one", 'two "quoted"', "NULL"]),
        ("\\x68656c6c6f", ["hello"]),
    ],
)
def test_a_value_is_looked_into(text: str, found: list[str]) -> None:
    assert list(pieces(text)) == found


def test_numbers_that_are_equal_by_chance_are_no_finding_and_a_leaked_column_is(
    production_server: Server, staging_server: Server
) -> None:
    rows = "INSERT INTO a SELECT lpad((n * 7919 % 100000000)::text, 8, '0') FROM generate_series(1, 30000) n"
    name = make_database(production_server, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE a (ssn text); {rows}")
    source, target = production_server.place("source", name, "reader"), staging_server.place("target", name, "filler")
    strategy = nasty(columns={"a.ssn": {"mask": "shape"}})
    settings = Settings(workers=1, client=Client(production_server.bin))

    result = StagingDataManager(source, target, "data.orders", KEY, settings).refresh_staging_data(strategy)
    survivors = result.verification["checks"][-1]
    run(staging_server, name, "UPDATE a SET ssn = lpad((n * 7919)::text, 8, '0') FROM (SELECT generate_series(1, 1000) AS n) g "
        "WHERE a.ctid = ('(' || n / 100 || ',' || 1 + n % 100 || ')')::tid")  # fmt: skip
    leaked = verification_of(source, target, strategy, "data.orders")["checks"][-1]

    assert survivors["status"] == "pass"
    assert survivors["figures"]["by_chance"] > 0
    assert leaked["findings"] == ["public.a.ssn: values of public.a.ssn"]
