"""Column by column: shares of NULLs and of distinct values, lengths, and how far the distributions are apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any, TypeVar

from psycopg import sql

from model.mask import Mask
from model.staging_data import Bounds, SourceType
from understudy.data.catalogue import Column
from understudy.data.connection import Connection
from understudy.data.masking.choose import DATES, FLOATS, POOLED
from understudy.data.plan import DataPlan
from understudy.data.subset_roles import Role, roles
from understudy.data.synthetic.profile import READABLE_TIMES
from understudy.data.verify.finding import Check, judged
from understudy.data.verify.sample import SAMPLED_FROM, Profile, Sample

BINS = 20
CATEGORIES = 0.9
"""The share that the most frequent values must have for a part's ranks to be comparable with the whole's."""
ORDERED = ("int2", "int4", "int8", "numeric", "float4", "float8", "date", "timestamp", "timestamptz")
CONSTANT = (Mask.REDACT, Mask.NULL)
T = TypeVar("T")


def statistics(source: Connection, target: Connection, plan: DataPlan, rows: Mapping[str, tuple[int, int]]) -> Check:
    """Compare every column that is written. `rows` are each table's in the source and in staging."""
    bounds, subset = plan.strategy.bounds, plan.strategy.source_type is not SourceType.MASKED
    found: list[str] = []
    figures: dict[str, Any] = {}
    # Rows that are there only because others reference them are no sample of their table; their figures are told all the same.
    by_role = roles(plan)
    numbered = _numbered(plan) if plan.strategy.source_type is SourceType.SYNTHETIC else set()
    for table in plan.catalogue.tables:
        if table.parent is not None:
            continue
        both = [
            Sample(connection, table, count) for connection, count in zip((source, target), rows[table.full_name], strict=True)
        ]
        chance = _chance([sample.kept for sample in both if sample.drawn or (subset and sample is both[1])])
        profiles = list(zip(*_of_both(both, Sample.profiles), strict=True))
        masks = [plan.column(table, column.name).rule.mask for column in table.stored]
        ordered = [
            column
            for column, mask in zip(table.stored, masks, strict=True)
            if column.type in ORDERED and mask in (Mask.KEEP, Mask.NUMBER, Mask.DATE)
        ]
        kept = {column.name for column, mask in zip(table.stored, masks, strict=True) if mask is Mask.KEEP}
        curves = cumulative_shares(both[0], both[1], ordered, kept)
        apart = {name: max(abs(a - b) for a, b in zip(*shares, strict=True)) for name, shares in curves.items()}
        for column, mask, (ours, theirs) in zip(table.stored, masks, profiles, strict=True):
            name = f"{table.full_name}.{column.name}"
            distance = apart.get(column.name, _distance(column, mask, ours, theirs, subset=subset))
            if mask in CONSTANT or not ours.ranks or not theirs.ranks:
                distance = None
            figures[name] = {
                "mask": mask.value,
                "null_share": [round(ours.null_share, 4), round(theirs.null_share, 4)],
                "distinct_share": [_rounded(ours.distinct_share), _rounded(theirs.distinct_share)],
                "mean_length": [round(ours.mean_length, 2), round(theirs.mean_length, 2)],
                "ranks": [one.crowded_ranks() for one in (ours, theirs)],
                "cumulative": [[round(share, 4) for share in shares] for shares in curves.get(column.name, ())],
                "distance": _rounded(distance),
            }
            if not ours.rows or not theirs.rows or by_role[table.full_name] is Role.REQUIRED:
                continue
            found += _beyond(name, mask, ours, theirs, None if name in numbered else distance, bounds, chance, subset=subset)
    drawn = sorted(name for name, counts in rows.items() if max(counts) > SAMPLED_FROM)
    return judged(
        "statistics",
        found,
        f"{len(figures)} columns are within bounds",
        f"{len(found)} statistics are out of bounds",
        columns=figures,
        sampled=drawn,
    )


