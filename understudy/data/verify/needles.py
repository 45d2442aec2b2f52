"""What is looked for, as three sieves of fixed size: how needles begin, what they are as a whole, which of them were met.

A whole is told by its length, its first and its last piece, so that a thousand addresses that all begin alike, or numbers of one
prefix, do not meet each other. Of a long needle its head stands for it. Whoever meets one compares it, so that a hit is certain.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from understudy.data.verify.grams import GRAM, MOST_BITS, Numbers, Places, Sieve, fields_of, inside, pieces_of, separators

HEAD = 64
"""Bytes by which a long needle is known."""
MOST_BITS_MET = MOST_BITS - 2
"""Few needles are met; and whoever meets one compares it."""
AT_ONCE = 4096
"""Places from which needles of every length are tried at once: memory, where all of a text begins like a needle."""
_FIRST, _LAST, _LENGTH = (np.uint64(factor) for factor in (0x9FB21C651E98DF25, 0xE7037ED1A0B428DB, 0xA0761D6478BD642F))
_HALF = np.uint64(32)


class Needles:
    """Texts, without case and punctuation, that are looked for; `expected` is how many there may be."""

    def __init__(self, expected: int) -> None:
        self._beginnings, self._wholes, self._met = Sieve(expected), Sieve(expected), Sieve(expected, MOST_BITS_MET)
        self._lengths = np.zeros(HEAD + 1, np.bool_)
        self.count = 0

    def add(self, text: bytes) -> None:
        """Look for every field of a text that is long enough."""
        starts, ends = fields_of(text)
        if not len(starts):
            return
        pieces, lengths = pieces_of(text), np.minimum(ends - starts, HEAD)
        self._beginnings.add(pieces[starts])
        self._wholes.add(_wholes(pieces, starts, lengths))
        self._lengths[lengths] = True
        self.count += len(starts)

    def meet(self, text: bytes) -> list[int]:
        """Note which needles may be in a text; where they begin."""
        places: set[int] = set()
        for wholes, starts, _ in self._within(text, self._wholes):
            self._met.add(wholes)
            places.update(starts.tolist())
        return sorted(places)

    def met(self, text: bytes) -> Iterator[tuple[int, int]]:
        """The fields of a text, from where to where, that are needles which were met."""
        starts, ends = fields_of(text)
        if len(starts):
            found = self._met.passing(_wholes(pieces_of(text), starts, np.minimum(ends - starts, HEAD)))
            yield from zip(starts[found].tolist(), ends[found].tolist(), strict=True)

    def heads(self, text: bytes) -> Iterator[tuple[int, bytes]]:
        """Where in a text a needle that was met may begin, and its head."""
        for _, starts, lengths in self._within(text, self._met):
            for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
                yield start, text[start : start + length]

    def _within(self, text: bytes, sieve: Sieve) -> Iterator[tuple[Numbers, Places, Places]]:
        """The wholes anywhere in a text that pass a sieve, where they begin, and how long they are."""
        possible = np.flatnonzero(self._lengths)
        if not len(possible):
            return
        pieces, places = pieces_of(text), inside(text, int(possible[0]))
        begun = places[self._beginnings.passing(pieces[places])]
        if not len(begun):
            return
        parted = np.append(separators(text), len(text))
        room = parted[np.searchsorted(parted, begun)] - begun
        for first in range(0, len(begun), AT_ONCE):
            there, of_length = np.nonzero(room[first : first + AT_ONCE, None] >= possible)
            starts, lengths = begun[first + there], possible[of_length]
            wholes = _wholes(pieces, starts, lengths)
            passing = sieve.passing(wholes)
            if len(passing):
                yield wholes[passing], starts[passing], lengths[passing]


def _wholes(pieces: Numbers, starts: Places, lengths: Places) -> Numbers:
    """What stands for texts that begin and are as long as told."""
    mixed = pieces[starts] * _FIRST
    mixed = ((mixed ^ (mixed >> _HALF)) + pieces[starts + lengths - GRAM]) * _LAST
    whole: Numbers = (mixed ^ (mixed >> _HALF)) + lengths.astype(np.uint64) * _LENGTH
    return whole
