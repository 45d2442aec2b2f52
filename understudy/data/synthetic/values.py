"""Made-up values: which of a column's values a row has, and what that value is."""

from __future__ import annotations

import json
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address
from itertools import accumulate
from typing import Any
from uuid import UUID

from model.mask import Mask
from understudy.data.catalogue import Column
from understudy.data.masking.choose import DATES, FLOATS, REDACTED, TEXTS, Limits, Rule, masking_of, of_text
from understudy.data.masking.copy_text import NULL, escape
from understudy.data.masking.nested import ELEMENT, Number, is_number, is_word, matches, parse_path, quoted, written
from understudy.data.masking.permutation import permutation
from understudy.data.masking.pools import pool
from understudy.data.masking.values import IP4_NETWORK, IP4_SIZE
from understudy.data.synthetic.profile import DOCUMENT_TYPES, NUMBERS, ColumnProfile

Field = Callable[[int], bytes]
"""The field of a row by the row's number, from 0."""
Maker = Callable[[int], bytes]
"""A value by its own number: the same number gives the same value, and other numbers others, as far as there are."""
HASHED = {
    Mask.EMAIL, Mask.FULL_NAME, Mask.FIRST_NAME, Mask.LAST_NAME, Mask.USERNAME, Mask.COMPANY, Mask.STREET, Mask.CITY, Mask.PHONE,
    Mask.URL, Mask.TOKEN, Mask.UUID, Mask.IP,
}  # fmt: skip
"""Masks whose outcome depends on a hash alone, so that a number does for a value."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALPHABETS = {"9": "0123456789", "a": "abcdefghijklmnopqrstuvwxyz", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
ADDRESSES = ("inet", "cidr")
IP6_NETWORK = 0x20010DB8 << 96
MADE = {*NUMBERS, *DATES, *TEXTS, *REDACTED, *ADDRESSES, "uuid"}
"""Types of which values can be made from nothing."""
INTEGERS = ("int2", "int4", "int8")
DISTINCT = 0.95
"""The share of distinct values from which on each row gets its own."""


def field(column: Column, rule: Rule, profile: ColumnProfile, key: bytes, limits: Limits) -> Field:
    """The fields of a column. The same key makes the same fields for the same rows in the same order."""
    drawn = random.Random(key)  # noqa: S311 - what it decides is no secret
    if rule.mask is Mask.NULL or not is_makeable(column, profile):
        return lambda _: NULL
    make = _maker(column, rule, profile, key, limits)
    pick = _picker(profile, drawn, unique=limits.unique)
    nulls = 0.0 if column.not_null else profile.null_share

    def made(row: int) -> bytes:
        if nulls and drawn.random() < nulls:
            return NULL
        return escape(make(pick(row)))

    return made


def is_makeable(column: Column, profile: ColumnProfile) -> bool:
    """Whether a column's values can be made: of few types they are the source's own, and it may have none."""
    return bool(profile.values or column.labels or column.element) or column.type in MADE


def _picker(profile: ColumnProfile, drawn: random.Random, *, unique: bool) -> Callable[[int], int]:
    given = profile.rows * (1 - profile.null_share)
    if unique or not profile.distinct or profile.distinct >= DISTINCT * given:
        return lambda row: row
    if not profile.counts:
        return lambda _: drawn.randrange(profile.distinct)
    sums = list(accumulate(profile.counts))
    return lambda _: min(bisect_right(sums, drawn.randrange(sums[-1])), len(sums) - 1)


def _maker(column: Column, rule: Rule, profile: ColumnProfile, key: bytes, limits: Limits) -> Maker:
    kind, kept = column.type, rule.mask is Mask.KEEP
    text = _dated(key) if rule.mask is Mask.DATE else _text(profile, key, limits)
    choices: tuple[tuple[bool, Callable[[], Maker]], ...] = (
        (column.element is not None, lambda: _array(column, rule, profile, key, limits)),
        (limits.unique and kind in INTEGERS, lambda: lambda number: b"%d" % (number + 1)),
        (bool(column.labels), lambda: _one_of(profile.values or column.labels)),
        (kind == "bool", lambda: _one_of(profile.values or ("t", "f"))),
        (rule.mask is Mask.REDACT, lambda: _one_of((REDACTED.get(kind, b"redacted").decode()[: limits.longest],))),
        (kind == "uuid", lambda: lambda number: str(UUID(bytes=_digest(key, number)[:16], version=4)).encode()),
        (kind == "bytea", lambda: _bytes(profile, key)),
        (kind in DOCUMENT_TYPES and not kept, lambda: _document(rule, profile, key)),
        (rule.mask in HASHED and kind in (*TEXTS, "inet"), lambda: _hashed(column, rule, key, limits)),
        (kind in ADDRESSES and not (kept and profile.values), lambda: _address),
        (kept and bool(profile.values), lambda: _of_values(profile, text if kind in TEXTS and limits.unique else None)),
        (kind in (*NUMBERS, *DATES), lambda: _quantified(column, profile, key)),
        (kind in TEXTS, lambda: text),
    )
    # What is left is kept and was never filled, or masked by what its type has as empty.
    return next((make() for applies, make in choices if applies), _one_of((REDACTED.get(kind, b"").decode(),)))


def _one_of(values: Sequence[str]) -> Maker:
    encoded = [value.encode() for value in values]
    return lambda number: encoded[number % len(encoded)]


def _address(number: int) -> bytes:
    """An address out of the ranges for tests, each its own."""
    if number < IP4_SIZE:
        return str(IPv4Address(IP4_NETWORK + number)).encode()
    return str(IPv6Address(IP6_NETWORK + number)).encode()


def _bytes(profile: ColumnProfile, key: bytes) -> Maker:
    digits = 2 * max(1, min(64, int(profile.length / 2) - 1))
    return lambda number: b"\\x" + _digest(key, number).hex().encode()[:digits]


def _hashed(column: Column, rule: Rule, key: bytes, limits: Limits) -> Maker:
    mask = masking_of(column, rule, key, limits)
    return lambda number: mask(b"%d" % number) if mask else b""


def _digest(key: bytes, number: int) -> bytes:
    return blake2b(b"%d" % number, key=key[:64]).digest()


def _share(key: bytes, number: int) -> float:
    return int.from_bytes(_digest(key, number)[:8]) / 2**64


def _of_values(profile: ColumnProfile, beyond: Maker | None) -> Maker:
    """The source's own values, each once before any returns; `beyond` makes more where none may return."""
    values = [value.encode() for value in profile.values]
    count = len(values)
    return lambda number: values[number] if number < count else beyond(number) if beyond else values[number % count]


