"""Which function masks a column: by its mask, its type, and what limits it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from model.mask import Mask
from understudy.data.catalogue import Column
from understudy.data.masking import values
from understudy.data.masking.nested import array, document, parse_path
from understudy.data.masking.shape import address_shaper, digits_or, number_shaper, shaper
from understudy.data.masking.together import Value
from understudy.data.masking.values import UnfitMaskError

TEXTS = {"text", "varchar", "bpchar", "citext", "name"}
LARGEST = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": 2**63 - 1, "numeric": None, "money": (2**63 - 1) // 100 - 1}
"""The largest whole number of a type of numbers; None where there is none."""
FLOATS = {"float4", "float8"}
DATES = {"date", "timestamp", "timestamptz"}
ALWAYS = {Mask.KEEP, Mask.NULL}
MERGING = {Mask.REDACT, Mask.NUMBER, Mask.DATE, Mask.IP}
"""Masks that make different values equal."""
TEXTUAL = {
    Mask.REDACT, Mask.EMAIL, Mask.FULL_NAME, Mask.FIRST_NAME, Mask.LAST_NAME, Mask.USERNAME, Mask.COMPANY, Mask.STREET, Mask.CITY,
    Mask.PHONE, Mask.URL, Mask.SHAPE, Mask.TOKEN, Mask.UUID, Mask.IP, Mask.JSON, Mask.DATE,
}  # fmt: skip
NARROWEST = ("citext", "bpchar", "int2", "int4", "int8")
POOLED = {Mask.FIRST_NAME, Mask.LAST_NAME, Mask.COMPANY, Mask.STREET, Mask.CITY}
BY_TYPE: dict[str, set[Mask]] = {
    **dict.fromkeys(TEXTS, TEXTUAL),
    **{kind: {Mask.SHAPE, Mask.NUMBER, Mask.REDACT} for kind in LARGEST},
    **{kind: {Mask.NUMBER, Mask.REDACT, Mask.SHAPE} for kind in FLOATS},
    **{kind: {Mask.DATE, Mask.REDACT} for kind in DATES},
    "uuid": {Mask.UUID},
    "inet": {Mask.IP, Mask.SHAPE},
    "cidr": {Mask.SHAPE},
    "json": {Mask.JSON, Mask.REDACT},
    "jsonb": {Mask.JSON, Mask.REDACT},
    "bytea": {Mask.SHAPE, Mask.TOKEN, Mask.REDACT},
    "bool": {Mask.REDACT},
    **{kind: {Mask.REDACT} for kind in ("hstore", "tsvector", "xml", "interval", "time", "timetz", "macaddr", "point")},
}
REDACTED = {
    **dict.fromkeys(LARGEST, b"0"), **dict.fromkeys(FLOATS, b"0"), **dict.fromkeys(DATES, b"1970-01-01"),
    "json": b"{}", "jsonb": b"{}", "bytea": b"\\x", "bool": b"f", "hstore": b"", "tsvector": b"", "xml": b"<redacted/>",
    "interval": b"00:00:00", "time": b"00:00:00", "timetz": b"00:00:00+00", "macaddr": b"02:00:00:00:00:00", "point": b"(0,0)",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """What a column's rule says of its mask."""

    mask: Mask
    paths: Mapping[str, Mask] = field(default_factory=dict)
    """With `json`: the mask of each path."""


@dataclass(frozen=True)
class Limits:
    """What masks of a column must keep to."""

    longest: int | None
    unique: bool


def allowed(column: Column) -> set[Mask]:
    """The masks that a column's type can hold."""
    kind = column.element_kind if column.element else column.kind
    if kind == "e":
        return {Mask.KEEP, Mask.NULL, Mask.SHAPE}
    return ALWAYS | BY_TYPE.get(column.element or column.type, set())


def family(column: Column) -> str:
    """The types whose values a mask reads alike, by the name of one of them."""
    kind = column.element or column.type
    return next((min(alike) for alike in (TEXTS, set(LARGEST) - {"money"}, DATES, {"json", "jsonb"}) if kind in alike), kind)


def narrowness(column: Column) -> int:
    """Tells which of the types of a family a mask is made for, so that all can hold it and agree: the one with the least."""
    kind = column.element or column.type
    return NARROWEST.index(kind) if kind in NARROWEST else len(NARROWEST)


