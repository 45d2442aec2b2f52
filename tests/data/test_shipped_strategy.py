"""The strategy of the shipped staging file, on tables of the shape that the orders service's migrations leave."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from model.errors import ConfigurationError
from model.staging import Staging
from model.staging_data import StagingDataStrategy
from tests.data.conftest import make_database
from understudy.data.connection import Place, connect
from understudy.data.dump import Client
from understudy.data.refresh import Settings, StagingDataManager, plan_of
from understudy.data.server import Server

PATH = "data.orders"
TABLES = """
CREATE TABLE orders (id varchar(255) PRIMARY KEY, created_date timestamp);
CREATE TABLE order_items (
    product_id varchar(255) NOT NULL, quantity int, unit_cost int, total_cost int, order_id varchar(255) REFERENCES orders
);
CREATE TABLE shipping_addresses (
    order_id varchar(255) PRIMARY KEY REFERENCES orders, first_name varchar(255) NOT NULL, last_name varchar(255) NOT NULL,
    email varchar(255) NOT NULL, address1 varchar(255) NOT NULL, address2 varchar(255), city varchar(255) NOT NULL,
    zip_code varchar(255) NOT NULL, state_id varchar(255) NOT NULL
);
CREATE TABLE flyway_schema_history (
    installed_rank int PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL,
    script varchar(1000) NOT NULL, checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),
    execution_time int NOT NULL, success boolean NOT NULL
);
"""
ROWS = """
INSERT INTO flyway_schema_history VALUES (1, '1', 'Initial', 'SQL', 'V1__Initial.sql', 7, 'orders', '2026-01-01', 20, true);
INSERT INTO orders SELECT md5(o::text), timestamp '2026-01-01' + o * interval '1 hour' FROM generate_series(1, 300) o;
INSERT INTO order_items SELECT md5('p' || o % 12), 1 + o % 3, 100, 100 * (1 + o % 3), md5((1 + o % 300)::text)
    FROM generate_series(1, 700) o;
INSERT INTO shipping_addresses SELECT md5(o::text), 'Ingeborg' || o % 17, 'Kvaransdottir' || o, 'person.' || o || '@mail.org',
    o || ' Laugavegur', CASE WHEN o % 4 = 0 THEN 'Back entrance ' || o END, 'Vestmannaeyjar' || o % 9, lpad(o::text, 5, '9'), 'IS'
    FROM generate_series(1, 300) o;
ANALYZE;
"""


@pytest.fixture(scope="module")
def orders(production_server: Server) -> Place:
    return production_server.place("source", make_database(production_server, TABLES + ROWS), "reader")


@pytest.fixture(scope="module")
def strategy(staging: Staging) -> StagingDataStrategy:
    return staging.data["orders"]


@pytest.fixture(scope="module")
def refreshed(orders: Place, strategy: StagingDataStrategy, staging_server: Server, production_server: Server) -> dict[str, Any]:
    target = staging_server.place("target", "shipped_orders", "filler")
    settings = Settings(workers=1, client=Client(production_server.bin))
    result = StagingDataManager(orders, target, PATH, settings=settings).refresh_staging_data(strategy)
    assert result.accepted, result.verification["checks"]
    with closing(connect(target)) as connection:
        rows = connection.execute("SELECT email, city, zip_code, address2 FROM shipping_addresses ORDER BY order_id").fetchall()
    return {"result": result, "addresses": rows}


def test_it_classifies_every_column(orders: Place, strategy: StagingDataStrategy) -> None:
    assert {table.name for table in plan_of(orders, strategy, PATH).catalogue.tables} == {
        "orders",
        "order_items",
        "shipping_addresses",
        "flyway_schema_history",
    }


def test_a_column_that_a_migration_adds_stops_it(production_server: Server, strategy: StagingDataStrategy) -> None:
    grown = make_database(production_server, TABLES + "ALTER TABLE orders ADD COLUMN phone text;")

    with pytest.raises(ConfigurationError, match=r"orders\.phone"):
        plan_of(production_server.place("source", grown, "reader"), strategy, PATH)


def test_it_copies_every_row(refreshed: dict[str, Any]) -> None:
    assert refreshed["result"].rows == {
        "public.flyway_schema_history": 1,
        "public.order_items": 700,
        "public.orders": 300,
        "public.shipping_addresses": 300,
    }


def test_nobody_stays_who_they_were(refreshed: dict[str, Any]) -> None:
    addresses = refreshed["addresses"]

    assert all(email.endswith("@example.com") for email, *_ in addresses)
    assert not any("Vestmannaeyjar" in city for _, city, *_ in addresses)
    assert {extra for *_, extra in addresses} == {None, "redacted"}
