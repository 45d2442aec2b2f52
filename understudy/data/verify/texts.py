"""What the search reads: every value of every column as text, whatever its type, a block of rows at a time, and normalised."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg import sql

from understudy.data.blocks import blocks, by_column
from understudy.data.catalogue import Table
from understudy.data.connection import Connection
from understudy.data.masking.copy_text import escape, unescape
from understudy.data.verify.grams import normalised, separators

_HEX = re.compile(r"\\x((?:[0-9a-f]{2}){4,})")
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^{},"]+)')
_DATA_KEY = re.compile(r"@|\d{4}|[^\w$.:-]|[^\x00-\x7f]")
_BYTES = b"\\\\x"
"""How COPY begins bytes."""
_NESTED = (b"{", b"[", _BYTES)
"""How values begin that have values inside."""


@dataclass(frozen=True)
class Text:
    """Normalised fields, parted by tabs and line ends, of columns in turn."""

    content: bytes
    columns: Sequence[str]

    def columns_at(self, places: list[int]) -> list[str]:
        """The columns of the fields in which these bytes are."""
        if not places:
            return []
        before = np.searchsorted(separators(self.content), places)
        return [self.columns[field % len(self.columns)] for field in before.tolist()]


def values(connection: Connection, table: Table, columns: Sequence[str]) -> Iterator[Text]:
    """The values of columns; what bytes spell, anywhere in a value, follows as values of their own."""
    for block in _blocks(connection, table, columns):
        yield Text(normalised(block), columns)
        if b"\\" in block and _BYTES in block:  # a single letter is found ten times as fast
            for name, fields in zip(columns, by_column(block, len(columns)), strict=True):
                spelt = [text for field in fields if _BYTES in field for text in spelt_bytes(unescape(field).decode())]
                if spelt:
                    yield Text(_lines(spelt), (name,))


def inner_values(connection: Connection, table: Table, columns: Sequence[str]) -> Iterator[Text]:
    """The values of columns; instead of those that have values inside, these."""
    for block in _blocks(connection, table, columns):
        if not _has_nested(block):
            yield Text(normalised(block), columns)
            continue
        for name, fields in zip(columns, by_column(block, len(columns)), strict=True):
            inner = [piece for field in fields if field.startswith(_NESTED) for piece in pieces(unescape(field).decode())]
            outer = [field for field in fields if not field.startswith(_NESTED)]
            yield Text(normalised(b"\n".join(outer)), (name,))
            if inner:
                yield Text(_lines(inner), (name,))


def _blocks(connection: Connection, table: Table, columns: Sequence[str]) -> Iterator[bytes]:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (NULL '')").format(listed, sql.Identifier(table.schema, table.name))
    for block, _ in blocks(connection, query):
        yield block


def _has_nested(block: bytes) -> bool:
    openings = [opening for opening in _NESTED if opening[:1] in block]  # a single letter is found ten times as fast
    return any(block.startswith(opening) or b"\t" + opening in block or b"\n" + opening in block for opening in openings)


def _lines(texts: list[str]) -> bytes:
    return normalised(b"\n".join(escape(text.encode()) for text in texts))


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
