"""The keyed tags that masks are made from: 128 bits of a value that nobody without the key tells from random ones.

A value with its length before it fills two blocks, chained as in CBC-MAC, which of messages of one length is a pseudo-random
function (Bellare, Kilian and Rogaway, "The Security of the Cipher Block Chaining Message Authentication Code", 2000). Its
permutation is AES as it decrypts, its order the second block first: so CBC's decryption, which chains each block with the one
before it alone, chains all messages of a batch in one call, at a quarter of what a call of a keyed hash costs for each. Longer
values are condensed first, by keyed BLAKE2b.
"""

from __future__ import annotations

from binascii import hexlify
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from struct import Struct, iter_unpack
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

TAG_BYTES = 16
MESSAGE = f"{2 * TAG_BYTES}p"
"""In `struct`'s terms: a byte with the length, the value, and zeros up to two blocks."""
LONGEST = 2 * TAG_BYTES - 2
"""Bytes of a value that is taken as it is. What a longer one is condensed to has one more, so neither passes for the other."""
DIGIT_OF_BYTE = bytes(48 + byte % 10 for byte in range(256))
"""Turns each byte of a tag into a digit, by one translation of all tags; some digits are likelier by a 25th."""


class Tags:
    """The tags of a batch of values, in their order."""

    __slots__ = ("_blocks",)

    def __init__(self, blocks: bytes) -> None:
        self._blocks = blocks
        """Two for each value. The first depends on the value before it too, and nothing reads it; the second is the tag."""

    def unpacked(self, form: str) -> Iterator[tuple[Any, ...]]:
        """Each tag's parts, by a form of `struct` that describes its 16 bytes."""
        return iter_unpack(f">{TAG_BYTES}x{form}", self._blocks)

    def hexadecimal(self, digits: int) -> list[bytes]:
        """So many hexadecimal digits of the end of each tag, at most 32."""
        before = 4 * TAG_BYTES - digits
        return [text for (text,) in iter_unpack(f"{before}x{digits}s", hexlify(self._blocks))]

    def decimal(self, digits: int) -> list[bytes]:
        """So many decimal digits of each tag, at most 16."""
        before = 2 * TAG_BYTES - digits
        return [text for (text,) in iter_unpack(f"{before}x{digits}s", self._blocks.translate(DIGIT_OF_BYTE))]


def keyed(key: bytes) -> Callable[[Sequence[bytes]], Tags]:
    """The function that gives a batch of values their tags."""
    # Both are rounds of a MAC and encrypt nothing that is kept, so they need neither a vector nor another mode than ECB.
    aes = AES(_derived(key, b"aes"))
    chained, permuted = Cipher(aes, CBC(bytes(TAG_BYTES))).decryptor().update, Cipher(aes, ECB()).decryptor().update  # noqa: S305
    condensing = _derived(key, b"condense")

    def condensed(value: bytes) -> bytes:
        return blake2b(value, key=condensing, digest_size=LONGEST + 1).digest()

    def tags(values: Sequence[bytes]) -> Tags:
        if max(map(len, values), default=0) > LONGEST:
            values = [value if len(value) <= LONGEST else condensed(value) for value in values]
        return Tags(permuted(chained(Struct(MESSAGE * len(values)).pack(*values))))

    return tags


def _derived(key: bytes, purpose: bytes) -> bytes:
    return blake2b(purpose, key=key, digest_size=32, person=b"understudy-tag").digest()
