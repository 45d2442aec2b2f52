"""A column's figures are those that SQL tells of the same rows, whatever its values are made of."""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from tests.data.conftest import make_database
from tests.data.test_search import KINDS, row
from understudy.data.catalogue import read_catalogue
from understudy.data.connection import connect
from understudy.data.server import Server
from understudy.data.verify.sample import SAMPLE, SAMPLED_FROM, Sample

TOLD = """
SELECT (SELECT count(*) FROM public.v), coalesce(sum(n), 0)::int, count(*), coalesce(sum(n * length(t)), 0)::int,
       coalesce((array_agg(n ORDER BY n DESC))[1:20], '{{}}')
FROM (SELECT {0}::text AS t, count(*)::int AS n FROM public.v WHERE {0} IS NOT NULL GROUP BY 1) g
"""


def test_the_figures_of_all_rows_are_those_that_sql_tells(production_server: Server) -> None:
    chance = random.Random(11)
    columns = ", ".join(f"{name} {kind}" for name, kind in KINDS.items())
    database = make_database(production_server, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE v ({columns})")
    with closing(connect(production_server.place("source", database))) as connection:
        rows = [row(chance) for _ in range(200)]
        for _ in range(2000):
            connection.execute(
                "INSERT INTO public.v VALUES (%s, %s, %s, %s, %s, %s)", rows[int(chance.paretovariate(1)) % len(rows)]
            )
        told = [connection.execute(TOLD.format(name).encode()).fetchone() for name in KINDS]
        profiles = Sample(connection, read_catalogue(connection).by_name["public.v"], 2000).profiles()

    for one, profile in zip(told, profiles, strict=True):
        assert one is not None
        count, given, distinct, characters, ranks = one
        assert profile.rows == count == 2000
        assert profile.null_share == pytest.approx((count - given) / count)
        assert profile.distinct_share == pytest.approx(distinct / given)
        assert profile.mean_length == pytest.approx(characters / given)
        assert profile.ranks == pytest.approx([rank / given for rank in ranks])


def test_a_table_without_values_has_figures_and_of_a_large_one_some_rows_are_read(production_server: Server) -> None:
    script = "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE none (a text, b int); CREATE TABLE many (a int); "
    database = make_database(production_server, script + f"INSERT INTO many SELECT generate_series(1, {2 * SAMPLED_FROM})")
    with closing(connect(production_server.place("source", database))) as connection:
        tables = read_catalogue(connection).by_name
        empty = Sample(connection, tables["public.none"], 0).profiles()
        (many,) = Sample(connection, tables["public.many"], 2 * SAMPLED_FROM).profiles()

    assert [(profile.rows, profile.distinct_share, profile.ranks) for profile in empty] == [(0, None, ())] * 2
    assert many.rows == pytest.approx(SAMPLE, rel=0.05)
    assert many.distinct_share == 1
