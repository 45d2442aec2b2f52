"""The masks of single values. Each takes a value's text as bytes and gives the masked value's, without any escape of COPY's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation
from hashlib import blake2b
from uuid import UUID

from model.mask import Mask
from understudy.data.masking.keyed import keyed
from understudy.data.masking.pools import pool
from understudy.data.masking.together import Together, Value, together

REDACTED = b"redacted"
EMAIL_DOMAIN = b"@example.com"
URL_PREFIX = b"https://example.com/"
PHONE_PREFIX = b"+999"
"""Country code 999 is reserved by the ITU and reaches nobody."""
UNIQUE_DIGITS = 14
"""Hexadecimal digits that keep masks of a unique column apart: 56 bits, a collision in a million rows once in 10^5 refreshes."""
PHONE_DIGITS = (9, 16)
"""Digits after the prefix: usual, and in a unique column."""
SHORTEST_UNIQUE_PHONE = 14
DATE_SPREAD_DAYS = 183
LAST_YEAR = date.max.year
CYCLE_YEARS = 400
"""Years after which the calendar repeats itself, so that later dates are moved as earlier ones are."""
ENDLESS = (b"infinity", b"-infinity")
SHIFT_STEPS = 100_000
EXACT = Context(prec=2000, Emax=999_999, Emin=-999_999)
"""No number that PostgreSQL prints for a column loses a digit in it, but for those of thousands of digits, which are refused."""
UUID_LENGTH = 36
LONGEST_IP4 = len("198.18.255.255")
IP4_NETWORK, IP4_SIZE = 0xC6120000, 1 << 17
DATE = re.compile(rb"(\d{4,7})-(\d\d)-(\d\d)(.*)", re.DOTALL)


class UnfitMaskError(Exception):
    """The column cannot hold this mask; the message says why and what to use."""


def pooled(mask: Mask, key: bytes, longest: int | None, *, unique: bool) -> Value:
    """Picks from a pool; in a unique column digits of the tag follow."""
    if unique and longest is not None and longest < UNIQUE_DIGITS + 4:
        raise UnfitMaskError(f"is unique and holds {longest} characters, too few to keep {mask.value} masks apart; use shape")
    choices = pool(mask, None if longest is None else longest - (UNIQUE_DIGITS + 1 if unique else 0))
    count, tags = len(choices), keyed(key)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        numbers = tags(values).unpacked("QQ")
        if unique:
            return [b"%b %014x" % (choices[number % count], rest >> 8) for number, rest in numbers]
        return [choices[number % count] for number, _ in numbers]

    return Together(masked, plain=True)


def full_name(key: bytes, longest: int | None, *, unique: bool) -> Value:
    """A first and a last name; in a unique column digits of the tag follow."""
    room = None if longest is None else longest - 1 - (UNIQUE_DIGITS + 1 if unique else 0)
    if room is not None and room < 12:
        if unique:
            raise UnfitMaskError(f"is unique and holds {longest} characters, too few to keep full_name masks apart; use shape")
        return pooled(Mask.LAST_NAME, key, longest, unique=False)
    half = None if room is None else room // 2
    first, last = pool(Mask.FIRST_NAME, half), pool(Mask.LAST_NAME, half)
    begun, firsts, lasts, tags = [name + b" " for name in first], len(first), len(last), keyed(key)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        numbers = tags(values).unpacked("IIQ")
        if unique:
            return [b"%b%b %014x" % (begun[one % firsts], last[two % lasts], rest >> 8) for one, two, rest in numbers]
        return [begun[one % firsts] + last[two % lasts] for one, two, _ in numbers]

    return Together(masked, plain=True)


def email(key: bytes, longest: int | None) -> Value:
    """An address made of digits of the tag. Addresses that differ by case alone get masks that differ by case alone."""
    room = 40 if longest is None else longest - len(EMAIL_DOMAIN)
    if room < UNIQUE_DIGITS + 1:
        raise UnfitMaskError(
            f"holds {longest} characters, and an email mask needs {UNIQUE_DIGITS + 1 + len(EMAIL_DOMAIN)}; use shape"
        )
    words = pool(Mask.FIRST_NAME, room - UNIQUE_DIGITS - 1) if room > UNIQUE_DIGITS + 3 else (b"u",)
    mark = b"." if room > UNIQUE_DIGITS + 1 else b""
    words = tuple(word.lower().replace(b" ", b"-").replace(b".", b"-") + mark for word in words)
    count, tags = len(words), keyed(key)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        folded = _lower(values)
        made = tags(folded)
        parts = zip(made.unpacked("I12x"), made.hexadecimal(UNIQUE_DIGITS), strict=True)
        masks = [words[number % count] + rest + EMAIL_DOMAIN for (number,), rest in parts]
        if folded is values:
            return masks
        rows = zip(values, folded, masks, tags(values).unpacked("B15x"), strict=True)
        return [mask if value == lower else _recased(mask, bits) for value, lower, mask, (bits,) in rows]

    return Together(masked, plain=True)


def _lower(values: Sequence[bytes]) -> Sequence[bytes]:
    joined = b"".join(values)
    if joined.isascii() and joined == joined.lower():
        return values
    return [value.decode().lower().encode() for value in values]


def _recased(address: bytes, bits: int) -> bytes:
    """Upper case of some letters before the domain, by the bits of a byte, and of the first letter in any case."""
    local = address.removesuffix(EMAIL_DOMAIN)
    return local[:1].upper() + local[1:].translate(_RECASING[bits]) + EMAIL_DOMAIN


_RECASING = tuple(
    bytes.maketrans(small := bytes(letter for letter in b"abcdefghijklmnopqrstuvwxyz" if bits >> letter % 8 & 1), small.upper())
    for bits in range(256)
)


def username(key: bytes, longest: int | None) -> Value:
    """A word and digits of the tag."""
    if longest is not None and longest < UNIQUE_DIGITS + 1:
        raise UnfitMaskError(f"holds {longest} characters, and a username mask needs {UNIQUE_DIGITS + 1}; use shape")
    fitting = pool(Mask.USERNAME, None if longest is None else longest - UNIQUE_DIGITS)
    words = [word.lower().replace(b" ", b"") for word in fitting]
    count, tags = len(words), keyed(key)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        numbers = tags(values).unpacked("QQ")
        return [b"%b%014x" % (words[number % count], rest >> 8) for number, rest in numbers]

    return Together(masked, plain=True)


def phone(key: bytes, longest: int | None, *, unique: bool) -> Value:
    """A number below +999."""
    digits = PHONE_DIGITS[unique] if longest is None else min(PHONE_DIGITS[unique], longest - len(PHONE_PREFIX))
    if digits < (SHORTEST_UNIQUE_PHONE if unique else 1):
        raise UnfitMaskError(
            f"holds {longest} characters, too few for a phone mask{' that is unique' if unique else ''}; use shape"
        )
    tags = keyed(key)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        return [PHONE_PREFIX + number for number in tags(values).decimal(digits)]

    return Together(masked, plain=True)


def token(key: bytes, longest: int | None, *, unique: bool) -> Value:
    """Hexadecimal digits."""
    digits = min(32, longest or 32)
    if unique and digits < UNIQUE_DIGITS:
        raise UnfitMaskError(f"is unique and holds {longest} characters, too few for a token mask; use shape")

    tags = keyed(key)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        return tags(values).hexadecimal(digits)

    return Together(masked, plain=True)


def url(key: bytes, longest: int | None) -> Value:
    """An address below https://example.com."""
    room = 32 if longest is None else min(32, longest - len(URL_PREFIX))
    if room < UNIQUE_DIGITS:
        raise UnfitMaskError(f"holds {longest} characters, and a url mask needs {UNIQUE_DIGITS + len(URL_PREFIX)}; use shape")

    tags = keyed(key)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        return [URL_PREFIX + path for path in tags(values).hexadecimal(room)]

    return Together(masked, plain=True)


