"""The report for a pull request: Markdown, within the size that a comment may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.report.parity import HEADINGS, parity_tables
from understudy.report.tree import columns, folded, tree_rows
from understudy.report.words import exempted, figure, findings, place, said

LIMIT = 65_536
"""Characters that a comment on a pull request may have."""
MARKER = "<!-- understudy-report -->"
"""Begins every report, so that a bot finds the comment to update."""


def render_markdown(document: Mapping[str, Any]) -> str:
    """Render a report document as Markdown; sections that do not fit are left out from the end, and named."""
    text = "\n".join(_head(document)) + "\n"
    left_out: list[str] = []
    for title, lines in (
        ("Parity", _parity(document)),
        ("Findings", _findings(document)),
        ("Exempted", _exempted(document)),
        ("Represented load", _loads(document)),
        ("Ledger", _ledger(document)),
        ("Components", _tree(document)),
    ):
        body = "\n".join(lines)
        section = f"\n<details><summary>{title}</summary>\n\n{body}\n\n</details>\n"
        if not body:
            continue
        if len(text) + len(section) > LIMIT - 200:
            left_out.append(title)
        else:
            text += section
    if left_out:
        text += f"\nToo long for a comment, see the JSON report: {', '.join(left_out)}.\n"
    return text


def _head(document: Mapping[str, Any]) -> Iterator[str]:
    counts = document["summary"]["policies"]
    verdict = "❌ violation" if document["verdict"] == "violation" else "✅ clean"
    yield MARKER
    yield f"### {document['project']}: {verdict}"
    yield ""
    yield f"{counts['mandatory']} mandatory and {counts['advisory']} advisory findings."
    yield ""
    yield "| stack | resources |"
    yield "| --- | ---: |"
    yield from (f"| {name} | {count} |" for name, count in document["summary"]["resources"].items())


def _parity(document: Mapping[str, Any]) -> Iterator[str]:
    for table in parity_tables(document):
        yield f"**{table.stack}: {table.verdict}**"
        yield ""
        for cells in (HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 1)), *table.rows):
            yield f"| {' | '.join(cells)} |"
        yield ""
        yield from (f"- {remark}" for remark in table.remarks)


def _findings(document: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (level, name, stack, place(policy), said(policy)) for level, name, found in findings(document) for stack, policy in found
    ]
    if rows:
        yield "| level | policy | stack | resource | message |"
        yield "| --- | --- | --- | --- | --- |"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _exempted(document: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"- {what}: {why}" for what, why in exempted(document))


def _loads(document: Mapping[str, Any]) -> Iterator[str]:
    if document["represented_load"]:
        yield "| critical path | production peak/s | staging must hold/s | bound by |"
        yield "| --- | ---: | ---: | --- |"
    for load in document["represented_load"]:
        rates = f"{figure(load['peak_requests_per_second'])} | {figure(load['represented_requests_per_second'])}"
        yield f"| {load['path']} | {rates} | `{load['bound_by']}` |"


def _ledger(document: Mapping[str, Any]) -> Iterator[str]:
    if document["ledger"]:
        yield "| figure | production | ratio | exact | staging | rule |"
        yield "| --- | ---: | ---: | ---: | ---: | --- |"
    for line in document["ledger"]:
        path = f"`{line['path']}`"
        figures = (figure(line["production"]), f"{line['ratio']:.4g}", figure(line["exact"]), figure(line["result"]))
        yield f"| {' | '.join(map(_cell, (path, *figures, line['rule'])))} |"


def _tree(document: Mapping[str, Any]) -> Iterator[str]:
    stacks = columns(document)
    yield f"| component | {' | '.join(stacks)} | |"
    yield f"| --- |{' ---: |' * len(stacks)} --- |"
    for row in tree_rows(document):
        label = f"**{_cell(row.label)}**" if row.kind == "component" else _cell(row.label)
        yield f"| {'&nbsp;&nbsp;' * row.depth}{label} | {' | '.join(map(_cell, row.cells))} | {_cell(row.why)} |"
    same = folded(document)
    if same:
        yield ""
        yield f"{len(same)} more differ in nothing but identity: {_cell(', '.join(same))}."


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
