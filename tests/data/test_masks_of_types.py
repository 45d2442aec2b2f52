"""What masks make of types that write or compare their values in a way of their own, and of columns with little room."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import ConfigurationError
from model.mask import Mask
from tests.data.conftest import make_database
from tests.data.strategies import nasty
from tests.data.test_masks import mask
from tests.data.test_odd_tables import refreshed, rows
from understudy.data.masking.choose import TEXTUAL
from understudy.data.masking.keys import MaskingKey
from understudy.data.masking.together import together
from understudy.data.masking.values import UnfitMaskError
from understudy.data.refresh import plan_of
from understudy.data.server import Server

FITTING = sorted(TEXTUAL - {Mask.DATE, Mask.JSON})


@pytest.mark.parametrize("unique", [False, True])
@pytest.mark.parametrize("word", FITTING)
def test_a_mask_fits_wherever_it_is_not_refused(word: Mask, unique: bool) -> None:
    for longest in range(1, 70):
        try:
            made = mask(word, longest=longest, unique=unique)
        except UnfitMaskError:
            continue
        for value in (b"1.2.3.4"[:longest], b"Jo.Doe@mail.org"[:longest], "é".encode() * longest, b"1" * longest):
            assert 0 < len(made(value).decode()) <= longest, (longest, value)


@pytest.mark.parametrize(
    ("word", "longest", "told"),
    [(Mask.UUID, 35, "a uuid mask needs 36; use shape"), (Mask.IP, 13, "an ip mask needs 14; use shape")],
)
def test_a_mask_that_is_too_long_for_its_column_is_refused(word: Mask, longest: int, told: str) -> None:
    with pytest.raises(UnfitMaskError, match=told):
        mask(word, longest=longest)


def test_the_few_addresses_for_tests_are_refused_where_addresses_are_unique() -> None:
    with pytest.raises(UnfitMaskError, match="the mask ip makes different values equal; use shape"):
        mask(Mask.IP, "inet", unique=True)


@pytest.mark.parametrize("word", [Mask.SHAPE, Mask.NUMBER])
@pytest.mark.parametrize("value", ["$1,234.50", "-$99.99", "$0.07", "-$92,233,720,368,547,756.00"])
def test_an_amount_of_money_is_masked_as_the_number_that_it_is(word: Mask, value: str) -> None:
    number = value.replace("$", "").replace(",", "")
    masked = f"{Decimal(mask(word, 'money')(value.encode()).decode()):.2f}"

    assert re.fullmatch(r"-?\d+\.\d\d", masked)
    assert (masked[0] == "-") == (number[0] == "-")
    assert abs(int(masked.replace(".", ""))) <= 2**63 - 1
    if word is Mask.SHAPE:
        assert len(masked) == len(number)


@pytest.mark.parametrize("word", [Mask.SHAPE, Mask.TOKEN, Mask.EMAIL])
def test_the_spaces_that_pad_a_value_are_no_part_of_it(word: Mask) -> None:
    padded = mask(word, "bpchar")

    assert padded(b"ab   ") == padded(b"ab") == mask(word)(b"ab")
    assert together(padded)([b"     ", b"ab   "]) == [b"", padded(b"ab")]


@pytest.mark.parametrize("word", [Mask.SHAPE, Mask.TOKEN, Mask.USERNAME, Mask.EMAIL])
def test_values_that_are_equal_whatever_their_case_have_masks_that_are(word: Mask) -> None:
    caseless = mask(word, "citext", unique=True)

    assert caseless(b"Key-12").lower() == caseless(b"kEY-12").lower()
    values = [f"{'aB'[n % 2]}{n:03d}".encode() for n in range(1000)]
    assert len({caseless(value).lower() for value in values}) == 1000


@settings(deadline=None)
@given(st.sets(st.integers(-(2**33), 2**33), min_size=2, max_size=60))
def test_numbers_beyond_the_narrower_of_two_types_stay_beyond_and_apart(numbers: set[int]) -> None:
    shaped = mask(Mask.SHAPE, "int4", unique=True)
    masked = {number: int(shaped(str(number).encode())) for number in numbers}

    assert len(set(masked.values())) == len(numbers)
    assert all((abs(number) < 2**31) == (abs(made) < 2**31) for number, made in masked.items())


@pytest.mark.parametrize(("kind", "smallest"), [("int2", -(2**15)), ("int4", -(2**31)), ("int8", -(2**63))])
def test_the_smallest_number_of_a_type_is_within_it(kind: str, smallest: int) -> None:
    assert int(mask(Mask.SHAPE, kind)(str(smallest).encode())) >= smallest


def test_the_empty_text_in_a_document_stays_empty_under_each_mask() -> None:
    paths = {word.value: word for word in Mask if word not in (Mask.JSON, Mask.NULL)}
    source = dict.fromkeys(paths, "")

    assert json.loads(mask(Mask.JSON, "jsonb", paths=paths)(json.dumps(source).encode())) == source


@pytest.mark.parametrize("year", ["10000", "10399", "20204", "294000"])
def test_a_date_beyond_the_years_of_four_digits_is_moved_like_any_other(year: str) -> None:
    value = f"{year}-02-29 10:11:12" if int(year) % 4 == 0 and int(year) % 400 in range(0, 100, 4) else f"{year}-03-01 10:11:12"
    masked = mask(Mask.DATE, "timestamp")(value.encode()).decode()

    moved, month, day = re.fullmatch(r"(\d+)-(\d\d)-(\d\d) 10:11:12", masked).groups()  # type: ignore[union-attr]
    assert masked != value
    assert abs(int(moved) - int(year)) <= 1
    assert date(2000 + int(moved) % 400, int(month), int(day))


REFERENCES = [
    ("char(4) REFERENCES p", "char(8)", "'k' || n", "shape"),
    ("int REFERENCES p", "bigint", "n * 40000001::bigint", "shape"),
    ("citext REFERENCES p", "citext", "CASE WHEN n % 2 = 0 THEN 'kEy' ELSE 'KeY' END || n", "token"),
]


@pytest.mark.parametrize(("child", "parent", "value", "word"), REFERENCES, ids=[case[0] for case in REFERENCES])
def test_a_reference_between_types_that_compare_alike_holds(
    production_server: Server, staging_server: Server, child: str, parent: str, value: str, word: str
) -> None:
    script = f"""CREATE EXTENSION IF NOT EXISTS citext; CREATE TABLE p (k {parent} PRIMARY KEY); CREATE TABLE c (k {child});
    INSERT INTO p SELECT {value} FROM generate_series(1, 500) n;
    INSERT INTO c SELECT {value.replace("'kEy'", "'key'")} FROM generate_series(1, 50) n"""

    result, target = refreshed(production_server, staging_server, script, {"p.k": {"mask": word}})

    assert result.accepted
    assert rows(target, "SELECT count(*) FROM c JOIN p USING (k)") == [(50,)]


def test_what_an_expression_must_keep_apart_is_kept_apart(production_server: Server, staging_server: Server) -> None:
    script = """CREATE TABLE a (b text); CREATE UNIQUE INDEX ON a (lower(b));
    INSERT INTO a SELECT 'Name ' || n FROM generate_series(1, 5000) n"""

    result, _ = refreshed(production_server, staging_server, script, {"a.b": {"mask": "full_name"}})

    assert result.accepted


def planned(server: Server, columns: dict[str, Any]) -> Any:
    script = "CREATE TABLE a (id int, one text UNIQUE, many text[], short varchar(30), amount int, day date)"
    place = server.place("source", make_database(server, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; {script}"), "reader")
    kept = {f"a.{name}": {"mask": "keep", "reason": "Means nothing"} for name in ("id", "one", "many", "short", "amount", "day")}
    return plan_of(place, nasty(columns={**kept, **columns}), "data.orders")


def test_types_that_a_mask_reads_otherwise_cannot_share_a_domain(production_server: Server) -> None:
    shared = {"mask": "shape", "domain": "account"}

    with pytest.raises(ConfigurationError) as caught:
        planned(production_server, {"a.one": shared, "a.amount": shared})

    told = "the column is of type text, and another of its domain is of type integer; give each its own domain"
    assert str(caught.value) == f"data.orders.columns.public.a.one: {told}"


def test_an_array_shares_a_domain_with_single_values(production_server: Server) -> None:
    shared = {"mask": "email", "domain": "person"}
    plan = planned(production_server, {"a.one": shared, "a.many": shared})
    table = plan.catalogue.by_name["public.a"]
    one, many = (plan.columns[f"public.a.{name}"] for name in ("one", "many"))

    key = MaskingKey(b"k" * 32)
    assert table.column("many").element
    assert many.mask(key)(b"{jo@x.org}") == b'{"' + one.mask(key)(b"jo@x.org") + b'"}'


def test_other_masks_of_a_domain_do_not_limit_one_another(production_server: Server) -> None:
    columns = {"a.short": {"mask": "username", "domain": "person"}, "a.day": {"mask": "date", "domain": "person"}}
    plan = planned(production_server, {**columns, "a.one": {"mask": "email", "domain": "person"}})

    assert plan.columns["public.a.one"].limits.longest is None
    assert not plan.columns["public.a.day"].limits.unique
