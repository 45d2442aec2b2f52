"""COPY's lines in blocks, straight from libpq: a row at a time through a cursor costs more than masking it."""

from __future__ import annotations

import select
from collections.abc import Iterator
from functools import partial

from psycopg import sql
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from understudy.data.connection import Connection

BLOCK_BYTES = 128 << 10
"""A block ends with what has arrived when it is as large, so neither its size nor its memory follows from a table's."""
NOTHING_YET = (0, b"")


def blocks(connection: Connection, query: sql.Composed) -> Iterator[tuple[bytes, int]]:
    """What a COPY TO STDOUT writes: whole lines, and how many. Raises psycopg.Error."""
    libpq = connection.pgconn
    started = libpq.exec_(query.as_bytes(connection))
    if started.status != ExecStatus.COPY_OUT:
        raise error_from_result(started)
    arrived = select.poll()
    arrived.register(libpq.socket, select.POLLIN)
    lines: list[bytes | memoryview] = []
    size, more = 0, True
    while more:
        for length, line in iter(partial(libpq.get_copy_data, 1), NOTHING_YET):
            if length < 0:
                more = False
                break
            lines.append(line)
            size += length
        if size >= BLOCK_BYTES or (lines and not more):
            yield b"".join(lines), len(lines)
            lines, size = [], 0
        if more:
            arrived.poll()
            libpq.consume_input()
    results = list(iter(libpq.get_result, None))  # all of them, since the session serves no other statement before
    for ended in results:
        if ended.status != ExecStatus.COMMAND_OK:
            raise error_from_result(ended)
