"""Subsets of random schemas against a closure by brute force: no row too many, none missing, no cell changed."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import Any

from model.staging_data import StagingDataStrategy
from tools.faults.bed import Bed, Figure
from tools.faults.random_schemas import RandomSchema, Row
from understudy.data.connection import Connection, connect

SCALE = 0.2


def closure(bed: Bed, schemas: int, seed: int) -> Figure:
    """Make a subset of each of so many schemas; every second one follows references from its root."""
    samples = [_sample(bed, RandomSchema(seed + number), follow=bool(number % 2)) for number in range(schemas)]
    good = [sample for sample in samples if sample["right"]]
    refused = sum(not sample["accepted"] for sample in good)
    most = max(
        (sample["taken"] / sample["expected"] for sample in samples if sample["accepted"] and sample["expected"]), default=1.0
    )
    measured = (
        f"{len(good)} of {schemas} schemas right, {len(good) - refused} equal and {refused} refused, as their closure is more than "
        f"twice what was asked for; overshoot at most {most:.3f}"
    )
    return Figure(
        "subset against brute force",
        "overshoot at most 1.01, no cell changed, no orphan",
        measured,
        len(good) == schemas,
        samples,
    )


def _sample(bed: Bed, schema: RandomSchema, *, follow: bool) -> dict[str, Any]:
    """One schema's subset. A closure that is too large for the volume that was asked for must be refused, and nothing else."""
    source, target = bed.made(schema.script()), bed.target()
    result = bed.manager(target, source).refresh_staging_data(subset_strategy(schema, follow=follow))
    with closing(connect(source, read_only=True)) as ours:
        whole = rows_of(ours, schema)
    expected = schema.closure(followed(schema, whole) if follow else chosen(schema, whole))
    sample: dict[str, Any] = {
        "seed": schema.seed, "tables": len(schema.tables), "references": len(schema.references), "rows": len(whole),
        "expected": len(expected), "accepted": result.accepted,
    }  # fmt: skip
    if result.accepted:
        with closing(connect(target)) as theirs:
            part = rows_of(theirs, schema)
        changed = sum(whole.get(row) != cells for row, cells in part.items())
        sample |= {"taken": len(part), "equal": set(part) == expected, "changed": changed}
        sample["right"] = sample["equal"] and not changed
    else:
        failed = [check["check"] for check in result.verification["checks"] if check["status"] == "fail"]
        sample |= {"failed": failed, "right": failed == ["volume"] and _is_too_large(schema, whole, expected)}
    for server, database in ((bed.production, source.database), (bed.staging, target.database)):
        with closing(connect(server.place(), autocommit=True)) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())
    return sample


def _is_too_large(schema: RandomSchema, whole: dict[Row, tuple[object, ...]], expected: set[Row]) -> bool:
    """Whether a table whose rows are chosen needs more than twice as many as were asked for, by the bound of the strategy."""
    counts = {table: sum(row[0] == table for row in whole) for table in schema.tables}
    return any(sum(row[0] == table for row in expected) > 2 * int(count * SCALE + 0.5) for table, count in counts.items())


def rows_of(connection: Connection, schema: RandomSchema) -> dict[Row, tuple[object, ...]]:
    """Every row of every table, whole."""
    return {
        (table, row[0]): row
        for table in schema.tables
        for row in connection.execute(f"SELECT * FROM {table}".encode()).fetchall()
    }


def chosen(schema: RandomSchema, whole: dict[Row, tuple[object, ...]]) -> set[Row]:
    """The share of the root, and of each table that neither the root's references nor its own lead to, by the seeded hash."""
    root = schema.tables[-1]
    return _share(schema, whole, {root, *_unreached(schema, {root})})


def followed(schema: RandomSchema, whole: dict[Row, tuple[object, ...]]) -> set[Row]:
    """The same, with the rows that reference a chosen one, table by table away from the root."""
    root = schema.tables[-1]
    level = {root: 0}
    frontier = {root}
    while frontier:
        frontier = {child for child, _, parent, _ in schema.references if parent in frontier and child not in level}
        level |= dict.fromkeys(frontier, max(level.values()) + 1)
    taken = _share(schema, whole, {root, *_unreached(schema, set(level))})
    for table in sorted(level, key=lambda name: level[name]):
        for child, name, parent, _ in schema.references:
            if child == table and parent in level and level[parent] < level[child]:
                taken |= {
                    row
                    for row in whole
                    if row[0] == child and (to := schema.rows[row][name]) is not None and (parent, to) in taken
                }
    return taken


def _unreached(schema: RandomSchema, reached: set[str]) -> set[str]:
    known, frontier = set(reached), set(reached)
    while frontier:
        frontier = {parent for child, _, parent, _ in schema.references if child in frontier} - known
        known |= frontier
    return set(schema.tables) - known


def _share(schema: RandomSchema, whole: dict[Row, tuple[object, ...]], tables: set[str]) -> set[Row]:
    taken: set[Row] = set()
    for table in tables:
        rows = sorted(
            (row for row in whole if row[0] == table),
            key=lambda row: hashlib.md5(f"{schema.seed}|{row[1]}".encode(), usedforsecurity=False).hexdigest(),
        )
        taken |= set(rows[: int(len(rows) * SCALE + 0.5)])
    return taken


def subset_strategy(schema: RandomSchema, *, follow: bool) -> StagingDataStrategy:
    """Every column kept, a part of the last table as root."""
    columns = {f"{table}.{key}" for table in schema.tables for key in ("id", "a", "b")}
    columns |= {
        f"{child}.{name}{end}"
        for child, name, _, composite in schema.references
        for end in (("_a", "_b") if composite else ("",))
    }
    return StagingDataStrategy.model_validate(
        {
            "source_type": "subset", "refresh_frequency": "on-demand", "privacy_level": "rotated", "volume_scale": SCALE, "seed": schema.seed,
            "roots": {schema.tables[-1]: {"follow": follow}}, "bounds": {"volume": 1.0, "null_share": 1.0, "distinct_share": 1.0, "distance": 1.0},
            "columns": {column: {"mask": "keep", "reason": "Numbers"} for column in sorted(columns)},
        },
        strict=False,
    )  # fmt: skip
