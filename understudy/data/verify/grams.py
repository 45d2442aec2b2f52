"""Pieces of eight characters, by the million: texts without case and punctuation, their pieces as numbers, a sieve over these.

A block is many fields at once, as COPY writes them; tabs and line ends part them and are in no piece.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRAM = 8
"""Bytes of the shortest text that is looked for; shorter ones occur by chance."""
BLOCK = 1 << 20
BITS_PER_GRAM = 64
FEWEST_BITS, MOST_BITS = 20, 30
"""Powers of two."""
_FACTORS = tuple(np.uint64(factor) for factor in (
    0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD,
))  # fmt: skip
"""Odd numbers that spread a piece over the sieve, each in another way."""
_ESCAPE = re.compile(rb"\\.")
_FOLDED = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
_DROPPED = bytes(code for code in range(128) if not chr(code).isalnum() and code not in b"\t\n")
_NOT_ALNUM = re.compile(r"[^\w\t\n]|_")

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]


def blocks(rows: Iterable[Any]) -> Iterator[bytes]:
    """Rows, as COPY gives them, a block at a time."""
    held: list[Any] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def normalised(block: bytes) -> bytes:
    """Letters and digits alone, without case; what parts fields stays. COPY's escapes stand for nothing that is a letter."""
    if b"\\" in block:
        block = _ESCAPE.sub(b"", block)
    if block.isascii():
        return block.translate(_FOLDED, _DROPPED)
    return _NOT_ALNUM.sub("", block.decode().casefold()).encode()


def pieces_of(text: bytes) -> Numbers:
    """The piece that begins at each byte, as a number; those that reach over the end of a field among them."""
    if len(text) < GRAM:
        return np.empty(0, np.uint64)
    return np.ndarray((len(text) - GRAM + 1,), np.dtype("<u8"), text, strides=(1,))


def fields_of(text: bytes) -> tuple[Places, Places]:
    """Where the fields that are long enough begin and end."""
    values = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero((values == ord("\n")) | (values == ord("\t")))
    starts = np.concatenate((np.zeros(1, np.int64), ends + 1))
    ends = np.append(ends, len(text))
    long = ends - starts >= GRAM
    return starts[long], ends[long]


class Sieve:
    """Which pieces may be among many: none that is gets lost, and few others pass."""

    def __init__(self, expected: int) -> None:
        self._shift = np.uint64(64 - min(MOST_BITS, max(FEWEST_BITS, (expected * BITS_PER_GRAM).bit_length())))
        self._bits = np.zeros(1 << (64 - int(self._shift)) >> 3, np.uint8)

    def add(self, pieces: Numbers) -> None:
        """Let pieces pass from now on."""
        for factor in _FACTORS:
            places = (pieces * factor) >> self._shift
            marks = np.left_shift(np.uint8(1), (places & np.uint64(7)).astype(np.uint8))
            np.bitwise_or.at(self._bits, places >> np.uint64(3), marks)

    def passing(self, pieces: Numbers) -> Places:
        """The places of those that pass."""
        found = np.flatnonzero(self._marked(pieces, _FACTORS[0]))
        for factor in _FACTORS[1:]:
            found = found[self._marked(pieces[found], factor)]
        return found

    def _marked(self, pieces: Numbers, factor: np.uint64) -> NDArray[np.bool_]:
        places = (pieces * factor) >> self._shift
        marked: NDArray[np.bool_] = (self._bits[places >> np.uint64(3)] >> (places & np.uint64(7)).astype(np.uint8)) & 1 == 1
        return marked
