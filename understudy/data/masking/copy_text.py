"""COPY's text format: a row is a line, a field ends at a tab, and a backslash begins an escape."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from understudy.data.masking.values import Value

NULL = b"\\N"
ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"\\": b"\\"}
SPECIAL = {value: b"\\" + letter for letter, value in ESCAPES.items()}
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_TO_ESCAPE = re.compile(rb"[\b\f\n\r\t\v\\]")

Line = Callable[[bytes], bytes]


class UnmaskableError(Exception):
    """A value that its column's mask cannot read; the message names the column and never the value."""


def unescape(field: bytes) -> bytes:
    """A field's value."""
    return _ESCAPED.sub(lambda found: ESCAPES.get(found[1], found[1]), field) if b"\\" in field else field


def escape(value: bytes) -> bytes:
    """A value as a field."""
    return _TO_ESCAPE.sub(lambda found: SPECIAL[found[0]], value)


def to_null(_: bytes) -> bytes:
    """The mask that drops every value."""
    return NULL


def line_mask(masks: Mapping[int, Value], names: Sequence[str]) -> Line | None:
    """The mask of a line by the places of its masked fields; None where none is masked. `names` are its columns'.

    NULL and the empty text stay. The mask raises UnmaskableError.
    """
    if not masks:
        return None
    placed = tuple(sorted(masks.items()))

    def masked(line: bytes) -> bytes:
        fields = line[:-1].split(b"\t")
        place = 0
        try:
            for place, mask in placed:
                field = fields[place]
                if mask is to_null:
                    fields[place] = NULL
                elif b"\\" in field:
                    if field != NULL:
                        fields[place] = escape(mask(unescape(field)))
                elif field:
                    # Few masks make anything that needs an escape, and what does so makes a backslash itself.
                    made = mask(field)
                    fields[place] = escape(made) if b"\\" in made else made
        except Exception:  # noqa: BLE001 - whatever it is, its text may hold the value
            raise UnmaskableError(f"column {names[place]} holds a value that its mask cannot read") from None
        return b"\t".join(fields) + b"\n"

    return masked
