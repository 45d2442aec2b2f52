"""The report for a pull request: Markdown that a reviewer reads in a minute, within the size that a comment may have."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.report import engine
from understudy.report.change import (
    MOST_PROPERTIES,
    TOTALS,
    base_of,
    changed_findings,
    changed_resources,
    is_unchanged,
    moved_figures,
    moved_loads,
    totals,
)
from understudy.report.markdown_text import code, cut, fence_for, plain, table_head, table_row
from understudy.report.parity import HEADINGS, parity_tables
from understudy.report.tables import Table, tables
from understudy.report.tree import columns, folded, tree_rows
from understudy.report.words import beside, differ, exempted, findings, money, more_properties, place, said, shown, source

LIMIT = 65_536
"""Characters that a comment on a pull request may have."""
MARKER = "<!-- understudy-report -->"
"""Begins every report, so that a bot finds the comment to update."""
_UNUSUAL = re.compile(r"[^A-Za-z0-9_.-]")
_ROOM_FOR_WHAT_IS_CUT = 1_500


@dataclass(frozen=True)
class Section:
    """A part of the report: lines that may be cut from their end, in a frame that may not. `is_open` parts are not folded."""

    title: str
    lines: tuple[str, ...]
    head: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    is_open: bool = False

    def text(self, count: int) -> str:
        """The section with its first `count` lines."""
        body = "\n".join((*self.head, *self.lines[:count], *self.tail))
        if self.is_open:
            return f"\n#### {self.title}\n\n{body}\n"
        return f"\n<details><summary>{html.escape(shown(self.title), quote=False)}</summary>\n\n{body}\n\n</details>\n"


def render_markdown(document: Mapping[str, Any]) -> str:
    """Render a report document as Markdown. Sections are cut where they do not fit, the last ones first, and it is said."""
    text = "\n".join(_head(document)) + "\n"
    shortened: list[str] = []
    for section in _sections(document):
        if not section.lines:
            continue
        count = _fitting(section, LIMIT - _ROOM_FOR_WHAT_IS_CUT - len(text))
        if count:
            text += section.text(count)
        if count < len(section.lines):
            shortened.append(f"{section.title} ({count:,} of {len(section.lines):,} lines)")
    if shortened:
        text += f"\n**Too long for a comment**, cut here and whole in the JSON report: {', '.join(shortened)}.\n"
    return text


def _fitting(section: Section, room: int) -> int:
    """How many of a section's lines fit."""
    room -= len(section.text(0))
    for count, line in enumerate(section.lines):
        room -= len(line) + 1
        if room < 0:
            return count
    return len(section.lines)


def _sections(document: Mapping[str, Any]) -> Iterator[Section]:
    yield from _wrong(document)
    if "engine" in document:
        yield from _engine(document)
    if "change" in document:
        yield from _change(document)
    yield _advice(document)
    yield Section("Exempted", tuple(f"- {plain(what)}: {plain(why)}" for what, why in exempted(document)))
    yield from _parity(document)
    yield from map(_told, tables(document))
    yield _tree(document)


def _head(document: Mapping[str, Any]) -> Iterator[str]:
    counts = document["summary"]["policies"]
    verdict = {"clean": "✅ clean", "violation": "❌ violation"}.get(document["verdict"], f"⚠️ {document['verdict']}")
    yield MARKER
    yield f"<!-- understudy-project: {_UNUSUAL.sub('', document['project'])} -->"
    yield f"### {plain(document['project'])}: {verdict}"
    yield ""
    yield f"{counts['mandatory']} mandatory and {counts['advisory']} advisory findings."
    if "engine" in document:
        yield ""
        yield f"The engine: {plain(engine.summary(document))}."
    yield ""
    yield from table_head(("environment", "resources", "USD a month", "", "parity"), "lrrll")
    cost = document.get("cost", {})
    parts, parity = beside(cost), {table.stack: table.verdict for table in parity_tables(document)}
    for stack, count in document["summary"]["resources"].items():
        monthly = money(cost.get("stacks", {}).get(stack, {}).get("monthly"))
        yield table_row(plain(stack), f"{count:,}", monthly, parts.get(stack, ""), parity.get(stack, ""))


def _wrong(document: Mapping[str, Any]) -> Iterator[Section]:
    lines = [_finding(name, stack, policy) for level, name, stack, policy in _each(document) if level == "mandatory"]
    yield Section(f"What is wrong: {len(lines)}", tuple(lines), is_open=True)


def _advice(document: Mapping[str, Any]) -> Section:
    lines = [_finding(name, stack, policy) for level, name, stack, policy in _each(document) if level == "advisory"]
    return Section(f"Advice, and what cannot be told yet: {len(lines)}", tuple(lines))


