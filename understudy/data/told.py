"""What a database's error is told as: the kind of mistake, the table, the column and the constraint, and never a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from model.errors import ConfigurationError, Problem
from understudy.data.masking.copy_text import UnmaskableError

SPOKEN = {
    "UniqueViolation": "two rows would be equal",
    "ForeignKeyViolation": "a row references nothing",
    "CheckViolation": "a value is refused by a check",
    "NotNullViolation": "a value is missing",
    "StringDataRightTruncation": "a value is too long",
    "CharacterNotInRepertoire": "a value is no text in UTF-8",
    "UntranslatableCharacter": "a character has no place in the database's encoding",
    "DiskFull": "the server's disk is full",
    "AdminShutdown": "the server ended the session",
    "CrashShutdown": "the server crashed",
    "InsufficientPrivilege": "the role lacks a right",
    "UndefinedTable": "a table is not there",
    "ObjectInUse": "the database is in use",
}
_NAMED = re.compile(r'"([^"]+)"')
_SAFE = ("InsufficientPrivilege", "UndefinedTable", "UndefinedObject", "UndefinedColumn", "UndefinedFunction", "ObjectInUse",
         "FeatureNotSupported", "DuplicateDatabase", "InvalidCatalogName", "OperationalError", "InvalidName")  # fmt: skip
"""Errors whose message speaks of objects alone."""


def told(error: psycopg.Error) -> str:
    """An error in words that carry no value."""
    kind, details = type(error).__name__, error.diag
    what = SPOKEN.get(kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()
    places = [
        f"{name} {value}"
        for name, value in (
            ("table", f"{details.schema_name}.{details.table_name}" if details.table_name else None),
            ("column", details.column_name),
            ("constraint", details.constraint_name),
        )
        if value
    ]
    if not places and details.context and (found := re.match(r"COPY (\S+), line \d+(?:, column ([^:]+))?", details.context)):
        places = [f"table {found[1]}", *([f"column {found[2]}"] if found[2] else [])]
    if not places and kind == "CheckViolation" and details.message_primary:
        places = [f"constraint {name}" for name in _NAMED.findall(details.message_primary)[-1:]]
    if kind in _SAFE and details.message_primary:
        places.append(details.message_primary)
    return f"{what} ({', '.join(places)})" if places else what


@contextmanager
def telling(where: str) -> Iterator[None]:
    """Tell a database's errors, and values that cannot be masked, as problems of `where`."""
    try:
        yield
    except UnmaskableError as error:
        raise ConfigurationError([Problem(where, str(error))]) from None
    except psycopg.Error as error:
        raise ConfigurationError([Problem(where, told(error))]) from None
