"""Key queries are planned in the source before anything is copied."""

from __future__ import annotations

import pytest

from model.errors import ConfigurationError
from tests.data.strategies import nasty
from understudy.data.connection import Place
from understudy.data.refresh import plan_of


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT * FROM orders", 'relation "orders" does not exist'),
        ("SELECT colour FROM shop.orders", 'column "colour" does not exist'),
        ("SELEC 1", "syntax error"),
        ("SELECT 1; SELECT 2", "syntax error"),
    ],
)
def test_a_query_that_cannot_be_planned_stops_the_plan(source: Place, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        plan_of(source, nasty(key_queries={"mine": text, "fine": "SELECT * FROM shop.orders"}), "data.orders")

    (problem,) = caught.value.problems
    assert problem.path == "data.orders.key_queries.mine"
    assert "cannot be planned in the source" in problem.message
    assert told in problem.message


def test_a_query_that_can_be_planned_stops_nothing(source: Place) -> None:
    assert plan_of(source, nasty(key_queries={"fine": "SELECT * FROM shop.orders"}), "data.orders").strategy.key_queries
