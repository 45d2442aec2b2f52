"""What the catalogue reader sees of a schema that is hard to read."""

from __future__ import annotations

import contextlib

import pytest

from tests.data.conftest import make_database
from understudy.data.catalogue import read_catalogue
from understudy.data.connection import Connection, connect
from understudy.data.server import Server
from understudy.data.structure import differences, fingerprint, read_structure


def test_tables_that_hold_rows_are_told_from_those_that_are_partitioned(read: Connection) -> None:
    catalogue = read_catalogue(read)

    assert catalogue.by_name["shop.orders"].kind == "p"
    assert [leaf.name for leaf in catalogue.leaves_of(catalogue.by_name["shop.orders"])] == ["orders_2024", "orders_2025"]
    assert catalogue.root_of(catalogue.by_name["shop.orders_2024"]).name == "orders"


@pytest.mark.parametrize(
    ("column", "seen"),
    [
        ("email", {"declared": "shop.email", "type": "varchar", "characters": 80, "domain": True, "not_null": True}),
        ("national_id", {"type": "bpchar", "characters": 11}),
        ("tags", {"type": "_text", "element": "text", "category": "A"}),
        ("email_lower", {"generated": True}),
        ("full Name", {"type": "varchar", "characters": 60}),
    ],
)
def test_a_column_is_told_with_what_limits_it(read: Connection, column: str, seen: dict[str, object]) -> None:
    found = read_catalogue(read).by_name["shop.customer"].column(column)

    assert {name: getattr(found, name) for name in seen} == seen


def test_keys_are_told_whether_composite_cyclic_or_to_itself(read: Connection) -> None:
    tables = read_catalogue(read).by_name

    assert [(key.columns, key.referenced) for key in tables["shop.employee"].foreign_keys] == [
        (("department_id",), "shop.department"),
        (("manager_id",), "shop.employee"),
    ]
    assert tables["shop.department"].foreign_keys[0].deferrable
    composite = next(key for key in tables["shop.orders"].foreign_keys if len(key.columns) == 2)
    assert (composite.columns, composite.referenced_columns) == (("country", "customer_id"), ("country", "id"))
    assert tables["shop.orders_2024"].foreign_keys == ()


def test_a_unique_index_counts_as_unique(read: Connection) -> None:
    customer = read_catalogue(read).by_name["shop.customer"]

    assert customer.is_unique("email")
    assert customer.is_unique("national_id")
    assert not customer.is_unique("note")
    assert customer.primary_key == ("id",)


CHANGES = [
    ("ALTER TABLE a ADD COLUMN added text", "column public.a.added was added"),
    ("ALTER TABLE a ALTER COLUMN name TYPE varchar(9)", "column public.a.name was changed"),
    ("CREATE TABLE b ()", "table public.b was added"),
    ("CREATE INDEX extra ON a (name)", "index public.extra was added"),
    ("ALTER TYPE mood ADD VALUE 'so'", "type public.mood was changed"),
    ("ALTER TABLE a DROP CONSTRAINT short", "constraint public.a.short was removed"),
    ("CREATE VIEW v AS SELECT name FROM a", "view public.v was added"),
    ("ALTER TABLE a ENABLE ROW LEVEL SECURITY", "table public.a was changed"),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function public.f() was added"),
]


@pytest.mark.parametrize(("change", "told"), CHANGES, ids=[change for change, _ in CHANGES])
def test_every_change_of_the_schema_changes_the_fingerprint_and_is_named(
    production_server: Server, change: str, told: str
) -> None:
    script = "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE a (name text, mood mood, CONSTRAINT short CHECK (length(name) < 9));"
    name = make_database(production_server, script)

    with contextlib.closing(connect(production_server.place(database=name), autocommit=True)) as connection:
        before = read_structure(connection)
        connection.execute(change)
        after = read_structure(connection)

    assert told in differences(before, after)
    assert fingerprint(before) != fingerprint(after)
