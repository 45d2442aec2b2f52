"""Where databases are: named as for psql, by connection strings, services and the environment, also to PostgreSQL's programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from model.errors import ConfigurationError
from tests.data.conftest import make_database, run
from tests.data.strategies import nasty
from understudy.data.connection import Place, connect
from understudy.data.dump import Client
from understudy.data.refresh import Settings, StagingDataManager
from understudy.data.server import Server

KEEP = {"mask": "keep", "reason": "Means nothing"}
STRATEGY = nasty(privacy_level="rotated", columns={"a.id": KEEP})


@pytest.fixture(scope="module")
def source_of_one(production_server: Server) -> Place:
    name = make_database(production_server, "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE a (id int)")
    return production_server.place("source", name, "reader")


@pytest.fixture
def service(tmp_path: Path, staging_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    file = tmp_path / "services"
    file.write_text(f"[staging]\nhost={staging_server.folder}\nuser=filler\ndbname=by_service\n", encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    yield "staging"
    for name in ("by_service", "by_name"):
        run(staging_server, "postgres", f"DROP DATABASE IF EXISTS {name}")


def refresh(source: Place, target: Place, server: Server) -> None:
    settings = Settings(workers=1, client=Client(server.bin))
    assert StagingDataManager(source, target, "data.orders", settings=settings).refresh_staging_data(STRATEGY).accepted


def databases(server: Server) -> set[str]:
    with closing(connect(server.place())) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}


def test_a_service_that_names_the_database_is_enough(source_of_one: Place, staging_server: Server, service: str) -> None:
    target = Place.parse("target", f"service={service}")

    refresh(source_of_one, target, staging_server)
    refresh(source_of_one, target, staging_server)

    assert target.database == "by_service"
    assert "by_service" in databases(staging_server)


def test_what_is_asked_for_stands_above_what_the_service_says(source_of_one: Place, staging_server: Server, service: str) -> None:
    refresh(source_of_one, Place.parse("target", f"service={service} dbname=by_name"), staging_server)
    refresh(source_of_one, Place.parse("target", f"service={service} dbname=by_name"), staging_server)

    assert "by_name" in databases(staging_server)
    assert "by_service" not in databases(staging_server)


def test_the_environment_names_the_database_where_nothing_else_does(
    staging_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGDATABASE", "by_environment")

    assert Place.parse("target", f"host={staging_server.folder} user=filler").database == "by_environment"


@pytest.mark.parametrize("name", ["a=b", "host=x dbname=y", "qu\"o'te", "Größe", "select"])
def test_a_database_may_have_any_name(source_of_one: Place, staging_server: Server, name: str) -> None:
    target = Place("target", {"host": str(staging_server.folder), "user": "filler", "dbname": name})

    refresh(source_of_one, target, staging_server)
    refresh(source_of_one, target, staging_server)

    assert name in databases(staging_server)


def test_the_grants_of_a_database_in_another_encoding_are_carried_over(source_of_one: Place, staging_server: Server) -> None:
    latin = "OWNER filler ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    run(staging_server, "postgres", f"CREATE DATABASE latin {latin}")
    run(
        staging_server,
        "latin",
        'SET ROLE filler; CREATE TABLE a (id int); CREATE TABLE "é" (id int); GRANT SELECT ON a, "é" TO app',
    )
    target = staging_server.place("target", "latin", "filler")
    settings = Settings(workers=1, client=Client(staging_server.bin), agreed=True)

    result = StagingDataManager(source_of_one, target, "data.orders", settings=settings).refresh_staging_data(STRATEGY)

    assert result.accepted
    with closing(connect(target)) as connection:
        assert connection.execute("SELECT has_table_privilege('app', 'a', 'SELECT')").fetchone() == (True,)


def test_a_password_reaches_programs_by_the_environment_alone() -> None:
    place = Place.parse("target", "host=h user=u password=hunter2 target_session_attrs=read-write client_encoding=LATIN1")

    assert "hunter2" not in place.conninfo()
    assert "client_encoding=UTF8" in place.conninfo()
    environment = place.libpq_environment()
    assert environment["PGPASSWORD"] == "hunter2"
    assert environment["PGTARGETSESSIONATTRS"] == "read-write"
    assert environment["PGCLIENTENCODING"] == "UTF8"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("usr=me", "did you mean 'user'?"),
        ("postgresql://localhost/x?sslmod=require", "did you mean 'sslmode'?"),
        ("host=h password=a hunter2=b", "--source: is no connection string or URL of PostgreSQL"),
    ],
)
def test_a_mistyped_parameter_is_told_by_what_was_meant_alone(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Place.parse("source", text)

    assert str(caught.value).endswith(told)
    assert "hunter2" not in str(caught.value)


def test_a_parameter_that_cannot_be_read_is_told_like_one_that_leads_nowhere() -> None:
    with pytest.raises(ConfigurationError, match="--source: cannot be connected to: bad value for connect_timeout"):
        connect(Place.parse("source", "host=/nowhere connect_timeout=soon"))


def test_a_folder_without_the_programs_is_told(source_of_one: Place, staging_server: Server, tmp_path: Path) -> None:
    target = staging_server.place("target", "unprogrammed", "filler")
    settings = Settings(workers=1, client=Client(tmp_path))

    with pytest.raises(ConfigurationError, match=r"pg_dump: is not in the folder .*, or cannot be executed"):
        StagingDataManager(source_of_one, target, "data.orders", settings=settings).refresh_staging_data(STRATEGY)

    assert not {name for name in databases(staging_server) if name.startswith("unprogrammed")}