def _each(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for level, name, found in findings(document):
        for stack, policy in found:
            yield level, name, stack, policy


def _finding(name: str, stack: str, policy: Mapping[str, Any]) -> str:
    at = f" ({code(source(policy))})" if source(policy) else ""
    return f"- {code(name)} {plain(stack)}: {code(place(policy))}: {plain(said(policy))}{at}"


def _engine(document: Mapping[str, Any]) -> Iterator[Section]:
    """What leaves a run of the real engine unproven, and what it does to resources that exist."""
    reasons = tuple(f"- {plain(reason)}" for reason in engine.reasons(document))
    yield Section(f"What is not proven: {len(reasons)}", reasons, is_open=True)
    rows = [table_row(operation, code(name), plain(properties)) for operation, name, properties in engine.changed(document)]
    yield Section(
        f"What the engine changes: {len(rows)}", tuple(rows), tuple(table_head(("step", "resource", "properties"), "lll"))
    )


def _change(document: Mapping[str, Any]) -> Iterator[Section]:
    """What a reviewer of the change asks first; its resources in full are folded."""
    rows = [table_row(plain(cells[0]), *cells[1:]) for cells in totals(document)]
    since = f"since {code(base_of(document))}"
    if is_unchanged(document):
        yield Section("What changes", (f"Nothing, {since}.",), is_open=True)
        return
    head = tuple(table_head(("environment", *TOTALS[1:]), "l" + "r" * (len(TOTALS) - 1)))
    yield Section("What changes", tuple(rows), (f"{since[0].upper()}{since[1:]}:", "", *head), is_open=True)
    for title, which in (("New findings", "new"), ("Cured findings", "cured")):
        lines = tuple(f"- {plain(line)}" for line in changed_findings(document, which))
        yield Section(f"{title}: {len(lines)}", lines, is_open=which == "new")
    for title, moved in (("Figures that move", moved_figures(document)), ("Represented load that moves", moved_loads(document))):
        lines = tuple(table_row(code(name), plain(before), plain(after), plain(why)) for name, before, after, why in moved)
        yield Section(f"{title}: {len(lines)}", lines, tuple(table_head(("", "before", "after", ""), "llll")))
    changes = list(_resources(document))
    fence = fence_for(changes)
    yield Section("Resources that change", tuple(changes), (f"{fence}diff",), (fence,))


def _resources(document: Mapping[str, Any]) -> Iterator[str]:
    stack = None
    for each in changed_resources(document):
        if each.stack != stack:
            stack = each.stack
            yield f"@@ {shown(stack)} @@"
        yield cut(f"{'!' if each.mark == '~' else each.mark} {shown(each.name)}  {shown(each.kind)}")
        for path, sides in each.properties[:MOST_PROPERTIES]:
            yield cut(f"      {shown(path)}: {shown(sides)}")
        if len(each.properties) > MOST_PROPERTIES:
            yield f"      {more_properties(len(each.properties) - MOST_PROPERTIES)}"


def _parity(document: Mapping[str, Any]) -> Iterator[Section]:
    for table in parity_tables(document):
        rows = tuple(table_row(*map(plain, cells)) for cells in table.rows)
        remarks = tuple(f"- {plain(remark)}" for remark in table.remarks)
        head = tuple(table_head(HEADINGS, "l" + "r" * (len(HEADINGS) - 1)))
        yield Section(f"Parity of {table.stack}: {table.verdict}", (*rows, "", *remarks), head)


def _told(table: Table) -> Section:
    rows = tuple(table_row(*map(plain, cells)) for cells in table.rows)
    notes = tuple(f"- {plain(note)}" for note in table.notes)
    title = f"{table.title}: {table.remark}" if table.remark else table.title
    return Section(
        title, (*rows, "", *notes) if notes else rows, tuple(table_head(tuple(map(plain, table.headings)), table.sides))
    )


def _tree(document: Mapping[str, Any]) -> Section:
    stacks = columns(document)
    lines = []
    for row in tree_rows(document):
        label = f"**{plain(row.label)}**" if row.kind == "component" else plain(row.label)
        mark = " ≠" if row.kind == "component" and row.differs else ""
        lines.append(table_row("&emsp;" * row.depth + label + mark, *map(plain, row.cells), plain(row.why)))
    same = folded(document)
    if lines and same:
        lines += ["", f"{differ(len(same))} in nothing but identity: {plain(', '.join(same))}."]
    head = tuple(table_head(("component", *map(plain, stacks), "what differs, and why"), "l" + "r" * len(stacks) + "l"))
    return Section("Components: what was scaled, and why", tuple(lines), head)
