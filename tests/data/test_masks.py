"""What each mask makes of a value: deterministic, within the column's limits, and never the value itself."""

from __future__ import annotations

import dataclasses
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.mask import Mask
from understudy.data.catalogue import Column
from understudy.data.masking.choose import Limits, Rule, allowed, masking_of
from understudy.data.masking.copy_text import UnmaskableError, escape, line_mask, to_null, unescape
from understudy.data.masking.keys import MaskingKey
from understudy.data.masking.permutation import permutation
from understudy.data.masking.together import Together, Value, together
from understudy.data.masking.values import UnfitMaskError

KEY = MaskingKey(b"k" * 32).for_domain("test")
OTHER = MaskingKey(b"o" * 32).for_domain("test")


def column(kind: str = "text", *, element: str | None = None, labels: tuple[str, ...] = ()) -> Column:
    return Column(
        "c", kind, f"_{element}" if element else kind, -1, "S", "e" if labels else "b", element, "b" if element else None,
        False, False, False, False, labels, False,
    )  # fmt: skip


def mask(
    word: Mask, kind: str = "text", key: bytes = KEY, *, longest: int | None = None, unique: bool = False, **more: Any
) -> Value:
    rule = Rule(mask=word, paths=more.pop("paths", {}))
    made = masking_of(column(kind, **more), rule, key, Limits(longest, unique))
    assert made is not None
    return made


FORMS = [
    (Mask.EMAIL, "text", "Jo.Doe@mail.org", r"[A-Z][A-Za-z-]*\.[0-9A-Fa-f]{14}@example\.com"),
    (Mask.EMAIL, "text", "jo@mail.org", r"[a-z-]+\.[0-9a-f]{14}@example\.com"),
    (Mask.FULL_NAME, "text", "Jo Doe", r"[A-Z]\S*( \S+)+"),
    (Mask.FIRST_NAME, "text", "Jo", r"[A-Z].+"),
    (Mask.PHONE, "text", "+49 30 1234567", r"\+999\d{9}"),
    (Mask.USERNAME, "text", "jodoe", r"\w+[0-9a-f]{14}"),
    (Mask.URL, "text", "http://me.org", r"https://example\.com/[0-9a-f]{32}"),
    (Mask.TOKEN, "text", "secret", r"[0-9a-f]{32}"),
    (Mask.REDACT, "text", "a long story", "redacted"),
    (Mask.SHAPE, "text", "AB-12 é", r"[A-Z]{2}-\d\d [^\x00-\x7f]"),
    (Mask.SHAPE, "int4", "-907", r"-[1-9]\d\d"),
    (Mask.SHAPE, "numeric", "12.50", r"[1-9]\d\.\d\d"),
    (Mask.SHAPE, "cidr", "10.1.0.0/16", r"\d+\.\d+\.0\.0/16"),
    (Mask.IP, "inet", "10.1.2.3", r"198\.1[89]\.\d+\.\d+"),
    (Mask.IP, "inet", "fe80::1/64", r"2001:db8:[0-9a-f:]+/64"),
    (Mask.UUID, "uuid", "c0ffee00-0000-4000-8000-000000000000", r"[0-9a-f-]{14}4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    (Mask.DATE, "date", "2024-02-29", r"202[34]-\d\d-\d\d"),
    (Mask.DATE, "timestamptz", "2024-02-29 10:11:12.5+00", r"202[34]-\d\d-\d\d 10:11:12\.5\+00"),
    (Mask.NUMBER, "numeric", "100.00", r"(9\d|10\d|110)\.\d\d"),
    (Mask.SHAPE, "bytea", "\\x00ff00", r"\\x[0-9a-f]{6}"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "kind", "value", "form"), FORMS, ids=[f"{case[0]} of {case[2]}" for case in FORMS])
def test_a_mask_has_its_form_and_follows_from_key_and_value_alone(word: Mask, kind: str, value: str, form: str) -> None:
    masked = mask(word, kind)(value.encode()).decode()

    assert re.fullmatch(form, masked), masked
    assert masked != value
    assert mask(word, kind)(value.encode()).decode() == masked
    if word is not Mask.REDACT:
        assert mask(word, kind, OTHER)(value.encode()).decode() != masked


def test_addresses_that_differ_by_case_have_masks_that_differ_by_case() -> None:
    masked = [mask(Mask.EMAIL)(value).decode() for value in (b"jo@mail.org", b"Jo@mail.org", b"JO@mail.org")]

    assert len(set(masked)) == 3
    assert len({value.lower() for value in masked}) == 1


@settings(deadline=None)
@given(st.integers(1, 3000), st.binary(min_size=32, max_size=32))
def test_a_permutation_reaches_every_number_once(size: int, key: bytes) -> None:
    permuted = permutation(key, size)

    assert sorted(permuted(number) for number in range(size)) == list(range(size))


@settings(deadline=None)
@given(st.sets(st.from_regex(r"[a-z]{2}\d{2}", fullmatch=True), min_size=2, max_size=50))
def test_a_shape_keeps_unequal_values_unequal(values: set[str]) -> None:
    shaped = mask(Mask.SHAPE, unique=True)

    assert len({shaped(value.encode()) for value in values}) == len(values)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200))
