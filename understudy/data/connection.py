"""Connections to PostgreSQL: where they lead is shown without a password, and production's cannot write."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import psycopg
from psycopg import conninfo, pq

from model.errors import ConfigurationError, Problem, nearest

Connection = psycopg.Connection[tuple[Any, ...]]
APPLICATION = "understudy"
CONNECT_SECONDS = 10
SECRET_PARAMETERS = ("password", "sslpassword")
ALIKE = (
    "-c datestyle=ISO,YMD -c intervalstyle=postgres -c timezone=UTC -c extra_float_digits=3 -c bytea_output=hex -c lc_monetary=C "
    "-c xmloption=content -c row_security=off -c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c jit=off"
)
"""Both servers write and read a value as the same text, whatever a database or role sets; no row is left out in silence."""
READ_ONLY = f"-c default_transaction_read_only=on {ALIKE}"
ORDINARY = f"-c lock_timeout=0 -c synchronous_commit=on {ALIKE}"
LIBPQ_VARIABLES = {
    option.keyword.decode(): option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar is not None
}
"""The environment variable of each of libpq's parameters that has one."""


@dataclass(frozen=True)
class Place:
    """A database that can be connected to. Its text and its repr carry no password."""

    role: str
    """What it is in messages: `source` or `target`."""
    parameters: Mapping[str, str] = field(repr=False)
    """libpq's parameters by name; those that a service file or a password file adds stay with libpq."""

    @classmethod
    def parse(cls, role: str, text: str, *, visible: bool = False) -> Place:
        """Read a connection string or URL. `visible` says that others can see it, as a command line; a password is refused then.

        Raises ConfigurationError without repeating the text.
        """
        try:
            parameters = {key: str(value) for key, value in conninfo.conninfo_to_dict(text).items() if value is not None}
        except psycopg.ProgrammingError as error:
            message = f"is no connection string or URL of PostgreSQL{_meant(error)}"
            raise ConfigurationError([Problem(f"--{role}", message)]) from None
        secret = sorted(set(SECRET_PARAMETERS) & set(parameters))
        if visible and secret:
            variable = f"UNDERSTUDY_{role.upper()}"
            message = f"carries a {secret[0]}, which every process could see; put it into {variable} or a password file"
            raise ConfigurationError([Problem(f"--{role}", message)])
        return cls(role, parameters)

    @classmethod
    def given(cls, role: str, option: str | None, environment: Mapping[str, str] = os.environ) -> Place:
        """The place named on the command line, else in the variable UNDERSTUDY_SOURCE or UNDERSTUDY_TARGET."""
        if option is not None:
            return cls.parse(role, option, visible=True)
        variable = f"UNDERSTUDY_{role.upper()}"
        if variable not in environment:
            raise ConfigurationError([Problem(f"--{role}", f"is required; name the database there or in {variable}")])
        return cls.parse(role, environment[variable])

    def named(self, database: str) -> Place:
        """Another database of the same server."""
        return Place(self.role, {**self.parameters, "dbname": database})

    @cached_property
    def database(self) -> str:
        """The database's name: as it is asked for, or as libpq finds it, by a service, the environment or the user's name."""
        if self.parameters.get("dbname"):
            return self.parameters["dbname"]
        begun = pq.PGconn.connect_start(self._conninfo(self.parameters))
        try:
            return begun.db.decode()
        finally:
            begun.finish()

    def conninfo(self, options: str | None = None) -> str:
        """The parameters but for passwords, as PostgreSQL's programs take them; `options` are added to the session's own.

        These stand above what a service file says, which the environment does not.
        """
        shown = {key: value for key, value in self.parameters.items() if key not in SECRET_PARAMETERS} | {
            "client_encoding": "UTF8"
        }
        if options is not None:
            shown["options"] = f"{shown.get('options', '')} {options}".strip()
        return self._conninfo(shown).decode()

    @staticmethod
    def _conninfo(parameters: Mapping[str, str]) -> bytes:
        return conninfo.make_conninfo("", **parameters).encode()

    def __str__(self) -> str:
        shown = [
            f"{key}={self.parameters[key]}" for key in ("service", "host", "port", "dbname", "user") if key in self.parameters
        ]
        return f"{self.role} ({' '.join(shown) or 'by the environment'})"

    def libpq_environment(self) -> dict[str, str]:
        """The environment of PostgreSQL's own programs that connect here, so that no password stands on their command lines."""
        given = {LIBPQ_VARIABLES[key]: value for key, value in self.parameters.items() if key in LIBPQ_VARIABLES}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("UNDERSTUDY_")}
        alike = {"PGAPPNAME": APPLICATION, "PGCLIENTENCODING": "UTF8", "LC_ALL": "C"}
        return {**kept, "PGCONNECT_TIMEOUT": str(CONNECT_SECONDS), **given, **alike}


def connect(place: Place, *, read_only: bool = False, autocommit: bool = False) -> Connection:
    """Connect. A read-only connection refuses every write by itself, whatever its role may do.

    Raises ConfigurationError with what the server said, and without a password.
    """
    options = f"{place.parameters.get('options', '')} {READ_ONLY if read_only else ORDINARY}".strip()
    parameters = {
        "connect_timeout": str(CONNECT_SECONDS),
        "fallback_application_name": APPLICATION,
        **place.parameters,
        "options": options,
        "client_encoding": "UTF8",
    }
    try:
        connection = psycopg.connect(autocommit=autocommit, **parameters)  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise ConfigurationError(
            [Problem(f"--{place.role}", f"cannot be connected to: {_without_secrets(error, place)}")]
        ) from None
    if read_only:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def _meant(error: Exception) -> str:
    """The parameter that was meant, where one is near; what was written is not repeated, as it may be a part of a password."""
    found = re.search(r'invalid (?:connection option|URI query parameter:) "([^"]+)"', str(error))
    known = [option.keyword.decode() for option in pq.Conninfo.get_defaults()]
    return nearest(found[1], known) if found and difflib.get_close_matches(found[1], known) else ""


def _without_secrets(error: Exception, place: Place) -> str:
    text = " ".join(str(error).split())
    for name in SECRET_PARAMETERS:
        if place.parameters.get(name):
            text = text.replace(place.parameters[name], "***")
    return text
