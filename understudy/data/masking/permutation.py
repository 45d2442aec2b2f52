"""Permutations of any finite range under a key: no two numbers become one, so whatever was unique stays so.

A Feistel network over two unequal halves with BLAKE2b as its round function, walked until it lands in the range (Black and
Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). Small ranges get as many rounds as NIST's FF1; in large ones four rounds
already make a strong pseudo-random permutation (Luby and Rackoff).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from math import isqrt

SMALL = 1 << 24
ROUNDS_SMALL, ROUNDS_LARGE = 10, 4
CACHED = 1 << 14
LARGEST_DIGEST = 64
"""BLAKE2b's, in bytes."""


def _digest(message: bytes, key: bytes, width: int) -> bytes:
    """So many bytes: a sum of fewer would leave the upper digits of a long number as they are."""
    if width <= LARGEST_DIGEST:
        return blake2b(message, key=key, digest_size=width).digest()
    parts = (blake2b(message, key=key, salt=number.to_bytes(8)).digest() for number in range(-(-width // LARGEST_DIGEST)))
    return b"".join(parts)[:width]


def permutation(key: bytes, size: int, tweak: bytes = b"") -> Callable[[int], int]:
    """A permutation of 0 … size - 1. Another tweak gives another permutation."""
    if size < 2:
        return lambda number: number
    left_size = isqrt(size - 1) + 1
    right_size = -(-size // left_size)
    width = max(16, 8 + (left_size.bit_length() + 7) // 8)
    sub_key = blake2b(tweak + b"|" + str(size).encode(), key=key, digest_size=32, person=b"understudy-prp").digest()
    of_bytes = int.from_bytes
    operand = (max(left_size, right_size).bit_length() + 7) // 8
    rounds = [bytes([number]) for number in range(ROUNDS_SMALL if size < SMALL else ROUNDS_LARGE)]

    def once(number: int) -> int:
        left, right = divmod(number, right_size)
        first, second = left_size, right_size
        for mark in rounds:
            mixed = of_bytes(_digest(mark + right.to_bytes(operand), sub_key, width))
            left, right = right, (left + mixed) % first
            first, second = second, first
        return left * second + right

    def walk(number: int) -> int:
        number = once(number)
        while number >= size:
            number = once(number)
        return number

    return lru_cache(CACHED)(walk) if size < SMALL else walk
