"""Rows that no mask touches are copied in PostgreSQL's binary form, where it is the same everywhere, and arrive as they were."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.data.conftest import make_database
from tools.faults.bed import masked
from understudy.data import copying
from understudy.data.connection import connect
from understudy.data.copying import PORTABLE, Copier, pieces
from understudy.data.masking.keys import MaskingKey
from understudy.data.refresh import plan_of
from understudy.data.server import Server

VALUES = {
    "bool": ["true"], "int2": ["-32768"], "int4": ["2147483647"], "int8": ["-9223372036854775808"],
    "numeric": ["'NaN'", "12345678901234567890.0123456789000", "-0.5", "1e300"], "float4": ["'-infinity'", "1e-37"],
    "float8": ["'NaN'", "0.1", "'-0'"], "text": ["''", r"E'tab\there\nback\\slash'", "'é中'", r"'\N'"], "varchar": [r"'\.'"],
    "bpchar": ["'padded   '"], "name": ["'a name'"], "bytea": [r"'\x00ff'"], "uuid": ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
    "json": [r"""'{ "kept":  "as\n written" }'"""], "jsonb": ["""'{"b": [1, null], "a": "x"}'"""],
    "date": ["'infinity'", "'4713-01-01 BC'"], "time": ["'24:00'"], "timetz": ["'23:59:59.999999+13'"],
    "timestamp": ["'-infinity'", "'294276-12-31'"], "timestamptz": ["'2024-02-29 23:59:59.999999+02'"],
    "interval": ["'-1 mon +3 days -00:00:01'"], "inet": ["'2001:db8::1/64'"], "cidr": ["'10.0.0.0/8'"], "macaddr": ["'08:00:2b:01:02:03'"],
    "bit": ["B'1'"], "varbit": ["B'10101'", "B''"],
}  # fmt: skip
OTHER = {"feeling": ["'sad'"], "share": ["0.5"], "int4[]": ["'{1,NULL}'"], "feeling[]": ["'{sad}'"], "int4range": ["'[1,5)'"]}
KINDS = """
CREATE TYPE feeling AS ENUM ('glad', 'sad'); CREATE DOMAIN share AS numeric CHECK (VALUE BETWEEN 0 AND 1);
CREATE TABLE kind (id int PRIMARY KEY, value {kind}, twice int GENERATED ALWAYS AS (id * 2) STORED);
"""
PAGES = """
CREATE TABLE kind (id int PRIMARY KEY, value text); INSERT INTO kind SELECT n, repeat('x', 500) FROM generate_series(0, {rows} - 1) n;
"""
STRATEGY = masked({f"kind.{name}": {"mask": "keep", "reason": "Kept"} for name in ("id", "value")})


def copied(production: Server, staging: Server, script: str) -> tuple[list[str], list[str], int]:
    """The rows in production and in staging, and how many were reported."""
    source = production.place("source", make_database(production, script), "reader")
    target = staging.place("target", make_database(staging, f"{script}; TRUNCATE kind"))
    plan, reported = plan_of(source, STRATEGY, "data.shop"), 0

    def report(_table: str, rows: int) -> None:
        nonlocal reported
        reported += rows

    with closing(connect(source, read_only=True)) as reading, closing(connect(target)) as writing:
        copier = Copier(reading, writing, plan, MaskingKey.fresh())
        for piece in pieces(plan):
            copier.copy(piece, report)
        query = b"SELECT kind::text FROM kind ORDER BY id"
        ours, theirs = ([row for (row,) in each.execute(query).fetchall()] for each in (reading, writing))
    return ours, theirs, reported


def test_there_is_a_case_for_each_portable_type() -> None:
    assert set(VALUES) == PORTABLE


@pytest.mark.parametrize(("kind", "values"), [pytest.param(*case, id=case[0]) for case in {**VALUES, **OTHER}.items()])
def test_values_of_every_kind_arrive_as_they_were(
    production_server: Server, staging_server: Server, kind: str, values: list[str]
) -> None:
    rows = ",".join(f"({number}, {value})" for number, value in enumerate([*values, "NULL"]))

    ours, theirs, reported = copied(
        production_server, staging_server, f"{KINDS.format(kind=kind)} INSERT INTO kind VALUES {rows}"
    )

    assert theirs == ours
    assert reported == len(ours) == len(values) + 1


@pytest.mark.parametrize("rows", [0, 1, 1000])
def test_each_of_a_tables_pieces_is_a_whole_stream(
    production_server: Server, staging_server: Server, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(copying, "PIECE_BYTES", 10 * copying.PAGE_BYTES)
    monkeypatch.setattr(copying, "MOST_PIECES", 5)

    ours, theirs, reported = copied(production_server, staging_server, PAGES.format(rows=rows))

    assert theirs == ours
    assert reported == len(ours) == rows
