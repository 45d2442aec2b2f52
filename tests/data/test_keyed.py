"""The tags that masks are made from, beside the same chain of blocks made one step at a time."""

from __future__ import annotations

from hashlib import blake2b

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from understudy.data.masking.keyed import LONGEST, keyed

KEY = b"k" * 32


def derived(purpose: bytes) -> bytes:
    return blake2b(purpose, key=KEY, digest_size=32, person=b"understudy-tag").digest()


def step_by_step(value: bytes) -> bytes:
    if len(value) > 30:
        value = blake2b(value, key=derived(b"condense"), digest_size=31).digest()
    message = (bytes([len(value)]) + value).ljust(32, b"\0")
    permuted = Cipher(AES(derived(b"aes")), ECB()).decryptor().update  # noqa: S305
    second = permuted(message[16:])
    return permuted(bytes(one ^ two for one, two in zip(second, message[:16], strict=True)))


def tags(values: list[bytes]) -> list[bytes]:
    return [tag for (tag,) in keyed(KEY)(values).unpacked("16s")]


@given(st.lists(st.binary(max_size=70)))
def test_a_tag_is_its_values_chain_whatever_else_is_in_the_batch(values: list[bytes]) -> None:
    assert tags(values) == list(map(step_by_step, values))


def test_one_function_gives_a_value_the_same_tag_in_each_batch() -> None:
    tagged = keyed(KEY)

    assert len({next(tagged([value, b"x"]).unpacked("16s")) for value in [b"x"] * 3}) == 1


def test_values_that_differ_by_length_alone_have_other_tags() -> None:
    values = [b"\0" * length for length in range(2 * LONGEST)]

    assert len(set(tags(values))) == len(values)


def test_keys_have_other_tags() -> None:
    assert tags([b"value"]) != [tag for (tag,) in keyed(b"o" * 32)([b"value"]).unpacked("16s")]


@given(st.lists(st.binary(max_size=40)), st.integers(1, 32), st.integers(1, 16))
def test_digits_are_the_end_of_the_tag(values: list[bytes], hexadecimal: int, decimal: int) -> None:
    made = keyed(KEY)(values)

    assert made.hexadecimal(hexadecimal) == [tag.hex().encode()[-hexadecimal:] for tag in tags(values)]
    assert made.decimal(decimal) == [b"".join(b"%d" % (byte % 10) for byte in tag[-decimal:]) for tag in tags(values)]
