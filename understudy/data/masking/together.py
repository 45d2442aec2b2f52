"""Masks of many values at once: what is done for a whole batch is done in few steps, and costs each value less."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Value = Callable[[bytes], bytes]
"""A mask of one value."""
Values = Callable[[Sequence[bytes]], list[bytes]]
"""A mask of many values, in their order."""


class Together:
    """A mask that is made for many values."""

    __slots__ = ("many",)

    def __init__(self, many: Values) -> None:
        self.many = many

    def __call__(self, value: bytes) -> bytes:
        """Mask one."""
        return self.many([value])[0]


def together(mask: Value) -> Values:
    """The form of a mask for many values. Of a batch in which most repeat, each is masked once."""
    many = mask.many if isinstance(mask, Together) else lambda values: list(map(mask, values))

    def masked(values: Sequence[bytes]) -> list[bytes]:
        distinct = set(values)
        if not distinct:
            return []
        if 2 * len(distinct) > len(values):
            return many(values)
        made = dict(zip(distinct, many(list(distinct)), strict=True))
        return [made[value] for value in values]

    return masked