def _beyond(
    name: str,
    mask: Mask,
    ours: Profile,
    theirs: Profile,
    distance: float | None,
    bounds: Bounds,
    chance: float,
    *,
    subset: bool,
) -> Iterator[str]:
    """What is out of bounds."""
    if mask is not Mask.NULL and abs(ours.null_share - theirs.null_share) > bounds.null_share + chance:
        yield f"{name}: {theirs.null_share:.1%} NULL, and {ours.null_share:.1%} in production"
    comparable = mask not in (*CONSTANT, *POOLED) and not subset
    if comparable and abs((ours.distinct_share or 0) - (theirs.distinct_share or 0)) > bounds.distinct_share:
        yield f"{name}: {theirs.distinct_share or 0:.1%} distinct, and {ours.distinct_share or 0:.1%} in production"
    if distance is not None and distance > bounds.distance + chance:
        yield f"{name}: its distribution is {distance:.2f} from production's; at most {bounds.distance:.2f}"


def _numbered(plan: DataPlan) -> set[str]:
    """The keys, and the columns that reference them: made-up rows are numbered anew."""
    tables = plan.catalogue.tables
    keys = {f"{table.full_name}.{column}" for table in tables for unique in table.uniques for column in unique}
    return keys | {f"{table.full_name}.{column}" for table in tables for key in table.foreign_keys for column in key.columns}


def _chance(samples: list[int]) -> float:
    """What chance alone may add where rows were chosen: the Kolmogorov-Smirnov statistic's 99.9 % point."""
    return 1.95 * math.sqrt(sum(1 / rows for rows in samples if rows))


def _of_both(both: Sequence[Sample], read: Callable[[Sample], T]) -> list[T]:
    """What is read of the source's rows and of staging's: from both servers at once."""
    with ThreadPoolExecutor(len(both)) as sessions:
        return list(sessions.map(read, both))


def _distance(column: Column, mask: Mask, ours: Profile, theirs: Profile, *, subset: bool) -> float | None:
    """Total variation between the shares of the ranks, where values do not keep their order."""
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


def cumulative_shares(
    ours: Sample, theirs: Sample, columns: Sequence[Column], shown: Collection[str]
) -> dict[str, tuple[list[float], list[float]]]:
    """The shares of rows up to each of the first's quantiles, of ordered columns, in both; near these where none may be shown.

    Their largest difference is the Kolmogorov-Smirnov statistic.
    """
    if not columns:
        return {}
    # Below its domains: an array of a domain's values would come as text.
    cut = sql.SQL("percentile_disc({}::float8[]) WITHIN GROUP (ORDER BY {}::{}) FILTER (WHERE {})")
    steps = sql.Literal([step / BINS for step in range(1, BINS)])
    cuts = sql.SQL(", ").join(
        cut.format(steps, sql.Identifier(column.name), sql.SQL(column.type), _readable(column)) for column in columns
    )
    found = ours.query(columns, sql.SQL("SELECT {} FROM s").format(cuts))[0]
    points = {
        column.name: sorted(set(values if column.name in shown else map(coarse, values)))
        for column, values in zip(columns, found, strict=True)
        if values and None not in values
    }
    if not points:
        return {}
    below = sql.SQL(", ").join(
        sql.SQL("count(*) FILTER (WHERE {0} <= {1})::float8 / nullif(count({0}), 0)").format(
            sql.Identifier(name), sql.Literal(point)
        )
        for name, values in points.items()
        for point in values
    )
    shares = _of_both((ours, theirs), lambda sample: sample.query(columns, sql.SQL("SELECT {} FROM s").format(below))[0])
    found_shares = [map(float, (share or 0 for share in one)) for one in shares]
    return {
        name: ([next(found_shares[0]) for _ in values], [next(found_shares[1]) for _ in values])
        for name, values in points.items()
    }


def _readable(column: Column) -> sql.Composed:
    """Whether a value is one that Python knows and orders as well: times have ends there, and NaN has no place."""
    name = sql.Identifier(column.name)
    if column.type in DATES:
        return sql.SQL("{} {}").format(name, sql.SQL(READABLE_TIMES))
    return sql.SQL("{} <> 'NaN'" if column.type in (*FLOATS, "numeric") else "{} IS NOT NULL").format(name)


def coarse(point: Any) -> Any:
    """A point near a value and, but by chance, none: it stands in SQL, which servers log. Two digits of numbers, months."""
    if isinstance(point, datetime):
        return point.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if isinstance(point, date):
        return point.replace(day=1)
    number = Decimal(point)
    if not number or not number.is_finite():
        return point
    rounded = Decimal(f"{number:.1e}")
    return int(rounded) if isinstance(point, int) else float(rounded) if isinstance(point, float) else rounded


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
