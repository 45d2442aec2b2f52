"""Databases in other encodings than UTF-8."""

from __future__ import annotations

from contextlib import closing
from itertools import count

import psycopg
import pytest

from model.errors import ConfigurationError
from model.mask import Mask
from tests.data.conftest import run
from tests.data.strategies import nasty
from understudy.data.connection import Place, connect
from understudy.data.dump import Client
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager, classification_of
from understudy.data.server import Server

_numbers = count(1)


def made(server: Server, encoding: str, script: str) -> Place:
    name = f"encoded{next(_numbers)}"
    locale = "TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    run(server, "postgres", f"CREATE DATABASE {name} ENCODING '{encoding}' {locale}")
    with closing(psycopg.connect(host=str(server.folder), user="postgres", dbname=name, client_encoding="UTF8")) as connection:
        connection.execute(b"REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        psycopg.ClientCursor(connection).execute(script.encode())
        connection.commit()
    return server.place("source", name, "reader")


def refreshed(source: Place, server: Server, columns: dict[str, str]) -> tuple[DataRefreshResult, Place]:
    target, settings = server.place("target", source.database, "filler"), Settings(workers=1, client=Client(server.bin))
    strategy = nasty(privacy_level="rotated", columns={name: {"mask": mask} for name, mask in columns.items()})
    return StagingDataManager(source, target, "data.orders", settings=settings).refresh_staging_data(strategy), target


def test_a_database_in_latin_1_is_refreshed_into_one(production_server: Server, staging_server: Server) -> None:
    source = made(
        production_server, "LATIN1", 'CREATE TABLE "Größe" ("é" text, b text); INSERT INTO "Größe" VALUES (\'éü\', \'x\')'
    )

    result, target = refreshed(source, staging_server, {"Größe.é": "shape", "Größe.b": "token"})

    assert result.accepted
    assert [found.declared for found in classification_of(source, nasty(columns={"Größe.é": {"mask": "shape"}}))] == [
        None,
        Mask.SHAPE,
    ]
    with closing(connect(target)) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("LATIN1",)
        assert connection.execute('SELECT length("é") FROM "Größe"').fetchone() == (2,)


@pytest.mark.parametrize(
    ("encoding", "value", "told"),
    [
        ("SQL_ASCII", "E'\\xe9'", "table public.a: a value is no text in UTF-8"),
        ("LATIN2", "repeat('łąęž', 40)", "table public.a: a character has no place in the database's encoding (table a)"),
    ],
)
def test_a_value_that_cannot_be_written_is_told_by_its_table(
    production_server: Server, staging_server: Server, encoding: str, value: str, told: str
) -> None:
    source = made(production_server, encoding, f"CREATE TABLE a (b text); INSERT INTO a VALUES ({value})")

    with pytest.raises(ConfigurationError) as caught:
        refreshed(source, staging_server, {"a.b": "shape"})

    assert str(caught.value) == told
