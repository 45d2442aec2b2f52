"""What personal and secret data looks like: by the name of a column, by its type, and by its values.

Values are judged by checksums where their kind has one (Luhn for cards, ISO 7064 for IBANs, by python-stdnum), credentials by the
forms that the security pack knows. Nothing that is found here is ever shown: findings carry a kind and a share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from stdnum import iban, luhn

from model.mask import Mask
from policies.security.credential_shapes import is_credential_name, is_credential_value, is_random


class Category(StrEnum):
    """What a column holds."""

    SECRET = "secret"  # noqa: S105 - a category's name
    PERSONAL = "personal"
    QUASI = "quasi-identifier"
    FREE_TEXT = "free text"
    STRUCTURE = "structure"
    """Keys without a meaning, flags and labels."""
    OTHER = "other"


@dataclass(frozen=True)
class Kind:
    """A kind of data: its category, the mask that suits it, and the names that it goes by."""

    name: str
    category: Category
    mask: Mask
    names: str


KINDS = (
    Kind("e-mail address", Category.PERSONAL, Mask.EMAIL, r"e_?mails?|mail_(?:address|addr)|courriel"),
    Kind("phone number", Category.PERSONAL, Mask.PHONE, r"phones?|mobiles?|telephones?|tel|fax|msisdn|cell|telefon|handy"),
    Kind("first name", Category.PERSONAL, Mask.FIRST_NAME, r"(?:first|given|middle|fore|christian)_?name|f_?name|vorname|prenom"),
    Kind("last name", Category.PERSONAL, Mask.LAST_NAME, r"(?:last|family|maiden)_?name|sur_?name|l_?name|nachname|nom_de_famille"),
    Kind("user name", Category.PERSONAL, Mask.USERNAME, r"user_?name|login|nick_?name|screen_?name|handle"),
    Kind("name", Category.PERSONAL, Mask.FULL_NAME, r"(?:full|display|customer|contact|employee|person|patient|holder|recipient|legal)_?name"),
    Kind("street", Category.PERSONAL, Mask.STREET, r"streets?|address(?:es)?(?:_?line)?_?\d?|addr\d?|strasse|house_?(?:no|number)"),
    Kind("city", Category.QUASI, Mask.CITY, r"city|town|ort|ville"),
    Kind("postcode", Category.QUASI, Mask.SHAPE, r"post_?(?:al_?)?code|zip(?:_?code)?|plz"),
    Kind("company", Category.PERSONAL, Mask.COMPANY, r"company(?:_?name)?|employer"),
    Kind("birth date", Category.PERSONAL, Mask.DATE, r"birth_?(?:date|day)|date_of_birth|dob|born(?:_on)?|geburtsdatum"),
    Kind("national identifier", Category.PERSONAL, Mask.SHAPE,
         r"ssn|social_security(?:_?(?:no|number))?|national_?id(?:entifier)?|passport(?:_?(?:no|number))?|tax_?(?:id|number)|vat_?(?:id|number)|"
         r"driver_?s?_?licen[cs]e|nino|cpf|nir|personal_?(?:no|number)|insurance_?(?:no|number)"),
    Kind("bank account", Category.PERSONAL, Mask.SHAPE, r"iban|bic|account_?(?:no|number)|sort_?code|routing_?(?:no|number)|card_?(?:no|number)|pan|cvv|cvc"),
    Kind("IP address", Category.PERSONAL, Mask.IP, r"ip|ip_?(?:addr(?:ess)?|v[46])|remote_?addr|client_?ip|last_?ip"),
    Kind("location", Category.PERSONAL, Mask.NUMBER, r"lat(?:itude)?|lon(?:gitude)?|lng|geo(?:location)?"),
    Kind("device", Category.PERSONAL, Mask.TOKEN, r"mac_?(?:addr(?:ess)?)?|imei|device_?id|user_?agent|cookie|session_?id|fingerprint"),
    Kind("health or belief", Category.PERSONAL, Mask.REDACT, r"diagnos[ie]s|religion|ethnicity|race|political\w*|sexual\w*|blood_?type|disabilit\w+"),
    Kind("demographic", Category.QUASI, Mask.SHAPE, r"gender|sex|nationality|marital_?status|age|profession|occupation|salary|income"),
    Kind("picture or signature", Category.PERSONAL, Mask.SHAPE, r"photo|picture|avatar|image|signature|biometric\w*"),
    Kind("web address", Category.PERSONAL, Mask.URL, r"(?:home_?page|profile_?url|website|linkedin|twitter|facebook)(?:_?url)?"),
    Kind("free text", Category.FREE_TEXT, Mask.REDACT, r"notes?|comments?|remarks?|descriptions?|messages?|body|bio|about|feedback|reviews?|memo|free_?text|reasons?"),
)  # fmt: skip
CREDENTIAL = Kind("credential", Category.SECRET, Mask.TOKEN, "")
DIGEST_NAME = re.compile(
    r"(?:^|_)(?:password_?(?:hash|digest)|pass_?hash|salt|otp_?secret|totp|recovery_?codes?|pin(?:_?code)?)(?:$|_)"
)
_BY_NAME = [(kind, re.compile(rf"(?:^|_)(?:{kind.names})(?:$|_)")) for kind in KINDS]
_BY_KIND = {kind.name: kind for kind in KINDS}


def words_of(name: str) -> str:
    """A name in lower case with underscores between its words, however it was written."""
    separated = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", separated.lower()).strip("_")


def by_name(column: str, table: str = "") -> Kind | None:
    """What a column of this name holds; None where the name says nothing. `name` alone is a person's only in a table of persons."""
    words = words_of(column)
    if is_credential_name(column) or DIGEST_NAME.search(words):
        return CREDENTIAL
    for kind, pattern in _BY_NAME:
        if pattern.search(words):
            return kind
    persons = re.search(
        r"(?:^|_)(?:users?|customers?|persons?|people|employees?|patients?|contacts?|members?|staff|authors?|accounts?)(?:$|_)",
        words_of(table),
    )
    return _BY_KIND["name"] if persons and words == "name" else None


_EMAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[a-z]{2,}", re.I)
_PHONE = re.compile(r"(?:\+|00)\d[\d ()./-]{6,18}\d|\(?0\d{1,4}\)?[ /-]\d[\d -]{4,12}\d")
_NINE = re.compile(r"\d{3}-\d{2}-\d{4}")
_DATE = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b")


def _is_ip(text: str) -> bool:
    try:
        ip_address(text.split("/", maxsplit=1)[0])
    except ValueError:
        return False
    return "." in text or "::" in text


def _is_card(text: str) -> bool:
    digits = re.sub(r"[ -]", "", text)
    return digits.isdigit() and 13 <= len(digits) <= 19 and luhn.is_valid(digits)


_WHOLE: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("e-mail address", _EMAIL.fullmatch),
    ("bank account", iban.is_valid),
    ("bank account", _is_card),
    ("national identifier", _NINE.fullmatch),
    ("phone number", _PHONE.fullmatch),
    ("IP address", _is_ip),
)
_WITHIN = (_EMAIL, _PHONE)
SHARE = 0.5
"""The share of values of a kind from which on a column is of it."""
SPACES = 4
"""Spaces of a text from which on it is free text."""


def by_values(samples: Iterable[str]) -> tuple[Kind, float] | None:
    """What most sampled values are, and their share; any credential counts, and any personal piece within a longer text."""
    values = [value.strip() for value in samples if value and value.strip()]
    if not values:
        return None
    if any(is_credential_value(value) for value in values) or sum(map(is_random, values)) > SHARE * len(values):
        return CREDENTIAL, 1.0
    for name, detect in _WHOLE:
        share = sum(bool(detect(value)) for value in values) / len(values)
        if share >= SHARE:
            return _BY_KIND[name], share
    within = sum(any(pattern.search(value) for pattern in _WITHIN) for value in values) / len(values)
    wordy = sum(value.count(" ") >= SPACES for value in values) / len(values)
    if within or wordy >= SHARE:
        return _BY_KIND["free text"], max(within, wordy)
    return None
