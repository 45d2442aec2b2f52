"""Tables that are named or made as few are, through whole refreshes of each kind."""

from __future__ import annotations

from contextlib import closing
from itertools import count
from typing import Any

import pytest

from model.errors import ConfigurationError
from tests.data.conftest import make_database
from tests.data.strategies import nasty
from understudy.data.connection import Place, connect
from understudy.data.dump import Client
from understudy.data.masking.keys import MaskingKey
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager
from understudy.data.roles import administer
from understudy.data.server import Server

KEY = MaskingKey(b"k" * 32)
LOOSE = {"null_share": 1.0, "distinct_share": 1.0, "distance": 1.0, "volume": 1.0}
_numbers = count(1)


def refreshed(
    production: Server, staging: Server, script: str, columns: dict[str, Any], reader: str = "reader", **changes: Any
) -> tuple[DataRefreshResult, Place]:
    name = make_database(production, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; {script}")
    source, target = production.place("source", name, reader), staging.place("target", f"odd{next(_numbers)}", "filler")
    manager = StagingDataManager(source, target, "data.orders", KEY, Settings(workers=1, client=Client(production.bin)))
    return manager.refresh_staging_data(nasty(columns=columns, **changes)), target


def rows(place: Place, query: str) -> list[tuple[Any, ...]]:
    with closing(connect(place)) as connection:
        return connection.execute(query.encode()).fetchall()


ODD_SCRIPT = """CREATE SCHEMA {odd};
CREATE TABLE {odd}.{odd} (id serial PRIMARY KEY, {odd} text UNIQUE, up int REFERENCES {odd}.{odd});
INSERT INTO {odd}.{odd} SELECT n, 'a value ' || n, greatest(1, n - 1) FROM generate_series(1, 40) n;
CREATE MATERIALIZED VIEW {odd}.seen AS SELECT {odd} FROM {odd}.{odd}"""
KINDS: dict[str, dict[str, Any]] = {
    "masked": {},
    "masked_subset": {"volume_scale": 0.5},
    "synthetic": {"volume_scale": 0.5},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["select", "qu\"o'te\\ %s {} $1", "Größe: a b"])
def test_whatever_a_table_is_called_it_is_refreshed(
    production_server: Server, staging_server: Server, name: str, kind: str
) -> None:
    quoted = '"{}"'.format(name.replace('"', '""'))
    roots = {f"{name}.{name}": {"stratify_by": [name]}} if kind == "masked_subset" else {}

    result, _ = refreshed(
        production_server,
        staging_server,
        ODD_SCRIPT.replace("{odd}", quoted),
        {f"{name}.{name}.{name}": {"mask": "shape"}},
        source_type=kind,
        roots=roots,
        bounds=LOOSE,
        **KINDS[kind],
    )

    assert result.accepted
    assert result.rows[f"{name}.{name}"] == (20 if kind == "synthetic" else 40)


@pytest.mark.parametrize("kind", KINDS)
def test_tables_without_a_column_that_is_written_are_refreshed(
    production_server: Server, staging_server: Server, kind: str
) -> None:
    script = """CREATE TABLE bare (); INSERT INTO bare DEFAULT VALUES; INSERT INTO bare DEFAULT VALUES;
    CREATE TABLE computed (a int GENERATED ALWAYS AS (1) STORED); INSERT INTO computed DEFAULT VALUES;
    INSERT INTO computed DEFAULT VALUES; CREATE TABLE usual (a text)"""
    roots: dict[str, Any] = {"bare": {}} if kind == "masked_subset" else {}

    result, _ = refreshed(
        production_server,
        staging_server,
        script,
        {"usual.a": {"mask": "token"}},
        source_type=kind,
        roots=roots,
        **KINDS[kind],
    )

    assert result.accepted
    assert result.rows == dict.fromkeys(("public.bare", "public.computed"), 2 if kind == "masked" else 1) | {"public.usual": 0}


@pytest.mark.parametrize("type_", ["tsrange", "bit(3)", "oid"])
def test_a_type_of_which_nothing_is_known_is_made_null_or_told(
    production_server: Server, staging_server: Server, type_: str
) -> None:
    keep = {"mask": "keep", "reason": "Means nothing"}
    changes: dict[str, Any] = {"source_type": "synthetic", "rows": {"a": 5}}

    result, target = refreshed(production_server, staging_server, f"CREATE TABLE a (b {type_})", {"a.b": keep}, **changes)
    assert result.accepted
    assert rows(target, "SELECT count(*), count(b) FROM a") == [(5, 0)]

    with pytest.raises(ConfigurationError) as caught:
        refreshed(production_server, staging_server, f"CREATE TABLE a (b {type_} NOT NULL)", {"a.b": keep}, **changes)
    told = "is NOT NULL, and the source has no value of it to make others from; give the table 0 `rows`"
    assert str(caught.value) == f"synthetic: column public.a.b ({type_}) {told}"


EDGES = [
    ("numeric", "CASE WHEN n % 3 = 0 THEN 'NaN' ELSE n::text END::numeric", "number"),
    ("numeric", "CASE WHEN n % 3 = 0 THEN 'Infinity' ELSE n::text END::numeric", "number"),
    ("float8", "CASE WHEN n % 3 = 0 THEN 'NaN' ELSE n::text END::float8", "number"),
    ("date", "CASE WHEN n % 3 = 0 THEN 'infinity' ELSE '20204-01-01' END::date + n % 3 * n", "date"),
    ("date", "CASE WHEN n % 3 = 0 THEN '0044-03-15 BC' ELSE '2024-01-01' END::date + n % 3 * n", "date"),
    ("inet", "'10.0.0.0'::inet + n", "shape"),
    ("cidr", "network(set_masklen('10.0.0.0'::inet + n * 256, 24))", "shape"),
]


@pytest.mark.parametrize("kind", ["masked", "synthetic"])
@pytest.mark.parametrize(("type_", "value", "word"), EDGES)
def test_values_that_are_at_no_place_among_others_are_refreshed(
    production_server: Server, staging_server: Server, type_: str, value: str, word: str, kind: str
) -> None:
    script = f"CREATE TABLE a (b {type_}); INSERT INTO a SELECT {value} FROM generate_series(1, 60) n"

    result, target = refreshed(
        production_server,
        staging_server,
        script,
        {"a.b": {"mask": word}},
        source_type=kind,
        bounds=LOOSE,
        **KINDS[kind],
    )

    assert result.accepted
    assert rows(target, "SELECT count(b) FROM a") == [(60 if kind == "masked" else 30,)]


def test_what_staging_lacks_is_told_in_one_message(production_server: Server, staging_server: Server) -> None:
    administer(production_server, "CREATE ROLE auditor", "CREATE ROLE seeing LOGIN BYPASSRLS", "GRANT pg_read_all_data TO seeing")
    script = "CREATE TABLE a (b text); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY c ON a TO auditor USING (true)"

    with pytest.raises(ConfigurationError) as caught:
        refreshed(production_server, staging_server, script, {"a.b": {"mask": "token"}}, reader="seeing")

    assert str(caught.value) == 'pg_restore: could not execute query: ERROR: role "auditor" does not exist'
