"""A database's structure as text: what every object is, in PostgreSQL's own words, by its identity.

Two databases are alike where these are equal; a plan holds for a database as long as its fingerprint does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from understudy.data.catalogue import NOT_EXTENSION, USER_SCHEMA
from understudy.data.connection import Connection

_RELATION = "c.oid::regclass::text"
_OF_EXTENSION = "EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.objid = {oid} AND e.deptype = 'e')"

QUERIES: Mapping[str, str] = {
    "column": f"""
        SELECT {_RELATION} || '.' || a.attname, concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'NOT NULL' END, NULLIF('IDENTITY ' || a.attidentity::text, 'IDENTITY '),
            CASE WHEN a.attgenerated <> '' THEN 'GENERATED' END, pg_catalog.pg_get_expr(d.adbin, d.adrelid), co.collname)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
        WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped
        AND {USER_SCHEMA} AND {NOT_EXTENSION}""",
    "table": f"""
        SELECT {_RELATION}, concat_ws(' ', c.relkind, c.relpersistence, pg_catalog.pg_get_partkeydef(c.oid),
            pg_catalog.pg_get_expr(c.relpartbound, c.oid), (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno)
            FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid), CASE WHEN c.relrowsecurity THEN 'RLS' END, c.reloptions::text)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relpersistence <> 't' AND {USER_SCHEMA} AND {NOT_EXTENSION}""",
    "constraint": f"""
        SELECT coalesce(c.oid::regclass::text, n.nspname || '.' || t.typname) || '.' || k.conname,
            pg_catalog.pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END
        FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        LEFT JOIN pg_catalog.pg_type t ON t.oid = k.contypid JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
        WHERE k.contype <> 't' AND k.contype <> 'n' AND {USER_SCHEMA}
        AND NOT {_OF_EXTENSION.format(oid="coalesce(c.oid, t.oid)")}""",
    "index": f"""
        SELECT {_RELATION}, pg_catalog.pg_get_indexdef(c.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
        FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {USER_SCHEMA} AND {NOT_EXTENSION}""",
    "view": f"""
        SELECT {_RELATION}, pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {USER_SCHEMA} AND {NOT_EXTENSION}""",
    "function": f"""
        SELECT p.oid::regprocedure::text, CASE WHEN p.prokind IN ('f', 'p') THEN pg_catalog.pg_get_functiondef(p.oid) ELSE p.prokind::text END
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE {USER_SCHEMA} AND NOT {_OF_EXTENSION.format(oid="p.oid")}""",
    "trigger": f"""
        SELECT {_RELATION} || '.' || g.tgname, pg_catalog.pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
        FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND {USER_SCHEMA} AND {NOT_EXTENSION}""",
    "policy": f"""
        SELECT {_RELATION} || '.' || y.polname, concat_ws(' ', y.polcmd, y.polpermissive,
            pg_catalog.pg_get_expr(y.polqual, y.polrelid), pg_catalog.pg_get_expr(y.polwithcheck, y.polrelid))
        FROM pg_catalog.pg_policy y JOIN pg_catalog.pg_class c ON c.oid = y.polrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {USER_SCHEMA}""",
    "type": f"""
        SELECT n.nspname || '.' || t.typname, concat_ws(' ', t.typtype, (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder)
            FROM pg_catalog.pg_enum WHERE enumtypid = t.oid), CASE WHEN t.typtype = 'd' THEN
            pg_catalog.format_type(t.typbasetype, t.typtypmod) END, CASE WHEN t.typnotnull THEN 'NOT NULL' END, t.typdefault,
            (SELECT pg_catalog.format_type(r.rngsubtype, -1) FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid))
        FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typtype IN ('e', 'd', 'r', 'c') AND {USER_SCHEMA} AND NOT {_OF_EXTENSION.format(oid="t.oid")}
        AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))""",
    "sequence": f"""
        SELECT {_RELATION}, concat_ws(' ', pg_catalog.format_type(s.seqtypid, -1), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)
        FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't' AND {USER_SCHEMA} AND {NOT_EXTENSION}""",
    "statistics": f"""
        SELECT n.nspname || '.' || x.stxname, pg_catalog.pg_get_statisticsobjdef(x.oid)
        FROM pg_catalog.pg_statistic_ext x JOIN pg_catalog.pg_namespace n ON n.oid = x.stxnamespace WHERE {USER_SCHEMA}""",
    "rule": f"""
        SELECT {_RELATION} || '.' || r.rulename, pg_catalog.pg_get_ruledef(r.oid) FROM pg_catalog.pg_rewrite r
        JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE r.rulename <> '_RETURN' AND {USER_SCHEMA} AND {NOT_EXTENSION}""",
    "schema": f"SELECT n.nspname, '' FROM pg_catalog.pg_namespace n WHERE {USER_SCHEMA}",
    "extension": "SELECT extname, '' FROM pg_catalog.pg_extension",
    "event trigger": "SELECT evtname, evtevent || ' ' || evtenabled::text || ' ' || evtfoid::regproc::text FROM pg_catalog.pg_event_trigger",
}  # fmt: skip

Structure = Mapping[str, str]


def read_structure(connection: Connection) -> Structure:
    """Every object of a database, `kind name` to definition, within the connection's transaction."""
    with connection.transaction():
        connection.execute("SET LOCAL search_path = ''")
        return {
            f"{kind} {name}": definition or ""
            for kind, query in sorted(QUERIES.items())
            for name, definition in connection.execute(query).fetchall()
        }


def fingerprint(structure: Structure) -> str:
    """A digest that changes with any object's definition."""
    return hashlib.sha256(json.dumps(structure, sort_keys=True).encode()).hexdigest()


def differences(ours: Structure, theirs: Structure) -> list[str]:
    """What was added to, taken from or changed in the second structure, by name, sorted."""
    return sorted(
        f"{name} was {'added' if name not in ours else 'removed' if name not in theirs else 'changed'}"
        for name in set(ours) | set(theirs)
        if ours.get(name) != theirs.get(name)
    )
