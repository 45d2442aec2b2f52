"""Staging's database: built beside the old one under another name, and put in its place by renames in one transaction.

Whoever is killed leaves the old database as it was, or the new one whole; the next refresh removes what was left beside it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
from psycopg import errors, sql

from model.errors import ConfigurationError, Problem
from understudy.data.catalogue import OURS, USER_SCHEMA
from understudy.data.connection import Connection, Place, connect
from understudy.data.told import telling, told

LOCK_CLASS = 0x756E6464
NEXT, PREVIOUS = "_understudy_next", "_understudy_prev"
LONGEST_NAME = 63
SWAP_TRIES = 20
SYSTEM_DATABASES = ("postgres", "template0", "template1", "rdsadmin")
MARKER = f"""
CREATE SCHEMA {OURS};
CREATE TABLE {OURS}.refresh (run text PRIMARY KEY, finished boolean NOT NULL DEFAULT false, result json);
"""


TABLES = f"""
SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND {USER_SCHEMA}
"""
ENCODING = """
SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, to_jsonb(d)->>'datlocprovider',
       coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale')
FROM pg_catalog.pg_database d WHERE datname = current_database()
"""
OWNER = """
SELECT coalesce((SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = %s), current_user)
"""
COMMENT = "SELECT datconnlimit, pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE datname = %s"


class BusyError(Exception):
    """Another refresh of the same database is running."""


class Target:
    """The server of staging, and the one database on it that a refresh replaces."""

    def __init__(self, place: Place, maintenance: str = "postgres") -> None:
        self.place = place
        self.database = place.database
        if self.database in SYSTEM_DATABASES:
            raise ConfigurationError([Problem("--target", f"{self.database!r} is the server's own database; name staging's")])
        if len(self.database.encode()) + len(NEXT) > LONGEST_NAME:
            message = f"{self.database!r} is too long a name; {LONGEST_NAME - len(NEXT)} bytes are the most"
            raise ConfigurationError([Problem("--target", message)])
        self.next, self.previous = self.database + NEXT, self.database + PREVIOUS
        self.connection: Connection = connect(place.named(maintenance), autocommit=True)

    def close(self) -> None:
        """Let go of the lock and the session."""
        self.connection.close()

    def lock(self) -> None:
        """Make this the only refresh of the database, until the session ends. Raises BusyError at once if there is another.

        The lock lives in the session that renames: should it be lost, so is the right to swap.
        """
        number = zlib.crc32(self.database.encode()) - 2**31
        row = self.connection.execute("SELECT pg_catalog.pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, number]).fetchone()
        if not (row and row[0]):
            raise BusyError(f"another refresh of {self.database} is running")

    def exists(self, database: str) -> bool:
        """Whether the server has a database of this name."""
        return self.connection.execute("SELECT FROM pg_catalog.pg_database WHERE datname = %s", [database]).fetchone() is not None

    def prove_replaceable(self, *, agreed: bool) -> None:
        """Refuse what cannot be replaced: a role without the rights, and a database with tables that no refresh made.

        `agreed` says that somebody wants the latter replaced.
        """
        with telling("--target"):
            able = self.connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
            ).fetchone()
            if not (able and able[0]):
                raise ConfigurationError([Problem("--target", "its role may not create databases; ALTER ROLE … CREATEDB")])
            if not self.exists(self.database):
                return
            owns = self.connection.execute(
                "SELECT pg_catalog.pg_has_role(current_user, datdba, 'USAGE') FROM pg_catalog.pg_database WHERE datname = %s",
                [self.database],
            ).fetchone()
            if not (owns and owns[0]):
                raise ConfigurationError([Problem("--target", f"its role does not own the database {self.database}")])
            if agreed or self.is_ours(self.database):
                return
            tables = self._tables(self.database)
        if tables:
            message = f"the database {self.database} has {tables} tables that no refresh made; --yes replaces them"
            raise ConfigurationError([Problem("--target", message)])

    def is_ours(self, database: str) -> bool:
        """Whether a refresh made the database."""
        with closing(connect(self.place.named(database))) as connection:
            row = connection.execute("SELECT pg_catalog.to_regclass(%s) IS NOT NULL", [f"{OURS}.refresh"]).fetchone()
        return bool(row and row[0])

    def remove_leftovers(self) -> list[str]:
        """Remove what a killed refresh left; the names of what was removed.

        Raises ConfigurationError for a database of such a name that no refresh made.
        """
        left = [name for name in (self.next, self.previous) if self.exists(name)]
        with telling("--target"):
            if self.previous in left and not self.exists(self.database):
                # Never by the swap, which is one transaction: somebody dropped the database by hand. The old one is all there is.
                self.connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (self.previous, self.database)))
                )
                left.remove(self.previous)
            for name in left:
                if not self._is_leftover(name):
                    message = f"the database {name} bears a name of refreshes, and no refresh made it; rename or drop it"
                    raise ConfigurationError([Problem("--target", message)])
                self.drop(name)
        return left

    def _is_leftover(self, name: str) -> bool:
        """Whether a refresh made a database, was killed before it could mark it, or swapped it out for one that it had made.

        Of one whose drop did not come to its end, nobody can tell any more, nor do anything but drop it.
        """
        if self._is_half_dropped(name) or self.is_ours(name) or (name == self.previous and self.is_ours(self.database)):
            return True
        return name == self.next and not self._tables(name)

    def _is_half_dropped(self, name: str) -> bool:
        query = "SELECT FROM pg_catalog.pg_database WHERE datname = %s AND datconnlimit = -2"
        return self.connection.execute(query, [name]).fetchone() is not None

    def _tables(self, database: str) -> int:
        with closing(connect(self.place.named(database))) as connection:
            row = connection.execute(TABLES).fetchone()
        return int(row[0]) if row else 0

    def drop(self, database: str) -> None:
        """Drop a database, with whoever is connected to it."""
        self.connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def create_next(self, source: Connection, run: str) -> Place:
        """Create the database beside the old one, with the source's encoding and locale and the old one's owner, and mark it."""
        row = source.execute(ENCODING).fetchone()
        encoding, collate, ctype, provider, locale = row or ("UTF8", "C", "C", "c", None)
        icu = sql.SQL(" LOCALE_PROVIDER icu ICU_LOCALE {}").format(sql.Literal(locale)) if provider == "i" else sql.SQL("")
        with telling("--target"):
            self.connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}{} OWNER {}").format(
                    sql.Identifier(self.next),
                    sql.Literal(encoding),
                    sql.Literal(collate),
                    sql.Literal(ctype),
                    icu,
                    sql.Identifier(self._owner()),
                )
            )
            place = self.place.named(self.next)
            with closing(connect(place)) as connection:
                psycopg.ClientCursor(connection).execute(MARKER)
                connection.execute(f"INSERT INTO {OURS}.refresh (run) VALUES (%s)", [run])
                connection.commit()
        return place

    def _owner(self) -> str:
        row = self.connection.execute(OWNER, [self.database]).fetchone()
        return str(row[0]) if row else ""

    def carry_settings(self) -> list[str]:
        """Give the new database the old one's grants, settings, limit and comment, which belong to a database, not to its name.

        What could not be carried, in words.
        """
        if not self.exists(self.database):
            return []
        missed: list[str] = []
        for statement in self._settings():
            try:
                self.connection.execute(statement)
            except psycopg.Error as error:
                missed.append(f"a setting of the database was not carried over: {told(error)}")
        return missed

    def _settings(self) -> list[sql.Composed]:
        new = sql.Identifier(self.next)
        statements = [sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(new)]
        grants = self.connection.execute(
            "SELECT a.grantee::regrole::text, a.grantee, a.privilege_type, a.is_grantable FROM pg_catalog.pg_database d, "
            "pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a WHERE d.datname = %s",
            [self.database],
        ).fetchall()
        for grantee, oid, privilege, grantable in grants:
            to = sql.SQL("PUBLIC") if oid == 0 else sql.SQL(grantee)
            option = sql.SQL(" WITH GRANT OPTION" if grantable else "")
            statements.append(sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(sql.SQL(privilege), new, to, option))
        row = self.connection.execute(COMMENT, [self.database]).fetchone()
        limit, comment = row or (-1, None)
        statements.append(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}").format(new, sql.Literal(limit)))
        if comment is not None:
            statements.append(sql.SQL("COMMENT ON DATABASE {} IS {}").format(new, sql.Literal(comment)))
        settings = self.connection.execute(
            "SELECT s.setrole, s.setrole::regrole::text, unnest(s.setconfig) FROM pg_catalog.pg_db_role_setting s "
            "JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase WHERE d.datname = %s",
            [self.database],
        ).fetchall()
        for role, name, setting in settings:
            parameter, _, value = setting.partition("=")
            whose = (
                sql.SQL("DATABASE {}").format(new) if role == 0 else sql.SQL("ROLE {} IN DATABASE {}").format(sql.SQL(name), new)
            )
            statements.append(sql.SQL("ALTER {} SET {} = {}").format(whose, sql.Identifier(parameter), sql.Literal(value)))
        return statements

    def finish(self, run: str, result: dict[str, Any]) -> None:
        """Write the result into the new database, from where it can always be read again."""
        with telling("--target"), closing(connect(self.place.named(self.next))) as connection:
            connection.execute(
                f"UPDATE {OURS}.refresh SET finished = true, result = %s WHERE run = %s", [json.dumps(result), run]
            )
            connection.commit()

    def swap(self, on_step: Callable[[str], None]) -> None:
        """Put the new database in the old one's place: one transaction, after which every session meets the new one.

        Sessions on the old database are ended, as they would otherwise work on without knowing. Raises ConfigurationError, with
        the old one in place, if they cannot be.
        """
        renames = [(self.next, self.database)]
        if self.exists(self.database):
            renames.insert(0, (self.database, self.previous))
        for attempt in range(SWAP_TRIES):
            with telling("--target"):
                self._end_sessions()
            try:
                with self.connection.transaction():
                    for old, new in renames:
                        self.connection.execute(
                            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
                        )
                    on_step("renamed")
                break
            except errors.ObjectInUse:
                if attempt == SWAP_TRIES - 1:
                    message = f"sessions keep coming to {self.database}, so it was not swapped; the old data is in place"
                    raise ConfigurationError([Problem("--target", message)]) from None
            except psycopg.Error as error:
                raise ConfigurationError([Problem("--target", told(error))]) from None

    def _end_sessions(self) -> None:
        self.connection.execute(
            "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
            "WHERE datname = ANY(%s) AND pid <> pg_catalog.pg_backend_pid()",
            [[self.database, self.next]],
        )


def last_result(place: Place) -> dict[str, Any] | None:
    """The result of the refresh that made a database; None where none did."""
    with telling("--target"), closing(connect(place)) as connection:
        row = connection.execute("SELECT pg_catalog.to_regclass(%s) IS NOT NULL", [f"{OURS}.refresh"]).fetchone()
        if not (row and row[0]):
            return None
        found = connection.execute(f"SELECT result FROM {OURS}.refresh WHERE finished").fetchone()
    return found[0] if found else None