def masking_of(column: Column, rule: Rule, key: bytes, limits: Limits) -> Value | None:
    """The function that masks a column; None where it is kept. NULL is not among these: the caller writes it.

    Raises UnfitMaskError where the type or the limits forbid the mask.
    """
    mask = rule.mask
    if mask in ALWAYS:
        return None
    if mask not in allowed(column):
        words = ", ".join(sorted(word.value for word in allowed(column)))
        raise UnfitMaskError(f"is of type {column.declared}, which cannot hold the mask {mask.value}; allowed: {words}")
    if limits.unique and mask in MERGING:
        raise UnfitMaskError(f"is unique, and the mask {mask.value} makes different values equal; use shape or another")
    kind = column.element or column.type
    value = _of_type(kind, column, rule, key, limits)
    if kind == "bpchar":
        value = values.unpadded(value)
    elif kind == "citext" and mask is not Mask.EMAIL:
        value = values.caseless(value)
    elif kind == "money":
        value = values.amount(value)
    return array(value) if column.element else value


def _of_type(kind: str, column: Column, rule: Rule, key: bytes, limits: Limits) -> Value:
    mask = rule.mask
    if column.labels:
        if limits.unique:
            raise UnfitMaskError("is unique and an enum, whose labels cannot be kept apart; keep it with a reason")
        return values.choice(key, column.labels)
    if mask is Mask.REDACT:
        redacted = REDACTED.get(kind, values.REDACTED)
        return values.constant(redacted[: limits.longest])
    if kind == "bytea":
        return values.noise(key)
    if mask is Mask.SHAPE:
        shape = _shape(kind, key)
        return digits_or(key, shape) if kind in TEXTS and not limits.unique else _on_text(shape)
    if mask is Mask.NUMBER:
        return values.number_shift(key, _largest(kind, column))
    return of_text(rule, key, limits)


def _largest(kind: str, column: Column) -> Decimal | None:
    """The largest number that a column holds; None where only PostgreSQL's own limit holds."""
    if column.precision_and_scale:
        precision, scale = column.precision_and_scale
        return (Decimal(10) ** precision - 1).scaleb(-scale)
    largest = LARGEST.get(kind)
    return None if largest is None else Decimal(largest)


def _shape(kind: str, key: bytes) -> Callable[[str], str]:
    if kind in LARGEST:
        return number_shaper(key, LARGEST[kind])
    if kind in FLOATS:
        return number_shaper(key, None)
    return address_shaper(key) if kind in ("inet", "cidr") else shaper(key)


def of_text(rule: Rule, key: bytes, limits: Limits) -> Value:
    """The function for a mask of text, as it also stands below a path of a document."""
    longest, unique = limits.longest, limits.unique
    if rule.mask in POOLED:
        return values.pooled(rule.mask, key, longest, unique=unique)
    makers: dict[Mask, Callable[[], Value]] = {
        Mask.FULL_NAME: partial(values.full_name, key, longest, unique=unique),
        Mask.EMAIL: partial(values.email, key, longest),
        Mask.USERNAME: partial(values.username, key, longest),
        Mask.PHONE: partial(values.phone, key, longest, unique=unique),
        Mask.TOKEN: partial(values.token, key, longest, unique=unique),
        Mask.URL: partial(values.url, key, longest),
        Mask.UUID: partial(values.uuid, key, longest),
        Mask.IP: partial(values.ip, key, longest),
        Mask.DATE: partial(values.date_shift, key),
        Mask.NUMBER: partial(values.number_shift, key),
        Mask.REDACT: partial(values.constant, values.REDACTED),
        Mask.SHAPE: lambda: _on_text(shaper(key)),
        Mask.JSON: partial(_document, rule, key),
    }
    return makers[rule.mask]()


def _document(rule: Rule, key: bytes) -> Value:
    free = Limits(None, unique=False)
    paths = {
        parse_path(path): (
            _kept if mask is Mask.KEEP else None if mask is Mask.NULL else _of_leaf(of_text(Rule(mask), key, free))
        )
        for path, mask in rule.paths.items()
    }
    return document(paths, _on_text(shaper(key)), _on_text(number_shaper(key, None)))


def _of_leaf(mask: Value) -> Value:
    """As everywhere, the empty text stays empty."""
    return lambda value: mask(value) if value else value


def _kept(value: bytes) -> bytes:
    return value


def _on_text(shape: Callable[[str], str]) -> Value:
    return lambda value: shape(value.decode()).encode()
