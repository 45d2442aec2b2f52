"""All checks of one loaded database against the moment of the source that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

from understudy.data.catalogue import Column
from understudy.data.connection import Connection, Place, connect
from understudy.data.exported_snapshot import export, join
from understudy.data.masking.choose import POOLED
from understudy.data.masking.pools import made_pools
from understudy.data.plan import DataPlan
from understudy.data.snapshot import Snapshot
from understudy.data.structure import read_structure
from understudy.data.told import telling
from understudy.data.verify import integrity
from understudy.data.verify.finding import Check
from understudy.data.verify.grams import normalised
from understudy.data.verify.leaks import Search
from understudy.data.verify.statistics import statistics

DENSE_TYPES = (
    "int2",
    "int4",
    "int8",
    "numeric",
    "float4",
    "float8",
    "money",
    "bool",
    "date",
    "timestamp",
    "timestamptz",
    "time",
    "timetz",
)
"""Types whose values are so few or so close that equal ones occur by chance."""


def verify(snapshot: Snapshot, place: Place, plan: DataPlan) -> list[Check]:
    """Run every check: what SQL tells, over sessions of its own, beside the search for values, which takes as long.

    Raises ConfigurationError where a database cannot be read.
    """
    with telling("verify"), ExitStack() as stack:
        target = stack.enter_context(closing(connect(place, read_only=True)))
        others = (
            stack.enter_context(closing(snapshot.join())),
            stack.enter_context(closing(join(place, export(target)))),
        )
        ours, theirs = integrity.counts(snapshot.connection, plan), integrity.counts(target, plan)
        rows = {name: (ours[name], theirs[name]) for name in ours}
        with ThreadPoolExecutor(1) as beside:
            told = beside.submit(_told_by_sql, *others, plan, rows)
            survived = survivors(snapshot.connection, target, plan, rows)
        return [*told.result(), survived]


def _told_by_sql(source: Connection, target: Connection, plan: DataPlan, rows: Mapping[str, tuple[int, int]]) -> list[Check]:
    ours, theirs = ({name: both[side] for name, both in rows.items()} for side in (0, 1))
    return [
        integrity.structure(plan.structure, read_structure(target)),
        integrity.foreign_keys(target, plan),
        integrity.volume(plan, ours, theirs),
        statistics(source, target, plan, rows),
        integrity.key_queries(source, target, plan),
        integrity.anonymity(target, plan),
    ]


def survivors(source: Connection, target: Connection, plan: DataPlan, rows: Mapping[str, tuple[int, int]]) -> Check:
    """No value of a sensitive column is in staging."""
    tables = [table for table in plan.catalogue.tables if table.parent is None]
    sensitive = {table.full_name: plan.sensitive(table) for table in tables}
    if not any(sensitive.values()):
        return Check("no value survives", "not applicable", "no column is sensitive: each is kept, with a reason")
    return Search(source, target, tables, sensitive, _dense(plan), _invented(), rows).run()


def _dense(plan: DataPlan) -> Callable[[str], bool]:
    def dense(name: str) -> bool:
        table, _, column = name.rpartition(".")
        found: Column = plan.catalogue.by_name[table].column(column)
        return (found.element or found.type) in DENSE_TYPES or bool(found.labels)

    return dense


def _invented() -> Callable[[str], bool]:
    """Whether a normalised text is one or two of the words that masks pick from, such as a first and a last name.

    The plan that is verified has made the pools of its masks; no other's words are in staging.
    """
    words = frozenset(normalised(text).decode() for (mask, _), texts in made_pools().items() if mask in POOLED for text in texts)

    def invented(text: str) -> bool:
        return text in words or any(text[:place] in words and text[place:] in words for place in range(1, len(text)))

    return invented


def document(checks: list[Check]) -> dict[str, Any]:
    """The checks' outcomes as JSON-ready data, with one verdict."""
    failed = [check for check in checks if check.status == "fail"]
    return {"verdict": "violation" if failed else "clean", "checks": [check.document() for check in checks]}
