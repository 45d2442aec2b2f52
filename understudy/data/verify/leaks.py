"""The search for production's values in staging: every value of every column is read as text, whatever its type.

It knows neither the classifier's names nor the masks' types: a needle is a piece of a sensitive value, and it is looked for
without case and punctuation, also inside longer values. Memory is a bit field over the needles' first characters; what hits it is
compared with the needles themselves in a second reading, so that a hit is certain and nothing needs to be kept.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from understudy.data.catalogue import Table
from understudy.data.connection import Connection
from understudy.data.masking.copy_text import NULL, unescape
from understudy.data.verify.finding import Check, judged

GRAM = 8
"""Characters, letters and digits alone, of the shortest needle; shorter values occur by chance."""
BITS_PER_NEEDLE = 64
FEWEST_BITS, MOST_BITS = 1 << 20, 1 << 30
SEEN = 1 << 16
MASKED_ALIKE = 5
"""Rows from which on a value is nobody's own."""
_NOT_ALNUM = re.compile(r"[\W_]+")
_HEX = re.compile(r"\\x((?:[0-9a-f]{2}){4,})")
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^{},"]+)')

Columns = Mapping[str, list[str]]
"""Column names by a table's full name."""


@dataclass
class Search:
    """One search, and what it found."""

    source: Connection
    target: Connection
    tables: list[Table]
    """The tables that are no partitions."""
    sensitive: Columns
    dense: Callable[[str], bool]
    """Whether values of a column (`schema.table.column`) fill their range so that equal ones occur by chance."""
    invented: Callable[[str], bool]
    """Whether a text is one of the invented values that masks pick from."""
    needles: int = 0
    hits: dict[str, set[str]] = field(default_factory=lambda: defaultdict[str, set[str]](set))
    """By the column of staging in which something was found: the columns that it came from."""

    def run(self) -> Check:
        """Search everything."""
        self.needles = sum(1 for _ in self._needles())
        size = min(MOST_BITS, max(FEWEST_BITS, 1 << (self.needles * BITS_PER_NEEDLE).bit_length()))
        bits, mask = bytearray(size // 8), size - 1
        for _, needle in self._needles():
            place = hash(needle[:GRAM]) & mask
            bits[place >> 3] |= 1 << (place & 7)
        suspects = self._suspects(bits, mask)
        if suspects:
            self._confirm(suspects)
        found = [f"{column}: values of {', '.join(sorted(origins))}" for column, origins in sorted(self.hits.items())]
        columns = sum(map(len, self.sensitive.values()))
        good = f"none of {self.needles:,} values of {columns} sensitive columns is in any column"
        return judged("no value survives", found, good, f"values of production are in {len(found)} columns", needles=self.needles)

    def _needles(self) -> Iterator[tuple[str, str]]:
        """The pieces to be found, normalised, with the column that each is of."""
        for table in self.tables:
            for column in self.sensitive.get(table.full_name, ()):
                name = f"{table.full_name}.{column}"
                if self.dense(name):
                    continue
                for text in _rare(self.source, table, column):
                    for piece in pieces(text):
                        needle = normalised(piece)
                        if len(needle) >= GRAM and not self.invented(piece):
                            yield name, needle

    def _suspects(self, bits: bytearray, mask: int) -> set[str]:
        found: set[str] = set()
        for _, text in self._haystack():
            for start in range(len(text) - GRAM + 1):
                gram = text[start : start + GRAM]
                place = hash(gram) & mask
                if bits[place >> 3] >> (place & 7) & 1:
                    found.add(gram)
        return found

    def _confirm(self, suspects: set[str]) -> None:
        wanted = defaultdict[str, dict[str, str]](dict)
        for name, needle in self._needles():
            if needle[:GRAM] in suspects:
                wanted[needle[:GRAM]][needle] = name
        for column, text in self._haystack():
            for start in range(len(text) - GRAM + 1):
                for needle, origin in wanted.get(text[start : start + GRAM], {}).items():
                    if text.startswith(needle, start):
                        self.hits[column].add(origin)

    def _haystack(self) -> Iterator[tuple[str, str]]:
        """Every value of staging that is long enough, normalised, with its column; what bytes spell in hexadecimal as well."""
        for table in self.tables:
            names = [column.name for column in table.columns]
            seen: list[set[bytes]] = [set() for _ in names]
            for line in _lines(self.target, table, names):
                for place, value in enumerate(line[:-1].split(b"\t")):
                    if len(value) < GRAM or value == NULL or value in seen[place]:
                        continue
                    if len(seen[place]) < SEEN:
                        seen[place].add(value)
                    text = unescape(value).decode()
                    column = f"{table.full_name}.{names[place]}"
                    yield column, normalised(text)
                    for spelt in spelt_bytes(text):
                        yield column, normalised(spelt)


def normalised(text: str) -> str:
    """Letters and digits alone, without case."""
    return _NOT_ALNUM.sub("", text).casefold()


def pieces(text: str) -> Iterator[str]:
    """The values inside a text: leaves of a document, elements of an array, what bytes spell, else the text itself."""
    if text[:1] in "{[":
        try:
            yield from _leaves(json.loads(text))
        except ValueError:
            for quoted, plain in _ELEMENT.findall(text):
                yield re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
        return
    spelt = list(spelt_bytes(text))
    yield from spelt or [text]


def spelt_bytes(text: str) -> Iterator[str]:
    """The texts that hexadecimal bytes spell, and the digits themselves where they spell none."""
    for digits in _HEX.findall(text):
        try:
            yield bytes.fromhex(digits).decode()
        except UnicodeDecodeError:
            yield digits


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for item in node.values():
            yield from _leaves(item)
    elif isinstance(node, list):
        for item in node:
            yield from _leaves(item)
    elif isinstance(node, str):
        yield node


def _rare(connection: Connection, table: Table, column: str) -> Iterator[str]:
    """The values of a column that few rows share, as text."""
    query = sql.SQL(
        "COPY (SELECT v FROM (SELECT {}::text AS v FROM {}) t WHERE v IS NOT NULL GROUP BY v HAVING count(*) < {}) TO STDOUT"
    )
    made = query.format(sql.Identifier(column), sql.Identifier(table.schema, table.name), sql.Literal(MASKED_ALIKE))
    with connection.cursor().copy(made) as rows:
        for row in rows:
            yield unescape(bytes(row)[:-1]).decode()


def _lines(connection: Connection, table: Table, names: list[str]) -> Iterator[bytes]:
    columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names)
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(columns, sql.Identifier(table.schema, table.name))
    with connection.cursor().copy(query) as rows:
        for row in rows:
            yield bytes(row)
