"""Column by column: shares of NULLs and of distinct values, lengths, and how far the distributions are apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from psycopg import sql

from model.staging_data import Mask, SourceType
from understudy.data.catalogue import Column, Table
from understudy.data.connection import Connection
from understudy.data.masking.choose import POOLED
from understudy.data.plan import DataPlan
from understudy.data.subset_roles import Role, roles
from understudy.data.verify.finding import Check, judged

BINS = 20
RANKS = 20
CATEGORIES = 0.9
"""The share that the most frequent values must have for a part's ranks to be comparable with the whole's."""
ORDERED = ("int2", "int4", "int8", "numeric", "float4", "float8", "date", "timestamp", "timestamptz")
UNORDERED = ("json", "xml", "point", "box", "polygon", "line", "lseg", "path", "circle")
"""Types without an equality, whose distinct values cannot be counted."""
CONSTANT = (Mask.REDACT, Mask.NULL)


@dataclass(frozen=True)
class Profile:
    """A column's statistics, without its values but for the bounds of ordered ones, which stay in memory."""

    rows: int
    null_share: float
    distinct_share: float | None
    """Distinct values for each value; None where they cannot be counted."""
    mean_length: float
    ranks: tuple[float, ...]
    """Shares of the most frequent values, the highest first."""


def statistics(source: Connection, target: Connection, plan: DataPlan) -> Check:
    """Compare every column that is written."""
    bounds, subset = plan.strategy.bounds, plan.strategy.source_type is not SourceType.MASKED
    found, figures = [], {}
    # Rows that are there only because others reference them are no sample of their table; their figures are told all the same.
    by_role = roles(plan)
    numbered = _numbered(plan) if plan.strategy.source_type is SourceType.SYNTHETIC else set()
    for table in plan.catalogue.tables:
        if table.parent is not None:
            continue
        chosen = by_role[table.full_name] is not Role.REQUIRED
        for column in table.stored:
            name, mask = f"{table.full_name}.{column.name}", plan.column(table, column.name).rule.mask
            ours, theirs = profile(source, table, column), profile(target, table, column)
            distance = _distance(source, target, table, column, mask, ours, theirs, subset=subset)
            figures[name] = {
                "mask": mask.value,
                "null_share": [round(ours.null_share, 4), round(theirs.null_share, 4)],
                "distinct_share": [_rounded(ours.distinct_share), _rounded(theirs.distinct_share)],
                "mean_length": [round(ours.mean_length, 2), round(theirs.mean_length, 2)],
                "ranks": [[round(share, 4) for share in one.ranks] for one in (ours, theirs)],
                "distance": _rounded(distance),
            }
            if not ours.rows or not theirs.rows or not chosen:
                continue
            if mask is not Mask.NULL and abs(ours.null_share - theirs.null_share) > bounds.null_share + _sampling(
                theirs.rows, subset=subset
            ):
                found.append(f"{name}: {theirs.null_share:.1%} NULL, and {ours.null_share:.1%} in production")
            comparable = mask not in (*CONSTANT, *POOLED) and not subset
            if comparable and abs((ours.distinct_share or 0) - (theirs.distinct_share or 0)) > bounds.distinct_share:
                found.append(
                    f"{name}: {theirs.distinct_share or 0:.1%} distinct, and {ours.distinct_share or 0:.1%} in production"
                )
            if (
                name not in numbered
                and distance is not None
                and distance > bounds.distance + _sampling(theirs.rows, subset=subset)
            ):
                found.append(f"{name}: its distribution is {distance:.2f} from production's; at most {bounds.distance:.2f}")
    return judged(
        "statistics",
        found,
        f"{len(figures)} columns are within bounds",
        f"{len(found)} statistics are out of bounds",
        columns=figures,
    )


