"""Structure, foreign keys, volume, plans and anonymity: what SQL alone can tell."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import sql

from model.staging_data import PrivacyLevel, SourceType
from understudy.data.catalogue import ForeignKey, Table
from understudy.data.connection import Connection
from understudy.data.key_query import plan_shape
from understudy.data.plan import DataPlan, full_table
from understudy.data.structure import Structure, differences
from understudy.data.subset_roles import edges, levels
from understudy.data.verify.finding import Check, judged


def structure(ours: Structure, theirs: Structure) -> Check:
    """Every object of the source is in staging as it is there, and no other."""
    found = differences(ours, theirs)
    return judged("structure", found, f"{len(ours)} objects are equal", f"{len(found)} objects differ", objects=len(ours))


def foreign_keys(target: Connection, plan: DataPlan) -> Check:
    """Every reference leads to a row; counted, not taken from the catalogue."""
    found, keys = [], 0
    for table in plan.catalogue.tables:
        for key in table.foreign_keys:
            keys += 1
            orphans = _one(target, _orphans(table, key, plan.catalogue.by_name[key.referenced]))
            if orphans:
                found.append(f"{table.full_name}.{key.name}: {orphans} rows reference nothing")
    return judged(
        "foreign keys", found, f"{keys} foreign keys hold", f"{len(found)} of {keys} foreign keys do not hold", keys=keys
    )


def _orphans(table: Table, key: ForeignKey, referenced: Table) -> sql.Composed:
    pairs = [
        sql.SQL("p.{} = c.{}").format(sql.Identifier(theirs), sql.Identifier(ours))
        for ours, theirs in zip(key.columns, key.referenced_columns, strict=True)
    ]
    given = [sql.SQL("c.{} IS NOT NULL").format(sql.Identifier(column)) for column in key.columns]
    return sql.SQL("SELECT count(*) FROM {} c WHERE {} AND NOT EXISTS (SELECT FROM {} p WHERE {})").format(
        sql.Identifier(table.schema, table.name),
        sql.SQL(" AND ").join(given),
        sql.Identifier(referenced.schema, referenced.name),
        sql.SQL(" AND ").join(pairs),
    )


def counts(connection: Connection, plan: DataPlan) -> dict[str, int]:
    """Rows by table."""
    return {
        table.full_name: _one(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.schema, table.name)))
        for table in plan.catalogue.tables
        if table.parent is None
    }


def volume(plan: DataPlan, source: Mapping[str, int], target: Mapping[str, int]) -> Check:
    """The rows are as many as the volume scale asks for: each table's in a whole copy, each root's in a subset."""
    strategy = plan.strategy
    if strategy.source_type is SourceType.MASKED:
        asked = {name: (rows, 0.0) for name, rows in source.items()}
    elif strategy.source_type is SourceType.SYNTHETIC:
        given = {full_table(name): rows for name, rows in strategy.rows.items()}
        asked = {
            name: (given.get(name, round(rows * strategy.volume_scale)), strategy.bounds.volume) for name, rows in source.items()
        }
    else:
        asked = {
            full_table(name): (round(source[full_table(name)] * strategy.volume_scale), strategy.bounds.volume)
            for name in strategy.roots
        }
    # Rows that others reference come with a subset, beyond what was asked for.
    open_ended = _referenced_roots(plan) if strategy.roots else set()
    found = []
    for name, (wanted, bound) in sorted(asked.items()):
        apart = wanted - target[name] if name in open_ended else abs(wanted - target[name])
        if apart > max(bound * wanted, 1 if bound else 0):
            found.append(f"{name}: {target[name]} rows, and {wanted} were asked for, within {bound:.0%}")
    figures = {name: {"source": source[name], "target": target[name]} for name in sorted(source)}
    good = f"{sum(target.values()):,} rows for {sum(source.values()):,}"
    return judged("volume", found, good, f"{len(found)} tables have another number of rows", tables=figures)


def _referenced_roots(plan: DataPlan) -> set[str]:
    """Roots that rows other than those that follow them reference."""
    reached = levels(plan)
    return {
        edge.parent.full_name
        for edge in edges(plan.catalogue)
        if reached.get(edge.parent.full_name) == 0 and not reached.get(edge.child.full_name)
    }


def key_queries(source: Connection, target: Connection, plan: DataPlan) -> Check:
    """Declared queries are planned alike: the same nodes over the same relations and indexes."""
    queries = plan.strategy.key_queries
    if not queries:
        return Check("key queries", "not applicable", "no key query is declared")
    found = []
    for name, text in sorted(queries.items()):
        ours, theirs = plan_shape(source, text), plan_shape(target, text)
        if ours != theirs:
            found.append(f"{name}: {ours} in production, {theirs} in staging")
    return judged(
        "key queries", found, f"{len(queries)} queries are planned alike", f"{len(found)} queries are planned otherwise"
    )


def anonymity(target: Connection, plan: DataPlan) -> Check:
    """Each combination of the declared quasi-identifiers is in at least k rows."""
    strategy = plan.strategy
    if not strategy.quasi_identifiers:
        return Check("k-anonymity", "not applicable", "no quasi-identifiers are declared")
    found, figures = [], {}
    for written, columns in sorted(strategy.quasi_identifiers.items()):
        table = plan.catalogue.by_name[full_table(written)]
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL(
            "SELECT coalesce(min(n), 0), count(*) FILTER (WHERE n < {}) FROM (SELECT count(*) AS n FROM {} GROUP BY {}) g"
        )
        row = target.execute(query.format(sql.Literal(strategy.k), sql.Identifier(table.schema, table.name), listed)).fetchone()
        smallest, below = row or (0, 0)
        figures[table.full_name] = {"k": smallest, "combinations_below": below}
        if below:
            found.append(f"{table.full_name} ({', '.join(columns)}): {below} combinations in fewer than {strategy.k} rows")
    if strategy.privacy_level is not PrivacyLevel.K_ANONYMOUS:
        least = min(figure["k"] for figure in figures.values())
        return Check("k-anonymity", "not applicable", f"k is {least}; the privacy level asks for none", (), figures)
    return judged(
        "k-anonymity", found, f"k is at least {strategy.k}", f"{len(found)} tables are not {strategy.k}-anonymous", **figures
    )


def _one(connection: Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
