"""Masks that keep a value's form: digits become digits, letters become letters of their case and script, nothing else changes.

Within each form the mask is a permutation, so values that were unique stay unique.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import ip_interface

from understudy.data.masking.keyed import TAG_BYTES, keyed
from understudy.data.masking.permutation import permutation
from understudy.data.masking.together import Together, Value

DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
BLOCK = 128
"""Letters beyond ASCII are replaced by letters of their case in the same run of code points."""
LONGEST = 64
"""Longer texts are masked piece by piece, each under its place and the pieces before it."""
NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?")
FORMS = 4096
FEWEST_TAGGED = 11
"""Digits from which on a tag keeps as good as all values apart."""

Text = Callable[[str], str]


def digits_or(key: bytes, others: Text) -> Value:
    """A mask of texts that may repeat: many digits alone become the digits of a tag, all else what `others` makes of it."""
    tags = keyed(key)

    def one(value: bytes) -> bytes:
        length = len(value)
        if FEWEST_TAGGED <= length <= TAG_BYTES and value.isdigit():
            return tags([value]).decimal(length)[0]
        return others(value.decode()).encode()

    def shape(values: Sequence[bytes]) -> list[bytes]:
        lengths = set(map(len, values))
        length = lengths.pop()
        if not lengths and FEWEST_TAGGED <= length <= TAG_BYTES and b"".join(values).isdigit():
            return tags(values).decimal(length)
        return list(map(one, values))

    return Together(shape)


def shaper(key: bytes) -> Text:
    """A mask of texts."""

    @lru_cache(FORMS)
    def of_form(form: str, tweak: bytes) -> tuple[list[tuple[int, str]], Callable[[int], int]]:
        places = [(place, alphabet) for place, letter in enumerate(form) if len(alphabet := _alphabet(letter)) > 1]
        size = 1
        for _, alphabet in places:
            size *= len(alphabet)
        return places, permutation(key, size, form.encode() + b"|" + tweak)

    of_digits = [permutation(key, 10**length, b"digits") for length in range(LONGEST + 1)]

    def piece(text: str, tweak: bytes) -> str:
        if not tweak and text.isascii() and text.isdigit():
            return str(of_digits[len(text)](int(text))).zfill(len(text))
        places, permute = of_form("".join(map(_form, text)), tweak)
        number = 0
        for place, alphabet in places:
            number = number * len(alphabet) + alphabet.index(text[place])
        number = permute(number)
        letters = list(text)
        for place, alphabet in reversed(places):
            number, index = divmod(number, len(alphabet))
            letters[place] = alphabet[index]
        return "".join(letters)

    def shape(text: str) -> str:
        if len(text) <= LONGEST:
            return piece(text, b"")
        done = ""
        for start in range(0, len(text), LONGEST):
            done += piece(text[start : start + LONGEST], f"{start}|{done[-8:]}".encode())
        return done

    return shape


def number_shaper(key: bytes, largest: int | None) -> Text:
    """A mask of decimal numbers: the same sign and as many digits before and after the point.

    What is not above `largest` stays so; the number after it stays, as a type's smallest negative number is that far from zero.
    """

    @lru_cache(64)
    def zones(digits: int) -> list[tuple[int, int, Callable[[int], int]]]:
        low, high = (10 ** (digits - 1) if digits > 1 else 0), 10**digits - 1
        parted = largest is not None and low <= largest < high
        ends = [(low, largest), (largest + 2, high)] if parted and largest is not None else [(low, high)]
        return [(first, last, permutation(key, last - first + 1, b"number")) for first, last in ends if first <= last]

    @lru_cache(64)
    def fraction(digits: int) -> Callable[[int], int]:
        return permutation(key, 10**digits, b"fraction")

    def shape(text: str) -> str:
        matched = NUMBER.fullmatch(text)
        if matched is None:
            return "0" if text.lower() not in ("nan", "infinity", "-infinity") else text
        sign, before, after = matched.groups()
        masked = permuted(before, after)
        if sign and not masked.strip("0."):
            masked = permuted("0", after and "0" * len(after))  # zero is what some number without a sign becomes
        return sign + masked

    def permuted(before: str, after: str | None) -> str:
        number = int(before)
        moved = (first + permute(number - first) for first, last, permute in zones(len(before)) if first <= number <= last)
        shaped = f"{next(moved, number)}"
        return shaped + (f".{fraction(len(after))(int(after)):0{len(after)}d}" if after else "")

    return shape


def address_shaper(key: bytes) -> Text:
    """A mask of IP addresses that keeps the version and the length of the network's prefix."""

    @lru_cache(256)
    def of_prefix(version: int, length: int) -> Callable[[int], int]:
        return permutation(key, 2**length, f"ip{version}".encode())

    def shape(text: str) -> str:
        interface = ip_interface(text)
        bits = interface.max_prefixlen
        # The bits below the prefix are a host's and masked as part of the address; a network has none.
        length = interface.network.prefixlen if int(interface) == int(interface.network.network_address) else bits
        number = of_prefix(interface.version, length)(int(interface) >> (bits - length)) << (bits - length)
        shaped = str(type(interface.ip)(number))
        return shaped + (text[text.index("/") :] if "/" in text else "")

    return shape


@lru_cache(FORMS)
def _form(letter: str) -> str:
    return letter if (alphabet := _alphabet(letter)) == letter else alphabet[0]


@lru_cache(FORMS)
def _alphabet(letter: str) -> str:
    """The letters that a letter may become; the letter alone where it stays."""
    if letter in DIGITS:
        return DIGITS
    if letter in LOWER:
        return LOWER
    if letter.isascii():
        return LOWER.upper() if letter.isupper() else letter
    if not letter.isalnum():
        return letter
    start = ord(letter) // BLOCK * BLOCK
    others = map(chr, range(start, start + BLOCK))
    return "".join(other for other in others if other.isalnum() and other.isupper() == letter.isupper())
