"""The masks of a column's values. Without any library, since processes that mask rows are to start quickly."""

from __future__ import annotations

from enum import StrEnum


class Mask(StrEnum):
    """What becomes of a column's values. NULL stays NULL, and the empty text stays empty, under each of them."""

    KEEP = "keep"
    """Copied as it is; needs a reason."""
    NULL = "nullify"
    """NULL."""
    REDACT = "redact"
    """A fixed text, `redacted`; zero for numbers, an empty document for JSON."""
    EMAIL = "email"
    """An address below example.com."""
    FULL_NAME = "full_name"
    """A first and a last name out of a fixed pool."""
    FIRST_NAME = "first_name"
    """A first name out of a fixed pool."""
    LAST_NAME = "last_name"
    """A last name out of a fixed pool."""
    USERNAME = "username"
    """A user name made from a word and a number."""
    COMPANY = "company"
    """A company's name out of a fixed pool."""
    STREET = "street"
    """A street and a number out of a fixed pool."""
    CITY = "city"
    """A city out of a fixed pool."""
    PHONE = "phone"
    """A number below the unassigned country code +999."""
    URL = "url"
    """An address below https://example.com."""
    IP = "ip"
    """An address out of 198.18.0.0/15 or 2001:db8::/32, which are set aside for tests and documentation."""
    UUID = "uuid"
    """Another UUID."""
    SHAPE = "shape"
    """Each digit becomes a digit and each letter a letter of its case and script, reversibly for the key alone: length and
    punctuation stay, and so does uniqueness where it is declared. For numbers: as many digits, and the same sign."""
    TOKEN = "token"  # noqa: S105 - a mask's name
    """32 hexadecimal digits, or as many as fit."""
    NUMBER = "number"
    """Moved by up to a tenth of itself."""
    DATE = "date"
    """Moved by up to half a year."""
    JSON = "json"
    """Each leaf of a JSON document by `paths`; those without a path by `shape`."""
