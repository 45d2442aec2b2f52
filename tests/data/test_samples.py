"""Schemas of the shape that real databases have: a film rental's, with rows made up here, and pgbench's own at scale."""

from __future__ import annotations

import subprocess
from contextlib import closing
from typing import Any

import pytest

from tests.data.conftest import make_database, run
from tests.data.strategies import nasty
from understudy.data.catalogue import read_catalogue
from understudy.data.classify import classify
from understudy.data.connection import Place, connect
from understudy.data.dump import Client
from understudy.data.masking.keys import MaskingKey
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager
from understudy.data.roles import administer
from understudy.data.server import Server

RENTAL = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE DOMAIN year AS integer CHECK (VALUE BETWEEN 1901 AND 2155);
CREATE TYPE mpaa_rating AS ENUM ('G', 'PG', 'PG-13', 'R', 'NC-17');
CREATE FUNCTION last_updated() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.last_update = CURRENT_TIMESTAMP; RETURN NEW; END';
CREATE TABLE language (language_id serial PRIMARY KEY, name char(20) NOT NULL, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE actor (actor_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE category (category_id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE film (
    film_id serial PRIMARY KEY, title text NOT NULL, description text, release_year year, language_id int NOT NULL REFERENCES language,
    original_language_id int REFERENCES language, rental_rate numeric(4, 2) NOT NULL DEFAULT 4.99, length smallint,
    rating mpaa_rating DEFAULT 'G', special_features text[], fulltext tsvector NOT NULL
);
CREATE TABLE film_actor (actor_id int NOT NULL REFERENCES actor, film_id int NOT NULL REFERENCES film, PRIMARY KEY (actor_id, film_id));
CREATE TABLE film_category (film_id int NOT NULL REFERENCES film, category_id int NOT NULL REFERENCES category, PRIMARY KEY (film_id, category_id));
CREATE TABLE address (address_id serial PRIMARY KEY, address text NOT NULL, district text NOT NULL, postal_code text, phone text NOT NULL);
CREATE TABLE store (store_id serial PRIMARY KEY, manager_staff_id int NOT NULL UNIQUE, address_id int NOT NULL REFERENCES address);
CREATE TABLE staff (
    staff_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, address_id int NOT NULL REFERENCES address, email text,
    store_id int NOT NULL REFERENCES store, active boolean NOT NULL DEFAULT true, username text NOT NULL, password text, picture bytea
);
CREATE TABLE customer (
    customer_id serial PRIMARY KEY, store_id int NOT NULL REFERENCES store, first_name text NOT NULL, last_name text NOT NULL, email text,
    address_id int NOT NULL REFERENCES address, activebool boolean NOT NULL DEFAULT true, create_date date NOT NULL
);
CREATE TABLE inventory (inventory_id serial PRIMARY KEY, film_id int NOT NULL REFERENCES film, store_id int NOT NULL REFERENCES store);
CREATE TABLE rental (
    rental_id serial PRIMARY KEY, rental_date timestamptz NOT NULL, inventory_id int NOT NULL REFERENCES inventory,
    customer_id int NOT NULL REFERENCES customer, return_date timestamptz, staff_id int NOT NULL REFERENCES staff
);
CREATE UNIQUE INDEX rental_once ON rental (rental_date, inventory_id, customer_id);
CREATE TABLE payment (
    payment_id serial, customer_id int NOT NULL REFERENCES customer, staff_id int NOT NULL REFERENCES staff, rental_id int NOT NULL REFERENCES rental,
    amount numeric(5, 2) NOT NULL, payment_date timestamptz NOT NULL, PRIMARY KEY (payment_date, payment_id)
) PARTITION BY RANGE (payment_date);
CREATE TABLE payment_1 PARTITION OF payment FOR VALUES FROM ('2022-01-01+00') TO ('2022-04-01+00');
CREATE TABLE payment_2 PARTITION OF payment FOR VALUES FROM ('2022-04-01+00') TO ('2023-01-01+00');
CREATE VIEW customer_list AS SELECT c.customer_id AS id, c.first_name || ' ' || c.last_name AS name, a.phone FROM customer c JOIN address a USING (address_id);
CREATE MATERIALIZED VIEW sales AS SELECT staff_id, sum(amount) AS total FROM payment GROUP BY staff_id;
INSERT INTO language (name) SELECT 'Language ' || n FROM generate_series(1, 6) n;
INSERT INTO actor (first_name, last_name) SELECT 'Actorius' || n, 'Family' || n % 90 FROM generate_series(1, 200) n;
INSERT INTO category (name) SELECT 'Category ' || n FROM generate_series(1, 16) n;
INSERT INTO film (title, description, release_year, language_id, rating, special_features, length, fulltext)
    SELECT 'Title ' || n, 'A tale about ' || n, 1990 + n % 30, 1 + n % 6, ('{G,PG,R}'::mpaa_rating[])[1 + n % 3], ARRAY['Trailers', 'Cut ' || n % 3], 60 + n % 90,
    to_tsvector('simple', 'tale ' || n) FROM generate_series(1, 300) n;
INSERT INTO film_actor SELECT DISTINCT 1 + n * 7 % 200, 1 + n % 300 FROM generate_series(1, 1500) n;
INSERT INTO film_category SELECT n, 1 + n % 16 FROM generate_series(1, 300) n;
INSERT INTO address (address, district, postal_code, phone) SELECT n || ' Ringstrasse West', 'District ' || n % 40, lpad(n::text, 5, '7'), '0049301' || 100000 + n FROM generate_series(1, 300) n;
INSERT INTO store (manager_staff_id, address_id) VALUES (1, 1), (2, 2);
INSERT INTO staff (first_name, last_name, address_id, email, store_id, username, password, picture) VALUES
    ('Michaela', 'Hillsborough', 3, 'michaela@rental.example.org', 1, 'michaela', '8cb2237d0679ca88db6464eac60da963', '\\x89504e47'),
    ('Jonathan', 'Stephensson', 4, 'jonathan@rental.example.org', 2, 'jonathan', '8cb2237d0679ca88db6464eac60da964', NULL);
ALTER TABLE store ADD FOREIGN KEY (manager_staff_id) REFERENCES staff DEFERRABLE INITIALLY DEFERRED;
INSERT INTO customer (store_id, first_name, last_name, email, address_id, create_date)
    SELECT 1 + n % 2, 'Personne' || n, 'Clientele' || n, 'personne.' || n || '@kunden.example.org', 5 + n % 290, date '2022-02-14' FROM generate_series(1, 250) n;
INSERT INTO inventory (film_id, store_id) SELECT 1 + n % 300, 1 + n % 2 FROM generate_series(1, 900) n;
INSERT INTO rental (rental_date, inventory_id, customer_id, return_date, staff_id)
    SELECT timestamptz '2022-01-02 00:00+00' + n * interval '97 minutes', 1 + n % 900, 1 + n * 13 % 250, CASE WHEN n % 9 > 0 THEN timestamptz '2022-01-05 00:00+00' + n * interval '97 minutes' END, 1 + n % 2
    FROM generate_series(1, 2000) n;
INSERT INTO payment (customer_id, staff_id, rental_id, amount, payment_date) SELECT customer_id, staff_id, rental_id, 0.99 + rental_id % 7, rental_date FROM rental;
CREATE TRIGGER last_updated BEFORE UPDATE ON actor FOR EACH ROW EXECUTE FUNCTION last_updated();
REFRESH MATERIALIZED VIEW sales;
ANALYZE;
"""
KEY = MaskingKey(b"k" * 32)


@pytest.fixture(scope="module")
def rental(production_server: Server) -> Place:
    return production_server.place("source", make_database(production_server, RENTAL), "reader")


def proposed(place: Place) -> dict[str, dict[str, str]]:
    """The rules that classification proposes; what it would keep is kept with a reason."""
    with closing(connect(place, read_only=True)) as connection:
        found = classify(connection, read_catalogue(connection), {})
    return {
        one.column: {"mask": one.proposed.value, **({"reason": "Nobody is told apart by it"} if one.proposed == "keep" else {})}
        for one in found
        if not one.settled
    }


def refreshed(source: Place, target: Place, server: Server, **changes: Any) -> DataRefreshResult:
    strategy = nasty(**{"columns": proposed(source), **changes})
    manager = StagingDataManager(source, target, "data.rental", KEY, Settings(workers=2, client=Client(server.bin)))
    return manager.refresh_staging_data(strategy)


def test_what_is_personal_in_a_rental_is_proposed_a_mask(rental: Place) -> None:
    rules = proposed(rental)
    personal = {
        "public.customer.email", "public.customer.first_name", "public.customer.last_name", "public.address.address", "public.address.phone",
        "public.address.postal_code", "public.staff.email", "public.staff.username", "public.staff.password", "public.staff.picture",
    }  # fmt: skip

    assert {name for name in personal if rules[name]["mask"] == "keep"} == set()


WAYS = [
    ("masked", {}),
    (
        "masked_subset",
        {
            "source_type": "masked_subset", "volume_scale": 0.2, "roots": {"customer": {"stratify_by": ["store_id"]}}, "whole": ["language", "category"],
            "bounds": {"null_share": 0.2, "distinct_share": 1.0, "distance": 0.35, "volume": 0.1},
        },
    ),
    (
        "synthetic",
        {
            "source_type": "synthetic", "privacy_level": "rotated", "volume_scale": 0.5, "rows": {"language": 6, "category": 16, "store": 2, "staff": 2},
            "bounds": {"null_share": 0.2, "distinct_share": 1.0, "distance": 0.35, "volume": 0.1},
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("way", "changes"), WAYS, ids=[way for way, _ in WAYS])
def test_a_rental_is_refreshed_in_every_way_and_stands_in_for_its_source(
    rental: Place, staging_server: Server, production_server: Server, way: str, changes: dict[str, Any]
) -> None:
    result = refreshed(rental, staging_server.place("target", f"rental_{way}", "filler"), production_server, **changes)

    assert result.accepted, [(check["check"], check["findings"]) for check in result.verification["checks"]]


def test_pgbench_at_scale_arrives_whole_and_goes_on(production_server: Server, staging_server: Server) -> None:
    administer(production_server, "CREATE DATABASE bench")
    run(production_server, "bench", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    names = ["-h", str(production_server.folder), "-U", "postgres", "bench"]
    subprocess.run(
        [production_server.bin / "pgbench", "-q", "-i", "-s", "3", "--foreign-keys", *names], check=True, capture_output=True
    )
    source, target = production_server.place("source", "bench", "reader"), staging_server.place("target", "bench", "filler")

    result = refreshed(source, target, production_server)
    subprocess.run(
        [production_server.bin / "pgbench", "-t", "5", "-h", str(staging_server.folder), "-U", "postgres", "bench"],
        check=True,
        capture_output=True,
    )

    assert result.accepted, [(check["check"], check["findings"]) for check in result.verification["checks"]]
    assert result.rows["public.pgbench_accounts"] == 300_000