def test_a_shape_keeps_length_and_what_is_neither_letter_nor_digit(text: str) -> None:
    shaped = mask(Mask.SHAPE)(text.encode()).decode()

    assert len(shaped) == len(text)
    assert [a for a in text if not a.isalnum()] == [b for a, b in zip(text, shaped, strict=True) if not a.isalnum()]
    assert all(a.isupper() == b.isupper() for a, b in zip(text, shaped, strict=True) if a.isalpha())


@settings(deadline=None)
@given(st.integers(-(2**31) + 1, 2**31 - 1))
def test_a_shaped_number_stays_within_its_type(number: int) -> None:
    shaped = int(mask(Mask.SHAPE, "int4")(str(number).encode()))

    assert abs(shaped) < 2**31
    assert len(str(shaped)) == len(str(number))


@pytest.mark.parametrize("decimals", [0, 1])
def test_shaped_numbers_stay_apart_and_keep_their_sign_around_zero(decimals: int) -> None:
    numbers = [Decimal(number).scaleb(-decimals) for number in range(-99 if decimals else -9, 100)]
    for key in range(50):
        made = mask(Mask.SHAPE, "numeric", bytes([key]) * 32, unique=True)

        shaped = [Decimal(made(str(number).encode()).decode()) for number in numbers]

        assert len(set(shaped)) == len(numbers)
        assert [one < 0 for one in shaped] == [one < 0 for one in numbers]


@pytest.mark.parametrize("word", [Mask.EMAIL, Mask.FULL_NAME, Mask.USERNAME, Mask.PHONE, Mask.TOKEN, Mask.COMPANY])
@pytest.mark.parametrize("longest", [40, 64])
def test_masks_of_a_unique_column_differ_and_fit(word: Mask, longest: int) -> None:
    masks = {mask(word, longest=longest, unique=True)(f"value {number}".encode()) for number in range(3000)}

    assert len(masks) == 3000
    assert max(map(len, masks)) <= longest


UNFIT = [
    (Mask.EMAIL, "text", {"longest": 20}, "use shape"),
    (Mask.FULL_NAME, "text", {"longest": 10, "unique": True}, "use shape"),
    (Mask.PHONE, "text", {"longest": 10, "unique": True}, "use shape"),
    (Mask.REDACT, "text", {"unique": True}, "makes different values equal"),
    (Mask.EMAIL, "int4", {}, "cannot hold the mask email; allowed: keep, nullify, number, redact, shape"),
    (Mask.SHAPE, "tsvector", {}, "allowed: keep, nullify, redact"),
]


@pytest.mark.parametrize(("word", "kind", "limits", "told"), UNFIT, ids=[f"{case[0]} in {case[1]} {case[2]}" for case in UNFIT])
def test_a_mask_that_cannot_fit_is_refused_with_another(word: Mask, kind: str, limits: dict[str, Any], told: str) -> None:
    with pytest.raises(UnfitMaskError, match=re.escape(told)):
        mask(word, kind, **limits)


