"""COPY's text format: a row is a line, a field ends at a tab, and a backslash begins an escape."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from understudy.data.masking.together import Together, Value, Values, together

NULL = b"\\N"
ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"\\": b"\\"}
SPECIAL = {value: b"\\" + letter for letter, value in ESCAPES.items()}
_SPECIALS = b"".join(SPECIAL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_TO_ESCAPE = re.compile(rb"[\b\f\n\r\t\v\\]")

Lines = Callable[[bytes], bytes]
"""A mask of whole lines."""


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


def fields_of(lines: bytes) -> list[bytes]:
    """The fields of whole lines, one line's after another's; within a field tabs and line ends are escaped."""
    fields = lines.replace(b"\n", b"\t").split(b"\t")
    fields.pop()
    return fields


def line_mask(masks: Mapping[int, Value], names: Sequence[str]) -> Lines | None:
    """The mask of lines by the places of their masked fields; None where none is masked. `names` are all their columns'.

    NULL and the empty text stay. The mask works column by column, so that a batch of lines costs little more than its values.
    It raises UnmaskableError.
    """
    if not masks:
        return None
    width = len(names)
    placed = [(place, _fields(mask)) for place, mask in sorted(masks.items())]

    def masked(lines: bytes) -> bytes:
        fields = fields_of(lines)
        if len(fields) % width:
            raise UnmaskableError("a row has other fields than its table's columns")
        for place, mask in placed:
            try:
                fields[place::width] = mask(fields[place::width])
            except Exception:  # noqa: BLE001 - whatever it is, its text may hold the value
                raise UnmaskableError(f"column {names[place]} holds a value that its mask cannot read") from None
        rows = zip(*[iter(fields)] * width, strict=True)
        return b"\n".join(map(b"\t".join, rows)) + b"\n"

    return masked


def _fields(mask: Value) -> Values:
    """The mask of a column's fields, escapes and all."""
    if mask is to_null:
        return lambda fields: [NULL] * len(fields)
    many = together(mask)
    plain = isinstance(mask, Together) and mask.plain

    def escaped(values: Sequence[bytes]) -> list[bytes]:
        made = many(values)
        if plain:
            return made
        joined = b"".join(made)
        return made if len(joined.translate(None, _SPECIALS)) == len(joined) else list(map(escape, made))

    def masked(fields: Sequence[bytes]) -> list[bytes]:
        if all(fields) and b"\\" not in b"".join(fields):
            return escaped(fields)
        made = iter(escaped([unescape(field) for field in fields if field and field != NULL]))
        return [next(made) if field and field != NULL else field for field in fields]

    return masked