def uuid(key: bytes, longest: int | None) -> Value:
    """Another UUID of version 4."""
    if longest is not None and longest < UUID_LENGTH:
        raise UnfitMaskError(f"holds {longest} characters, and a uuid mask needs {UUID_LENGTH}; use shape")
    tags = keyed(key)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        return [str(UUID(bytes=tag, version=4)).encode() for (tag,) in tags(values).unpacked("16s")]

    return Together(masked, plain=True)


def ip(key: bytes, longest: int | None) -> Value:
    """An address out of the ranges for tests; the version stays, and so does a prefix length."""
    if longest is not None and longest < LONGEST_IP4:
        raise UnfitMaskError(f"holds {longest} characters, and an ip mask needs {LONGEST_IP4}; use shape")

    def masked(value: bytes) -> bytes:
        digest = int.from_bytes(blake2b(value, key=key, digest_size=16).digest())
        _, slash, length = value.partition(b"/")
        if b":" in value:
            groups = digest & (1 << 96) - 1
            address = b"2001:db8:" + b":".join(b"%x" % (groups >> shift & 0xFFFF) for shift in range(80, -1, -16))
        else:
            number = IP4_NETWORK + digest % IP4_SIZE
            address = b".".join(b"%d" % (number >> shift & 255) for shift in (24, 16, 8, 0))
        return address + slash + length

    return masked


