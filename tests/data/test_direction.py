"""Production is only ever read: what a role could write, and what server a target is, is proven before anything is done."""

from __future__ import annotations

import contextlib
from contextlib import closing

import psycopg
import pytest

from model.errors import ConfigurationError
from tests.data.conftest import make_database, run
from understudy.data.connection import Place, connect
from understudy.data.direction import prove_apart, prove_read_only
from understudy.data.server import Server

RIGHTS = [
    ("GRANT INSERT ON t TO writer", "may write to public.t"),
    ("GRANT UPDATE (id) ON t TO writer", "may write to public.t"),
    ("GRANT TRUNCATE ON t TO writer", "may write to public.t"),
    ("GRANT USAGE ON SEQUENCE s TO writer", "may advance sequence public.s"),
    ("GRANT CREATE ON SCHEMA public TO writer", "may create in schema public"),
    ("ALTER TABLE t OWNER TO writer", "owns public.t"),
    ("GRANT INSERT ON v TO writer", "may write to public.v"),
]
EMPTY = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE t (id int); CREATE SEQUENCE s; CREATE VIEW v AS SELECT id FROM t;"
)


@pytest.mark.parametrize(("grant", "told"), RIGHTS, ids=[grant for grant, _ in RIGHTS])
def test_a_source_role_with_any_right_to_write_is_refused(production_server: Server, grant: str, told: str) -> None:
    name = make_database(production_server, EMPTY)
    place = production_server.place("source", name, "writer")
    with closing(connect(place, read_only=True)) as connection:
        prove_read_only(connection)  # the reason to refuse is the grant alone
    run(production_server, name, grant)

    with closing(connect(place, read_only=True)) as connection, pytest.raises(ConfigurationError) as caught:
        prove_read_only(connection)

    assert told in str(caught.value)


def test_a_superuser_is_refused_as_a_source(production_server: Server) -> None:
    place = production_server.place("source")
    with closing(connect(place, read_only=True)) as connection, pytest.raises(ConfigurationError) as caught:
        prove_read_only(connection)

    assert "is a superuser" in str(caught.value)


def test_a_read_only_session_cannot_write_whatever_its_role_may_do(production_server: Server) -> None:
    place = production_server.place("source")
    forbidden = pytest.raises(psycopg.errors.ReadOnlySqlTransaction)
    with closing(connect(place, read_only=True)) as connection, forbidden:
        connection.execute("CREATE TABLE forbidden ()")


@pytest.mark.parametrize("database", ["nasty", "postgres"])
def test_the_sources_own_server_is_refused_as_a_target_under_any_name(
    source: Place, production_server: Server, database: str
) -> None:
    alias = production_server.folder.with_name(f"{production_server.folder.name}-alias")
    alias.symlink_to(production_server.folder)
    try:
        target = Place("target", {"host": str(alias), "dbname": database, "user": "postgres"})
        refused = pytest.raises(ConfigurationError)
        with closing(connect(source, read_only=True)) as here, closing(connect(target)) as there, refused as caught:
            prove_apart(here, there)
    finally:
        alias.unlink()

    assert "the source's own server" in str(caught.value)


def test_another_server_is_a_target(source: Place, staging_server: Server) -> None:
    with (
        closing(connect(source, read_only=True)) as here,
        closing(connect(staging_server.place())) as there,
    ):
        prove_apart(here, there)


@pytest.mark.parametrize(
    "text", ["host=/nowhere password=hunter2 dbname=x", "postgresql://me:hunter2@localhost:1/x", "password=hunter2 broken"]
)
def test_a_password_is_never_shown(text: str) -> None:
    told = []
    with pytest.raises(ConfigurationError) as visible:
        Place.parse("source", text, visible=True)
    told.append(str(visible.value))
    with contextlib.suppress(ConfigurationError):
        place = Place.parse("source", text)
        told += [repr(place), str(place)]
        with pytest.raises(ConfigurationError) as refused:
            connect(place)
        told.append(str(refused.value))

    assert len(told) in (1, 4)
    assert not any("hunter2" in text for text in told)
