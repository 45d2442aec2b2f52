"""The search for values finds what a comparison of every value with every other would find, in every form in which COPY writes one."""

from __future__ import annotations

import json
import random
import re
from contextlib import closing
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from tests.data.conftest import make_database
from understudy.data.catalogue import read_catalogue
from understudy.data.connection import connect
from understudy.data.masking.copy_text import escape
from understudy.data.server import Server
from understudy.data.verify.grams import GRAM, inside, normalised
from understudy.data.verify.needles import HEAD, Needles
from understudy.data.verify.texts import Text, inner_values, pieces, values

LETTERS = "abAB01 ._-ßİŉéÉ中\u0301\u2028\x85\x0b\x07\t\n\\"
VALUES = st.text(st.sampled_from(LETTERS), max_size=12) | st.text(max_size=30)
ROWS = st.lists(VALUES, max_size=12)


def written(fields: list[str]) -> bytes:
    """Fields as COPY writes them, a line each."""
    return b"".join(escape(text.encode(errors="replace")) + b"\n" for text in fields)


@given(ROWS)
def test_a_block_is_normalised_as_each_of_its_values_letter_by_letter(fields: list[str]) -> None:
    fields = [text.encode(errors="replace").decode() for text in fields]

    expected = ["".join(letter for letter in text.casefold() if letter.isalnum()) for text in fields]

    assert [re.sub(r"[^\w]|_", "", text) for text in normalised(written(fields)).decode().split("\n")[:-1]] == expected


@given(ROWS, ROWS, st.integers(0, 2**32))
def test_the_needles_met_are_those_that_are_inside_a_value(needles: list[str], haystack: list[str], seed: int) -> None:
    chance = random.Random(seed)
    long = [text * (HEAD // GRAM) for text in needles if len(text) > GRAM]
    hidden = [f"before {chance.choice(needles + long)}, after" for _ in haystack if needles]
    there, text = normalised(written(needles + long)), normalised(written(haystack + hidden))
    wanted = {needle for needle in there.split(b"\n") if len(needle) >= GRAM}
    search = Needles(len(wanted))

    search.add(there)
    search.meet(text)
    met = {there[start:end] for start, end in search.met(there)}
    found = {
        (start, needle)
        for start, head in search.heads(text)
        for needle in wanted
        if needle[:HEAD] == head and text.startswith(needle, start)
    }

    assert {needle for needle in wanted if needle in text} <= met
    assert found == {
        (place.start(), needle) for needle in wanted for place in re.finditer(b"(?=" + re.escape(needle) + b")", text)
    }


@given(st.text("ab\t\n", max_size=80), st.integers(1, HEAD))
def test_bytes_inside_a_field_begin_where_no_end_of_a_field_is_among_them(text: str, length: int) -> None:
    expected = [place for place in range(len(text) - length + 1) if not set(text[place : place + length]) & {"\t", "\n"}]

    assert inside(text.encode(), length).tolist() == expected


def test_what_begins_alike_is_not_met_for_that() -> None:
    search = Needles(2000)
    search.add("\n".join(f"httpswwwexampleorgpeople{number:06}" for number in range(1000)).encode())

    assert search.meet("\n".join(f"httpswwwexampleorgpeople{number:06}" for number in range(1000, 2000)).encode()) == []


def test_no_needle_reaches_over_the_end_of_a_field() -> None:
    search = Needles(1)
    search.add(b"abcdefghijkl")

    assert search.meet(b"abcdefgh\tijkl\nabcdefghij\nkl\tabcdefghijk") == []


KINDS = {"t": "text", "j": "jsonb", "a": "text[]", "b": "bytea", "r": "bytea", "n": "numeric"}


def row(chance: random.Random) -> list[object]:
    def word() -> str:
        return "".join(chance.choices(LETTERS, k=chance.randrange(14)))

    document = {word(): [word(), {"deep": word()}], f"{word()}@{word()}": chance.random(), "none": None}
    raw = chance.randbytes(12) if chance.random() < 0.5 else word().encode()
    made: list[object] = [word(), json.dumps(document), [word(), word(), None], word().encode(), raw, chance.randrange(10**12)]
    return [None if chance.random() < 0.1 else value for value in made]


def test_every_value_inside_a_value_is_read_with_its_column(production_server: Server) -> None:
    chance = random.Random(7)
    columns = ", ".join(f"{name} {kind}" for name, kind in KINDS.items())
    database = make_database(production_server, f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE v ({columns})")
    place = production_server.place("source", database)
    with closing(connect(place)) as connection:
        for _ in range(3000):
            connection.execute("INSERT INTO public.v VALUES (%s, %s, %s, %s, %s, %s)", row(chance))
        table = read_catalogue(connection).by_name["public.v"]
        texts = [
            (name, text)
            for name in KINDS
            for (text,) in connection.execute(f"SELECT {name}::text FROM public.v WHERE {name} IS NOT NULL".encode()).fetchall()
        ]
        read_inside = _fields(list(inner_values(connection, table, list(KINDS))))
        read_whole = _fields(list(values(connection, table, list(KINDS))))

    whole = {(name, normalised(escape(text.encode()))) for name, text in texts}
    inside = {
        (name, normalised(escape(piece.encode())))
        for name, text in texts
        for piece in (pieces(text) if text.startswith(("{", "[", "\\x")) else [text])
    }
    empty = {(name, b"") for name in KINDS}
    assert read_inside | empty == inside | empty
    assert whole <= read_whole | empty
    assert {field for field in inside if field[0] == "b"} <= read_whole | empty


def _fields(texts: list[Text]) -> set[tuple[str, bytes]]:
    """Each value, with its column as the search would name it."""
    found: set[tuple[str, bytes]] = set()
    for text in texts:
        fields = text.content.replace(b"\n", b"\t").split(b"\t")
        starts = list(accumulate((len(field) + 1 for field in fields[:-1]), initial=0))
        found.update(zip(text.columns_at(starts), fields, strict=True))
    return found
