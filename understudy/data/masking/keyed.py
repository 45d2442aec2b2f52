"""The keyed hash that masks are made from."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b


def keyed(key: bytes) -> Callable[[bytes], bytes]:
    """The keyed hash of a value, of 16 bytes. What the key makes of the hash's state is made once."""
    fresh = blake2b(key=key, digest_size=16).copy

    def hashed(value: bytes) -> bytes:
        state = fresh()
        state.update(value)
        return state.digest()

    return hashed
