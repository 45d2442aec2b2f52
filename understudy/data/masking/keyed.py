"""The keyed hash that masks are made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2s
from struct import iter_unpack

HASH_BYTES = 16
LARGEST_HASH = 32
DIGIT_OF_BYTE = bytes(48 + byte % 10 for byte in range(256))
"""Turns each byte of a hash into a digit, by one translation of all hashes; some digits are likelier by a 26th."""

Hashes = Callable[[Sequence[bytes]], list[bytes]]


def keyed(key: bytes, size: int = HASH_BYTES) -> Hashes:
    """The keyed BLAKE2s hashes of values. What the key makes of the hash's state is made once.

    For values as short as these it takes less time than BLAKE2b, under a key of as many bits.
    """
    fresh = blake2s(key=key, digest_size=size).copy

    def hashed(values: Sequence[bytes]) -> list[bytes]:
        made: list[bytes] = []
        add = made.append
        for value in values:
            state = fresh()
            state.update(value)
            add(state.digest())
        return made

    return hashed


def digits_of(hashes: Sequence[bytes], count: int) -> list[bytes]:
    """So many decimal digits from each hash, which must have as many bytes."""
    spare = len(hashes[0]) - count
    return [digits for (digits,) in iter_unpack(f"{count}s{spare}x", b"".join(hashes).translate(DIGIT_OF_BYTE))]
