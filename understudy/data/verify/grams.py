"""Pieces of eight characters, by the million: texts without case and punctuation, their pieces as numbers, a sieve over these.

A block is many fields at once, as COPY writes them; tabs and line ends part them and are in no piece.
"""

from __future__ import annotations

import re
import string

import numpy as np
from numpy.typing import NDArray

GRAM = 8
"""Bytes of the shortest text that is looked for; shorter ones occur by chance."""
BITS_PER_GRAM = 64
FEWEST_BITS, MOST_BITS = 20, 29
"""A sieve's, as powers of two."""
_FACTORS = tuple(np.uint64(factor) for factor in (
    0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93,
))  # fmt: skip
"""Odd numbers that spread a piece over the sieve, each in another way."""
_ESCAPE = re.compile(rb"\\.")
_FOLDED = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
_DROPPED = bytes(code for code in range(128) if not chr(code).isalnum() and code not in b"\t\n")
_NOT_ALNUM = re.compile(r"[^\w\t\n]|_")

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]


def normalised(block: bytes) -> bytes:
    """Letters and digits alone, without case; what parts fields stays. COPY's escapes stand for nothing that is a letter."""
    if b"\\" in block:
        block = _ESCAPE.sub(b"", block)
    plain = block.translate(_FOLDED, _DROPPED)  # first, as most of what is dropped is ASCII; no other letter has such a byte
    return plain if plain.isascii() else _NOT_ALNUM.sub("", plain.decode().casefold()).encode()


def pieces_of(text: bytes) -> Numbers:
    """The piece that begins at each byte, as a number; those that reach over the end of a field among them."""
    if len(text) < GRAM:
        return np.empty(0, np.uint64)
    return np.ndarray((len(text) - GRAM + 1,), np.dtype("<u8"), text, strides=(1,))


def fields_of(text: bytes) -> tuple[Places, Places]:
    """Where the fields that are long enough begin and end."""
    ends = separators(text)
    starts = np.concatenate((np.zeros(1, np.int64), ends + 1))
    ends = np.append(ends, len(text))
    long = ends - starts >= GRAM
    return starts[long], ends[long]


def separators(text: bytes) -> Places:
    """Where the fields of a normalised text are parted."""
    return np.flatnonzero(_parting(text))


def inside(text: bytes, length: int) -> Places:
    """Where so many bytes begin that are inside one field."""
    parting, covered = _parting(text), 1
    while covered < length:
        apart = min(covered, length - covered)
        parting = parting[:-apart] | parting[apart:]
        covered += apart
    return np.flatnonzero(~parting)


def _parting(text: bytes) -> NDArray[np.bool_]:
    return np.frombuffer(text, np.uint8) <= ord("\n")  # a tab or a line end: no other control character is in such a text


class Sieve:
    """Which numbers may be among many: none that is gets lost, and few others pass."""

    def __init__(self, expected: int, most_bits: int = MOST_BITS) -> None:
        self._shift = np.uint64(64 - min(most_bits, max(FEWEST_BITS, (expected * BITS_PER_GRAM).bit_length())))
        self._bits = np.zeros(1 << (64 - int(self._shift)) >> 3, np.uint8)

    def add(self, numbers: Numbers) -> None:
        """Let numbers pass from now on."""
        for factor in _FACTORS:
            missing = (numbers * factor) >> self._shift
            while len(missing):
                places, marks = _bytes_and_marks(missing)
                self._bits[places] |= marks  # of several marks of one byte, the last alone stays
                missing = missing[self._bits[places] & marks == 0]

    def passing(self, numbers: Numbers) -> Places:
        """The places of those that pass."""
        found = np.flatnonzero(self._marked(numbers, _FACTORS[0]))
        for factor in _FACTORS[1:]:
            found = found[self._marked(numbers[found], factor)]
        return found

    def _marked(self, numbers: Numbers, factor: np.uint64) -> NDArray[np.bool_]:
        places, marks = _bytes_and_marks((numbers * factor) >> self._shift)
        marked: NDArray[np.bool_] = self._bits[places] & marks != 0
        return marked


def _bytes_and_marks(places: Numbers) -> tuple[Places, NDArray[np.uint8]]:
    """Where bits are, by their bytes and inside these."""
    return (places >> np.uint64(3)).view(np.int64), np.left_shift(np.uint8(1), (places & np.uint64(7)).astype(np.uint8))