def _quantified(column: Column, profile: ColumnProfile, key: bytes) -> Maker:
    points = profile.quantiles or (0.0, 1000.0)
    _, decimals = column.precision_and_scale or (None, 0 if column.type in INTEGERS else 2)

    def made(number: int) -> bytes:
        place = _share(key, number) * (len(points) - 1)
        low = int(place)
        high = min(low + 1, len(points) - 1)
        value = points[low] + (points[high] - points[low]) * (place - low)
        if column.type in DATES:
            return _moment(column.type, value)
        if column.type in FLOATS:
            return repr(value).encode()
        return f"{value:.{max(0, decimals)}f}".encode()

    return made


def _moment(kind: str, seconds: float) -> bytes:
    moment = EPOCH + timedelta(seconds=seconds)
    if kind == "date":
        return moment.date().isoformat().encode()
    return moment.isoformat(sep=" ").removesuffix("+00:00").encode() + (b"+00" if kind == "timestamptz" else b"")


def _dated(key: bytes) -> Maker:
    return lambda number: (date(1950, 1, 1) + timedelta(int(_share(key, number) * 25_000))).isoformat().encode()


def _text(profile: ColumnProfile, key: bytes, limits: Limits) -> Maker:
    """Texts of the source's forms, or words where no form is common."""
    forms = [(form, count) for form, count in profile.forms if limits.longest is None or len(form) <= limits.longest]
    if not forms:
        return _words(profile, key, limits)
    sums = list(accumulate(count for _, count in forms))

    def made(number: int) -> bytes:
        place = int.from_bytes(_digest(key, number)[8:16]) % sums[-1]
        return _filled(forms[bisect_right(sums, place)][0], key, number).encode()

    return made


