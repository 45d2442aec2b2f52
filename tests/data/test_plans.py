"""What a plan refuses, before a byte is copied, and how it says so."""

from __future__ import annotations

from typing import Any

import pytest

from model.errors import ConfigurationError
from tests.data.conftest import make_database
from tests.data.strategies import nasty
from understudy.data.connection import Place
from understudy.data.refresh import classification_of, plan_of
from understudy.data.roles import administer
from understudy.data.server import Server

KEEP = {"mask": "keep", "reason": "Means nothing"}
TOKEN = {"mask": "token"}


def made(server: Server, script: str, role: str = "reader") -> Place:
    return server.place("source", make_database(server, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; {script}"), role)


def refused(place: Place, columns: dict[str, Any], **changes: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        plan_of(place, nasty(columns=columns, **changes), "data.orders")
    return [str(problem) for problem in caught.value.problems]


def test_a_name_with_a_dot_is_refused_since_paths_have_dots(production_server: Server) -> None:
    place = made(production_server, 'CREATE TABLE "a.b" (c text); CREATE TABLE d ("e.f" text)')

    assert refused(place, {}) == [
        "--source: column 'e.f' of table public.d has a dot in its name, which parts names in a strategy; rename it",
        "--source: table public.a.b has a dot in its name, which parts names in a strategy; rename it",
    ]


@pytest.mark.parametrize("name", ["select", "qu\"o'te", "Ünï", "a b", "UPPER", "{}", "%s", "a:b"])
def test_any_other_name_is_a_name(production_server: Server, name: str) -> None:
    quoted = '"{}"'.format(name.replace('"', '""'))
    place = made(production_server, f"CREATE SCHEMA {quoted}; CREATE TABLE {quoted}.{quoted} ({quoted} text)")

    plan = plan_of(place, nasty(columns={f"{name}.{name}.{name}": TOKEN}), "data.orders")

    assert list(plan.columns) == [f"{name}.{name}.{name}"]


PARTS = """CREATE TABLE whole (day date, name text, upper text GENERATED ALWAYS AS (upper(name)) STORED) PARTITION BY RANGE (day);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"""


def test_a_rule_for_what_takes_none_says_what_it_belongs_to(production_server: Server) -> None:
    rules = {"whole.day": KEEP, "whole.name": TOKEN, "whole.upper": TOKEN, "part.name": TOKEN, "whole.nam": TOKEN}

    assert refused(made(production_server, PARTS), rules) == [
        "data.orders.columns.part.name: the table is a partition; the rule belongs to public.whole.name",
        "data.orders.columns.whole.nam: the source has no such column; did you mean 'public.whole.name'?",
        "data.orders.columns.whole.upper: the column is generated: it is computed from the masks of others, and takes no rule",
    ]


def test_what_is_named_with_its_schema_and_without_is_refused(production_server: Server) -> None:
    rules = {"a.b": TOKEN, "public.a.b": KEEP}
    changes = {"source_type": "masked_subset", "volume_scale": 0.5, "roots": {"public.a": {}, "a": {}}}

    told = refused(made(production_server, "CREATE TABLE a (b text)"), rules, **changes)

    assert told == [
        "data.orders.columns.public.a.b: is named twice, also as 'a.b'",
        "data.orders.roots.a: is named twice, also as 'public.a'",
    ]


def test_a_partition_is_no_table_to_choose_rows_from(production_server: Server) -> None:
    changes = {"source_type": "masked_subset", "volume_scale": 0.5, "roots": {"part": {}}}

    told = refused(made(production_server, PARTS), {"whole.day": KEEP, "whole.name": TOKEN}, **changes)

    assert told == ["data.orders.roots.part: the table is a partition; name public.whole"]


def test_columns_that_rows_cannot_be_told_apart_by_are_refused(production_server: Server) -> None:
    script = "CREATE TABLE a (b json, c int, d int GENERATED ALWAYS AS (c) STORED)"
    roots = {"a": {"stratify_by": ["d"]}}
    changes = {"source_type": "masked_subset", "volume_scale": 0.5, "roots": roots, "quasi_identifiers": {"a": ["b", "d"]}}

    assert refused(made(production_server, script), {"a.b": KEEP, "a.c": KEEP}, **changes) == [
        "data.orders.quasi_identifiers.a: column 'b' is of type json, whose values cannot be compared",
        "data.orders.roots.a: column 'd' is generated, and rows are chosen by columns that are written",
    ]


def test_what_the_sources_role_may_not_read_is_named(production_server: Server) -> None:
    administer(production_server, "CREATE ROLE stranger LOGIN")
    place = made(production_server, "CREATE TABLE a (b text); CREATE TABLE c (d text); GRANT SELECT ON c TO stranger", "stranger")

    told = refused(place, {"a.b": TOKEN, "c.d": TOKEN})

    assert told == ["--source: its role lacks a right: it may not read public.a; grant it pg_read_all_data"]
    with pytest.raises(ConfigurationError, match=r"may not read public\.a"):
        classification_of(place, nasty(columns={}))


def test_rows_that_a_policy_hides_are_refused_unless_the_role_sees_them(production_server: Server) -> None:
    administer(production_server, "CREATE ROLE all_seeing LOGIN BYPASSRLS", "GRANT pg_read_all_data TO all_seeing")
    place = made(production_server, "CREATE TABLE a (b text); ALTER TABLE a ENABLE ROW LEVEL SECURITY")
    seeing = Place("source", {**place.parameters, "user": "all_seeing"})

    assert refused(place, {"a.b": TOKEN}) == [
        "--source: row-level security hides rows of public.a from its role; ALTER ROLE … BYPASSRLS"
    ]
    assert list(plan_of(seeing, nasty(columns={"a.b": TOKEN}), "data.orders").columns) == ["public.a.b"]
