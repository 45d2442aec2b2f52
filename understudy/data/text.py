"""Plans, classifications and results as text. They compute nothing, and show no value of any row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from model.mask import Mask
from understudy.data.classify import Classified
from understudy.data.plan import DataPlan


def plan_document(plan: DataPlan) -> dict[str, Any]:
    """A plan as JSON-ready data."""
    strategy = plan.strategy
    return {
        "source_type": strategy.source_type.value,
        "privacy_level": strategy.privacy_level.value,
        "volume_scale": strategy.volume_scale,
        "refresh_frequency": strategy.refresh_frequency,
        "fingerprint": plan.fingerprint,
        "tables": [
            {
                "table": table.full_name,
                "estimated_rows": sum(leaf.estimated_rows for leaf in plan.catalogue.leaves_of(table)),
                "bytes": sum(leaf.bytes for leaf in plan.catalogue.leaves_of(table)),
                "columns": [
                    {
                        "column": column.name,
                        "type": column.declared,
                        "mask": plan.column(table, column.name).rule.mask.value,
                        "domain": plan.column(table, column.name).domain,
                    }
                    for column in table.stored
                ],
            }
            for table in plan.catalogue.tables
            if table.parent is None
        ],
    }


def plan_text(document: Mapping[str, Any]) -> str:
    """A plan for people."""
    head = [
        ", ".join(str(document[key]) for key in ("source_type", "privacy_level", "refresh_frequency")),
        f"rows in staging for each of production's: {document['volume_scale']:g}",
        f"source structure: {document['fingerprint'][:16]}",
    ]
    lines = []
    for table in document["tables"]:
        masked = [f"{column['column']} ({column['mask']})" for column in table["columns"] if column["mask"] != Mask.KEEP]
        kept = len(table["columns"]) - len(masked)
        shown = f"{', '.join(masked)}; {kept} kept" if masked else f"all {kept} columns kept"
        lines.append(f"  {table['table']:<32} {table['estimated_rows']:>12,}  {shown}")
    return "\n".join([*head, "", f"  {'table':<32} {'rows, about':>12}  columns", *lines]) + "\n"


def classification_document(found: Iterable[Classified]) -> dict[str, Any]:
    """A classification as JSON-ready data."""
    return {
        "columns": [
            {
                "column": one.column,
                "type": one.declared_type,
                "category": one.category.value,
                "evidence": one.evidence,
                "declared": one.declared.value if one.declared else None,
                "proposed": one.proposed.value,
                "settled": one.settled,
            }
            for one in found
        ]
    }


def classification_text(document: Mapping[str, Any]) -> str:
    """A classification for people."""
    columns = document["columns"]
    open_ones = [column for column in columns if not column["settled"]]
    lines = [f"{len(columns)} columns, {len(open_ones)} not classified", ""]
    for column in columns:
        state = column["declared"] or ("keep, by structure" if column["settled"] else f"? {column['proposed']} is proposed")
        mark = "  " if column["settled"] else "! "
        lines.append(f"  {mark}{column['column']:<40} {state:<26} {column['category']}: {column['evidence']}")
    if open_ones:
        lines += ["", "To be judged, and then added to `columns` of the strategy:", "", proposal(document).rstrip()]
    return "\n".join(lines) + "\n"


PLAIN = re.compile(r"[A-Za-z_][\w.$ ]*[\w$]", re.ASCII)
"""Names that YAML reads as they are."""


def proposal(document: Mapping[str, Any]) -> str:
    """Rules for the columns that nobody classified, as YAML to be judged and pasted."""
    lines = []
    for column in document["columns"]:
        if column["settled"]:
            continue
        reason = ", reason: TODO say why" if column["proposed"] == Mask.KEEP else ""
        name = column["column"] if PLAIN.fullmatch(column["column"]) else json.dumps(column["column"], ensure_ascii=False)
        lines.append(f"  {name}: {{mask: {column['proposed']}{reason}}}  # {column['evidence']}")
    return "\n".join(lines) + "\n"


MARKS = {"pass": "✓", "fail": "✗", "not applicable": "–"}


def verification_text(document: Mapping[str, Any]) -> str:
    """A verification for people."""
    failed = sum(check["status"] == "fail" for check in document["checks"])
    lines = [f"verification: {'CLEAN' if document['verdict'] == 'clean' else f'{failed} CHECKS FAILED'}"]
    for check in document["checks"]:
        lines.append(f"  {MARKS[check['status']]} {check['check']}: {check['summary']}")
        lines += [f"      {finding}" for finding in check["findings"]]
    return "\n".join(lines) + "\n"


def result_text(document: Mapping[str, Any]) -> str:
    """A refresh's result for people."""
    rows, seconds = document["rows"], document["seconds"]
    state = "refreshed" if document["verification"]["verdict"] == "clean" else "NOT REFRESHED, the old data stays"
    lines = [
        f"{state}: {sum(rows.values()):,} rows in {len(rows)} tables, {document['source_type']}, {document['privacy_level']}",
        f"run {document['run']}, key {document['key_identifier']}, source structure {document['fingerprint'][:16]}",
        "",
        *(f"  {table:<32} {count:>12,}" for table, count in rows.items()),
        "",
        "  " + ", ".join(f"{step} {spent:.1f} s" for step, spent in seconds.items()),
        *(f"  note: {note}" for note in document["notes"]),
        "",
        verification_text(document["verification"]).rstrip(),
    ]
    return "\n".join(lines) + "\n"