def date_shift(key: bytes) -> Value:
    """Moves a date or the date of a time by up to half a year; equal values alike.

    Infinity, the first and the last day of the calendar and years before Christ stay. Raises ValueError for what is no date.
    """

    def masked(value: bytes) -> bytes:
        parts = DATE.fullmatch(value)
        if value in ENDLESS or (parts and value.endswith(b"BC")):
            return value
        if parts is None:
            raise ValueError("no date")
        days = int.from_bytes(blake2b(value[: parts.end(3)], key=key, digest_size=4).digest()) % (2 * DATE_SPREAD_DAYS)
        shift = days - DATE_SPREAD_DAYS + (days >= DATE_SPREAD_DAYS)
        year = int(parts[1])
        cycles = max(0, year - LAST_YEAR + CYCLE_YEARS - 1) // CYCLE_YEARS * CYCLE_YEARS
        moved = date(year - cycles, int(parts[2]), int(parts[3]))
        if moved in (date.min, date.max) and not cycles:
            return value
        if moved > date.max - timedelta(DATE_SPREAD_DAYS):
            shift = -abs(shift)
        elif moved < date.min + timedelta(DATE_SPREAD_DAYS):
            shift = abs(shift)
        moved += timedelta(shift)
        return b"%04d-%02d-%02d" % (moved.year + cycles, moved.month, moved.day) + parts[4]

    return masked


def number_shift(key: bytes, largest: Decimal | None = None) -> Value:
    """Moves a number by up to a tenth of itself, exactly, keeps its decimals, and stays between -`largest` and `largest`."""

    def masked(value: bytes) -> bytes:
        try:
            number = Decimal(value.decode())
        except InvalidOperation:
            return b"0"
        if not number.is_finite():
            return value
        steps = int.from_bytes(blake2b(value, key=key, digest_size=8).digest()) % (2 * SHIFT_STEPS + 1) - SHIFT_STEPS
        moved = EXACT.quantize(EXACT.multiply(number, EXACT.add(1, EXACT.divide(steps, SHIFT_STEPS * 10))), number)
        if largest is not None and abs(moved) > largest:
            moved = largest.copy_sign(moved)
        return (str(moved) if b"e" in value.lower() else f"{moved:f}").encode()

    return masked


def noise(key: bytes) -> Value:
    """As many random bytes as there were, in the hexadecimal form of bytea."""

    def masked(value: bytes) -> bytes:
        length = (len(value) - 2) // 2
        blocks = (blake2b(value + b"|%d" % number, key=key).digest() for number in range(-(-length // 64)))
        return b"\\x" + b"".join(blocks)[:length].hex().encode()

    return masked


def choice(key: bytes, labels: tuple[str, ...]) -> Value:
    """One of an enum's labels."""
    encoded = tuple(label.encode() for label in labels)

    def masked(value: bytes) -> bytes:
        return encoded[int.from_bytes(blake2b(value, key=key, digest_size=8).digest()) % len(encoded)]

    return masked


def amount(mask: Value) -> Value:
    """A mask of numbers for amounts as PostgreSQL writes them, such as `-$1,234.50`."""
    return lambda value: mask(value.translate(None, b"$,"))


def unpadded(mask: Value) -> Value:
    """A mask for values that PostgreSQL pads: the spaces at their end are no part of them."""
    return _first(mask, lambda value: value.rstrip(b" "))


def caseless(mask: Value) -> Value:
    """A mask for values that are equal whatever their case, and so have one mask: that of their lower case."""
    return _first(mask, lambda value: value.decode().lower().encode())


def _first(mask: Value, change: Callable[[bytes], bytes]) -> Value:
    """A mask of what becomes of values first; of what is empty then, nothing comes."""
    many = together(mask)

    def masked(values: Sequence[bytes]) -> list[bytes]:
        changed = list(map(change, values))
        made = iter(many([value for value in changed if value]))
        return [next(made) if value else value for value in changed]

    return Together(masked, plain=isinstance(mask, Together) and mask.plain)


def constant(replacement: bytes) -> Value:
    """The same for every value."""
    return Together(lambda values: [replacement] * len(values))
