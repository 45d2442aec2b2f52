"""The direction of a refresh: the source cannot be written to, and the target is another server.

Both are proven before anything is done, by what the servers themselves say; a name, an address or an alias proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import errors

from model.errors import ConfigurationError, Problem
from understudy.data.catalogue import NOT_EXTENSION, USER_SCHEMA
from understudy.data.connection import Connection

WRITABLE = """
SELECT kind, string_agg(name, ', ' ORDER BY name) FILTER (WHERE place <= 3) || CASE WHEN count(*) > 3 THEN ', and more' ELSE '' END
FROM (
    SELECT kind, name, row_number() OVER (PARTITION BY kind ORDER BY name) AS place
    FROM (
        SELECT 'is a superuser' AS kind, rolname::text AS name FROM pg_catalog.pg_roles
            WHERE rolsuper AND pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
        UNION ALL SELECT 'may create databases', rolname FROM pg_catalog.pg_roles WHERE rolcreatedb AND rolname = current_user
        UNION ALL SELECT 'may create roles', rolname FROM pg_catalog.pg_roles WHERE rolcreaterole AND rolname = current_user
        UNION ALL SELECT 'is a member of', rolname FROM pg_catalog.pg_roles
            WHERE rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program', 'pg_maintain')
            AND pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
        UNION ALL SELECT 'may create in the database', datname FROM pg_catalog.pg_database
            WHERE datname = current_database() AND pg_catalog.has_database_privilege(oid, 'CREATE')
        UNION ALL SELECT 'may create in schema', nspname FROM pg_catalog.pg_namespace
            WHERE nspname !~ '^pg_' AND pg_catalog.has_schema_privilege(oid, 'CREATE')
        UNION ALL SELECT 'owns', c.oid::regclass::text FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER')
        UNION ALL SELECT 'may write to', c.oid::regclass::text FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'f')
            AND (pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
                 OR pg_catalog.has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
        UNION ALL SELECT 'may advance sequence', c.oid::regclass::text FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname !~ '^pg_' AND CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'USAGE, UPDATE') END
    ) AS found
) AS numbered GROUP BY kind ORDER BY kind
"""
READABLE = f"""
SELECT c.oid::regclass::text, pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND CASE WHEN c.relkind = 'S'
    THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT') ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT') END,
    pg_catalog.row_security_active(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't' AND {USER_SCHEMA} AND {NOT_EXTENSION} ORDER BY 1
"""
"""Tables and sequences, whether the role may read them, and whether a policy would hide rows from it."""
SHOWN = 3
IDENTIFIER = "SELECT system_identifier FROM pg_catalog.pg_control_system()"


def prove_read_only(source: Connection) -> None:
    """Refuse a source whose role could write, create or advance anything. Raises ConfigurationError with what it could."""
    source.execute("SET LOCAL search_path = ''")
    rights = source.execute(WRITABLE).fetchall()
    if not rights:
        return
    shown = "; ".join(f"{kind} {names}" for kind, names in rights)
    raise ConfigurationError(
        [Problem("--source", f"its role could write to production: {shown}; use a role that is granted pg_read_all_data alone")]
    )


def prove_readable(source: Connection) -> None:
    """Refuse a source whose role would not see every row. Raises ConfigurationError with what it would miss."""
    with source.transaction():
        source.execute("SET LOCAL search_path = ''")
        found = source.execute(READABLE).fetchall()
    problems = []
    if closed := [name for name, readable, _ in found if not readable]:
        problems.append(f"its role lacks a right: it may not read {_shown(closed)}; grant it pg_read_all_data")
    if hidden := [name for name, _, hides in found if hides]:
        problems.append(f"row-level security hides rows of {_shown(hidden)} from its role; ALTER ROLE … BYPASSRLS")
    if problems:
        raise ConfigurationError(Problem("--source", problem) for problem in problems)


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def prove_apart(source: Connection, target: Connection) -> None:
    """Refuse a target that is the source's server, its primary or a copy of it, whatever it is called.

    Physical copies share the system identifier that `initdb` drew, so a replica and its primary are told as one.
    """
    if _one(target, "SELECT pg_catalog.pg_is_in_recovery()"):
        raise ConfigurationError([Problem("--target", "is a replica, which cannot be written to")])
    try:
        identifiers = _one(source, IDENTIFIER), _one(target, IDENTIFIER)
    except errors.InsufficientPrivilege:
        message = "may not execute pg_control_system(), which tells servers apart; grant EXECUTE on it to both roles"
        raise ConfigurationError([Problem("--target", message)]) from None
    if identifiers[0] == identifiers[1]:
        message = (
            "is the source's own server, or one that was physically copied from it (their system identifiers are equal); "
            "staging is filled on a server of its own"
        )
        raise ConfigurationError([Problem("--target", message)])


def _one(connection: Connection, query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