def test_an_array_is_masked_element_by_element() -> None:
    masked = mask(Mask.TOKEN, element="text")(rb'{plain,"with, \"comma\" \\",NULL,""}').decode()

    assert re.fullmatch(r'\{"[0-9a-f]{32}","[0-9a-f]{32}",NULL,""\}', masked)


def test_a_document_is_masked_by_path_and_otherwise_by_shape() -> None:
    source = {
        "contact": {"email": "jo@mail.org", "age": 42},
        "seen": [{"ip": "10.0.0.1"}],
        "plan": "gold",
        "ok": True,
        "x": None,
        "n": 1.50,
    }
    paths = {"contact.email": Mask.EMAIL, "seen[].ip": Mask.IP, "plan": Mask.KEEP, "contact.age": Mask.NULL}

    masked = json.loads(mask(Mask.JSON, "jsonb", paths=paths)(json.dumps(source).encode()))

    assert masked["contact"]["email"].endswith("@example.com")
    assert masked["contact"]["age"] is None
    assert masked["seen"][0]["ip"].startswith("198.1")
    assert masked["plan"] == "gold"
    assert masked["ok"] is True
    assert masked["x"] is None
    assert masked["n"] != 1.5


def test_a_documents_keys_stay_where_they_are_words_and_are_masked_where_they_are_data() -> None:
    source = b'{"delivery_address": {"jo@mail.org": 1}, "by_phone": {"+49 30 1234567": true}, "2024-05-01": 2, "@id": 3}'

    masked = json.loads(mask(Mask.JSON, "jsonb", paths={"2024-05-01": Mask.KEEP})(source))

    assert set(masked) == {"delivery_address", "by_phone", "2024-05-01", "@id"}
    assert "jo@mail.org" not in masked["delivery_address"]
    assert "+49 30 1234567" not in masked["by_phone"]


NUMBERS = [
    ("int2", -1, "32767"), ("int4", -1, "2147483647"), ("int8", -1, "-9223372036854775807"), ("numeric", (4 << 16 | 2) + 4, "99.99"),
    ("numeric", -1, "123456789012345678901234567890.123456789"), ("float8", -1, "1e+300"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "modifier", "value"), NUMBERS)
def test_a_moved_number_is_within_a_tenth_and_what_its_column_holds(kind: str, modifier: int, value: str) -> None:
    limited = dataclasses.replace(column(kind), type_modifier=modifier)
    largest = {"int2": 2**15, "int4": 2**31, "int8": 2**63, "numeric": 100 if modifier > 0 else None}.get(kind)

    for number in range(50):
        made = masking_of(limited, Rule(mask=Mask.NUMBER), bytes([number]) * 32, Limits(None, unique=False))
        assert made is not None
        moved, was = Decimal(made(value.encode()).decode()), Decimal(value)
        assert abs(moved - was) <= abs(was) / 9
        assert largest is None or abs(moved) < largest
        assert moved.as_tuple().exponent == was.as_tuple().exponent or kind == "float8"


def test_a_value_that_a_mask_cannot_read_is_told_by_its_column_alone() -> None:
    masked = line_mask({0: mask(Mask.JSON, "jsonb")}, ["profile"])
    assert masked

    with pytest.raises(UnmaskableError) as caught:
        masked(b"no document of jo@mail.org\n")

    assert str(caught.value) == "column profile holds a value that its mask cannot read"
    assert caught.value.__suppress_context__


def test_an_enum_becomes_another_of_its_labels() -> None:
    labels = ("open", "paid", "sent")

    assert {mask(Mask.SHAPE, "status", labels=labels)(label.encode()).decode() for label in labels} <= set(labels)


@pytest.mark.parametrize("kind", ["text", "int4", "date", "uuid", "jsonb", "bytea", "inet"])
def test_every_type_can_at_least_be_kept_or_dropped(kind: str) -> None:
    assert {Mask.KEEP, Mask.NULL} < allowed(column(kind))


