"""The search for production's values in staging: every value of every column is read as text, whatever its type.

It knows neither the classifier's names nor the masks' types: a needle is a sensitive value or a piece of one, and it is looked
for without case and punctuation, also inside longer values. A sieve tells which pieces of staging may begin a needle; what passes
is compared with the needles themselves, so that a hit is certain. Memory is the sieve and a block of rows.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from psycopg import sql

from understudy.data.catalogue import Table
from understudy.data.connection import Connection
from understudy.data.masking.copy_text import escape, unescape
from understudy.data.verify.finding import Check, judged
from understudy.data.verify.grams import GRAM, Sieve, blocks, fields_of, normalised, pieces_of

MASKED_ALIKE = 5
"""Rows from which on a value is nobody's own."""
MOST_NEEDLES, MOST_SUSPECTS = 200_000, 2_000_000
WINDOWS = 4
"""Places in a value at which a piece may be equal by chance."""
CHANCE, DEVIATIONS = 0.05, 5
"""From how many equal values on chance is expected, and how many standard deviations above that number are still chance."""
_HEX = re.compile(r"\\x((?:[0-9a-f]{2}){4,})")
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^{},"]+)')
_NESTED = re.compile(rb"(?:^|[\t\n])(?:[\[{]|\\\\x)")
_DATA_KEY = re.compile(r"@|\d{4}|[^\w$.:-]|[^\x00-\x7f]")

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
    """Whether a text, without case and punctuation, is made of the words that masks pick from."""
    rows: Mapping[str, tuple[int, int]]
    """By a table's full name: its rows in the source and in staging."""
    needles: int = 0
    by_chance: int = 0
    """Values that are equal as often as chance alone makes them."""
    hits: dict[str, dict[str, set[bytes]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    """By the column of staging, by the column of the source: the needles that were found."""

    def run(self) -> Check:
        """Search everything."""
        wanted = {table: self._looked_for(table) for table in self.tables}
        sieve = Sieve(sum(len(columns) * self.rows[table.full_name][0] for table, columns in wanted.items()))
        for table, columns in wanted.items():
            if columns:
                for text in _texts(self.source, table, columns, nested=True):
                    starts, _ = fields_of(text)
                    self.needles += len(starts)
                    if len(starts):
                        sieve.add(pieces_of(text)[starts])
        suspects = self._suspects(sieve) if self.needles else np.empty(0, np.uint64)
        if len(suspects):
            found = self._known(wanted, suspects)
            if found:
                self._locate(sieve, found)
        leaked = self._leaked()
        told = [f"{column}: values of {', '.join(sorted(origins))}" for column, origins in sorted(leaked.items())]
        searched = sum(map(len, self.sensitive.values()))
        good = f"none of {self.needles:,} values of {searched} sensitive columns is in any column"
        bad = f"values of production are in {len(told)} columns"
        return judged("no value survives", told, good, bad, needles=self.needles, by_chance=self.by_chance)

    def _looked_for(self, table: Table) -> list[str]:
        columns = self.sensitive.get(table.full_name, ())
        return [column for column in columns if not self.dense(f"{table.full_name}.{column}")]

    def _suspects(self, sieve: Sieve) -> np.ndarray[Any, np.dtype[np.uint64]]:
        """The pieces of staging that pass the sieve, sorted."""
        found = np.empty(0, np.uint64)
        for table in self.tables:
            for text in _texts(self.target, table, [column.name for column in table.columns]):
                pieces = pieces_of(text)
                passing = pieces[sieve.passing(pieces)]
                if len(passing) and len(found) < MOST_SUSPECTS:
                    found = np.union1d(found, passing)
        return found

    def _known(
        self, wanted: Mapping[Table, list[str]], suspects: np.ndarray[Any, np.dtype[np.uint64]]
    ) -> dict[bytes, dict[bytes, str]]:
        """The needles that begin with a suspect and are somebody's own, by their first piece, with the column of each."""
        found: dict[bytes, dict[bytes, str]] = defaultdict(dict)
        for table, columns in wanted.items():
            for column in columns:
                counts = Counter[bytes]()
                for text in _texts(self.source, table, [column], nested=True):
                    starts, ends = fields_of(text)
                    matching = np.isin(pieces_of(text)[starts], suspects, kind="sort") if len(starts) else np.empty(0, np.bool_)
                    for start, end in zip(starts[matching].tolist(), ends[matching].tolist(), strict=True):
                        needle = text[start:end]
                        if needle in counts or len(counts) < MOST_NEEDLES:
                            counts[needle] += 1
                for needle, count in counts.items():
                    if count < MASKED_ALIKE and not self.invented(needle.decode(errors="replace")):
                        found[needle[:GRAM]][needle] = f"{table.full_name}.{column}"
        return found

    def _locate(self, sieve: Sieve, found: Mapping[bytes, Mapping[bytes, str]]) -> None:
        for table in self.tables:
            names = [column.name for column in table.columns]
            # Few tables hold a needle; only their columns are read one by one. To stop half-way would end the transaction.
            if sum(1 for _ in _within(self.target, table, names, sieve, found)):
                for name in names:
                    for needle, origin in _within(self.target, table, [name], sieve, found):
                        self.hits[f"{table.full_name}.{name}"][origin].add(needle)

    def _leaked(self) -> dict[str, list[str]]:
        """By column of staging, the columns whose values are in it more often than chance would have it."""
        leaked = defaultdict[str, list[str]](list)
        for column, origins in self.hits.items():
            for origin, needles in origins.items():
                spaces = Counter(map(space, needles))
                theirs, ours = self.rows[origin.rpartition(".")[0]][0], self.rows[column.rpartition(".")[0]][1]
                expected = sum(theirs * ours * WINDOWS / size for size in spaces)
                if expected >= CHANCE and len(needles) <= expected + DEVIATIONS * math.sqrt(expected):
                    self.by_chance += len(needles)
                else:
                    leaked[column].append(origin)
        return leaked


def _within(
    target: Connection, table: Table, columns: list[str], sieve: Sieve, found: Mapping[bytes, Mapping[bytes, str]]
) -> Iterator[tuple[bytes, str]]:
    """The needles inside values of columns, and what they are of."""
    for text in _texts(target, table, columns):
        for start in sieve.passing(pieces_of(text)).tolist():
            for needle, origin in found.get(text[start : start + GRAM], {}).items():
                if text.startswith(needle, start):
                    yield needle, origin


def space(needle: bytes) -> float:
    """How many texts have the form of a needle."""
    digits = sum(48 <= letter <= 57 for letter in needle)
    return 10.0 ** min(digits, 300) * 26.0 ** min(len(needle) - digits, 0 if digits > 200 else 200)


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
    """The texts of a document, and those of its keys that are no fields' names."""
    if isinstance(node, dict):
        for key, item in node.items():
            if _DATA_KEY.search(key):
                yield key
            yield from _leaves(item)
    elif isinstance(node, list):
        for item in node:
            yield from _leaves(item)
    elif isinstance(node, str):
        yield node


def _texts(connection: Connection, table: Table, columns: list[str], *, nested: bool = False) -> Iterator[bytes]:
    """The normalised values of columns, a block at a time. `nested` asks for the values inside values instead of these.

    What bytes spell stands after each block.
    """
    listed = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (NULL '')").format(listed, sql.Identifier(table.schema, table.name))
    with connection.cursor().copy(query) as rows:
        for block in blocks(rows):
            if nested and _NESTED.search(block):
                yield normalised(_expanded(block))
                continue
            yield normalised(block)
            if b"\\\\x" in block:
                spelt = (escape(text.encode()) for text in spelt_bytes(unescape(block).decode()))
                yield normalised(b"\n".join(spelt))


def _expanded(block: bytes) -> bytes:
    """The values inside the fields of a block, a line each."""
    fields = block.replace(b"\n", b"\t").split(b"\t")
    return b"\n".join(escape(piece.encode()) for value in fields if value for piece in pieces(unescape(value).decode()))
