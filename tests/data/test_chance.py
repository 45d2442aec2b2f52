"""Values that are equal by chance, and how a leak is told from them however many there are."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.data.conftest import make_database
from tools.faults.bed import masked
from understudy.data.refresh import verification_of
from understudy.data.server import Server
from understudy.data.verify import leaks

ROWS = 12_000
STRATEGY = masked({"person.id": {"mask": "keep", "reason": "A number"}, "person.code": {"mask": "shape"}})


def people(codes: list[int]) -> str:
    rows = ",".join(f"({number}, '{code:08d}')" for number, code in enumerate(codes))
    return f"CREATE TABLE person (id int PRIMARY KEY, code text NOT NULL); INSERT INTO person VALUES {rows}; ANALYZE"


def drawn(seed: int) -> list[int]:
    return random.Random(seed).sample(range(10**8), ROWS)


def survived(production_server: Server, staging_server: Server, codes: list[int]) -> dict[str, Any]:
    source = production_server.place("source", make_database(production_server, people(drawn(1))), "reader")
    target = staging_server.place("target", make_database(staging_server, people(codes)))
    checks = verification_of(source, target, STRATEGY, "data.shop")["checks"]
    (found,) = (check for check in checks if check["check"] == "no value survives")
    return dict(found)


def test_a_few_of_many_eight_digit_numbers_are_equal_by_chance(production_server: Server, staging_server: Server) -> None:
    found = survived(production_server, staging_server, [*drawn(1)[:3], *drawn(2)[3:]])

    assert found["status"] == "pass"
    assert 3 <= found["figures"]["by_chance"] < 10


@pytest.mark.parametrize("most", [5, 500, ROWS])
def test_a_whole_column_is_no_chance_however_few_of_its_values_are_compared(
    production_server: Server, staging_server: Server, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(leaks, "MOST_NEEDLES", most)

    found = survived(production_server, staging_server, drawn(1)[::-1])

    assert found["status"] == "fail"
    assert found["findings"] == ["public.person.code: values of public.person.code"]
