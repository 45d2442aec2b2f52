"""Values that are equal by chance, and how a leak is told from them however many there are."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.conftest import make_database
from tools.faults.bed import masked
from understudy.data.refresh import verification_of
from understudy.data.server import Server
from understudy.data.verify import leaks

ROWS, FEW = 12_000, 400
LONG = "a long text that only one person has"
STRATEGY = masked({
    "person.id": {"mask": "keep", "reason": "A number"},
    "person.code": {"mask": "shape"},
    "person.kept": {"mask": "keep", "reason": "A number"},
})  # fmt: skip


def people(codes: list[str], kept: dict[int, str]) -> str:
    rows = ",".join(f"({number}, '{code}', '{kept.get(number, '')}')" for number, code in enumerate(codes))
    table = "CREATE TABLE person (id int PRIMARY KEY, code text NOT NULL, kept text NOT NULL)"
    return f"{table}; INSERT INTO person VALUES {rows}; ANALYZE"


def drawn(seed: int, rows: int = ROWS) -> list[str]:
    return [f"{code:08d}" for code in random.Random(seed).sample(range(10**8), rows)]


def survived(
    production_server: Server, staging_server: Server, source: list[str], staging: list[str], kept: dict[int, str] | None = None
) -> dict[str, Any]:
    ours = production_server.place("source", make_database(production_server, people(source, {})), "reader")
    theirs = staging_server.place("target", make_database(staging_server, people(staging, kept or {})))
    checks = verification_of(ours, theirs, STRATEGY, "data.shop")["checks"]
    (found,) = (check for check in checks if check["check"] == "no value survives")
    return dict(found)


def test_a_few_of_many_eight_digit_numbers_are_equal_by_chance(production_server: Server, staging_server: Server) -> None:
    found = survived(production_server, staging_server, drawn(1), [*drawn(1)[:3], *drawn(2)[3:]])

    assert found["status"] == "pass"
    assert 3 <= found["figures"]["by_chance"] < 10


def test_one_of_few_eight_digit_numbers_is_equal_by_chance(production_server: Server, staging_server: Server) -> None:
    found = survived(production_server, staging_server, drawn(1, FEW), [*drawn(1, FEW)[:1], *drawn(2, FEW)[1:]])

    assert found["status"] == "pass"
    assert found["figures"]["by_chance"] == 1


@pytest.mark.parametrize(
    ("source", "staging", "kept"),
    [
        pytest.param(drawn(1, FEW), [*drawn(1, FEW)[:3], *drawn(2, FEW)[3:]], {}, id="three of few"),
        pytest.param([*drawn(1)[1:], LONG], [LONG, *drawn(1)[:3], *drawn(2)[4:]], {}, id="a long text among chance"),
        pytest.param(drawn(1, FEW), drawn(2, FEW), {7: drawn(1, FEW)[0]}, id="one in a column that is kept"),
    ],
)
def test_what_chance_would_not_make_is_a_finding(
    production_server: Server, staging_server: Server, source: list[str], staging: list[str], kept: dict[int, str]
) -> None:
    found = survived(production_server, staging_server, source, staging, kept)

    assert found["findings"] == [f"public.person.{'kept' if kept else 'code'}: values of public.person.code"]


@pytest.mark.parametrize("most", [5, 500, ROWS])
def test_a_whole_column_is_no_chance_however_few_of_its_values_are_compared(
    production_server: Server, staging_server: Server, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(leaks, "MOST_NEEDLES", most)

    found = survived(production_server, staging_server, drawn(1), drawn(1)[::-1])

    assert found["status"] == "fail"
    assert found["findings"] == ["public.person.code: values of public.person.code"]


@given(st.floats(1e-9, 50), st.integers(1, 200))
def test_the_bound_is_never_below_the_likelihood_itself(expected: float, found: int) -> None:
    fewer = math.fsum(math.exp(-expected + n * math.log(expected) - math.lgamma(n + 1)) for n in range(found))

    assert leaks.likelihood(found, expected) >= (1 - fewer) - 1e-12
