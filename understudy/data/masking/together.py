"""Masks of many values at once: what is done for a whole batch is done in few steps, and costs each value less."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Value = Callable[[bytes], bytes]
"""A mask of one value."""
Values = Callable[[Sequence[bytes]], list[bytes]]
"""A mask of many values, in their order."""
SAMPLE = 64
"""Values, or up to twice as many, by which it is judged whether most repeat: to tell all apart costs a fifth of a mask."""


class Together:
    """A mask that is made for many values; a plain one makes nothing that COPY's text format escapes."""

    __slots__ = ("many", "plain")

    def __init__(self, many: Values, *, plain: bool = False) -> None:
        self.many, self.plain = many, plain

    def __call__(self, value: bytes) -> bytes:
        """Mask one."""
        return self.many([value])[0]


def together(mask: Value) -> Values:
    """The form of a mask for many values. Of a batch in which most repeat, each is masked once; a sample of them tells."""
    many = mask.many if isinstance(mask, Together) else lambda values: list(map(mask, values))

    def masked(values: Sequence[bytes]) -> list[bytes]:
        sample = values[:: max(1, len(values) // SAMPLE)]
        if not sample:
            return []
        if 2 * len(set(sample)) > len(sample):
            return many(values)
        distinct = list(set(values))
        made = dict(zip(distinct, many(distinct), strict=True))
        return [made[value] for value in values]

    return masked
