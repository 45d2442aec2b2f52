"""COPY's lines in blocks, straight from libpq: a row at a time through a cursor costs more than masking it."""

from __future__ import annotations

import select
from collections.abc import Iterator

from psycopg import sql
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from understudy.data.connection import Connection
from understudy.data.masking.copy_text import fields_of

BLOCK_BYTES = 128 << 10
"""A block ends with what has arrived when it is as large, so neither its size nor its memory follows from a table's."""
NOTHING_YET = 0
"""The length that is told where a line is still to come."""


def blocks(connection: Connection, query: sql.Composed) -> Iterator[tuple[bytes, int]]:
    """What a COPY TO STDOUT writes: whole lines, and how many. Raises psycopg.Error."""
    libpq = connection.pgconn
    started = libpq.exec_(query.as_bytes(connection))
    if started.status != ExecStatus.COPY_OUT:
        raise error_from_result(started)
    arrived = select.poll()
    arrived.register(libpq.socket, select.POLLIN)
    block, lines = bytearray(), 0
    length = NOTHING_YET
    while length == NOTHING_YET:
        length, line = libpq.get_copy_data(1)
        while length > 0:
            block += line  # at once: to hold lines until the block is full takes longer than to read them
            lines += 1
            length, line = libpq.get_copy_data(1)
        if len(block) >= BLOCK_BYTES or (lines and length != NOTHING_YET):
            yield bytes(block), lines
            block.clear()
            lines = 0
        if length == NOTHING_YET:
            arrived.poll()
            libpq.consume_input()
    results = list(iter(libpq.get_result, None))  # all of them, since the session serves no other statement before
    for ended in results:
        if ended.status != ExecStatus.COMMAND_OK:
            raise error_from_result(ended)


def by_column(block: bytes, width: int) -> Iterator[list[bytes]]:
    """The fields of a block, a column at a time."""
    fields = fields_of(block)
    return (fields[place::width] for place in range(width))
