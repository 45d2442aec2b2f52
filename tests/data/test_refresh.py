"""A masked refresh of a whole database, on two real servers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import closing
from itertools import count
from typing import Any

import psycopg
import pytest

from model.errors import ConfigurationError
from tests.data.conftest import make_database, run
from tests.data.strategies import nasty
from understudy.data.connection import Place, connect
from understudy.data.dump import Client
from understudy.data.masking.keys import MaskingKey
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager, plan_of
from understudy.data.server import Server
from understudy.data.structure import differences, read_structure
from understudy.data.target import BusyError, Target

KEY = MaskingKey(b"k" * 32)
_names = count(1)


def query(place: Place, text: str) -> list[tuple[Any, ...]]:
    with closing(connect(place)) as connection:
        return connection.execute(text.encode()).fetchall()


@pytest.fixture(scope="module")
def staging(staging_server: Server) -> Place:
    return staging_server.place("target", "shop", "filler")


@pytest.fixture(scope="module")
def settings(production_server: Server) -> Settings:
    return Settings(workers=1, client=Client(production_server.bin))


@pytest.fixture(scope="module")
def refreshed(production_server: Server, staging: Place, settings: Settings) -> DataRefreshResult:
    source = production_server.place("source", "nasty", "reader")
    return StagingDataManager(source, staging, "data.orders", KEY, settings).refresh_staging_data(nasty())


def test_every_row_arrives(refreshed: DataRefreshResult, staging: Place) -> None:
    assert refreshed.rows["shop.orders"] == 1500
    assert query(staging, "SELECT count(*) FROM shop.customer") == [(400,)]
    assert query(staging, "SELECT count(*) FROM ONLY shop.orders_2024")[0][0] > 0


@pytest.mark.usefixtures("refreshed")
def test_the_structure_is_the_sources(source: Place, staging: Place) -> None:
    with closing(connect(source, read_only=True)) as ours, closing(connect(staging)) as theirs:
        assert differences(read_structure(ours), read_structure(theirs)) == []


@pytest.mark.usefixtures("refreshed")
def test_no_value_of_a_masked_column_is_left(source: Place, staging: Place) -> None:
    for column in (
        "email",
        '"full Name"',
        "phone",
        "national_id",
        "last_ip::text",
        "avatar::text",
        "referrer::text",
        "email_lower",
    ):
        text = f"SELECT DISTINCT {column} FROM shop.customer WHERE {column} IS NOT NULL"
        assert not set(query(source, text)) & set(query(staging, text)), column
    assert query(staging, "SELECT count(*) FROM shop.customer WHERE profile::text ~ 'mail.org|10[.]1[.]2' OR note ~ 'Given'") == [
        (0,)
    ]


@pytest.mark.usefixtures("refreshed")
def test_equal_values_stay_equal_across_tables(staging: Place) -> None:
    joined = "SELECT count(*) FROM shop.orders o JOIN shop.customer c ON c.id = o.customer_id AND c.email = o.contact_email"
    assert query(staging, joined) == [(1500,)]


@pytest.mark.usefixtures("refreshed")
def test_what_the_database_computes_is_computed_from_the_masks(staging: Place) -> None:
    assert query(staging, "SELECT count(*) FROM shop.customer WHERE email_lower <> lower(email)") == [(0,)]
    assert query(staging, "SELECT count(*) FROM shop.best")[0][0] > 0


@pytest.mark.usefixtures("refreshed")
def test_new_rows_get_numbers_that_no_copied_row_has(staging: Place) -> None:
    with closing(connect(staging)) as connection:
        row = connection.execute("SELECT nextval('shop.customer_id_seq')").fetchone()
        assert row == (401,)
        connection.rollback()
    assert query(staging, "SELECT count(*) FROM pg_stats WHERE schemaname = 'shop'")[0][0] > 20


def test_a_second_refresh_replaces_the_first_and_keeps_grants_and_settings(
    refreshed: DataRefreshResult, source: Place, staging: Place, staging_server: Server, settings: Settings
) -> None:
    emails = query(staging, "SELECT id, email FROM shop.customer ORDER BY id")
    run(staging_server, "shop", "GRANT USAGE ON SCHEMA shop TO app; GRANT SELECT (id), UPDATE ON shop.customer TO app")
    run(staging_server, "postgres", "ALTER DATABASE shop SET work_mem = '7MB'; GRANT TEMPORARY ON DATABASE shop TO app")
    with closing(connect(staging)) as watching:
        result = StagingDataManager(source, staging, "data.orders", KEY, settings).refresh_staging_data(nasty())
        with pytest.raises(psycopg.OperationalError):
            watching.execute("SELECT 1")

    assert result.run != refreshed.run
    assert result.notes == []
    assert query(staging, "SELECT id, email FROM shop.customer ORDER BY id") == emails
    assert query(staging, "SELECT has_table_privilege('app', 'shop.customer', 'UPDATE')") == [(True,)]
    assert query(staging, "SHOW work_mem") == [("7MB",)]
    assert query(staging, "SELECT datname FROM pg_database WHERE datname LIKE '%understudy%'") == []


def test_another_key_and_more_workers_give_other_masks_of_the_same_rows(
    refreshed: DataRefreshResult, source: Place, staging_server: Server, settings: Settings
) -> None:
    del refreshed
    place = staging_server.place("target", "rotated", "filler")
    two = dataclasses.replace(settings, workers=2)
    result = StagingDataManager(source, place, "data.orders", KEY, two).refresh_staging_data(nasty(privacy_level="rotated"))

    text = "SELECT email FROM shop.customer"
    assert result.key_identifier != KEY.identifier
    assert result.rows["shop.order_line"] == 3000
    assert not set(query(place, text)) & set(query(staging_server.place("target", "shop", "filler"), text))


def test_only_one_refresh_of_a_database_runs(source: Place, staging: Place, settings: Settings) -> None:
    with closing(Target(staging)) as other:
        other.lock()
        with pytest.raises(BusyError):
            StagingDataManager(source, staging, "data.orders", KEY, settings).refresh_staging_data(nasty())


def test_a_database_that_no_refresh_made_is_replaced_only_if_asked(
    source: Place, staging_server: Server, settings: Settings
) -> None:
    name = make_database(staging_server, "CREATE TABLE precious (id int)")
    run(staging_server, "postgres", f"ALTER DATABASE {name} OWNER TO filler")
    place = staging_server.place("target", name, "filler")

    with pytest.raises(ConfigurationError, match="--yes replaces them"):
        StagingDataManager(source, place, "data.orders", KEY, settings).refresh_staging_data(nasty())
    agreed = dataclasses.replace(settings, agreed=True)
    StagingDataManager(source, place, "data.orders", KEY, agreed).refresh_staging_data(nasty())

    assert query(place, "SELECT to_regclass('precious')") == [(None,)]


STEPS = ("create", "rows", "indexes and keys", "before swap", "renamed")


class StoppedError(Exception):
    """Stands for whatever ends a refresh."""


@pytest.mark.usefixtures("refreshed")
@pytest.mark.parametrize("step", STEPS)
def test_a_refresh_that_fails_at_any_step_leaves_the_old_data_and_nothing_beside_it(
    source: Place, staging: Place, settings: Settings, step: str
) -> None:
    before = query(
        staging, "SELECT md5(string_agg(c::text, '' ORDER BY id)), (SELECT run FROM understudy_data.refresh) FROM shop.customer c"
    )

    def stop(reached: str) -> None:
        if reached == step:
            raise StoppedError

    stopping = dataclasses.replace(settings, on_step=stop)
    with pytest.raises(StoppedError):
        StagingDataManager(source, staging, "data.orders", KEY, stopping).refresh_staging_data(nasty(privacy_level="rotated"))

    assert (
        query(
            staging,
            "SELECT md5(string_agg(c::text, '' ORDER BY id)), (SELECT run FROM understudy_data.refresh) FROM shop.customer c",
        )
        == before
    )
    assert query(staging, "SELECT datname FROM pg_database WHERE datname LIKE 'shop_understudy%'") == []


REFUSALS: list[tuple[str, str, str]] = [
    ("ALTER TABLE a ADD COLUMN added text", "column public.a.added was added", "a column"),
    ("ALTER TABLE a ALTER COLUMN name TYPE varchar(9)", "column public.a.name was changed", "a type"),
    ("DROP TABLE a", "table public.a was removed", "a table"),
    ("CREATE TABLE b (id int)", "table public.b was added", "another table"),
]


@pytest.mark.parametrize(("change", "told"), [case[:2] for case in REFUSALS], ids=[case[2] for case in REFUSALS])
def test_a_source_that_changed_since_the_plan_is_refused_before_a_byte_is_copied(
    production_server: Server, staging_server: Server, settings: Settings, change: str, told: str
) -> None:
    name = make_database(production_server, "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE a (name text)")
    source, place = (
        production_server.place("source", name, "reader"),
        staging_server.place("target", f"t{next(_names)}", "filler"),
    )
    strategy = nasty(columns={"a.name": {"mask": "token"}})
    manager = StagingDataManager(source, place, "data.orders", KEY, settings)
    plan = plan_of(source, strategy, "data.orders")
    run(production_server, name, change)

    with pytest.raises(ConfigurationError) as caught:
        manager.refresh_staging_data(strategy, plan)

    assert told in str(caught.value)
    assert query(place.named("postgres"), f"SELECT count(*) FROM pg_database WHERE datname LIKE '{place.database}%'") == [(0,)]


def test_a_failing_row_is_told_by_its_place_and_never_by_its_value(
    production_server: Server, staging_server: Server, settings: Settings
) -> None:
    table = "CREATE TABLE a (name text CHECK (name ~ '^secret')); INSERT INTO a VALUES ('secret one')"
    name = make_database(production_server, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; {table}")
    source, place = production_server.place("source", name, "reader"), staging_server.place("target", "failing", "filler")
    make: Callable[[], object] = lambda: StagingDataManager(source, place, "data.orders", KEY, settings).refresh_staging_data(  # noqa: E731
        nasty(columns={"a.name": {"mask": "redact"}})
    )

    with pytest.raises(ConfigurationError) as caught:
        make()

    assert "table public.a" in str(caught.value)
    assert "constraint a_name_check" in str(caught.value)
    assert "secret one" not in str(caught.value)


def test_values_arrive_as_they_are_whatever_a_database_sets(
    production_server: Server, staging_server: Server, settings: Settings
) -> None:
    table = "CREATE TABLE a (at date, span interval, bytes bytea, exact float8)"
    row = "INSERT INTO a VALUES ('2024-05-06', '-1 day 2 hours', '\\x00ff', 0.1::float8 + 0.2::float8)"
    name = make_database(production_server, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; {table}; {row}")
    for setting in (
        "datestyle = 'German'",
        "intervalstyle = 'sql_standard'",
        "bytea_output = 'escape'",
        "extra_float_digits = -5",
    ):
        run(production_server, "postgres", f"ALTER DATABASE {name} SET {setting}")
    source, place = production_server.place("source", name, "reader"), staging_server.place("target", name, "filler")
    kept = {f"a.{column}": {"mask": "keep", "reason": "Means nothing"} for column in ("at", "span", "bytes", "exact")}

    result = StagingDataManager(source, place, "data.orders", KEY, settings).refresh_staging_data(nasty(columns=kept))

    assert result.accepted
    assert query(place, "SELECT * FROM a") == query(source, "SELECT * FROM a")


def test_rows_that_a_policy_hides_stop_a_refresh_instead_of_missing(
    production_server: Server, staging_server: Server, settings: Settings
) -> None:
    table = "CREATE TABLE a (id int); INSERT INTO a VALUES (1); ALTER TABLE a ENABLE ROW LEVEL SECURITY"
    name = make_database(production_server, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; {table}")
    source, place = production_server.place("source", name, "reader"), staging_server.place("target", name, "filler")
    strategy = nasty(columns={"a.id": {"mask": "keep", "reason": "Means nothing"}})

    with pytest.raises(ConfigurationError, match="row-level security"):
        StagingDataManager(source, place, "data.orders", KEY, settings).refresh_staging_data(strategy)


@pytest.mark.parametrize("suffix", ["_understudy_next", "_understudy_prev"])
def test_a_database_of_a_leftovers_name_that_no_refresh_made_is_left_alone(
    source: Place, staging_server: Server, settings: Settings, suffix: str
) -> None:
    run(staging_server, "postgres", "CREATE DATABASE own OWNER filler")
    run(staging_server, "postgres", f"CREATE DATABASE own{suffix} OWNER filler")
    place = staging_server.place("target", "own", "filler")
    try:
        run(staging_server, f"own{suffix}", "CREATE TABLE precious (id int)")
        with pytest.raises(ConfigurationError, match="no refresh made it"):
            StagingDataManager(source, place, "data.orders", KEY, settings).refresh_staging_data(nasty())

        assert query(staging_server.place(database=f"own{suffix}"), "SELECT count(*) FROM precious") == [(0,)]
    finally:
        run(staging_server, "postgres", f"DROP DATABASE own{suffix}")
        run(staging_server, "postgres", "DROP DATABASE own")


@pytest.mark.parametrize("suffix", ["_understudy_next", "_understudy_prev"])
def test_a_leftover_that_a_crash_left_half_dropped_is_removed(
    source: Place, staging_server: Server, settings: Settings, suffix: str
) -> None:
    place = staging_server.place("target", "halved", "filler")
    run(staging_server, "postgres", f"CREATE DATABASE halved{suffix} OWNER filler")
    run(staging_server, "postgres", f"UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'halved{suffix}'")
    try:
        if suffix == "_understudy_prev":
            run(staging_server, "postgres", "CREATE DATABASE halved OWNER filler")

        result = StagingDataManager(source, place, "data.orders", KEY, settings).refresh_staging_data(nasty())

        assert result.accepted
        assert result.notes == [f"halved{suffix}, left by an interrupted refresh, was removed"]
    finally:
        run(staging_server, "postgres", "DROP DATABASE halved WITH (FORCE)")


def test_whoever_watches_is_told_the_plan_before_rows_and_every_row(
    source: Place, staging_server: Server, settings: Settings
) -> None:
    told: list[tuple[str, int]] = []
    watching = dataclasses.replace(
        settings,
        report=lambda table, rows: told.append((table, rows)),
        on_plan=lambda plan: told.append(("expected", plan.estimated_rows)),
    )
    place = staging_server.place("target", "watched", "filler")

    result = StagingDataManager(source, place, "data.orders", KEY, watching).refresh_staging_data(nasty())

    assert told[0] == ("expected", sum(result.rows.values()))
    assert sum(rows for _, rows in told[1:]) == sum(result.rows.values())