def _words(profile: ColumnProfile, key: bytes, limits: Limits) -> Maker:
    words = [word.decode() for word in pool(Mask.USERNAME)]
    longest = max(1, min(int(profile.length) or 8, limits.longest or 10_000))

    def made(number: int) -> bytes:
        chosen = random.Random(_digest(key, number))  # noqa: S311 - the same
        text = f"{number:x}" if limits.unique else ""
        while len(text) < longest:
            text = f"{text} {chosen.choice(words)}".strip()
        return text[: max(longest, len(f"{number:x}") if limits.unique else 0)].rstrip().encode() or b"x"

    return made


@cache
def _places(form: str) -> tuple[tuple[tuple[int, str], ...], int]:
    places = tuple((place, ALPHABETS[letter]) for place, letter in enumerate(form) if letter in ALPHABETS)
    size = 1
    for _, alphabet in places:
        size *= len(alphabet)
    return places, size


@cache
def _permuted(key: bytes, form: str) -> Callable[[int], int]:
    return permutation(key[:64], _places(form)[1], form.encode())


def _filled(form: str, key: bytes, number: int) -> str:
    """The number's own text of a form; no two numbers below the form's size have one text."""
    places, size = _places(form)
    index = _permuted(key, form)(number % size) if size > 1 else 0
    letters = list(form)
    for place, alphabet in reversed(places):
        index, at = divmod(index, len(alphabet))
        letters[place] = alphabet[at]
    return "".join(letters)


def _formed(text: str) -> str:
    return "".join(
        "9" if letter.isdigit() else ("A" if letter.isupper() else "a") if letter.isalpha() else letter for letter in text
    )


def _array(column: Column, rule: Rule, profile: ColumnProfile, key: bytes, limits: Limits) -> Maker:
    """Arrays with as many elements as the source's; kept ones are the source's own."""
    if rule.mask is Mask.KEEP:
        return _of_values(profile, None) if profile.values else lambda _: b"{}"
    element = Column(**{**vars(column), "type": column.element, "element": None, "category": "", "not_null": True})
    make = _maker(element, rule, ColumnProfile(0, 0.0, 0, length=8.0), key, Limits(limits.longest, unique=False))
    sizes = profile.cardinalities or ((0, 1),)
    sums = list(accumulate(count for _, count in sizes))

    def made(number: int) -> bytes:
        size = sizes[bisect_right(sums, int.from_bytes(_digest(key, number)[:8]) % sums[-1])][0]
        elements = ",".join(quoted(make(number * 64 + place).decode()) for place in range(size))
        return f"{{{elements}}}".encode()

    return made


def _document(rule: Rule, profile: ColumnProfile, key: bytes) -> Maker:
    """Documents of the source's structure, with each leaf made up."""
    skeletons = [json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number) for text in profile.values]
    paths = {parse_path(path): mask for path, mask in rule.paths.items()}
    named = {step for path in paths for step in path}
    makers = {mask: of_text(Rule(mask), key, Limits(None, unique=False)) for mask in paths.values() if mask in HASHED}

    def made(number: int) -> bytes:
        leaves = iter(range(number * 1000, (number + 1) * 1000))

        def leaf(node: str, path: tuple[str, ...]) -> Any:
            mask = next((mask for pattern, mask in paths.items() if matches(pattern, path)), Mask.SHAPE)
            if mask is Mask.KEEP:
                return node
            if mask is Mask.NULL:
                return None
            if mask is Mask.REDACT:
                return "redacted"
            at = next(leaves, number)
            if mask in makers:
                return makers[mask](b"%d" % at).decode()
            filled = _filled(_formed(node), key, at)
            if isinstance(node, Number):
                return Number(f"{Decimal(filled):f}" if is_number(filled) else "0")
            return filled

        def walk(node: Any, path: tuple[str, ...]) -> Any:
            if isinstance(node, dict):
                kept = {name: name if name in named or is_word(name) else _filled(_formed(name), key, number) for name in node}
                return {kept[name]: walk(item, (*path, name)) for name, item in node.items()}
            if isinstance(node, list):
                return [walk(item, (*path, ELEMENT)) for item in node]
            return node if node is None or isinstance(node, bool) else leaf(node, path)

        return written(walk(skeletons[number % len(skeletons)], ())).encode() if skeletons else b"{}"

    return made