@settings(deadline=None)
@given(st.binary())
def test_a_value_survives_copys_escapes(value: bytes) -> None:
    assert unescape(escape(value)) == value
    assert not set(escape(value)) & set(b"\t\n\r")


def test_a_line_is_masked_at_its_places_and_null_and_empty_stay() -> None:
    masked = line_mask({1: mask(Mask.TOKEN), 2: to_null}, ["a", "b", "c"])
    assert masked

    assert masked(b"1\t\\N\tgone\n") == b"1\t\\N\t\\N\n"
    assert masked(b"1\t\tgone\n") == b"1\t\t\\N\n"
    assert re.fullmatch(rb"1\t[0-9a-f]{32}\t\\N\n", masked(b"1\ta\\tb\tgone\n"))


MANY = [word for word in Mask if word not in (Mask.KEEP, Mask.NULL, Mask.JSON, Mask.DATE, Mask.IP, Mask.NUMBER)]


@settings(deadline=None)
@given(st.sampled_from(MANY), st.booleans(), st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)))
def test_values_have_the_same_masks_together_as_alone(word: Mask, unique: bool, texts: list[str]) -> None:
    values = [text.encode() for text in texts]
    alone = mask(word, unique=unique and word is not Mask.REDACT)

    assert together(alone)(values) == [alone(value) for value in values]
    assert together(alone)(values * 3) == together(alone)(values) * 3


@settings(deadline=None)
@given(st.sampled_from(MANY), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_what_a_plain_mask_makes_needs_no_escape(word: Mask, text: str) -> None:
    made = mask(word)

    if isinstance(made, Together) and made.plain:
        assert escape(made(text.encode())) == made(text.encode())


@pytest.mark.parametrize("word", [Mask.EMAIL, Mask.FULL_NAME, Mask.PHONE])
def test_the_usual_masks_are_plain(word: Mask) -> None:
    made = mask(word)

    assert isinstance(made, Together)
    assert made.plain


@settings(deadline=None)
@given(st.text("0123456789", min_size=11, max_size=30), st.text("0123456789", min_size=1, max_size=40))
def test_digits_become_as_many_digits_beside_any_others(value: str, other: str) -> None:
    shaped = mask(Mask.SHAPE)
    both = together(shaped)([value.encode(), other.encode()])

    assert re.fullmatch(r"\d+", both[0].decode())
    assert len(both[0]) == len(value)
    assert both == [shaped(value.encode()), shaped(other.encode())]


@settings(deadline=None)
@given(st.lists(st.tuples(st.binary(), st.none() | st.binary(), st.binary()), min_size=1))
def test_lines_have_the_same_masks_in_a_block_as_alone(rows: list[tuple[bytes, bytes | None, bytes]]) -> None:
    masked = line_mask({1: mask(Mask.TOKEN), 2: to_null}, ["a", "b", "c"])
    assert masked
    lines = [b"\t".join(b"\\N" if field is None else escape(field) for field in row) + b"\n" for row in rows]

    assert masked(b"".join(lines)) == b"".join(map(masked, lines))


def test_a_mask_that_makes_what_copy_would_read_otherwise_is_escaped() -> None:
    masked = line_mask({0: lambda value: b"a\tb\n" + value, 1: mask(Mask.SHAPE)}, ["a", "b"])
    assert masked

    assert re.fullmatch(rb"a\\tb\\nx\t[a-z]\\\\\\n[a-z]\n", masked(b"x\ta\\\\\\nb\n"))


def test_a_row_with_other_fields_than_columns_is_refused() -> None:
    masked = line_mask({0: mask(Mask.TOKEN)}, ["a", "b"])
    assert masked

    with pytest.raises(UnmaskableError, match="other fields than its table's columns"):
        masked(b"1\n")


def test_a_key_is_never_shown_and_told_by_its_identifier() -> None:
    key = MaskingKey.given({"UNDERSTUDY_MASKING_KEY": "ab" * 32})

    assert "ab" * 4 not in repr(key)
    assert re.fullmatch(r"[0-9a-f]{16}", key.identifier)
    assert key.for_domain("a") != key.for_domain("b")
