"""Synthetic rows are made up: no value of a sensitive column is the source's, every constraint holds, and a seed makes them again."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from tests.data.conftest import make_database
from tests.data.strategies import nasty
from tools.faults.closure import subset_strategy
from tools.faults.random_schemas import RandomSchema
from understudy.data.connection import Place, connect
from understudy.data.dump import Client
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager
from understudy.data.server import Server


def refresh(source: Place, target: Place, server: Server, **changes: Any) -> DataRefreshResult:
    strategy = nasty(**{"source_type": "synthetic", "privacy_level": "rotated", **changes})
    settings = Settings(workers=1, client=Client(server.bin))
    return StagingDataManager(source, target, "data.orders", settings=settings).refresh_staging_data(strategy)


def query(place: Place, text: str) -> list[tuple[Any, ...]]:
    with closing(connect(place)) as connection:
        return connection.execute(text.encode()).fetchall()


@pytest.fixture(scope="module")
def synthetic(production_server: Server, staging_server: Server) -> Place:
    source, target = production_server.place("source", "nasty", "reader"), staging_server.place("target", "synthetic", "filler")
    result = refresh(source, target, production_server)
    assert result.accepted, [check["findings"] for check in result.verification["checks"]]
    return target


def test_each_table_has_as_many_rows_as_the_volume_scale_asks_for(synthetic: Place) -> None:
    counts = (
        "SELECT (SELECT count(*) FROM shop.customer), (SELECT count(*) FROM shop.orders), (SELECT count(*) FROM shop.order_line)"
    )

    assert query(synthetic, counts) == [(400, 1500, 3000)]


def test_references_lead_to_rows_and_lines_are_numbered_within_their_order(synthetic: Place) -> None:
    lines = "SELECT count(*), min(line) FROM (SELECT min(line) AS line FROM shop.order_line GROUP BY order_id, placed) l"

    assert query(synthetic, lines)[0][1] == 1
    assert query(
        synthetic, "SELECT count(*) FROM shop.orders o JOIN shop.customer c USING (country) WHERE c.id = o.customer_id"
    ) == [(1500,)]
    assert query(synthetic, "SELECT count(*) > 0, count(*) < 30 FROM shop.employee WHERE manager_id IS NULL") == [(True, True)]


def test_few_rows_have_many_references_where_few_had_many(source: Place, synthetic: Place) -> None:
    spread = "SELECT min(n), max(n) FROM (SELECT count(*) AS n FROM shop.orders GROUP BY customer_id) o"

    assert query(synthetic, spread)[0][1] <= 2 * query(source, spread)[0][1]


def test_values_have_the_forms_of_the_sources_and_none_is_the_sources(source: Place, synthetic: Place) -> None:
    for column in ("email", "phone", "national_id", '"full Name"', "avatar::text", "referrer::text"):
        text = f"SELECT DISTINCT {column} FROM shop.customer WHERE {column} IS NOT NULL"
        assert not set(query(source, text)) & set(query(synthetic, text)), column
    assert query(
        synthetic,
        "SELECT count(*) FROM shop.customer WHERE national_id !~ '^[0-9]{11}$' OR profile->'contact'->>'email' !~ 'example.com'",
    ) == [(0,)]
    assert query(synthetic, "SELECT count(DISTINCT email) FROM shop.customer") == [(400,)]


def test_what_may_be_kept_has_the_sources_frequencies(source: Place, synthetic: Place) -> None:
    status = "SELECT status::text, count(*) FROM shop.orders GROUP BY 1 ORDER BY 1"

    for (label, ours), (other, theirs) in zip(query(source, status), query(synthetic, status), strict=True):
        assert label == other
        assert abs(ours - theirs) < 120


def test_new_rows_get_numbers_that_no_row_has(synthetic: Place, staging_server: Server) -> None:
    place = staging_server.place("target", synthetic.database, "filler")
    assert query(place, "SELECT nextval('shop.customer_id_seq') > (SELECT max(id) FROM shop.customer)") == [(True,)]


def test_a_seed_makes_the_same_rows_again_and_another_seed_others(
    source: Place, staging_server: Server, production_server: Server
) -> None:
    digest = "SELECT md5(string_agg(c::text, '' ORDER BY c::text)), (SELECT md5(string_agg(o::text, '' ORDER BY o::text)) FROM shop.orders o) FROM shop.customer c"
    made = []
    for number, seed in enumerate((1, 1, 2)):
        target = staging_server.place("target", f"seed{number}", "filler")
        result = refresh(source, target, production_server, seed=seed, volume_scale=0.25, rows={"shop.country": 4})
        assert result.accepted, [check["findings"] for check in result.verification["checks"]]
        made.append(query(target, digest))

    assert made[0] == made[1]
    assert made[0][0][0] != made[2][0][0]


@pytest.mark.parametrize("seed", range(3))
def test_every_key_of_a_random_schema_holds(production_server: Server, staging_server: Server, seed: int) -> None:
    schema = RandomSchema(100 + seed)
    source = production_server.place("source", make_database(production_server, schema.script()), "reader")
    target = staging_server.place("target", f"made{seed}", "filler")
    raw = subset_strategy(schema, follow=False).model_dump(mode="json") | {
        "source_type": "synthetic",
        "roots": {},
        "volume_scale": 1.0,
    }

    result = refresh(source, target, production_server, **raw)

    assert result.accepted, [check["findings"] for check in result.verification["checks"]]


CONSTRAINED = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE a (
    id int PRIMARY KEY, low int NOT NULL, high int NOT NULL CHECK (high > low), share percent NOT NULL, twice int GENERATED ALWAYS AS (low * 2) STORED
    CHECK (twice < 400), name text NOT NULL, during tsrange, span interval, UNIQUE (low, high)
);
CREATE UNIQUE INDEX folded ON a (lower(name));
CREATE UNIQUE INDEX part ON a (share) WHERE high > 390;
CREATE TABLE b (id int PRIMARY KEY REFERENCES a, code char(3) NOT NULL UNIQUE) PARTITION BY HASH (id);
CREATE TABLE b0 PARTITION OF b FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE b1 PARTITION OF b FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO a (id, low, high, share, name, during, span) SELECT n, n % 150, n % 150 + 1 + n % 250, n % 101, 'Name ' || n, NULL::tsrange, interval '1 day' FROM generate_series(1, 300) n;
INSERT INTO b SELECT n, lpad(n::text, 3, '0') FROM generate_series(1, 200) n;
"""


def test_checks_domains_expressions_and_parts_all_hold(production_server: Server, staging_server: Server) -> None:
    script = CONSTRAINED.replace("code char(3) NOT NULL UNIQUE", "code char(3) NOT NULL")
    source = production_server.place("source", make_database(production_server, script), "reader")
    target = staging_server.place("target", "constrained", "filler")
    kept = {f"a.{column}": {"mask": "keep", "reason": "Numbers"} for column in ("id", "low", "high", "share", "during", "span")}
    rules = {**kept, "a.name": {"mask": "full_name"}, "b.code": {"mask": "shape"}, "b.id": {"mask": "keep", "reason": "Numbers"}}

    result = refresh(source, target, production_server, columns=rules, bounds={"distance": 0.3, "distinct_share": 1.0})

    assert result.accepted, [check["findings"] for check in result.verification["checks"]]
    assert query(target, "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)") == [(300, 200)]