def _numbered(plan: DataPlan) -> set[str]:
    """The keys, and the columns that reference them: made-up rows are numbered anew."""
    tables = plan.catalogue.tables
    keys = {f"{table.full_name}.{column}" for table in tables for unique in table.uniques for column in unique}
    return keys | {f"{table.full_name}.{column}" for table in tables for key in table.foreign_keys for column in key.columns}


def _sampling(rows: int, *, subset: bool) -> float:
    """What chance alone may add where rows were chosen: the Kolmogorov-Smirnov statistic's 99.9 % point."""
    return 1.95 / math.sqrt(rows) if subset and rows else 0.0


def profile(connection: Connection, table: Table, column: Column) -> Profile:
    """Read a column's statistics."""
    name, relation = sql.Identifier(column.name), sql.Identifier(table.schema, table.name)
    counted = column.type not in UNORDERED
    distinct = sql.SQL("count(DISTINCT {})").format(name) if counted else sql.SQL("NULL")
    query = sql.SQL("SELECT count(*), count({0}), {1}, coalesce(avg(length({0}::text)), 0)::float8 FROM {2}").format(
        name, distinct, relation
    )
    row = connection.execute(query).fetchone() or (0, 0, None, 0.0)
    rows, given, different, length = row
    ranks: list[float] = []
    if counted and given:
        top = sql.SQL("SELECT count(*) FROM {1} WHERE {0} IS NOT NULL GROUP BY {0} ORDER BY 1 DESC LIMIT {2}")
        ranks = [count / given for (count,) in connection.execute(top.format(name, relation, sql.Literal(RANKS))).fetchall()]
    share = different / given if different is not None and given else None
    return Profile(rows, (rows - given) / rows if rows else 0.0, share, float(length), tuple(ranks))


def _distance(
    source: Connection,
    target: Connection,
    table: Table,
    column: Column,
    mask: Mask,
    ours: Profile,
    theirs: Profile,
    *,
    subset: bool,
) -> float | None:
    """Kolmogorov-Smirnov where values keep their order, else total variation between the shares of the ranks."""
    if mask in CONSTANT or not ours.ranks or not theirs.ranks:
        return None
    if column.type in ORDERED and mask in (Mask.KEEP, Mask.NUMBER, Mask.DATE):
        return _kolmogorov_smirnov(source, target, table, column)
    if mask in POOLED or (column.labels and mask is not Mask.KEEP):
        return None
    if ours.distinct_share == 1.0 and theirs.distinct_share == 1.0:
        return 0.0
    if subset and sum(ours.ranks) < CATEGORIES:
        return None
    return _total_variation(ours.ranks, theirs.ranks)


def _total_variation(ours: Sequence[float], theirs: Sequence[float]) -> float:
    apart = sum(abs(a - b) for a, b in zip_longest(ours, theirs, fillvalue=0.0))
    return (apart + abs(sum(ours) - sum(theirs))) / 2


def _kolmogorov_smirnov(source: Connection, target: Connection, table: Table, column: Column) -> float:
    name, relation = sql.Identifier(column.name), sql.Identifier(table.schema, table.name)
    # Below its domains: an array of a domain's values would come as text.
    cuts = sql.SQL("SELECT percentile_disc({}::float8[]) WITHIN GROUP (ORDER BY {}::{}) FROM {}").format(
        sql.Literal([step / BINS for step in range(1, BINS)]), name, sql.SQL(column.type), relation
    )
    row = source.execute(cuts).fetchone()
    points: list[Any] = sorted(set(row[0])) if row and row[0] else []
    if not points:
        return 0.0

    def shares(connection: Connection) -> list[float]:
        below = sql.SQL(", ").join(sql.SQL("avg(({} <= {})::int)::float8").format(name, sql.Literal(point)) for point in points)
        found = connection.execute(sql.SQL("SELECT {} FROM {} WHERE {} IS NOT NULL").format(below, relation, name)).fetchone()
        return [float(value or 0) for value in found or ()]

    return max(abs(a - b) for a, b in zip(shares(source), shares(target), strict=True))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
