"""A subset is the smallest set of rows that holds the chosen ones and in which every reference leads to a row."""

from __future__ import annotations

import pytest

from tests.data.strategies import nasty
from understudy.data.connection import Connection, connect
from understudy.data.dump import Client
from understudy.data.masking.keys import MaskingKey
from understudy.data.refresh import Settings, StagingDataManager
from understudy.data.server import Server

KEY = MaskingKey(b"k" * 32)


@pytest.fixture(scope="module")
def tenth(production_server: Server, staging_server: Server) -> Connection:
    """A tenth of the nasty schema's customers with what belongs to them, masked."""
    source, target = production_server.place("source", "nasty", "reader"), staging_server.place("target", "tenth", "filler")
    strategy = nasty(
        source_type="masked_subset", volume_scale=0.1, roots={"shop.customer": {"stratify_by": ["country"]}}, whole=["shop.country"],
        bounds={"volume": 0.05, "null_share": 0.1, "distinct_share": 1.0, "distance": 0.2},
    )  # fmt: skip
    settings = Settings(workers=2, client=Client(production_server.bin))
    result = StagingDataManager(source, target, "data.orders", KEY, settings).refresh_staging_data(strategy)
    assert result.accepted, [check["findings"] for check in result.verification["checks"]]
    return connect(target, autocommit=True)


def one(connection: Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def test_the_root_has_its_share_and_the_rarest_stratum_survives(tenth: Connection) -> None:
    assert one(tenth, "SELECT count(*) FROM shop.customer") == 40
    assert one(tenth, "SELECT count(*) FROM shop.customer WHERE country = 'IS'") == 1
    assert one(tenth, "SELECT count(DISTINCT country) FROM shop.customer") == 4


def test_all_orders_of_a_chosen_customer_follow_and_no_others(tenth: Connection) -> None:
    assert one(tenth, "SELECT min(n) FROM (SELECT count(*) AS n FROM shop.orders GROUP BY customer_id) o") in (3, 4)
    assert one(tenth, "SELECT count(DISTINCT customer_id) FROM shop.orders") == 40
    assert one(tenth, "SELECT count(*) FROM shop.order_line") == 2 * int(str(one(tenth, "SELECT count(*) FROM shop.orders")))


def test_tables_that_no_root_reaches_have_their_share_and_what_that_references(tenth: Connection) -> None:
    assert one(tenth, "SELECT count(*) FROM shop.country") == 4
    assert 3 <= int(str(one(tenth, "SELECT count(*) FROM shop.employee"))) < 30


def test_nothing_of_the_choice_is_left(tenth: Connection) -> None:
    assert one(tenth, "SELECT count(*) FROM pg_tables WHERE schemaname = 'understudy_data'") == 1
